/**
 * Bachelier (normal) model: the forward is Gaussian with volatility σ_N in currency per √year.
 *
 *   call = (F - K) N(d) + s φ(d),  d = (F - K)/s,  s = σ_N √T; undiscounted
 *
 * The out-of-the-money price is s φ(d) m(|d|), with m = 1 - |d| R(|d|) and R the Mills ratio, which
 * keeps relative accuracy in the wing where the two terms cancel.
 * Source: L. Bachelier, "Théorie de la spéculation" (1900).
 */
import { InputError } from "../num/errors.ts";
import { expHalfSquare, normCdf, normPdf } from "../num/normal.ts";
import { requireFinite, requireNonNegative } from "./checkInputs.ts";
import { millsMoment } from "./millsMoments.ts";
import type { OptionType } from "./optionType.ts";

const INV_SQRT_2PI = 0.3989422804014327;
const LN_SQRT_2PI = 0.9189385332046728;

/** One option on a Gaussian forward; forward and strike may be negative.
 *
 * Units     forward, strike in currency; years; normalVol in currency per square-root year
 */
export interface BachelierInputs {
  readonly forward: number;
  readonly strike: number;
  readonly yearsToExpiry: number;
  readonly normalVol: number;
}

/** Price and derivatives; names and time convention as `BlackGreeks`. */
export interface BachelierGreeks {
  readonly price: number;
  readonly delta: number;
  readonly dualDelta: number;
  readonly gamma: number;
  readonly dualGamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly vanna: number;
  readonly volga: number;
  readonly charm: number;
  readonly speed: number;
}

function checkInputs(where: string, inputs: BachelierInputs): void {
  requireFinite(where, "forward", inputs.forward);
  requireFinite(where, "strike", inputs.strike);
  requireNonNegative(where, "yearsToExpiry", inputs.yearsToExpiry);
  requireNonNegative(where, "normalVol", inputs.normalVol);
}

/** Undiscounted out-of-the-money Bachelier price from the distance |F - K| and s = σ_N√T; trusted. */
function bachelierOtm(distance: number, totalStdDev: number): number {
  if (totalStdDev === 0) return 0;
  const z = distance / totalStdDev;
  return z > 39 ? 0 : totalStdDev * INV_SQRT_2PI * expHalfSquare(z) * millsMoment(z);
}

/** Natural logarithm of the out-of-the-money price, finite far below the smallest double.
 *
 * Units     ln of currency
 * Throws    InputError as `bachelierPrice`; -Infinity when the price is 0 because vol·√T is 0
 */
export function logBachelierOtm(inputs: BachelierInputs): number {
  checkInputs("logBachelierOtm", inputs);
  const s = inputs.normalVol * Math.sqrt(inputs.yearsToExpiry);
  if (s === 0) return Number.NEGATIVE_INFINITY;
  const z = Math.abs(inputs.forward - inputs.strike) / s;
  return Math.log(s * millsMoment(z)) - LN_SQRT_2PI - 0.5 * z * z;
}

/** Undiscounted Bachelier price.
 *
 * Units     as `BachelierInputs`; result in currency
 * Accuracy  relative error a few ulp times max(1, d²), the condition of the price in its inputs
 * Throws    InputError when an input is not finite, or yearsToExpiry or normalVol is negative
 * Source    Bachelier (1900)
 */
export function bachelierPrice(type: OptionType, inputs: BachelierInputs): number {
  checkInputs("bachelierPrice", inputs);
  const { forward, strike, yearsToExpiry, normalVol } = inputs;
  const signed = type === "call" ? forward - strike : strike - forward;
  return Math.max(signed, 0) + bachelierOtm(Math.abs(signed), normalVol * Math.sqrt(yearsToExpiry));
}

/** Undiscounted Bachelier price and greeks.
 *
 * Units     as `BachelierGreeks`
 * Accuracy  as `bachelierPrice`
 * Throws    InputError as `bachelierPrice`, and when normalVol·√T is 0, where they do not exist
 * Source    Bachelier (1900)
 */
export function bachelierGreeks(type: OptionType, inputs: BachelierInputs): BachelierGreeks {
  const price = bachelierPrice(type, inputs);
  const { forward, strike, yearsToExpiry: years, normalVol } = inputs;
  const s = normalVol * Math.sqrt(years);
  if (s === 0) {
    throw new InputError(
      "bachelierGreeks: expected normalVol·√yearsToExpiry > 0, got 0. Ask for bachelierPrice instead.",
    );
  }
  const d = (forward - strike) / s;
  const density = normPdf(d);
  const sign = type === "call" ? 1 : -1;
  const delta = sign * normCdf(sign * d);
  const gamma = density / s;
  const vega = density * Math.sqrt(years);
  return {
    price,
    delta,
    dualDelta: -delta,
    gamma,
    dualGamma: gamma,
    vega,
    theta: (-density * normalVol) / (2 * Math.sqrt(years)),
    vanna: (-density * d) / normalVol,
    volga: (vega * d * d) / normalVol,
    charm: (density * d) / (2 * years),
    speed: (-gamma * d) / s,
  };
}
