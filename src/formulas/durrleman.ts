/**
 * Durrleman's condition: when a smile of total variance has no butterfly arbitrage.
 *
 *   g(k) = (1 − k w'/(2w))² − (w'²/4)(1/w + 1/4) + w''/2,    density of ln(S/F) = g(k)/√(2πw) e^{−d₂²/2}
 *
 * The smile is free of butterfly arbitrage exactly when g ≥ 0 everywhere and d₁ → −∞ as k → ∞.
 *
 * Source: Gatheral & Jacquier (2014), Arbitrage-free SVI volatility surfaces, eq. (2.1), Lemma 2.2
 */
import { goldenSection } from "../num/goldenSection.ts";

/** Total variance at one k and its derivatives by k. */
export interface VarianceJet {
  readonly w: number;
  readonly w1: number;
  readonly w2: number;
}

/** Where to look: an interval of k, and the place and width of the smile's bend if it has one. */
export interface ScanRange {
  readonly from: number;
  readonly to: number;
  readonly centre?: number;
  readonly width?: number;
}

/** g(k).
 *
 * Units  k = ln(K/F), w = σ²T > 0
 */
export function durrleman(k: number, { w, w1, w2 }: VarianceJet): number {
  const lead = 1 - (k * w1) / (2 * w);
  return lead * lead - 0.25 * w1 * w1 * (1 / w + 0.25) + 0.5 * w2;
}

/** The smallest g of a smile on [from, to]: every dip of a scan, followed down by golden section.
 *
 * Accuracy  k to 1e-9; a dip narrower than `step` (default (to − from)/2000, and finer near `centre`) can be missed
 */
export function smallestDurrleman(
  jet: (k: number) => VarianceJet,
  range: ScanRange,
): { readonly k: number; readonly g: number } {
  const g = (k: number) => durrleman(k, jet(k));
  const ks = scan(range);
  const values = ks.map(g);
  let best = { k: ks[0], g: values[0] };
  for (let i = 0; i < ks.length; i++) {
    // of two equal dips the left one, whatever the rounding
    if (values[i] < best.g - 1e-14) best = { k: ks[i], g: values[i] };
    const isDip =
      i > 0 && i + 1 < ks.length && values[i] <= values[i - 1] && values[i] <= values[i + 1];
    if (!isDip) continue;
    const k = goldenSection(g, ks[i - 1], ks[i + 1]);
    const value = g(k);
    if (value < best.g - 1e-14) best = { k, g: value };
  }
  return best;
}

/** Where g changes its sign on [from, to], increasing: the ends of the stretches with butterfly arbitrage. */
export function durrlemanRoots(jet: (k: number) => VarianceJet, range: ScanRange): number[] {
  const g = (k: number) => durrleman(k, jet(k));
  const ks = scan(range);
  const roots: number[] = [];
  for (let i = 1; i < ks.length; i++) {
    let low = ks[i - 1];
    let high = ks[i];
    const sign = Math.sign(g(low));
    if (sign === Math.sign(g(high))) continue;
    for (let step = 0; step < 60 && high - low > 1e-16; step++) {
      const middle = (low + high) / 2;
      if (Math.sign(g(middle)) === sign) low = middle;
      else high = middle;
    }
    roots.push((low + high) / 2);
  }
  return roots;
}

/** Points that no ordinary dip slips through. */
function scan({ from, to, centre, width }: ScanRange): number[] {
  const ks = Array.from({ length: 2001 }, (_, i) => from + ((to - from) * i) / 2000);
  if (centre === undefined || width === undefined) return ks;
  // a smile may bend within a width far below the scan's step: look there in its own units
  for (let i = -200; i <= 200; i++) {
    const k = centre + width * Math.sinh(i / 40);
    if (k > from && k < to) ks.push(k);
  }
  return ks.sort((a, b) => a - b);
}
