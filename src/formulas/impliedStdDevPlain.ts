/**
 * The slow, obvious inverse of Black's formula: the plain version beside the fast solver.
 *
 * Below half the bound it solves ln b(s) = ln β, above it ln(bound - b) = ln(bound - β); both are
 * monotone in s, the first is concave (Choi, Huh & Su, arXiv:2302.08758), so a Newton step inside a
 * shrinking bracket always converges. Tests use it to check the fast solver.
 */
import { highVolGap, logBlackOtm, millsDifference } from "./blackKernel.ts";
import { millsRatio } from "../num/normal.ts";

/** Total standard deviation of an out-of-the-money price per unit of forward, by bracketed Newton.
 *
 * Units     otmPricePerForward strictly between 0 and its bound (1 for k >= 0, e^k for k < 0)
 * Throws    nothing; NaN outside the open interval of possible prices
 */
export function impliedStdDevPlain(otmPricePerForward: number, logMoneyness: number): number {
  const k = logMoneyness;
  const bound = k >= 0 ? 1 : Math.exp(k);
  const price = otmPricePerForward;
  if (!(price > 0 && price < bound) || !Number.isFinite(k)) return Number.NaN;
  const y = Math.abs(k);
  const upper = price > 0.5 * bound;
  const target = Math.log(upper ? bound - price : price);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let s = Math.max(Math.sqrt(2 * y), 1e-8);
  for (let i = 0; i < 200; i += 1) {
    const z = y / s;
    const t = 0.5 * s;
    const value = upper ? Math.log(highVolGap(k, z, t)) : logBlackOtm(k, s);
    const miss = upper ? target - value : value - target;
    if (miss > 0) high = s;
    else low = s;
    const slope = 1 / (upper ? millsRatio(t - z) + millsRatio(z + t) : millsDifference(z, t));
    let next = s - miss / slope;
    if (!(next > low && next < high)) {
      next = high === Number.POSITIVE_INFINITY ? 2 * s : 0.5 * (low + high);
    }
    if (Math.abs(next - s) <= 2e-16 * s) return next;
    s = next;
  }
  return s;
}
