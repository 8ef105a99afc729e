/**
 * Half of a quoted spread, in money per unit: what is paid for crossing it.
 *
 * Spreads of options do not scale with their price: a share of the price, but no less than a share of the underlying.
 */
import { max, mul, type Num } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Cost } from "../problem.ts";

export interface HalfSpread {
  /** Of the instrument's price. */
  readonly shareOfPrice?: number;
  /** At least this share of the underlying's price. */
  readonly shareOfSpot?: number;
}

/** The cost.
 *
 * Throws  InputError for a share outside [0, 1), or none
 */
export function halfSpread({ shareOfPrice = 0, shareOfSpot = 0 }: HalfSpread): Cost {
  for (const [name, share] of Object.entries({ shareOfPrice, shareOfSpot })) {
    if (!(share >= 0 && share < 1)) {
      throw new InputError(`halfSpread: expected ${name} in [0, 1), got ${share}.`);
    }
  }
  const perUnit = (price: Num, spot: Num): Num =>
    max(mul(shareOfPrice, price), mul(shareOfSpot, spot));
  return {
    name: `half-spread ${shareOfPrice} of price, at least ${shareOfSpot} of spot`,
    charge: ({ units, price, spot }) => mul(units, perUnit(price, spot)),
    perUnit,
    shape: "linear",
  };
}
