/** Figures of samples of losses. */

export const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
};

/** Standard deviation of a few values. */
export function spreadOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}

export const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.round(share * (sorted.length - 1))];

/** Mean of the worst twentieth of sorted losses. */
export const worstTwentieth = (sorted: Float64Array): number =>
  meanOf(sorted.subarray(Math.floor(0.95 * sorted.length)));
