/**
 * An implied-volatility surface that cannot contain static arbitrage.
 *
 * Each node is a law on a lattice (measure.ts); laws increase in convex order (calendar.ts). In between,
 *
 *   C(k, T) = (1 − λ) C_n(k) + λ C_{n+1}(k),   λ(T) ∈ [0, 1] the same at every strike,
 *
 * λ chosen so that at-the-money total variance is linear in T: a convex combination of convex curves, increasing
 * in λ, so no butterfly and no calendar arbitrage at any (k, T). Before the first node log-returns shrink with
 * √(T/T₁), which keeps the smile's shape in k/√T and the order in T (see lawOf). After the last node nothing is
 * known and nothing is said.
 *
 * Units   k = ln(K/F(T)); prices undiscounted, per unit of forward; T in years; volatility per √year
 */
import { blackOtm, impliedTotalStdDev } from "../formulas/index.ts";
import { InputError } from "../num/errors.ts";
import { normCdf } from "../num/normal.ts";
import type { LatticeMeasure } from "./measure.ts";
import { lawDensity, lawOf, lawOtmPrice, lawPoint, lawReach, type Law } from "./slice.ts";

/** What a surface is made of. */
export interface SurfaceParts {
  /** [node] */
  readonly years: Float64Array;
  /** [node] laws, increasing in convex order. */
  readonly measures: readonly LatticeMeasure[];
  /** [node] ln of the mixture's mean forward before it was normalised: Monte Carlo error, in log-moneyness. */
  readonly forwardErrors: Float64Array;
}

/** Sensitivity of a call to the forward, per unit of forward. */
export interface Delta {
  /** With the smile moving with the forward (fixed in k): C − K ∂C/∂K = N(d₁) − vega · ∂σ/∂k. */
  readonly smile: number;
  /** Black's, at this strike's implied volatility: N(d₁). */
  readonly black: number;
}

/** The smile at one date. All functions of k = ln(K/F). */
export interface Slice {
  readonly years: number;
  /** Ends of the smile: an option there is worth 1e-14 of the forward, or is at the last simulated mass. Beyond,
   * volatility is held flat (prices are not: they are those of the law). */
  readonly kMin: number;
  readonly kMax: number;
  callPrice(k: number): number;
  putPrice(k: number): number;
  /** Price of the call where k > 0, of the put elsewhere; keeps relative accuracy in both wings. */
  otmPrice(k: number): number;
  /** ∂C/∂K, between −1 and 0. */
  strikeSlope(k: number): number;
  /** Density of ln(S/F). Divide by K for the density in K/F, the second strike derivative of the call. */
  density(k: number): number;
  impliedVol(k: number): number;
  totalVariance(k: number): number;
  delta(k: number): Delta;
}

/** Quantities that `evaluate` returns. */
export type SurfaceQuantity =
  | "callPrice"
  | "putPrice"
  | "otmPrice"
  | "strikeSlope"
  | "density"
  | "impliedVol"
  | "totalVariance";

/** The surface. Functions of (k, T) are those of `slice(T)`. */
export interface Surface {
  /** [node] */
  readonly years: Float64Array;
  /** Dates for which there is a slice: from T₁/1000 to the last node. */
  readonly domain: { readonly yearsMin: number; readonly yearsMax: number };
  readonly parts: SurfaceParts;
  slice(years: number): Slice;
  callPrice(k: number, years: number): number;
  putPrice(k: number, years: number): number;
  totalVariance(k: number, years: number): number;
  impliedVol(k: number, years: number): number;
  density(k: number, years: number): number;
  delta(k: number, years: number): Delta;
  /** [point] values at (ks[i], years[i]); fastest when years come in runs. */
  evaluate(
    quantity: SurfaceQuantity,
    ks: ArrayLike<number>,
    years: ArrayLike<number>,
  ): Float64Array;
}

/** Value of the option at which a slice's domain of volatility ends (units of F). */
const SMALLEST_PRICE = 1e-14;
/** First date of the domain as a share of the first node's. */
const EARLIEST = 1e-3;

/** A surface from its parts.
 *
 * Throws  InputError from `slice` and the functions of (k, T) for dates outside the domain
 */
