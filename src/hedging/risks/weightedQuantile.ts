/** Quantiles of losses whose paths may have weights. */

/** Where the weights of what is below reach the level: the minimiser y. */
export function weightedQuantile(
  losses: Float64Array,
  level: number,
  weights?: Float32Array,
): number {
  const n = losses.length;
  if (weights === undefined) {
    const sorted = losses.slice().sort();
    return sorted[Math.min(n - 1, Math.max(0, Math.floor(n - n * (1 - level))))];
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => losses[a] - losses[b]);
  let total = 0;
  for (const weight of weights) total += weight;
  let below = 0;
  for (const i of order) {
    below += weights[i];
    if (below > level * total) return losses[i];
  }
  return losses[order[n - 1]];
}
