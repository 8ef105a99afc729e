/**
 * Prices on paths, with their standard errors: contracts along them, and the vanillas of a chain at their dates.
 *
 * E[X_t] = 1 for every model, so X_t − 1 is a control variate at no cost: the price is mean(y) − β mean(X − 1) with β
 * the regression slope on the same paths.
 */
import { impliedTotalStdDev } from "../../formulas/index.ts";
import type { Chain } from "../../market/index.ts";
import { InputError } from "../../num/errors.ts";
import type { ForwardPaths } from "../../pricing/index.ts";
import type { ExoticContract } from "./contracts.ts";

/** A mean and its standard error. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** X = S/F at some dates of a simulation.
 *
 * Shape   years [date] → [date][path]
 * Throws  InputError when the simulation has no such date
 */
export function forwardRatios(paths: ForwardPaths, years: readonly number[]): Float64Array[] {
  return years.map((t) => {
    const date = paths.years.findIndex((own) => Math.abs(own - t) <= 1e-9 * Math.max(1, t));
    if (date === -1) {
      throw new InputError(
        `exotics: expected a simulation with the date ${t} years, got ${Array.from(paths.years).join(", ")}. Fit the expiry, or leave it out of the contracts.`,
      );
    }
    return paths.logPrices[date].map(Math.exp);
  });
}

/** Prices of contracts.
 *
 * Shape   ratios [date][path] → [contract]
 */
export function contractPrices(
  ratios: readonly Float64Array[],
  contracts: readonly ExoticContract[],
): Estimate[] {
  const paths = ratios[0].length;
  const fixings = new Float64Array(ratios.length);
  const values = contracts.map(() => new Float64Array(paths));
  for (let p = 0; p < paths; p++) {
    for (let i = 0; i < fixings.length; i++) fixings[i] = ratios[i][p];
    for (let c = 0; c < values.length; c++) values[c][p] = contracts[c].value(fixings);
  }
  return values.map((value) => controlled(value, ratios[ratios.length - 1]));
}

/** Volatilities of out-of-the-money vanillas at the quotes of a chain; not finite where the paths leave nothing to invert.
 *
 * Shape   → [quote], in the order of the chain
 */
export function simulatedVols(paths: ForwardPaths, chain: Chain): Estimate[] {
  return chain.expiries.flatMap(({ yearsToExpiry, quotes }) => {
    const [ratio] = forwardRatios(paths, [yearsToExpiry]);
    const owed = new Float64Array(ratio.length);
    return quotes.map(({ logMoneyness: k }): Estimate => {
      const strike = Math.exp(k);
      const sign = k >= 0 ? 1 : -1;
      for (let p = 0; p < owed.length; p++) owed[p] = Math.max(0, sign * (ratio[p] - strike));
      const { value, standardError } = controlled(owed, ratio);
      const deviation = impliedTotalStdDev(value, k);
      const root = Math.sqrt(yearsToExpiry);
      return {
        value: deviation / root,
        standardError: standardError / (vega(k, deviation) * root),
      };
    });
  });
}

/** ∂ price/∂(σ√T) of Black's formula on a forward of 1. */
function vega(k: number, deviation: number): number {
  const d1 = -k / deviation + 0.5 * deviation;
  return Math.exp(-0.5 * d1 * d1) / Math.sqrt(2 * Math.PI);
}

/** The mean of y with X − 1 as its control. */
function controlled(y: Float64Array, ratio: Float64Array): Estimate {
  const n = y.length;
  let [sumY, sumX] = [0, 0];
  for (let p = 0; p < n; p++) {
    sumY += y[p];
    sumX += ratio[p] - 1;
  }
  const [meanY, meanX] = [sumY / n, sumX / n];
  let [xx, xy, yy] = [0, 0, 0];
  for (let p = 0; p < n; p++) {
    const dx = ratio[p] - 1 - meanX;
    const dy = y[p] - meanY;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const slope = xx > 0 ? xy / xx : 0;
  const variance = Math.max(0, yy - slope * xy) / n;
  return { value: meanY - slope * meanX, standardError: Math.sqrt(variance / n) };
}