export function surfaceOf(parts: SurfaceParts): Surface {
  const { years, measures } = parts;
  const laws = measures.map((measure) => lawOf(measure));
  const atmVariance = Float64Array.from(
    laws,
    (law) => impliedTotalStdDev(lawOtmPrice(law, 0), 0) ** 2,
  );
  const domain = { yearsMin: years[0] * EARLIEST, yearsMax: years[years.length - 1] };
  let recent: Slice | undefined;

  function slice(t: number): Slice {
    if (recent?.years === t) return recent;
    if (!(t >= domain.yearsMin && t <= domain.yearsMax)) {
      throw new InputError(
        `surface: expected years between ${domain.yearsMin} and ${domain.yearsMax}, got ${t}. Fit quotes that reach further.`,
      );
    }
    recent = makeSlice(t);
    return recent;
  }

  function makeSlice(t: number): Slice {
    const n = nodeAtOrAfter(years, t);
    if (years[n] === t) return sliceOf(t, laws[n], laws[n], 0);
    if (n === 0) {
      const law = lawOf(measures[0], Math.sqrt(t / years[0]));
      return sliceOf(t, law, law, 0);
    }
    const share = (t - years[n - 1]) / (years[n] - years[n - 1]);
    return sliceOf(t, laws[n - 1], laws[n], priceWeight(atmVariance[n - 1], atmVariance[n], share));
  }

  return {
    years,
    domain,
    parts,
    slice,
    callPrice: (k, t) => slice(t).callPrice(k),
    putPrice: (k, t) => slice(t).putPrice(k),
    totalVariance: (k, t) => slice(t).totalVariance(k),
    impliedVol: (k, t) => slice(t).impliedVol(k),
    density: (k, t) => slice(t).density(k),
    delta: (k, t) => slice(t).delta(k),
    evaluate(quantity, ks, times) {
      const out = new Float64Array(ks.length);
      for (let i = 0; i < out.length; i++) out[i] = slice(times[i])[quantity](ks[i]);
      return out;
    },
  };
}

/** Weight of the later price that makes at-the-money variance the given share of the way from w1 to w2. */
function priceWeight(w1: number, w2: number, share: number): number {
  const p1 = blackOtm(0, Math.sqrt(w1));
  const p2 = blackOtm(0, Math.sqrt(w2));
  // no variance in between: any increasing weight will do
  if (!(p2 - p1 > 1e-15)) return share;
  const p = blackOtm(0, Math.sqrt(w1 + share * (w2 - w1)));
  return Math.min(1, Math.max(0, (p - p1) / (p2 - p1)));
}

function nodeAtOrAfter(years: Float64Array, t: number): number {
  let lo = 0;
  let hi = years.length - 1;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (years[middle] < t) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}

/** (1 − weight) · earlier + weight · later. */
function sliceOf(years: number, earlier: Law, later: Law, weight: number): Slice {
  const mix = (f: (law: Law) => number): number =>
    weight === 0
      ? f(earlier)
      : weight === 1
        ? f(later)
        : (1 - weight) * f(earlier) + weight * f(later);
  const otmPrice = (k: number): number => mix((law) => lawOtmPrice(law, k));
  const put = (k: number): number => (k > 0 ? otmPrice(k) + Math.expm1(k) : otmPrice(k));
  const call = (k: number): number => (k > 0 ? otmPrice(k) : otmPrice(k) - Math.expm1(k));
  const limits = { kMin: Number.NaN, kMax: Number.NaN };
  const kMin = (): number => {
    if (Number.isNaN(limits.kMin))
      limits.kMin = lawReach(weight > 0 ? later : earlier, SMALLEST_PRICE, -1);
    return limits.kMin;
  };
  const kMax = (): number => {
    if (Number.isNaN(limits.kMax))
      limits.kMax = lawReach(weight > 0 ? later : earlier, SMALLEST_PRICE, 1);
    return limits.kMax;
  };
  const deviation = (k: number): number => {
    if (Number.isNaN(k)) {
      throw new InputError(
        "surface: expected log-moneyness to be a number, got NaN. Take ln(K/F).",
      );
    }
    const inside = Math.min(Math.max(k, kMin()), kMax());
    return impliedTotalStdDev(otmPrice(inside), inside);
  };
  return {
    years,
    get kMin() {
      return kMin();
    },
    get kMax() {
      return kMax();
    },
    callPrice: call,
    putPrice: put,
    otmPrice,
    strikeSlope: (k) => -mix((law) => lawPoint(law, k).probabilityAbove),
    density: (k) => mix((law) => lawDensity(law, k)),
    impliedVol: (k) => deviation(k) / Math.sqrt(years),
    totalVariance: (k) => deviation(k) ** 2,
    delta: (k) => {
      const s = deviation(k);
      return { smile: mix((law) => lawPoint(law, k).forwardDelta), black: normCdf(-k / s + s / 2) };
    },
  };
}
