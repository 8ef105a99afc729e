/**
 * The result of a back-test: every strategy on the same trades, before and after the split, with intervals.
 *
 * Shares are of what the position's underlying was worth when it was opened. Profit and loss are after all costs.
 */
import type { ClosedTrade, TradeResult, VoidTrade } from "./closedTrade.ts";
import {
  blockOf,
  blockResamples,
  cvar95,
  entropicLoss,
  interval,
  type Interval,
  mean,
  pairedInterval,
  quantile,
  standardDeviation,
} from "./intervals.ts";
import type { WalkState } from "./walkState.ts";

/** A strategy on the trades of a period. */
export interface StrategySummary {
  readonly name: string;
  /** Shares. */
  readonly mean: Interval;
  readonly standardDeviation: Interval;
  readonly cvar95: Interval;
  /** Entropic loss at the configured aversion: what the policies are trained for. */
  readonly entropic: Interval;
  /** The strategy less the reference, on the same trades; null for the reference itself. */
  readonly againstReference: {
    readonly mean: Interval;
    readonly standardDeviation: Interval;
    readonly cvar95: Interval;
    readonly entropic: Interval;
  } | null;
  /** Means over trades, dollars. */
  readonly pnlUsd: number;
  readonly cost: number;
  readonly funding: number;
  readonly costsByKind: TradeResult["costs"];
  readonly drawdown: number;
  /** Mean over trades, coin. */
  readonly pnlCoin: number;
  readonly standardDeviationCoin: number;
  /** Mean dollars of perpetual traded, as a share of the underlying's value at the opening; the same of option premium. */
  readonly turnover: number;
  readonly optionTurnover: number;
  /** 5, 25, 50, 75, 95 % quantiles of the profit, shares. */
  readonly quantiles: readonly number[];
}

/** Trades of a period. */
export interface PeriodSummary {
  readonly trades: number;
  readonly blocks: number;
  readonly firstOpened: string | null;
  readonly lastExpiry: string | null;
  /** Mean premium received, share. */
  readonly premium: number | null;
  readonly settlements: Readonly<Record<string, number>>;
  readonly strategies: readonly StrategySummary[];
}

