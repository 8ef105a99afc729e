/**
 * Implied volatility with a reason instead of NaN: Black (lognormal) and Bachelier (normal).
 *
 *   Black      price = F N(d1) - K N(d2) (call, undiscounted), d1,2 = -k/s ± s/2, s = σ√T
 *   Bachelier  price = (F - K) N(d) + s φ(d),                  d = (F - K)/s
 *
 * Every price is first made out of the money through the forward, subtracting the intrinsic value
 * once and exactly. Prices are undiscounted; divide by the discount factor first.
 * Source: P. Jäckel, "Let's Be Rational" (2015) and "Implied normal volatility" (2017); the method
 * and what differs from the papers are in impliedStdDev.ts.
 */
import { ShapeError } from "../num/errors.ts";
import { solveBachelierStdDev, solveStdDev } from "./impliedStdDev.ts";
import { logMoneyness, outOfTheMoneyPrice } from "./moneyness.ts";
import type { OptionType } from "./optionType.ts";

/** Why a price has no implied volatility; the index in this list is the code a batch writes. */
export const impliedVolReasons = [
  "ok",
  "zero-vol",
  "infinite-vol",
  "below-intrinsic",
  "above-maximum",
  "invalid-T",
  "invalid-input",
] as const;

/** One of `impliedVolReasons` other than "ok". */
export type NoImpliedVolReason = Exclude<(typeof impliedVolReasons)[number], "ok">;

/** An implied volatility, or the reason that none exists. */
export type ImpliedVolResult =
  | { readonly ok: true; readonly vol: number }
  | { readonly ok: false; readonly reason: NoImpliedVolReason };

/** One undiscounted option price. */
export interface ImpliedVolQuote {
  readonly type: OptionType;
  readonly price: number;
  readonly forward: number;
  readonly strike: number;
  readonly yearsToExpiry: number;
}

/** Columns of undiscounted quotes; `isCall[i]` is 1 for a call and 0 for a put. */
export interface ImpliedVolBatch {
  readonly isCall: Uint8Array;
  readonly prices: Float64Array;
  readonly forwards: Float64Array;
  readonly strikes: Float64Array;
  readonly years: Float64Array;
}

const ZERO = 1;
const INFINITE = 2;
const BELOW = 3;
const ABOVE = 4;
const BAD_TIME = 5;
const BAD_INPUT = 6;

/** Black volatility, or minus the reason's code: one number, so that a batch allocates nothing. */
function blackVolOrCode(
  price: number,
  forward: number,
  strike: number,
  years: number,
  isCall: boolean,
): number {
  if (!(years > 0 && years < Number.POSITIVE_INFINITY)) return -BAD_TIME;
  if (!(forward > 0 && strike > 0 && forward + strike < Number.POSITIVE_INFINITY)) {
    return -BAD_INPUT;
  }
  if (price !== price) return -BAD_INPUT;
  const otm = outOfTheMoneyPrice(price, forward, strike, isCall);
  if (otm <= 0) return otm === 0 ? -ZERO : -BELOW;
  // The bound of an in-the-money price is tested on the price itself, before any rounding.
  const excess = price - (isCall ? forward : strike);
  if (excess >= 0) return excess === 0 ? -INFINITE : -ABOVE;
  const bound = forward < strike ? forward : strike;
  const gap = isCall === strike >= forward ? bound - otm : -excess;
  if (!(gap > 0)) return -INFINITE;
  const root = Math.sqrt(forward) * Math.sqrt(strike);
  const k = logMoneyness(forward, strike);
  const s = solveStdDev(otm / root, gap / root, Math.abs(k), Math.abs(forward - strike) / root);
  return volOrCode(s / Math.sqrt(years));
}

/** A volatility that is a usable number, or the code of why it is not: extreme inputs overflow. */
function volOrCode(vol: number): number {
  if (vol > 0 && vol < Number.POSITIVE_INFINITY) return vol;
  if (vol === 0) return -ZERO;
  return vol > 0 ? -INFINITE : -BAD_INPUT;
}

