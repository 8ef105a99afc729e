/**
 * Heston, full truncation Euler:  ln S' = ln S − v⁺Δ/2 + √(v⁺Δ) z₁,  v' = v + κ(θ − v⁺)Δ + ν√(v⁺Δ)(ρz₁ + √(1 − ρ²) z₂).
 *
 * Source  Heston (1993); Lord, Koekkoek & van Dijk (2010) for the scheme
 */
import { add, div, exp, max, mul, neg, sqrt, sub, sum } from "../../ir/index.ts";
import type { HestonParams } from "../../pricing/index.ts";
import type { Market } from "../problem.ts";

/** The market. `stepsPerDate` simulation steps for each trading date keep the scheme's bias small. */
export function hestonMarket(
  spot: number,
  { v0, kappa, theta, nu, rho }: HestonParams,
  stepsPerDate = 4,
): Market {
  return {
    name: "Heston",
    factors: 2,
    init: () => ({ x: 0, v: v0 }),
    step: (s, [z1, z2], { dt, sqrtDt }) => {
      const v = max(s.v, 0);
      const shock = mul(sqrt(v), sqrtDt);
      const both = add(mul(rho, z1), mul(Math.sqrt(1 - rho * rho), z2));
      return {
        x: sum(s.x, mul(mul(-0.5, v), dt), mul(shock, z1)),
        v: sum(s.v, mul(mul(kappa, dt), sub(theta, v)), mul(mul(nu, shock), both)),
      };
    },
    spot: (s) => mul(spot, exp(s.x)),
    // mean variance to expiry: θ + (v − θ)(1 − e^{−κτ})/(κτ)
    vol: (s, years) => {
      const pull = mul(kappa, years);
      const share = div(sub(1, exp(neg(pull))), pull);
      return sqrt(max(add(theta, mul(sub(max(s.v, 0), theta), share)), 1e-6));
    },
    stepsPerDate,
  };
}
