/** Call and put:  (S_T − K)⁺ and (K − S_T)⁺. */
import { max, sub } from "../ir/index.ts";
import { blackGreeks } from "./blackGreeks.ts";
import { requirePositive, requireType } from "./checkPayoff.ts";
import type { Payoff } from "./payoff.ts";

export interface Vanilla {
  readonly type: "call" | "put";
  readonly strike: number;
  readonly expiryYears: number;
}

/** The payoff.
 *
 * Throws  InputError for a strike or expiry that is not positive
 */
export function vanilla({ type, strike, expiryYears }: Vanilla): Payoff {
  requireType("vanilla", type);
  requirePositive("vanilla", { strike, expiryYears });
  return {
    name: `${type} ${strike}`,
    family: "vanilla",
    expiryYears,
    fixings: [],
    init: () => ({}),
    update: () => ({}),
    value: (_, spot) => max(type === "call" ? sub(spot, strike) : sub(strike, spot), 0),
    valueOf: ({ spot }) => Math.max(0, type === "call" ? spot - strike : strike - spot),
    greeks: ({ spot, vol, years }) =>
      blackGreeks({ type, spot, strike, vol, years: sub(expiryYears, years) }),
    hasExactGreeks: true,
    strike,
    option: { type, strike },
    features: () => [],
    rescaled: (factor) => vanilla({ type, strike: factor * strike, expiryYears }),
    degree: 1,
  };
}
