/**
 * Half of a quoted spread, in money per unit: what is paid for crossing it.
 *
 * Spreads of options do not scale with their price: a share of the price, but no less than a share of the underlying. With a
 * `tick` bid and ask lie on ticks, the next ones outside.
 */
import { type Expr, max, mul, type Num, select, sub } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Cost } from "../problem.ts";
import { checkTick, quotesOnTicks, type Tick } from "./tick.ts";

export interface HalfSpread {
  /** Of the instrument's price. */
  readonly shareOfPrice?: number;
  /** At least this share of the underlying's price. */
  readonly shareOfSpot?: number;
  readonly tick?: Tick | undefined;
}

/** The cost.
 *
 * Throws  InputError for a share outside [0, 1), or a tick that is not positive
 */
export function halfSpread({ shareOfPrice = 0, shareOfSpot = 0, tick }: HalfSpread): Cost {
  for (const [name, share] of Object.entries({ shareOfPrice, shareOfSpot })) {
    if (!(share >= 0 && share < 1)) {
      throw new InputError(`halfSpread: expected ${name} in [0, 1), got ${share}.`);
    }
  }
  const half = (price: Num, spot: Num): Num =>
    max(mul(shareOfPrice, price), mul(shareOfSpot, spot));
  const name = `half-spread ${shareOfPrice} of price, at least ${shareOfSpot} of spot`;
  if (tick === undefined) {
    return {
      name,
      charge: ({ units, price, spot }) => mul(units, half(price, spot)),
      perUnit: half,
      shape: "linear",
    };
  }
  checkTick("halfSpread", tick);
  const quotes = (price: Expr, spot: Expr) => quotesOnTicks(price, spot, half(price, spot), tick);
  return {
    name: `${name}, on ticks of ${tick.size} ${tick.unit}`,
    charge: ({ signed, units, price, spot }) => {
      const { bid, ask } = quotes(price, spot);
      return mul(units, select(signed, sub(ask, price), sub(price, bid)));
    },
    // either way as often
    perUnit: (price, spot) => {
      const { bid, ask } = quotes(price, spot);
      return mul(0.5, sub(ask, bid));
    },
    shape: "linear",
  };
}
