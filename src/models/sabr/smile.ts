/**
 * Between Black volatilities, which chains and surfaces speak, and the volatility of a SABR form.
 *
 * A lognormal form without shift speaks Black already. The others go through the out-of-the-money price, which both
 * sides agree on: shifted forms are Black on (F + s, K + s), the normal form is Bachelier on (F, K). `toForm` and
 * `toBlack` are inverses.
 *
 * Units  per unit of forward: F = 1, K = e^k, s = shift/F
 */
import {
  bachelierPrice,
  blackOtm,
  impliedNormalVol,
  impliedTotalStdDev,
  type SabrForm,
  type SabrSlice,
  sabrSliceVol,
  sabrStrike,
  sabrTimeFactor,
} from "../../formulas/index.ts";

/** A form at one expiry. */
export interface FormAt {
  readonly form: SabrForm;
  readonly beta: number;
  readonly years: number;
  /** s = shift/F; without effect on `normal` with β = 0. */
  readonly shift: number;
}

/** Below this time factor the expansion in T is no longer used: see `validRange`. */
const smallestTimeFactor = 0.1;

const speaksBlack = ({ form, shift }: FormAt): boolean => form !== "normal" && shift === 0;

/** 1 + s, the unit of `SabrSlice`. */
export const unitOf = ({ form, beta, shift }: FormAt): number =>
  form === "normal" && beta === 0 ? 1 : 1 + shift;

/** ln((K + s)/(F + s)): where the formula looks the strike up. */
export function formLogMoneyness(at: FormAt, k: number): number {
  const unit = unitOf(at);
  return unit === 1 ? k : Math.log1p(Math.expm1(k) / unit);
}

/** Volatility of the form at a Black volatility; NaN where there is none. */
export function toForm(at: FormAt, k: number, blackVol: number): number {
  if (speaksBlack(at)) return blackVol;
  const price = blackOtm(k, blackVol * Math.sqrt(at.years));
  if (at.form !== "normal") {
    const stdDev = impliedTotalStdDev(price / unitOf(at), formLogMoneyness(at, k));
    return stdDev / Math.sqrt(at.years);
  }
  const type = k >= 0 ? "call" : "put";
  const quote = { type, price, forward: 1, strike: Math.exp(k), yearsToExpiry: at.years } as const;
  const result = impliedNormalVol(quote);
  return result.ok ? result.vol / unitOf(at) : Number.NaN;
}

/** Total variance in Black's sense at a volatility of the form; NaN where no Black volatility has that price. */
function toBlack(at: FormAt, k: number, vol: number): number {
  if (speaksBlack(at)) return vol * vol * at.years;
  if (!(vol > 0)) return Number.NaN;
  const price = otmPrice(at, k, vol);
  const stdDev = price < Math.min(1, Math.exp(k)) ? impliedTotalStdDev(price, k) : Number.NaN;
  return stdDev * stdDev;
}

function otmPrice(at: FormAt, k: number, vol: number): number {
  const unit = unitOf(at);
  if (at.form !== "normal") {
    return unit * blackOtm(formLogMoneyness(at, k), vol * Math.sqrt(at.years));
  }
  const option = {
    forward: 1,
    strike: Math.exp(k),
    yearsToExpiry: at.years,
    normalVol: vol * unit,
  };
  return bachelierPrice(k >= 0 ? "call" : "put", option);
}

/** Total variance in Black's sense at k; not positive, or NaN, outside the range of the formula. */
export function sliceVariance(at: FormAt, slice: SabrSlice, k: number): number {
  const strike = sabrStrike(at.form, at.beta, formLogMoneyness(at, k));
  if (sabrTimeFactor(slice, strike.g) < smallestTimeFactor) return Number.NaN;
  return toBlack(at, k, sabrSliceVol(slice, strike));
}

/** Interval of k around 0 in which the formula has a volatility, looked for within ±`reach`.
 *
 * Lognormal forms with β = 1 and no shift have one everywhere or nowhere.
 */
export function validRange(
  at: FormAt,
  slice: SabrSlice,
  reach: number,
): { readonly from: number; readonly to: number } {
  if (speaksBlack(at) && at.beta === 1) return { from: -Infinity, to: Infinity };
  return { from: -validUpTo(at, slice, -1, reach), to: validUpTo(at, slice, 1, reach) };
}

function validUpTo(at: FormAt, slice: SabrSlice, side: 1 | -1, reach: number): number {
  const isValid = (distance: number) => sliceVariance(at, slice, side * distance) > 0;
  const steps = 200;
  let low = 0;
  let high = 0;
  for (let i = 1; i <= steps && low === high; i++) {
    high = (reach * i) / steps;
    if (isValid(high)) low = high;
  }
  for (let i = 0; i < 40 && low < high; i++) {
    const middle = (low + high) / 2;
    if (isValid(middle)) low = middle;
    else high = middle;
  }
  return low;
}
