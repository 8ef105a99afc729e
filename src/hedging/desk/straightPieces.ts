/**
 * A disutility of straight pieces: a unit of loss weighs more above each kink.
 *
 *   l(x) = w₀ x + Σ_k (w_k − w_{k−1}) ((x − κ_k)⁺ − (−κ_k)⁺),   l(0) = 0
 *
 * w₀ = 0 and one kink at 0 of weight 1/(1 − α) is the CVaR of level α.
 *
 * Source  Ben-Tal & Teboulle (2007), An old-new concept of convex risk measures, example 2.3
 */
import { add, type Expr, max, mul, type Num, sub } from "../../ir/index.ts";
import type { Disutility } from "../risks/oce.ts";

export interface StraightPieces {
  /** Weight of a unit of loss below the first kink. */
  readonly below: number;
  /** Increasing in place and weight. */
  readonly kinks: readonly { readonly at: number; readonly weight: number }[];
}

/** The disutility; `aversion` is what bands are guessed from. */
export function straightPieces({ below, kinks }: StraightPieces, aversion: number): Disutility {
  const steps = kinks.map(({ at, weight }, k) => ({
    at,
    rise: weight - (k === 0 ? below : kinks[k - 1].weight),
  }));
  const atZero = steps.reduce((sum, { at, rise }) => sum + rise * Math.max(0, -at), 0);
  const shown = kinks.map(({ at, weight }) => `${weight} from ${at}`).join(", ");
  return {
    name: `optimised certainty equivalent, weights ${below}, ${shown}`,
    of: (x: Expr) =>
      steps.reduce<Num>(
        (sum, { at, rise }) => add(sum, mul(rise, max(sub(x, at), 0))),
        add(mul(below, x), -atZero),
      ),
    at: (x) =>
      below * x - atZero + steps.reduce((sum, { at, rise }) => sum + rise * Math.max(0, x - at), 0),
    slopeAt: (x) => below + steps.reduce((sum, { at, rise }) => sum + (x > at ? rise : 0), 0),
    aversion,
    isIncreasing: true,
  };
}
