/**
 * One trade under every strategy at once: opened, moved, hedged, marked, delivered. Plain data in, plain data out.
 *
 * Profit in dollars is what the account is worth in coin times the price of the moment. All strategies sell the same options
 * at the same prices, so their differences are the hedge.
 */
import { blackPrice } from "../../formulas/index.ts";
import { yearsBetween } from "../../market/index.ts";
import {
  type AccountFees,
  accountUnits,
  type CoinAccount,
  deliverOption,
  emptyAccount,
  equityCoin,
  type OptionPrices,
  payFunding,
  settlePerpetual,
  tradeOption,
  tradePerpetual,
} from "./account.ts";
import { type ChainView, optionPrices } from "./chainView.ts";
import { deliveredCoin, deliveryFee, sizeForUnits } from "./inverse.ts";
import type { FundingPoint, Moment } from "./moment.ts";
import type { Opening } from "./opening.ts";
import type { Settlement } from "./settlement.ts";
import type { HedgeDecision } from "./strategies.ts";
import type { HedgeOption, QuotedSmile, Trade } from "./tradeState.ts";

/** What accounts of a back-test are charged. */
export interface TradingTerms extends AccountFees {
  /** Dollars of one contract of the perpetual. */
  readonly contractSize: number;
  readonly delivery: { readonly perContract: number; readonly capShare: number };
}

/** A line of the log: what a strategy did and why. */
export interface LogEntry {
  readonly timeMs: number;
  readonly strategy: string;
  readonly price: number;
  readonly vol: number;
  readonly daysLeft: number;
  readonly unitsBefore: number;
  readonly unitsAfter: number;
  readonly optionContracts: number;
  readonly reason: string;
}

/** A trade that has not expired. */
export interface OpenTrade {
  readonly trade: Trade;
  readonly accounts: Readonly<Record<string, CoinAccount>>;
  readonly smile: QuotedSmile;
  readonly hedgeSmile: QuotedSmile | null;
  /** Half of the hedge option's spread when it was last quoted, coin. */
  readonly hedgeHalfSpread: number;
  readonly lastDecisionMs: number;
  readonly lastMomentMs: number;
  readonly longestGapHours: number;
  readonly curve: Curve;
  readonly log: readonly LogEntry[];
}

/** Profit along the way. */
export interface Curve {
  readonly timeMs: readonly number[];
  readonly price: readonly number[];
  readonly vol: readonly number[];
  /** Dollars, [strategy][time]. */
  readonly pnl: Readonly<Record<string, readonly number[]>>;
}

/** Sells (or buys) the legs in an account of each strategy. */
export function openTrade(
  trade: Trade,
  opening: Opening,
  moment: Moment,
  smiles: Pick<OpenTrade, "smile" | "hedgeSmile">,
  strategies: readonly string[],
  terms: TradingTerms,
): OpenTrade {
  const account = opening.legs.reduce(
    (before, { instrument, quantity }, i) =>
      tradeOption(before, instrument, quantity, opening.prices[i], moment.price, terms, {
        isOpening: true,
      }),
    emptyAccount(moment.price),
  );
  return {
    trade,
    accounts: Object.fromEntries(strategies.map((name) => [name, account])),
    ...smiles,
    hedgeHalfSpread: 0,
    lastDecisionMs: Number.MIN_SAFE_INTEGER,
    lastMomentMs: moment.timeMs,
    longestGapHours: 0,
    curve: {
      timeMs: [],
      price: [],
      vol: [],
      pnl: Object.fromEntries(strategies.map((name) => [name, []])),
    },
    log: [],
  };
}

/** Funding and the perpetual's gain up to a price. */
export function carried(
  account: CoinAccount,
  price: number,
  funding: readonly FundingPoint[],
): CoinAccount {
  // paid in coin at the price of its own moment, of which the last known is the nearest
  const paid = funding.reduce(
    (before, { ratePer8h }) => payFunding(before, before.settledAt, ratePer8h, 8),
    account,
  );
  return settlePerpetual(paid, price);
}

