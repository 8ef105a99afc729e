/**
 * Entropic risk:  ρ(L) = (1/a) ln E[e^{aL}].
 *
 * Source  Föllmer & Schied, Stochastic Finance, example 4.34; Buehler et al. (2019), example 3.4
 */
import { exp, mul } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Risk } from "../problem.ts";

/** The measure with risk aversion a, per unit of currency.
 *
 * Throws  InputError unless a > 0
 */
export function entropicRisk(a: number): Risk {
  if (!(a > 0 && Number.isFinite(a))) {
    throw new InputError(`entropicRisk: expected a risk aversion > 0, got ${a}.`);
  }
  return {
    name: `entropic, a = ${a}`,
    aversion: a,
    isMonotone: true,
    isCashInvariant: true,
    thresholds: [],
    rows: [(excess, _, aversion) => exp(mul(aversion, excess))],
    value: ([mean], aversion) => Math.log(mean) / aversion,
    slopes: ([mean], aversion) => Float64Array.of(1 / (aversion * mean)),
    at: entropicRisk,
    ofSample: (losses, weights) => {
      let top = Number.NEGATIVE_INFINITY;
      for (const loss of losses) top = Math.max(top, loss);
      let sum = 0;
      let squares = 0;
      losses.forEach((loss, i) => {
        const weight = (weights?.[i] ?? 1) * Math.exp(a * (loss - top));
        sum += weight;
        squares += weight * weight;
      });
      const n = losses.length;
      const mean = sum / n;
      const deviation = Math.sqrt(Math.max(0, squares / n - mean * mean) / n);
      return { value: top + Math.log(mean) / a, standardError: deviation / (a * mean) };
    },
  };
}
