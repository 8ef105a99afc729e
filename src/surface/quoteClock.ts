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
import { logMeanForward, type MixtureNode, mixtureOtmPrice, type SurfaceInput } from "./mixture.ts";

/** Paths that w is taken from: the same at all nodes, so that their noise is shared. */
const scoutPaths = 8192;
/** Dates keep at least this share of an even spacing between them. */
const leastShare = 0.05;

/** Dates of the nodes on the quotes' clock.
 *
 * Shape   input [node], of which some are at `expiries` → years [node], increasing, the same at expiries
 */
export function quoteClock(input: SurfaceInput, expiries: ArrayLike<number>): Float64Array {
  const years = Float64Array.from(input.years);
  const isExpiry = (t: number) => Array.from(expiries).some((T) => Math.abs(T / t - 1) < 1e-9);
  let start = -1;
  for (let n = 0; n < years.length; n++) {
    if (!isExpiry(years[n])) continue;
    if (start >= 0 && n - start > 1) rename(input, years, start, n);
    start = n;
  }
  return years;
}

/** Renames the dates strictly between two nodes. */
function rename({ nodes }: SurfaceInput, years: Float64Array, first: number, last: number): void {
  const variance = nodes.slice(first, last + 1).map(atmVariance);
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

function atmVariance(node: MixtureNode): number {
  const stride = Math.max(1, Math.floor(node.logForward.length / scoutPaths));
  const price = mixtureOtmPrice(node, 0, logMeanForward(node), stride);
  return impliedTotalStdDev(Math.min(Math.max(price, 1e-12), 1 - 1e-9), 0) ** 2;
}
