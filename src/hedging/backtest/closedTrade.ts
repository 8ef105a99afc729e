/** What is left of a trade when it is over: its result under every strategy, its curve, its log. */
import { type CostsByKind, tradingCosts } from "./account.ts";
import type { Curve, LogEntry, OpenTrade } from "./openTrade.ts";
import type { Settlement } from "./settlement.ts";
import type { Trade } from "./tradeState.ts";

/** Result of a strategy on a trade. */
export interface TradeResult {
  readonly strategy: string;
  /** Profit after costs: in dollars at the settlement price, in coin. */
  readonly pnlUsd: number;
  readonly pnlCoin: number;
  /** Dollars, as a share of what the underlying of the position was worth at the opening. */
  readonly pnlShare: number;
  readonly costs: CostsByKind;
  /** Dollars: all costs but funding. */
  readonly cost: number;
  /** Dollars of perpetual and of option premium traded after the opening. */
  readonly turnover: number;
  readonly optionTurnover: number;
  /** Largest fall of the profit from its highest point, dollars. */
  readonly drawdown: number;
}

/** A trade that was delivered. Plain data. */
export interface ClosedTrade {
  readonly trade: Trade;
  readonly settlement: Settlement;
  readonly longestGapHours: number;
  readonly results: readonly TradeResult[];
  readonly curve: Curve;
  readonly log: readonly LogEntry[];
}

/** A trade that counts nowhere: there is no record of how it went on. */
export interface VoidTrade {
  readonly id: string;
  readonly openedMs: number;
  readonly expiryMs: number;
  readonly gapHours: number;
}

/** The record of a delivered trade, its curve ended at the settlement. */
export function closedTrade(open: OpenTrade, settlement: Settlement): ClosedTrade {
  const { trade, accounts, curve, log, longestGapHours } = open;
  const size = Math.max(...trade.legs.map(({ quantity }) => Math.abs(quantity)));
  const pnl: Record<string, number[]> = {};
  const results = Object.entries(accounts).map(([strategy, account]): TradeResult => {
    const pnlUsd = account.coin * settlement.price;
    pnl[strategy] = [...curve.pnl[strategy], pnlUsd];
    return {
      strategy,
      pnlUsd,
      pnlCoin: account.coin,
      pnlShare: pnlUsd / (size * trade.price0),
      costs: account.costs,
      cost: tradingCosts(account.costs),
      turnover: account.turnover,
      optionTurnover: account.optionTurnover,
      drawdown: largestFall(pnl[strategy]),
    };
  });
  const last = (values: readonly number[]): number => values[values.length - 1] ?? Number.NaN;
  return {
    trade,
    settlement,
    longestGapHours,
    results,
    curve: {
      timeMs: [...curve.timeMs, trade.expiryMs],
      price: [...curve.price, settlement.price],
      vol: [...curve.vol, last(curve.vol)],
      pnl,
    },
    log,
  };
}

/** Largest fall of a curve that starts at 0. */
export function largestFall(curve: readonly number[]): number {
  let top = 0;
  let fall = 0;
  for (const value of curve) {
    top = Math.max(top, value);
    fall = Math.max(fall, top - value);
  }
  return fall;
}