/** What a back-test found. */
export interface BacktestDocument {
  readonly schemaVersion: 1;
  readonly underlying: string;
  readonly split: string | null;
  readonly reference: string;
  /** Trades that were opened before the split and expired by it: what may be learned from. */
  readonly before: PeriodSummary | null;
  /** Trades opened from the split on: the test. */
  readonly test: PeriodSummary;
  readonly history: {
    readonly moments: number;
    readonly pricesFrom: Readonly<Record<string, number>>;
    readonly longestGapHours: number;
    readonly until: string | null;
  };
  readonly opened: number;
  readonly stillOpen: number;
  readonly void: readonly VoidTrade[];
  readonly notOpened: Readonly<Record<string, number>>;
  readonly fits: number;
  readonly failedFits: number;
  readonly trainings: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface SummaryOptions {
  readonly underlying: string;
  /** First instant of the test; null: everything is the test. */
  readonly splitMs: number | null;
  /** Strategy that the others are compared with. */
  readonly reference: string;
  readonly seed: number;
  /** Of the entropic loss, per unit of a share. */
  readonly aversion: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The document of a walk and its trades. */
export function summarise(
  state: WalkState,
  closed: readonly ClosedTrade[],
  voided: readonly VoidTrade[],
  { underlying, splitMs, reference, seed, aversion, settings }: SummaryOptions,
): BacktestDocument {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const split = splitMs ?? Number.MIN_SAFE_INTEGER;
  const sample = { reference, seed, aversion };
  const before = closed.filter(({ trade }) => trade.expiryMs <= split);
  const test = closed.filter(({ trade }) => trade.openedMs >= split);
  return {
    schemaVersion: 1,
    underlying,
    split: splitMs === null ? null : iso(splitMs),
    reference,
    before: splitMs === null ? null : periodOf(before, sample),
    test: periodOf(test, sample),
    history: {
      moments: state.moments,
      pricesFrom: state.momentsFrom,
      longestGapHours: state.longestGapHours,
      until: state.moments === 0 ? null : iso(state.lastMs),
    },
    opened: state.opened,
    stillOpen: state.open.length,
    void: voided,
    notOpened: state.notOpened,
    fits: state.fits,
    failedFits: state.failedFits,
    trainings: state.trainings,
    settings,
  };
}

interface Sample {
  readonly reference: string;
  readonly seed: number;
  readonly aversion: number;
}

function periodOf(
  closed: readonly ClosedTrade[],
  { reference, seed, aversion }: Sample,
): PeriodSummary {
  const blocks = closed.map(({ trade }) => blockOf(trade.openedMs));
  const resamples = blockResamples(blocks, seed);
  const names = closed.length === 0 ? [] : closed[0].results.map(({ strategy }) => strategy);
  const of = (name: string): TradeResult[] =>
    closed.map(({ results }) => {
      const found = results.find(({ strategy }) => strategy === name);
      return found ?? results[0];
    });
  const shares = (name: string) => of(name).map(({ pnlShare }) => pnlShare);
  const others = names.includes(reference) ? shares(reference) : null;
  const settlements: Record<string, number> = {};
  for (const { settlement } of closed) {
    settlements[settlement.from] = (settlements[settlement.from] ?? 0) + 1;
  }
  return {
    trades: closed.length,
    blocks: new Set(blocks).size,
    firstOpened: closed.length === 0 ? null : new Date(closed[0].trade.openedMs).toISOString(),
    lastExpiry:
      closed.length === 0
        ? null
        : new Date(Math.max(...closed.map(({ trade }) => trade.expiryMs))).toISOString(),
    premium: closed.length === 0 ? null : mean(closed.map(({ trade }) => trade.premiumCoin)),
    settlements,
    strategies: names.map((name) =>
      strategyOf(name, closed, of(name), {
        reference: name === reference ? null : others,
        resamples,
        aversion,
      }),
    ),
  };
}

function strategyOf(
  name: string,
  closed: readonly ClosedTrade[],
  results: readonly TradeResult[],
  {
    reference,
    resamples,
    aversion,
  }: {
    readonly reference: readonly number[] | null;
    readonly resamples: readonly (readonly number[])[];
    readonly aversion: number;
  },
): StrategySummary {
  const entropic = entropicLoss(aversion);
  const shares = results.map(({ pnlShare }) => pnlShare);
  const sorted = shares.toSorted((a, b) => a - b);
  const average = (f: (result: TradeResult, i: number) => number): number => mean(results.map(f));
  const costNames = Object.keys(results[0].costs) as (keyof TradeResult["costs"])[];
  return {
    name,
    mean: interval(shares, resamples, mean),
    standardDeviation: interval(shares, resamples, standardDeviation),
    cvar95: interval(shares, resamples, cvar95),
    entropic: interval(shares, resamples, entropic),
    againstReference:
      reference === null
        ? null
        : {
            mean: pairedInterval(shares, reference, resamples, mean),
            standardDeviation: pairedInterval(shares, reference, resamples, standardDeviation),
            cvar95: pairedInterval(shares, reference, resamples, cvar95),
            entropic: pairedInterval(shares, reference, resamples, entropic),
          },
    pnlUsd: average(({ pnlUsd }) => pnlUsd),
    cost: average(({ cost }) => cost),
    funding: average(({ costs }) => costs.funding),
    costsByKind: Object.fromEntries(
      costNames.map((kind) => [kind, average(({ costs }) => costs[kind])]),
    ) as unknown as TradeResult["costs"],
    drawdown: average(({ drawdown }) => drawdown),
    pnlCoin: average(({ pnlCoin }) => pnlCoin),
    standardDeviationCoin: standardDeviation(results.map(({ pnlCoin }) => pnlCoin)),
    turnover: average(({ turnover }, i) => turnover / closed[i].trade.price0),
    optionTurnover: average(({ optionTurnover }, i) => optionTurnover / closed[i].trade.price0),
    quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => quantile(sorted, share)),
  };
}
