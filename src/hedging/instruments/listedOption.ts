/** A listed call or put as a moving price: Black's formula at the market's own volatility for it. */
import { add, max, min, select, sub } from "../../ir/index.ts";
import { InputError, InternalError } from "../../num/errors.ts";
import { blackGreeks } from "../../payoffs/index.ts";
import type { Instrument, Market, MarketView } from "../problem.ts";
import type { Terms } from "./spot.ts";

export interface ListedOption extends Terms {
  readonly type: "call" | "put";
  readonly strike: number;
  readonly expiryYears: number;
}

/** Closer than this to expiry an option is worth what it would pay. */
const shortestYears = 1e-6;

/** The instrument.
 *
 * Throws  InputError for a strike or expiry that is not positive
 */
export function listedOption({ type, strike, expiryYears, ...terms }: ListedOption): Instrument {
  for (const [name, value] of Object.entries({ strike, expiryYears })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError(`listedOption: expected ${name} > 0, got ${value}.`);
    }
  }
  if (type !== "call" && type !== "put") {
    throw new InputError(`listedOption: expected type "call" or "put", got ${String(type)}.`);
  }
  const greeks = (view: MarketView, market: Market) => {
    const { optionVol } = market;
    if (optionVol === undefined) {
      throw new InternalError(`${market.name} prices no options, and checkProblem let it pass`);
    }
    const early = { ...view, years: min(view.years, expiryYears - shortestYears) };
    const vol = optionVol(early, { strike, expiryYears });
    const years = sub(expiryYears, early.years);
    return blackGreeks({ type, spot: view.spot, strike, vol, years });
  };
  return {
    name: `${type} ${strike}`,
    limits: {},
    ...terms,
    kind: "option",
    isFunded: true,
    expiryYears,
    price: (view, market) => {
      const due = max(type === "call" ? sub(view.spot, strike) : sub(strike, view.spot), 0);
      const left = sub(expiryYears - shortestYears, view.years);
      return select(left, greeks(view, market).value, add(due, 0));
    },
    greeks,
  };
}
