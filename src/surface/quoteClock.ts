/**
 * The clock between expiries: at which date a simulated law is that of the market.
 *
 * Quotes say what a model's law is at expiries and nothing about how it gets from one to the next; a network left alone
 * there does as it likes. Time inside an interval is therefore measured by the model's own at-the-money variance:
 *
 *   c(t(u)) = T_n + (T_{n+1} − T_n) (w(u) − w(T_n))/(w(T_{n+1}) − w(T_n)),   w: at-the-money total variance
 *
 * with c the clock of forwardClock.ts, on which w is linear, as between any two smiles. A deterministic change of time keeps martingales, laws at the
 * expiries and their order: only dates are renamed.
 */
import { impliedTotalStdDev } from "../formulas/index.ts";
import { forwardClock } from "./forwardClock.ts";
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
  if (expiries.length === 0) return renamed;
  const nodes = Array.from(expiries, (T) => nearestNode(years, T)).filter((n) => n >= 0);
  const clock = forwardClock(
    nodes.map((n) => years[n]),
    nodes.map((n) => atmVariance(measures[n])),
  );
  const isExpiry = (t: number) => Array.from(expiries).some((T) => Math.abs(T / t - 1) < 1e-9);
  let start = -1;
  for (let n = 0; n < renamed.length; n++) {
    if (!isExpiry(renamed[n])) continue;
    if (start >= 0 && n - start > 1) rename(measures, renamed, clock, start, n);
    start = n;
  }
  return renamed;
}

/** Renames the dates strictly between two nodes. */
function rename(
  measures: readonly LatticeMeasure[],
  years: Float64Array,
  clock: (t: number) => number,
  first: number,
  last: number,
): void {
  const variance = measures.slice(first, last + 1).map(atmVariance);
  const total = variance[last - first] - variance[0];
  if (!(total > 0)) return;
  const width = years[last] - years[first];
  const least = (leastShare * width) / (last - first);
  for (let n = first + 1; n < last; n++) {
    const even = years[first] + (width * (variance[n - first] - variance[0])) / total;
    const wanted = dateOn(clock, even, years[first], years[last]);
    const highest = years[last] - least * (last - n);
    years[n] = Math.min(highest, Math.max(years[n - 1] + least, wanted));
  }
}

/** The date between two expiries at which the clock shows a time: bisection. */
function dateOn(clock: (t: number) => number, time: number, from: number, to: number): number {
  if (!(time > from && time < to)) return time;
  let [low, high] = [from, to];
  for (let i = 0; i < 50; i++) {
    const middle = 0.5 * (low + high);
    if (clock(middle) < time) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

/** The node at an expiry, −1 where there is none. */
const nearestNode = (years: ArrayLike<number>, expiry: number): number =>
  Array.from(years).findIndex((t) => Math.abs(expiry / t - 1) < 1e-9);

const atmVariance = (measure: LatticeMeasure): number =>
  impliedTotalStdDev(lawOtmPrice(lawOf(measure), 0), 0) ** 2;
