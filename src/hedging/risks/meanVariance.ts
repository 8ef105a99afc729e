/** Mean-variance:  ρ(L) = E[L] + (a/2) Var[L]; without the mean, variance alone. */
import { type Expr, type Num, square, sub } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Risk } from "../problem.ts";

const moments: readonly ((
  loss: Expr,
  threshold: Readonly<Record<string, Expr>>,
  centre: number,
) => Num)[] = [
  (loss, _, centre) => sub(loss, centre),
  (loss, _, centre) => square(sub(loss, centre)),
];

/** E[L] + (a/2) Var[L].
 *
 * Throws  InputError unless a > 0
 */
export function meanVarianceRisk(a: number): Risk {
  if (!(a > 0 && Number.isFinite(a))) {
    throw new InputError(`meanVarianceRisk: expected a risk aversion > 0, got ${a}.`);
  }
  return measure(`mean-variance, a = ${a}`, a, 1, a / 2);
}

/** Var[L]. */
export const varianceRisk = (aversion = 1): Risk => measure("variance", aversion, 0, 1);

function measure(name: string, aversion: number, byMean: number, byVariance: number): Risk {
  return {
    name,
    aversion,
    thresholds: [],
    rows: moments,
    value: ([mean, second], centre) =>
      byMean * (centre + mean) + byVariance * (second - mean * mean),
    slopes: ([mean]) => Float64Array.of(byMean - 2 * byVariance * mean, byVariance),
    ofSample: (losses) => {
      const n = losses.length;
      let mean = 0;
      for (const loss of losses) mean += loss / n;
      let variance = 0;
      let fourth = 0;
      for (const loss of losses) {
        const square = (loss - mean) ** 2;
        variance += square / n;
        fourth += (square * square) / n;
      }
      return {
        value: byMean * mean + byVariance * variance,
        standardError: Math.sqrt(
          (byMean ** 2 * variance + byVariance ** 2 * (fourth - variance * variance)) / n,
        ),
      };
    },
  };
}
