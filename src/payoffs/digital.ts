/** Digital: an amount of cash when the price ends beyond the strike. At the strike itself half of it. */
import { add, div, mul, neg, normCdf, select, sqrt, sub } from "../ir/index.ts";
import { InputError } from "../num/errors.ts";
import { blackD1, normalDensity } from "./blackGreeks.ts";
import { requirePositive, requireType } from "./checkPayoff.ts";
import type { Payoff } from "./payoff.ts";

export interface Digital {
  readonly type: "call" | "put";
  readonly strike: number;
  readonly cash: number;
  readonly expiryYears: number;
}

/** The payoff.
 *
 * Throws  InputError for a strike or expiry that is not positive, or an amount that is not finite
 */
export function digital({ type, strike, cash, expiryYears }: Digital): Payoff {
  requireType("digital", type);
  requirePositive("digital", { strike, expiryYears });
  if (!Number.isFinite(cash)) {
    throw new InputError(`digital: expected a finite cash amount, got ${cash}.`);
  }
  const sign = type === "call" ? 1 : -1;
  return {
    name: `digital ${type} ${strike} paying ${cash}`,
    family: "digital",
    expiryYears,
    fixings: [],
    init: () => ({}),
    update: () => ({}),
    value: (_, spot) => {
      const beyond = mul(sign, sub(spot, strike));
      return select(beyond, cash, select(neg(beyond), 0, 0.5 * cash));
    },
    valueOf: ({ spot }) => (cash * (Math.sign(sign * (spot - strike)) + 1)) / 2,
    greeks: ({ spot, vol, years }) => {
      const left = sub(expiryYears, years);
      const { d1, stdDev } = blackD1({ spot, strike, vol, years: left });
      const d2 = sub(d1, stdDev);
      const density = mul(sign * cash, normalDensity(d2));
      const delta = div(density, mul(spot, stdDev));
      return {
        value: mul(cash, normCdf(mul(sign, d2))),
        delta,
        // ∂/∂S of n(d₂)/(S σ√τ)
        gamma: neg(mul(div(delta, spot), add(1, div(d2, stdDev)))),
        // ∂d₂/∂σ = −d₁/σ
        vega: neg(mul(density, mul(d1, div(sqrt(left), stdDev)))),
      };
    },
    hasExactGreeks: true,
    strike,
    features: () => [],
    rescaled: (factor) => digital({ type, strike: factor * strike, cash, expiryYears }),
    degree: 0,
  };
}
