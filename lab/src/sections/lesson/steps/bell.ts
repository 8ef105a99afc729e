/** Histograms, and the bell curve that they are compared with. */
export interface Histogram {
  readonly edges: readonly number[];
  /** Share of the values per unit of width: comparable with a density. */
  readonly heights: readonly number[];
}

/** Values in equal bins from low to high; what lies outside is in no bin, but counts. */
export function histogram(
  values: ArrayLike<number>,
  low: number,
  high: number,
  bins: number,
): Histogram {
  const width = (high - low) / bins;
  const heights = Array.from({ length: bins }, () => 0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i] - low) / width);
    if (bin >= 0 && bin < bins) heights[bin] += 1 / (values.length * width);
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => low + i * width), heights };
}

/** Density of the normal distribution. */
export const bell = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** Equally spaced numbers, ends included. */
export const spaced = (low: number, high: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
