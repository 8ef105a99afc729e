/** A share of the value traded: half a spread and a fee without a cap. */
import { mul } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Cost } from "../problem.ts";

/** The cost.
 *
 * Units   share of the instrument's price: 0.001 is 10 bp
 * Throws  InputError for a share outside [0, 1)
 */
export function proportionalCost(share: number): Cost {
  if (!(share >= 0 && share < 1)) {
    throw new InputError(
      `proportionalCost: expected a share in [0, 1), got ${share}. 0.001 is 10 bp.`,
    );
  }
  return {
    name: `${(1e4 * share).toPrecision(3)} bp`,
    charge: ({ units, price }) => mul(share, mul(units, price)),
    perUnit: (price) => mul(share, price),
    shape: "linear",
  };
}