/** Bachelier volatility, or minus the reason's code. */
function bachelierVolOrCode(
  price: number,
  forward: number,
  strike: number,
  years: number,
  isCall: boolean,
): number {
  if (!(years > 0 && years < Number.POSITIVE_INFINITY)) return -BAD_TIME;
  if (!Number.isFinite(forward) || !Number.isFinite(strike) || price !== price) return -BAD_INPUT;
  const signed = isCall ? forward - strike : strike - forward;
  const otm = signed > 0 ? price - signed : price;
  if (otm <= 0) return otm === 0 ? -ZERO : -BELOW;
  if (otm === Number.POSITIVE_INFINITY) return -INFINITE;
  const distance = Math.abs(forward - strike);
  return volOrCode(solveBachelierStdDev(otm, distance) / Math.sqrt(years));
}

function asResult(value: number): ImpliedVolResult {
  if (value > 0) return { ok: true, vol: value };
  return { ok: false, reason: impliedVolReasons[-value] as NoImpliedVolReason };
}

/** Black implied volatility of one undiscounted price.
 *
 * Units     price, forward, strike in one currency; vol per square-root year, 0.2 = 20 %
 * Accuracy  relative error at most 4·2⁻⁵²·max(1, ∂ln σ/∂ln price) on every reference case, while
 *           price/√(forward·strike) is above the smallest normal double
 * Throws    nothing: `zero-vol` for the intrinsic value itself, `infinite-vol` for the upper bound
 *           itself, `below-intrinsic`, `above-maximum`, `invalid-T` (not positive and finite),
 *           `invalid-input` (NaN, or a forward or strike that is not positive)
 */
export function impliedVol(quote: ImpliedVolQuote): ImpliedVolResult {
  const { price, forward, strike, yearsToExpiry, type } = quote;
  return asResult(blackVolOrCode(price, forward, strike, yearsToExpiry, type === "call"));
}

/** Bachelier (normal) implied volatility of one undiscounted price; strikes may be negative.
 *
 * Units     price, forward, strike in one currency; vol in that currency per square-root year
 * Accuracy  relative error at most 4·2⁻⁵² on every reference case
 * Throws    nothing: the reasons of `impliedVol`, except that a normal price has no upper bound
 */
export function impliedNormalVol(quote: ImpliedVolQuote): ImpliedVolResult {
  const { price, forward, strike, yearsToExpiry, type } = quote;
  return asResult(bachelierVolOrCode(price, forward, strike, yearsToExpiry, type === "call"));
}

function checkShapes(batch: ImpliedVolBatch, vols: Float64Array, reasons: Uint8Array): void {
  const n = batch.prices.length;
  const lengths = [batch.isCall, batch.forwards, batch.strikes, batch.years, vols, reasons].map(
    (column) => column.length,
  );
  if (lengths.some((length) => length !== n)) {
    throw new ShapeError(
      `impliedVols: expected every column to have ${n} [quote] entries like prices, got ${lengths.join(", ")} ` +
        "for isCall, forwards, strikes, years, vols, reasons. Allocate them with one length.",
    );
  }
}

/** Black implied volatilities of a batch, written into arrays the caller owns; allocates nothing.
 *
 * Shape     every column [quote] → vols [quote], reasons [quote]; returns how many have a volatility
 * Units     as `impliedVol`; reasons[i] indexes `impliedVolReasons`, and vols[i] is 0 unless it is 0
 * Accuracy  as `impliedVol`, the same arithmetic
 * Throws    ShapeError when the columns differ in length
 */
export function impliedVols(
  batch: ImpliedVolBatch,
  vols: Float64Array,
  reasons: Uint8Array,
): number {
  checkShapes(batch, vols, reasons);
  const { isCall, prices, forwards, strikes, years } = batch;
  let found = 0;
  for (let i = 0; i < prices.length; i += 1) {
    const value = blackVolOrCode(prices[i], forwards[i], strikes[i], years[i], isCall[i] !== 0);
    const ok = value > 0;
    vols[i] = ok ? value : 0;
    reasons[i] = ok ? 0 : -value;
    if (ok) found += 1;
  }
  return found;
}
