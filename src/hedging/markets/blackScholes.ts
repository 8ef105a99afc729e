/**
 * Black-Scholes without drift:  S' = S exp(−σ²Δ/2 + σ√Δ z).
 *
 * Source  Black & Scholes (1973)
 */
import { exp, mul, sum } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Market } from "../problem.ts";

/** The market; exact at its dates.
 *
 * Units   vol decimal per √year
 * Throws  InputError for a spot or volatility that is not positive
 */
export function blackScholesMarket({ spot, vol }: { spot: number; vol: number }): Market {
  for (const [name, value] of Object.entries({ spot, vol })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError(`blackScholesMarket: expected ${name} > 0, got ${value}.`);
    }
  }
  return {
    name: "Black-Scholes",
    factors: 1,
    init: () => ({ x: 0 }),
    step: (s, [z], { dt, sqrtDt }) => ({
      x: sum(s.x, mul(-0.5 * vol * vol, dt), mul(mul(vol, sqrtDt), z)),
    }),
    spot: (s) => mul(spot, exp(s.x)),
    vol: () => vol,
    stepsPerDate: 1,
  };
}
