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
import { weightedQuantile } from "./weightedQuantile.ts";

/** The measure at a level such as 0.95; the threshold y is learned with the policy. `aversion` is what bands are guessed
 * from.
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
    isMonotone: true,
    isCashInvariant: true,
    thresholds: ["threshold"],
    rows: [
      (excess, { threshold }) =>
        add(threshold, mul(1 / (1 - level), max(sub(excess, threshold), 0))),
    ],
    value: ([mean]) => mean,
    slopes: () => Float64Array.of(1),
    ofSample: (losses, weights) => {
      const n = losses.length;
      const y = weightedQuantile(losses, level, weights);
      let sum = 0;
      let squares = 0;
      losses.forEach((loss, i) => {
        const beyond = (weights?.[i] ?? 1) * Math.max(0, loss - y);
        sum += beyond;
        squares += beyond * beyond;
      });
      const mean = sum / n;
      return {
        value: y + mean / (1 - level),
        standardError: Math.sqrt(Math.max(0, squares / n - mean * mean) / n) / (1 - level),
      };
    },
  };
}