/** The trade after a moment's funding, prices and quotes; no decision yet. */
export function moved(
  open: OpenTrade,
  moment: Moment,
  smiles: Pick<OpenTrade, "smile" | "hedgeSmile">,
): OpenTrade {
  const gap = (moment.timeMs - open.lastMomentMs) / 3_600_000;
  return {
    ...open,
    ...smiles,
    accounts: mapRecord(open.accounts, (account) => carried(account, moment.price, moment.funding)),
    lastMomentMs: moment.timeMs,
    longestGapHours: Math.max(open.longestGapHours, gap),
  };
}

/** The account after a decision was carried out at a moment's prices. */
export function executed(
  account: CoinAccount,
  decision: HedgeDecision,
  option: { readonly instrument: string; readonly prices: OptionPrices } | null,
  price: number,
  terms: TradingTerms,
): CoinAccount {
  let after = account;
  if (option !== null) {
    const held = account.options[option.instrument] ?? 0;
    const { instrument, prices } = option;
    after = tradeOption(after, instrument, decision.optionContracts - held, prices, price, terms);
  }
  const size = sizeForUnits(decision.units, after.coin, price, terms.contractSize);
  return tradePerpetual(after, size, price, terms);
}

/** Prices of everything the trade may hold: quoted mids, else Black's value at the last volatility. */
export function midsOf(
  open: OpenTrade,
  view: ChainView | null,
  price: number,
  timeMs: number,
): Record<string, number> {
  const { trade, smile, hedgeSmile } = open;
  const mids: Record<string, number> = {};
  const value = (option: HedgeOption, aged: QuotedSmile): number => {
    const listed = view?.option(option.instrument) ?? null;
    const quoted = listed === null ? null : optionPrices(listed);
    if (quoted !== null) return quoted.mid;
    const forward = price * aged.basis;
    const yearsToExpiry = Math.max(0, yearsBetween(timeMs, option.expiryMs));
    const { type, strike } = option;
    return blackPrice(type, { forward, strike, yearsToExpiry, vol: aged.vols[strike] }) / forward;
  };
  for (const leg of trade.legs) {
    mids[leg.instrument] = value({ ...leg, expiryMs: trade.expiryMs }, smile);
  }
  if (trade.hedgeOption !== null && hedgeSmile !== null) {
    mids[trade.hedgeOption.instrument] = value(trade.hedgeOption, hedgeSmile);
  }
  return mids;
}

/** The trade with a point more on its curve. */
export function marked(
  open: OpenTrade,
  mids: Readonly<Record<string, number>>,
  at: { readonly timeMs: number; readonly price: number; readonly vol: number },
): OpenTrade {
  const { curve } = open;
  return {
    ...open,
    curve: {
      timeMs: [...curve.timeMs, at.timeMs],
      price: [...curve.price, at.price],
      vol: [...curve.vol, at.vol],
      pnl: Object.fromEntries(
        Object.entries(open.accounts).map(([name, account]) => [
          name,
          [...curve.pnl[name], equityCoin(account, mids) * at.price],
        ]),
      ),
    },
  };
}

/** The account after delivery of the legs and the sale of all else, at the settlement price. */
export function delivered(
  account: CoinAccount,
  open: OpenTrade,
  settlement: Settlement,
  hedgePrices: OptionPrices | null,
  terms: TradingTerms,
): CoinAccount {
  const { price } = settlement;
  const { legs, hedgeOption } = open.trade;
  let after = settlePerpetual(account, price);
  for (const { instrument, type, strike } of legs) {
    const coin = deliveredCoin(type, strike, price);
    const fee = deliveryFee(coin, terms.delivery.perContract, terms.delivery.capShare);
    after = deliverOption(after, instrument, coin, fee, price);
  }
  const left = hedgeOption === null ? 0 : (after.options[hedgeOption.instrument] ?? 0);
  if (hedgeOption !== null && hedgePrices !== null && left !== 0) {
    after = tradeOption(after, hedgeOption.instrument, -left, hedgePrices, price, terms);
  }
  return tradePerpetual(after, 0, price, terms);
}

/** Units before a decision. */
export const unitsOf = (account: CoinAccount): number => accountUnits(account);

function mapRecord<T>(record: Readonly<Record<string, T>>, f: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]));
}
