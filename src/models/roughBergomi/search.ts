/**
 * The search for (H, η, ρ) and the forward variances ξ of all expiries together.
 *
 *   minimise Σ h²(√(1 + (r/h)²) − 1),   r = (model vol − mid vol)/max(half spread, floor)
 *
 * Levenberg-Marquardt in θ = (logit of H in its range, logit of η in its range, artanh ρ, ln ξ_1 …) on common random
 * numbers, derivatives from the same paths. Each ξ moves its own expiry most and later ones a little, so fitting them
 * jointly with the shape is one Gauss-Newton step where refitting the levels inside would be many. A coarse search on
 * few paths from two starts comes first.
 */
import { impliedTotalStdDev } from "../../formulas/index.ts";
import { levenbergMarquardt, pseudoHuberLoss } from "../../nn/index.ts";
import { normPdf } from "../../num/normal.ts";
import { quotePrices } from "../../pricing/index.ts";
import type { SmileQuotes } from "../smileQuotes.ts";
import type { Simulation } from "./simulation.ts";

/** A point of the search. */
export interface RoughBergomiPoint {
  readonly hurst: number;
  readonly eta: number;
  readonly rho: number;
  /** [expiry] forward variance per year on the interval that ends there. */
  readonly xi: readonly number[];
}

/** Ranges of the search. */
export const bounds = { hurst: [0.01, 0.495], eta: [0.02, 6], rho: 0.99 } as const;

const share = (x: number, [low, high]: readonly [number, number]): number => {
  const u = Math.min(1 - 1e-6, Math.max(1e-6, (x - low) / (high - low)));
  return Math.log(u / (1 - u));
};
const inside = (theta: number, [low, high]: readonly [number, number]): number =>
  low + (high - low) / (1 + Math.exp(-theta));
/** d inside / d theta. */
const insideSlope = (x: number, [low, high]: readonly [number, number]): number =>
  ((x - low) * (high - x)) / (high - low);

function pack({ hurst, eta, rho, xi }: RoughBergomiPoint): Float64Array {
  const r = Math.min(0.9999, Math.max(-0.9999, rho / bounds.rho));
  return Float64Array.of(
    share(hurst, bounds.hurst),
    share(eta, bounds.eta),
    Math.atanh(r),
    ...xi.map(Math.log),
  );
}

function unpack(theta: Float64Array): RoughBergomiPoint {
  return {
    hurst: inside(theta[0], bounds.hurst),
    eta: inside(theta[1], bounds.eta),
    rho: bounds.rho * Math.tanh(theta[2]),
    xi: Array.from(theta.subarray(3), (x) => Math.exp(Math.min(x, 6))),
  };
}

export interface SearchSettings {
  readonly iterations: number;
  readonly tolerance: number;
  readonly huber: number;
  readonly signal?: AbortSignal;
}

export interface SearchResult {
  readonly point: RoughBergomiPoint;
  readonly cost: number;
  readonly status: "converged" | "iteration-limit" | "cancelled";
}

/** Prices below this have no volatility to speak of. */
const smallestPrice = 1e-13;

/** The best point near a start, on the paths given. */
export async function searchFrom(
  start: RoughBergomiPoint,
  smiles: readonly SmileQuotes[],
  paths: Simulation,
  settings: SearchSettings,
): Promise<SearchResult> {
  const rows = { logMoneyness: smiles.map(({ k }) => k) };
  const parameters = 3 + smiles.length;
  const evaluate = (theta: Float64Array, withSlopes: boolean) => {
    const point = unpack(theta);
    const sums = withSlopes
      ? paths.sumsAndSlopes(point.hurst, point.eta)
      : paths.sums(point.hurst, point.eta);
    return { point, ...quotePrices(sums, point.rho, point.xi, rows) };
  };
  const result = await levenbergMarquardt({
    theta0: pack(start),
    residuals: (theta) => residualsOf(smiles, evaluate(theta, false).price).residuals,
    jacobian: (theta) => {
      const { point, price, jacobian } = evaluate(theta, true);
      const { slopes } = residualsOf(smiles, price);
      const chain = [
        insideSlope(point.hurst, bounds.hurst),
        insideSlope(point.eta, bounds.eta),
        bounds.rho * (1 - (point.rho / bounds.rho) ** 2),
      ];
      for (let i = 0; i < slopes.length; i++) {
        for (let q = 0; q < parameters; q++) {
          jacobian[i * parameters + q] *= slopes[i] * (chain[q] ?? 1);
        }
      }
      return jacobian;
    },
    robust: pseudoHuberLoss(settings.huber),
    iterations: settings.iterations,
    decreaseTolerance: settings.tolerance,
    trials: 6,
    signal: settings.signal,
  });
  const { status } = result;
  return {
    point: unpack(result.theta),
    cost: result.cost,
    status:
      status === "aborted"
        ? "cancelled"
        : status === "iterationLimit"
          ? "iteration-limit"
          : "converged",
  };
}

/** Residuals of prices [option], and their derivatives by the price. */
function residualsOf(
  smiles: readonly SmileQuotes[],
  price: Float64Array,
): { residuals: Float64Array; slopes: Float64Array } {
  const residuals = new Float64Array(price.length);
  const slopes = new Float64Array(price.length);
  let row = 0;
  for (const { k, midVol, weight, years } of smiles) {
    const root = Math.sqrt(years);
    for (let i = 0; i < k.length; i++, row++) {
      const ceiling = k[i] > 0 ? 1 : Math.exp(k[i]);
      const value = Math.min(Math.max(price[row], smallestPrice), ceiling * (1 - 1e-9));
      const s = impliedTotalStdDev(value, k[i]);
      residuals[row] = (s / root - midVol[i]) * weight[i];
      const vega = normPdf(-k[i] / s + s / 2);
      if (price[row] > smallestPrice) slopes[row] = weight[i] / (root * Math.max(vega, 1e-12));
    }
  }
  return { residuals, slopes };
}

/** At most `most` quotes of each expiry, spread evenly over its strikes: enough for a coarse search. */
export function thinned(smile: SmileQuotes, most: number): SmileQuotes {
  const n = smile.k.length;
  if (n <= most) return smile;
  const pick = (column: Float64Array) =>
    Float64Array.from({ length: most }, (_, i) => column[Math.round((i * (n - 1)) / (most - 1))]);
  return {
    ...smile,
    k: pick(smile.k),
    midVol: pick(smile.midVol),
    weight: pick(smile.weight),
    w: pick(smile.w),
  };
}

/** Where searches start: at-the-money variances bootstrapped into forward ones, a skew of the quotes' sign. */
export function firstPoint(smiles: readonly SmileQuotes[], rho: number): RoughBergomiPoint {
  let before = 0;
  let yearsBefore = 0;
  const xi = smiles.map(({ atmVariance, years }) => {
    const mean = atmVariance / years;
    const forward = (atmVariance - before) / (years - yearsBefore);
    before = Math.max(before, atmVariance);
    yearsBefore = years;
    // convexity: the variance that an at-the-money volatility stands for is higher
    return 1.1 * Math.min(Math.max(forward, 0.2 * mean), 5 * mean);
  });
  return { hurst: 0.15, eta: 1.5, rho, xi };
}
