/**
 * Displaced (shifted) lognormal: F + shift is lognormal, so that F may be negative above -shift.
 *
 *   price(F, K) = Black(F + shift, K + shift, σ, T)
 *
 * Derivatives in F and K are those of Black at the shifted values.
 * Source: M. Rubinstein, J. Finance 38 (1983).
 */
import { type BlackGreeks, blackGreeks, type BlackInputs, blackPrice } from "./black.ts";
import { requireFinite } from "./checkInputs.ts";
import { impliedVol, type ImpliedVolQuote, type ImpliedVolResult } from "./impliedVol.ts";
import type { OptionType } from "./optionType.ts";

/** One option under the displaced lognormal law; shift in the currency of forward and strike. */
export interface ShiftedBlackInputs extends BlackInputs {
  readonly shift: number;
}

function displace(inputs: ShiftedBlackInputs): BlackInputs {
  requireFinite("shiftedBlack", "shift", inputs.shift);
  return {
    ...inputs,
    forward: inputs.forward + inputs.shift,
    strike: inputs.strike + inputs.shift,
  };
}

/** Undiscounted displaced lognormal price.
 *
 * Units     as `BlackInputs`, shift in currency
 * Throws    InputError when forward + shift or strike + shift is not positive
 * Source    Rubinstein (1983)
 */
export function shiftedBlackPrice(type: OptionType, inputs: ShiftedBlackInputs): number {
  return blackPrice(type, displace(inputs));
}

/** Undiscounted displaced lognormal price and greeks.
 *
 * Units     as `BlackGreeks`
 * Throws    InputError as `shiftedBlackPrice`, and when vol·√T is 0 at the strike
 */
export function shiftedBlackGreeks(type: OptionType, inputs: ShiftedBlackInputs): BlackGreeks {
  return blackGreeks(type, displace(inputs));
}

/** Displaced lognormal implied volatility.
 *
 * Units     as `impliedVol`, shift in currency
 * Throws    nothing: the reasons of `impliedVol`
 */
export function impliedShiftedVol(
  quote: ImpliedVolQuote & { readonly shift: number },
): ImpliedVolResult {
  return impliedVol({
    ...quote,
    forward: quote.forward + quote.shift,
    strike: quote.strike + quote.shift,
  });
}
