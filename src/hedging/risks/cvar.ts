/**
 * Conditional value at risk: the mean of the worst (1 − α) of losses.
 *
 *   ρ(L) = min_y  y + E[(L − y)⁺]/(1 − α)
 *
 * Source  Rockafellar & Uryasev (2000), Optimization of conditional value-at-risk, Theorem 1
 */
import { add, max, mul, sub } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Risk } from "../problem.ts";

/** The measure at a level such as 0.95; the threshold y is learned with the policy.
 *
 * Throws  InputError unless 0 < level < 1
 */
export function cvarRisk(level: number, aversion = 1): Risk {
  if (!(level > 0 && level < 1)) {
    throw new InputError(
      `cvarRisk: expected a level in (0, 1), got ${level}. 0.95 is the worst twentieth.`,
    );
  }
  return {
    name: `CVaR ${100 * level} %`,
    aversion,
    thresholds: ["threshold"],
    rows: [
      (loss, { threshold }, centre) => {
        const y = add(threshold, centre);
        return sub(add(y, mul(1 / (1 - level), max(sub(loss, y), 0))), centre);
      },
    ],
    value: ([mean], centre) => centre + mean,
    slopes: () => Float64Array.of(1),
    ofSample: (losses) => {
      const sorted = losses.slice().sort();
      const n = sorted.length;
      const worst = n * (1 - level);
      const first = Math.min(n - 1, Math.max(0, Math.floor(n - worst)));
      const y = sorted[first];
      let sum = 0;
      let squares = 0;
      for (const loss of sorted) {
        const beyond = Math.max(0, loss - y);
        sum += beyond;
        squares += beyond * beyond;
      }
      const mean = sum / n;
      return {
        value: y + mean / (1 - level),
        standardError: Math.sqrt(Math.max(0, squares / n - mean * mean) / n) / (1 - level),
      };
    },
  };
}
