/** Quantiles of the Poisson law, for numbers of jumps drawn by inversion. */

/** Most events that are counted: at a mean below 20, more have a probability below 1e-40. */
const mostEvents = 120;

/** The smallest n with P(N ≤ n) ≥ u, by summing probabilities from zero: for means up to about 20. */
export function poissonQuantile(mean: number, u: number): number {
  let probability = Math.exp(-mean);
  let below = probability;
  let n = 0;
  while (u > below && n < mostEvents) {
    n++;
    probability *= mean / n;
    below += probability;
  }
  return n;
}
