/**
 * One law ready for evaluation: prices, strike derivatives and density from the same atoms.
 *
 * With tail sums A_i = Σ_{j≥i} q_j e^{a_j} and B_i = Σ_{j≥i} q_j, only atoms within nine kernel widths of the
 * strike need the normal distribution; those above are worth e^a − K, those below nothing:
 *
 *   C = A_hi − K B_hi + Σ_{lo≤i<hi} q_i (e^{a_i} N(d₁) − K N(d₂)),   d₂ = (a_i − k)/h − h/2,  d₁ = d₂ + h
 *   −∂C/∂K = B_hi + Σ q_i N(d₂),    C − K ∂C/∂K = A_hi + Σ q_i e^{a_i} N(d₁)
 */
import { normCdf } from "../num/normal.ts";
import { atomSum, atomTable, atomWindow } from "./atomPrice.ts";
import type { LatticeMeasure } from "./measure.ts";

/** Atoms at origin + i·spacing with their sums. */
export interface Law {
  readonly origin: number;
  readonly spacing: number;
  /** Kernel standard deviation: the spacing. */
  readonly kernel: number;
  /** [atom] probability q and q e^a. */
  readonly mass: Float64Array;
  readonly forward: Float64Array;
  /** [atom + 1] sums of the atoms from i up. */
  readonly massAbove: Float64Array;
  readonly forwardAbove: Float64Array;
  /** [atom + 1] sums of the atoms below i. */
  readonly massBelow: Float64Array;
  readonly forwardBelow: Float64Array;
  /** Prices of an atom as a call (side 1) or put (−1), by its distance: see atomPrice.ts. */
  readonly atoms: (side: 1 | -1) => Float64Array;
}

/** What one strike needs, all per unit of forward. */
export interface LawPoint {
  /** Probability of ending above the strike: −∂C/∂K. */
  readonly probabilityAbove: number;
  /** The same under the forward measure of the asset: C − K ∂C/∂K. */
  readonly forwardDelta: number;
}

const INVERSE_ROOT_TWO_PI = 0.3989422804014327;

/** A lattice law, its log-returns scaled by `scale` and recentred so that the forward stays 1.
 *
 * For fixed atoms the law e^{aY}/E[e^{aY}] increases in convex order with a (Hirsch, Profeta, Roynette & Yor
 * 2011, Peacocks and Associated Martingales, section 1.2), which makes this a calendar-free way to shrink a law.
 */
export function lawOf(measure: LatticeMeasure, scale = 1): Law {
  const n = measure.mass.length;
  const spacing = measure.step * scale;
  const kernel = spacing;
  let mean = 0;
  if (scale !== 1) {
    for (let i = 0; i < n; i++) mean += measure.mass[i] * Math.exp((measure.first + i) * spacing);
  }
  const origin = measure.first * spacing - (scale === 1 ? 0 : Math.log(mean));
  const forward = new Float64Array(n);
  for (let i = 0; i < n; i++) forward[i] = measure.mass[i] * Math.exp(origin + i * spacing);
  return {
    origin,
    spacing,
    kernel,
    mass: measure.mass,
    forward,
    massAbove: sumsAbove(measure.mass),
    forwardAbove: sumsAbove(forward),
    massBelow: sumsBelow(measure.mass),
    forwardBelow: sumsBelow(forward),
    atoms: tables(kernel),
  };
}

/** Tables made when they are first asked for. */
function tables(kernel: number): Law["atoms"] {
  let call: Float64Array | undefined;
  let put: Float64Array | undefined;
  return (side) => (side > 0 ? (call ??= atomTable(kernel, 1)) : (put ??= atomTable(kernel, -1)));
}

function sumsAbove(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length + 1);
  for (let i = values.length - 1; i >= 0; i--) out[i] = out[i + 1] + values[i];
  return out;
}

function sumsBelow(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) out[i + 1] = out[i] + values[i];
  return out;
}

/** First atom at or above k − 9h, and first atom above k + 9h. */
function windowStart(law: Law, k: number): number {
  const i = Math.ceil((k - law.origin) / law.spacing - atomWindow);
  return i < 0 ? 0 : i > law.mass.length ? law.mass.length : i;
}

function windowEnd(law: Law, k: number): number {
  const i = Math.floor((k - law.origin) / law.spacing + atomWindow) + 1;
  return i < 0 ? 0 : i > law.mass.length ? law.mass.length : i;
}

/** Price of the out-of-the-money option per unit of forward: a call where k > 0, else a put. */
export function lawOtmPrice(law: Law, k: number): number {
  const { origin, kernel, forward } = law;
  const lo = windowStart(law, k);
  const hi = windowEnd(law, k);
  const strike = Math.exp(k);
  const whole =
    k > 0
      ? law.forwardAbove[hi] - strike * law.massAbove[hi]
      : strike * law.massBelow[lo] - law.forwardBelow[lo];
  if (hi <= lo) return whole;
  const x = (origin - k) / kernel + lo;
  return whole + Math.max(0, atomSum(law.atoms(k > 0 ? 1 : -1), forward, lo, hi, x));
}

/** First derivatives of the call at a strike. */
export function lawPoint(law: Law, k: number): LawPoint {
  const { origin, spacing, kernel, mass, forward } = law;
  const lo = windowStart(law, k);
  const hi = windowEnd(law, k);
  let probabilityAbove = law.massAbove[hi];
  let forwardDelta = law.forwardAbove[hi];
  for (let i = lo; i < hi; i++) {
    const d2 = (origin + i * spacing - k) / kernel - kernel / 2;
    probabilityAbove += mass[i] * normCdf(d2);
    forwardDelta += forward[i] * normCdf(d2 + kernel);
  }
  return { probabilityAbove, forwardDelta };
}

/** Density of ln(S/F) at k. */
export function lawDensity(law: Law, k: number): number {
  const { origin, spacing, kernel, mass } = law;
  const hi = windowEnd(law, k);
  let sum = 0;
  for (let i = windowStart(law, k); i < hi; i++) {
    const d2 = (origin + i * spacing - k) / kernel - kernel / 2;
    sum += mass[i] * Math.exp(-0.5 * d2 * d2);
  }
  return (sum * INVERSE_ROOT_TWO_PI) / kernel;
}

/** Largest k > 0, or smallest k < 0, at which the out-of-the-money option is worth `price`, short of the atom
 * that gathers what lies off the lattice where there is such mass. */
export function lawReach(law: Law, price: number, side: 1 | -1): number {
  const end = side > 0 ? law.origin + (law.mass.length - 1) * law.spacing : law.origin;
  if (side * end > 0 && lawOtmPrice(law, end) > price) {
    const short = side * end - 2 * atomWindow * law.spacing;
    return side * Math.max(short, (side * end) / 2);
  }
  let inside = 0;
  let outside = side * Math.max(side * end, law.spacing);
  while (lawOtmPrice(law, outside) > price) outside += side * law.spacing;
  for (let step = 0; step < 50 && Math.abs(outside - inside) > 0.01 * law.spacing; step++) {
    const middle = (inside + outside) / 2;
    if (lawOtmPrice(law, middle) > price) inside = middle;
    else outside = middle;
  }
  return inside;
}
