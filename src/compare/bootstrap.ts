/**
 * Means with bootstrap confidence intervals, for snapshots that are not independent.
 *
 * Snapshots of one day say much the same, of two underlyings as well, so days are drawn, not snapshots: the cluster
 * bootstrap, percentile intervals. A seed makes it repeatable.
 *
 * Source: Davison & Hinkley (1997), Bootstrap Methods and their Application, sections 3.8 and 5.3.1
 */
import { philoxUniforms } from "../random/index.ts";

/** A mean and its interval. */
export interface MeanInterval {
  readonly mean: number;
  readonly median: number;
  /** 95 % interval; null with fewer than two clusters. */
  readonly low: number | null;
  readonly high: number | null;
  readonly count: number;
  readonly clusters: number;
}

/** A value and the cluster it belongs to. */
export interface Observation {
  readonly cluster: string;
  readonly value: number;
}

export const bootstrapDefaults = { resamples: 2000, seed: 1, confidence: 0.95 } as const;

/** Mean, median and interval; null without observations. */
export function meanInterval(
  observations: readonly Observation[],
  seed: number = bootstrapDefaults.seed,
): MeanInterval | null {
  if (observations.length === 0) return null;
  const byCluster = [...Map.groupBy(observations, ({ cluster }) => cluster).values()];
  const sums = byCluster.map((group) => group.reduce((sum, { value }) => sum + value, 0));
  const counts = byCluster.map((group) => group.length);
  const total = sums.reduce((a, b) => a + b, 0);
  const values = observations.map(({ value }) => value).toSorted((a, b) => a - b);
  const base = {
    mean: total / observations.length,
    median: quantile(values, 0.5),
    count: observations.length,
    clusters: byCluster.length,
  };
  const n = byCluster.length;
  if (n < 2) return { ...base, low: null, high: null };
  const { resamples, confidence } = bootstrapDefaults;
  const uniforms = philoxUniforms(seed, 0, n * resamples);
  const means = Float64Array.from({ length: resamples }, (_, r) => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < n; i++) {
      const drawn = Math.min(n - 1, Math.floor(n * uniforms[r * n + i]));
      sum += sums[drawn];
      count += counts[drawn];
    }
    return sum / count;
  }).sort();
  const tail = (1 - confidence) / 2;
  return { ...base, low: quantile(means, tail), high: quantile(means, 1 - tail) };
}

/** Quantile of sorted values, R-7: linear between order statistics. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
