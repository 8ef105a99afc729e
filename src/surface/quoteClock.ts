/**
 * The clock between expiries: at which date a simulated law is that of the market.
 *
 * Quotes say what a model's law is at expiries and nothing about how it gets from one to the next; a network left alone
 * there does as it likes. Time inside an interval is therefore measured by the model's own at-the-money variance:
 *
 *   t(u) = T_n + (T_{n+1} − T_n) (w(u) − w(T_n))/(w(T_{n+1}) − w(T_n)),   w: at-the-money total variance
 *
 * so that w is linear in t, as between any two smiles. A deterministic change of time keeps martingales, laws at the
 * expiries and their order: only dates are renamed.
 */
import { impliedTotalStdDev } from "../formulas/index.ts";
import type { LatticeMeasure } from "./measure.ts";
import { lawOf, lawOtmPrice } from "./slice.ts";

/** Dates keep at least this share of an even spacing between them. */
const leastShare = 0.05;

/** Dates of a surface's laws on the quotes' clock.
 *
 * Shape   years, measures [node], of which some are at `expiries` → years [node], increasing, the same at expiries
 */
export function quoteClock(
  years: ArrayLike<number>,
  measures: readonly LatticeMeasure[],
  expiries: ArrayLike<number>,
): Float64Array {
  const renamed = Float64Array.from(years);
  const isExpiry = (t: number) => Array.from(expiries).some((T) => Math.abs(T / t - 1) < 1e-9);
  let start = -1;
  for (let n = 0; n < renamed.length; n++) {
    if (!isExpiry(renamed[n])) continue;
    if (start >= 0 && n - start > 1) rename(measures, renamed, start, n);
    start = n;
  }
  return renamed;
}

/** Renames the dates strictly between two nodes. */
function rename(
  measures: readonly LatticeMeasure[],
  years: Float64Array,
  first: number,
  last: number,
): void {
  const variance = measures.slice(first, last + 1).map(atmVariance);
  const total = variance[last - first] - variance[0];
  if (!(total > 0)) return;
  const width = years[last] - years[first];
  const least = (leastShare * width) / (last - first);
  for (let n = first + 1; n < last; n++) {
    const wanted = years[first] + (width * (variance[n - first] - variance[0])) / total;
    const highest = years[last] - least * (last - n);
    years[n] = Math.min(highest, Math.max(years[n - 1] + least, wanted));
  }
}

const atmVariance = (measure: LatticeMeasure): number =>
  impliedTotalStdDev(lawOtmPrice(lawOf(measure), 0), 0) ** 2;
