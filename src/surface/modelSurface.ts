/**
 * The smallest thing that every fitted model is: total variance at any log-moneyness and date.
 *
 * Models that fit one smile per expiry are joined here:
 *
 *   w(k, T) linear at fixed k in the time of forwardClock.ts between expiries,
 *   w(k, T) = w(k, T₁) T/T₁ before the first,  w(k, T) = w(k, T_n) T/T_n after the last
 *
 * Such interpolation of total variance at fixed k is free of calendar arbitrage when the smiles are ordered
 * (Gatheral & Jacquier 2014, Lemma 2.1); nothing is promised about butterflies between two expiries, which is what
 * `audit` is for.
 *
 * Units   k = ln(K/F(T)); T in years (ACT/365); w = σ²T
 */
import { InputError, ShapeError } from "../num/errors.ts";
import type { VarianceFunction } from "./audit.ts";
import { forwardClock } from "./forwardClock.ts";

/** Total variance and volatility at any (k, T). `Surface` is one. */
export interface ModelSurface extends VarianceFunction {
  /** [expiry] the dates it was fitted at. */
  readonly years: Float64Array;
  totalVariance(k: number, years: number): number;
  impliedVol(k: number, years: number): number;
}

/** Total variance at k of one expiry's smile. */
export type Smile = (k: number) => number;

/** The surface of smiles.
 *
 * Shape   years [expiry], increasing; smiles [expiry]
 * Throws  ShapeError when the lengths differ, InputError when years do not increase or a date is not positive
 */
export function surfaceOfSmiles(years: ArrayLike<number>, smiles: readonly Smile[]): ModelSurface {
  if (years.length === 0 || years.length !== smiles.length) {
    throw new ShapeError(
      `surfaceOfSmiles: expected one smile for each of years [expiry ${years.length}], got ${smiles.length}. Pass at least one.`,
    );
  }
  for (let i = 0; i < years.length; i++) {
    if (!(years[i] > (i === 0 ? 0 : years[i - 1]))) {
      throw new InputError(
        `surfaceOfSmiles: expected years to increase from above 0, got ${years[i]} at ${i}. Sort and deduplicate the expiries.`,
      );
    }
  }
  const dates = Float64Array.from(years);
  const clock = forwardClock(
    dates,
    smiles.map((smile) => smile(0)),
  );
  return surfaceOfVariance(dates, (k, t) => {
    const n = dates.findIndex((date) => date >= t);
    if (n <= 0) {
      const end = n === 0 ? 0 : dates.length - 1;
      return (smiles[end](k) * t) / dates[end];
    }
    const share = (clock(t) - dates[n - 1]) / (dates[n] - dates[n - 1]);
    if (share === 1) return smiles[n](k);
    return (1 - share) * smiles[n - 1](k) + share * smiles[n](k);
  });
}

/** The surface of a function that gives w at any (k, T > 0).
 *
 * Throws  InputError from its functions when T is not positive
 */
export function surfaceOfVariance(
  years: ArrayLike<number>,
  totalVariance: (k: number, years: number) => number,
): ModelSurface {
  const checked = (k: number, t: number): number => {
    if (!(t > 0 && Number.isFinite(k))) {
      throw new InputError(
        `surface: expected a finite log-moneyness and years > 0, got k = ${k}, years = ${t}. Take ln(K/F) and ACT/365.`,
      );
    }
    return totalVariance(k, t);
  };
  return {
    years: Float64Array.from(years),
    totalVariance: checked,
    impliedVol: (k, t) => Math.sqrt(checked(k, t) / t),
  };
}

/** A surface whose at-the-money total variance is linear between its expiries, on the clock. */
export function onForwardClock(surface: ModelSurface): ModelSurface {
  const { years } = surface;
  const clock = forwardClock(
    years,
    years.map((t) => surface.totalVariance(0, t)),
  );
  return surfaceOfVariance(years, (k, t) => surface.totalVariance(k, clock(t)));
}
