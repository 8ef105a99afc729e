/** A dated future, margined, at S e^{b(T − t)}: its basis runs off evenly until it settles at the index. */
import { exp, max, mul, sub } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Instrument } from "../problem.ts";
import type { Terms } from "./spot.ts";

export interface FutureTerms extends Terms {
  readonly expiryYears: number;
  /** b, per year. */
  readonly basisPerYear?: number;
}

/** The instrument.
 *
 * Throws  InputError for an expiry that is not positive or a basis that is not finite
 */
export function datedFuture({ expiryYears, basisPerYear = 0, ...terms }: FutureTerms): Instrument {
  if (!(expiryYears > 0 && Number.isFinite(expiryYears))) {
    throw new InputError(`datedFuture: expected expiryYears > 0, got ${expiryYears}.`);
  }
  if (!Number.isFinite(basisPerYear)) {
    throw new InputError(`datedFuture: expected a finite basisPerYear, got ${basisPerYear}.`);
  }
  return {
    name: "future",
    limits: {},
    ...terms,
    kind: "future",
    isFunded: false,
    expiryYears,
    price: ({ spot, years }) => mul(spot, exp(mul(basisPerYear, max(sub(expiryYears, years), 0)))),
    greeks: ({ spot, years }) => {
      const growth = exp(mul(basisPerYear, max(sub(expiryYears, years), 0)));
      return { value: mul(spot, growth), delta: growth, gamma: 0, vega: 0 };
    },
  };
}
