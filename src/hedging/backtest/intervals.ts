/**
 * Statistics of trades with intervals, for trades that are not independent.
 *
 * Trades that are open together share their market, so blocks are drawn, not trades: all that were opened in one block
 * of days. Percentile intervals of the block bootstrap; a difference of two strategies is drawn on the same blocks.
 *
 * Source  Davison & Hinkley (1997), Bootstrap Methods and their Application, sections 3.8, 5.3.1 and 8.2.3
 */
import { philoxUniforms } from "../../random/index.ts";

/** A statistic and its 95 % interval; null with fewer than two blocks. */
export interface Interval {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

const intervalDefaults = { resamples: 2000, confidence: 0.95, blockDays: 7 } as const;

/** A statistic of a sample. */
export type Statistic = (values: readonly number[]) => number;

export const mean: Statistic = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

export const standardDeviation: Statistic = (values) => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};

/** Mean loss of the worst twentieth of profits: of as many whole trades as come nearest, at least one. */
export const cvar95: Statistic = (profits) => {
  const sorted = profits.toSorted((a, b) => a - b);
  const worst = Math.max(1, Math.round(0.05 * sorted.length));
  return -mean(sorted.slice(0, worst));
};

/** (1/a) ln E[exp(−a profit)]: the sure loss that is as bad as the trades. */
export const entropicLoss =
  (aversion: number): Statistic =>
  (profits) => {
    const least = Math.min(...profits);
    const grown = profits.map((profit) => Math.exp(-aversion * (profit - least)));
    return Math.log(mean(grown)) / aversion - least;
  };

/** Block of a trade: days since 1970 in steps of `blockDays`. */
export const blockOf = (openedMs: number, blockDays: number = intervalDefaults.blockDays): number =>
  Math.floor(openedMs / (86_400_000 * blockDays));

/** Resamples of blocks: [resample] indices of trades. The same seed and blocks give the same for every strategy. */
export function blockResamples(
  blocks: readonly number[],
  seed: number,
): readonly (readonly number[])[] {
  const members = [...Map.groupBy(blocks.keys(), (i) => blocks[i]).values()];
  const n = members.length;
  if (n < 2) return [];
  const { resamples } = intervalDefaults;
  const uniforms = philoxUniforms(seed, 0, n * resamples);
  return Array.from({ length: resamples }, (_, r) =>
    Array.from({ length: n }, (__, i) =>
      Math.min(n - 1, Math.floor(n * uniforms[r * n + i])),
    ).flatMap((drawn) => members[drawn]),
  );
}

/** The statistic with its interval. */
export function interval(
  values: readonly number[],
  resamples: readonly (readonly number[])[],
  statistic: Statistic,
): Interval {
  return pairedInterval(values, null, resamples, statistic);
}

/** statistic(values) − statistic(others), both of the same trades. */
export function pairedInterval(
  values: readonly number[],
  others: readonly number[] | null,
  resamples: readonly (readonly number[])[],
  statistic: Statistic,
): Interval {
  const of = (pick: (all: readonly number[]) => readonly number[]): number =>
    statistic(pick(values)) - (others === null ? 0 : statistic(pick(others)));
  const value = of((all) => all);
  if (resamples.length === 0) return { value, low: null, high: null };
  const drawn = resamples
    .map((indices) => of((all) => indices.map((i) => all[i])))
    .toSorted((a, b) => a - b);
  const tail = (1 - intervalDefaults.confidence) / 2;
  return { value, low: quantile(drawn, tail), high: quantile(drawn, 1 - tail) };
}

/** Quantile of sorted values, R-7. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
