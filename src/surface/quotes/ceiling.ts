/**
 * The highest admissible call curves below given prices, and through it the complete test for arbitrage.
 *
 * For the expiry j let H_j be the greatest convex non-increasing function on [0, ∞) with H_j(0) = 1 that is at or below
 * the prices of the expiries j, j + 1, … Then H_1 ≤ H_2 ≤ …, every admissible family of curves under the prices lies
 * under H, and H itself is admissible unless a price is below intrinsic. Hence
 *
 *   bid-ask intervals hold an arbitrage-free surface  ⇔  ask ≥ (1 − κ)⁺ and bid_j(κ) ≤ H_j(κ) over the asks
 *   mids are free of arbitrage                        ⇔  the same with bid = ask = mid
 *
 * and a quote above H_j is sold against the two at the ends of the hull's edge (later or of the same expiry): a portfolio
 * that costs nothing and never loses. The hull takes O(n log n); no program has to be solved.
 *
 * Derivation  sufficiency: C_j = H_j; necessity: any admissible C_j ≤ C_l ≤ price_l for l ≥ j, and H_j is the greatest
 */
import type { CallExpiry } from "./callQuotes.ts";

/** A corner of the hull; `index` −1 is the forward itself, c(0) = 1. */
interface HullPoint {
  readonly moneyness: number;
  readonly price: number;
  readonly index: number;
}

/** The greatest convex non-increasing curve below the points and (0, 1), as corners by increasing moneyness; flat
 * after the last. Points must be sorted by moneyness. */
function lowerHull(points: readonly HullPoint[]): HullPoint[] {
  const hull: HullPoint[] = [{ moneyness: 0, price: 1, index: -1 }];
  for (const point of points) {
    if (point.price >= hull[hull.length - 1].price) continue;
    while (hull.length > 1) {
      const [a, b] = [hull[hull.length - 2], hull[hull.length - 1]];
      const chord =
        a.price +
        ((point.price - a.price) * (b.moneyness - a.moneyness)) / (point.moneyness - a.moneyness);
      if (b.price < chord) break;
      hull.pop();
    }
    hull.push(point);
  }
  return hull;
}

/** Edge of the hull over a moneyness: its corners, and the curve's value. `right` is absent after the last corner. */
interface HullEdge {
  readonly left: HullPoint;
  readonly right: HullPoint | undefined;
  readonly value: number;
}

/** The edge over a moneyness. */
function hullEdge(hull: readonly HullPoint[], moneyness: number): HullEdge {
  let low = 0;
  let high = hull.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (hull[middle].moneyness <= moneyness) low = middle;
    else high = middle;
  }
  const [left, right] = [hull[low], hull[low + 1]];
  if (right === undefined || left.moneyness === moneyness) {
    return { left, right: undefined, value: left.price };
  }
  const share = (moneyness - left.moneyness) / (right.moneyness - left.moneyness);
  return { left, right, value: (1 - share) * left.price + share * right.price };
}

/** A quote that can be sold above what covers it. */
export interface CeilingBreach {
  /** Index of the quote sold. */
  readonly sold: number;
  /** Indices of the quotes bought, of the same or later expiries; −1 is the forward. One of them, or two with weights
   * that put their mean moneyness at that of the quote sold. */
  readonly bought: readonly number[];
  /** Units of F. */
  readonly size: number;
}

/** Quotes whose price to a seller is above the curve H of the prices to a buyer.
 *
 * Shape   expiries by increasing time; low and high by the quotes' `index`: what a seller gets, a buyer pays
 */
export function ceilingBreaches(
  expiries: readonly CallExpiry[],
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  tolerance: number,
): CeilingBreach[] {
  const breaches: CeilingBreach[] = [];
  let points: HullPoint[] = [];
  for (const { quotes } of expiries.toReversed()) {
    const own = quotes.map(({ moneyness, index }) => ({ moneyness, price: high[index], index }));
    // The hull of the later expiries keeps only its corners: what it passed over stays above.
    points = lowerHull(
      [...points.slice(1), ...own].sort((a, b) => a.moneyness - b.moneyness || b.price - a.price),
    );
    for (const { moneyness, index } of quotes) {
      const { left, right, value } = hullEdge(points, moneyness);
      if (low[index] - value <= tolerance) continue;
      const bought = right === undefined ? [left.index] : [left.index, right.index];
      breaches.push({ sold: index, bought, size: low[index] - value });
    }
  }
  return breaches.sort((a, b) => a.sold - b.sold);
}
