/** Mean-variance:  ρ(L) = E[L] + (a/2) Var[L]; without the mean, variance alone. */
import { square } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Risk } from "../problem.ts";

/** E[L] + (a/2) Var[L]. Not monotone: it punishes gains as well.
 *
 * Throws  InputError unless a > 0
 */
export function meanVarianceRisk(a: number): Risk {
  if (!(a > 0 && Number.isFinite(a))) {
    throw new InputError(`meanVarianceRisk: expected a risk aversion > 0, got ${a}.`);
  }
  return {
    ...measure(`mean-variance, a = ${a}`, a, 1, (aversion) => aversion / 2),
    at: meanVarianceRisk,
  };
}

/** Var[L]. `aversion` is what bands are guessed from. */
export const varianceRisk = (aversion = 1): Risk => measure("variance", aversion, 0, () => 1);

function measure(
  name: string,
  aversion: number,
  byMean: number,
  byVariance: (aversion: number) => number,
): Risk {
  return {
    name,
    aversion,
    isMonotone: false,
    isCashInvariant: byMean === 1,
    thresholds: [],
    rows: [(excess) => excess, (excess) => square(excess)],
    value: ([mean, second], a) => byMean * mean + byVariance(a) * (second - mean * mean),
    slopes: ([mean], a) => Float64Array.of(byMean - 2 * byVariance(a) * mean, byVariance(a)),
    ofSample: (losses, weights) => {
      const n = losses.length;
      const weightOf = (i: number) => (weights?.[i] ?? 1) / n;
      let mean = 0;
      losses.forEach((loss, i) => {
        mean += loss * weightOf(i);
      });
      // influence of a path: byMean (L − m) + byVariance ((L − m)² − variance)
      const share = byVariance(aversion);
      let variance = 0;
      losses.forEach((loss, i) => {
        variance += (loss - mean) ** 2 * weightOf(i);
      });
      let squares = 0;
      losses.forEach((loss, i) => {
        const own = byMean * (loss - mean) + share * ((loss - mean) ** 2 - variance);
        squares += (own * weightOf(i)) ** 2;
      });
      return { value: byMean * mean + share * variance, standardError: Math.sqrt(squares) };
    },
  };
}
