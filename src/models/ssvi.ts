/**
 * SSVI: one smile shape for all expiries, as the at-the-money variance θ grows.
 *
 *   w(k, T) = θ/2 {1 + ρφ(θ)k + √((φ(θ)k + ρ)² + 1 − ρ²)},   φ(θ) = η θ^{−γ} (1 + θ)^{γ−1}
 *
 * θ at every expiry and three numbers for the rest: stiff, and hard to mislead. Free of arbitrage by construction:
 * θ increases, 0 < γ < 1 keeps calendars, and η stays below what butterflies allow from the first expiry on,
 *
 *   η ≤ min(4/(1 + |ρ|), 2/√((1 + |ρ|) h)),   h = max of θ^{1−2γ}(1 + θ)^{2γ−2} over θ ≥ θ₁
 *
 * Before the first expiry w = w(k, T₁) T/T₁; between expiries and after the last, θ is linear in T.
 *
 * Source  Gatheral & Jacquier (2014), section 4: Theorems 4.1 and 4.2, and the φ of equation (4.5)
 */
import { type SsviSlice, ssviPhi, ssviVariance } from "../formulas/index.ts";
import type { Chain } from "../market/index.ts";
import { InputError } from "../num/errors.ts";
import { type SmallFit, type SmallProblem, smallLeastSquares } from "../num/smallLeastSquares.ts";
import { onForwardClock, surfaceOfVariance } from "../surface/index.ts";
import { failedFit, type Model, type ModelFit, type ModelOptions } from "./model.ts";
import { fillResiduals, type SmileQuotes, smileQuotes } from "./smileQuotes.ts";

export interface SsviOptions extends ModelOptions {
  /** Half spreads beyond which a residual counts by its absolute value, not its square. */
  readonly huber?: number;
}

export const ssviDefaults = { huber: 1 } as const;

export interface SsviParams {
  readonly rho: number;
  readonly eta: number;
  readonly gamma: number;
  /** [expiry] */
  readonly yearsToExpiry: readonly number[];
  /** [expiry] at-the-money total variance, increasing */
  readonly theta: readonly number[];
}

/** (artanh ρ, logit γ, logit of η's share of its bound), then the roots of θ's increments. */
const SHAPE = 3;
/** Strictly inside Lee's bound. */
const inside = 1 - 1e-6;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Largest η without butterflies at any θ from `theta` on. */
function largestEta(rho: number, gamma: number, theta: number): number {
  // θ^{1−2γ}(1 + θ)^{2γ−2} rises up to θ = 1 − 2γ and falls from there
  const at = Math.max(theta, 1 - 2 * gamma);
  const h = at ** (1 - 2 * gamma) * (1 + at) ** (2 * gamma - 2);
  const tilt = 1 + Math.abs(rho);
  return inside * Math.min(4 / tilt, 2 / Math.sqrt(tilt * h));
}

function paramsOf(x: Float64Array, years: readonly number[]): SsviParams {
  const rho = 0.999 * Math.tanh(x[0]);
  const gamma = logistic(x[1]);
  const theta: number[] = [];
  for (let i = 0; i < years.length; i++) {
    theta.push((theta[i - 1] ?? 0) + Math.max(x[SHAPE + i] ** 2, 1e-12));
  }
  const eta = largestEta(rho, gamma, theta[0]) * logistic(x[2]);
  return { rho, eta, gamma, yearsToExpiry: years, theta };
}

const sliceAt = ({ rho, eta, gamma }: SsviParams, theta: number): SsviSlice => ({
  theta,
  rho,
  phi: ssviPhi({ kind: "power-gj", eta, gamma }, theta),
});

/** The smile at any date. */
function smileAt(params: SsviParams, years: number): SsviSlice {
  const { yearsToExpiry: dates, theta } = params;
  const last = dates.length - 1;
  const next = dates.findIndex((date) => date >= years);
  if (next === 0) return { ...sliceAt(params, theta[0]), theta: (theta[0] * years) / dates[0] };
  if (next < 0) return sliceAt(params, (theta[last] * years) / dates[last]);
  const share = (years - dates[next - 1]) / (dates[next] - dates[next - 1]);
  return sliceAt(params, (1 - share) * theta[next - 1] + share * theta[next]);
}

function problemOf(smiles: readonly SmileQuotes[], huber: number): SmallProblem {
  const years = smiles.map((smile) => smile.years);
  const offsets = smiles.map((_, i) => smiles.slice(0, i).reduce((n, { k }) => n + k.length, 0));
  const total = smiles.reduce((n, { k }) => n + k.length, 0);
  const fill = (x: Float64Array, residuals: Float64Array, from = 0): void => {
    const params = paramsOf(x, years);
    for (let i = from; i < smiles.length; i++) {
      const slice = sliceAt(params, params.theta[i]);
      fillResiduals(smiles[i], (k) => ssviVariance(slice, k), huber, residuals, offsets[i]);
    }
  };
  const parameters = SHAPE + smiles.length;
  const moved = new Float64Array(parameters);
  const shifted = new Float64Array(total);
  return {
    parameters,
    residuals: total,
    evaluate(x, residuals, jacobian) {
      fill(x, residuals);
      if (jacobian === undefined) return;
      for (let p = 0; p < parameters; p++) {
        moved.set(x);
        const step = 1e-6 * Math.max(1e-2, Math.abs(x[p]));
        moved[p] += step;
        fill(moved, shifted);
        for (let i = 0; i < total; i++) {
          jacobian[i * parameters + p] = (shifted[i] - residuals[i]) / step;
        }
      }
    },
  };
}

/** The best of several starts, θ from the quotes at the money. */
function fitAll(smiles: readonly SmileQuotes[], huber: number): SmallFit {
  const roots: number[] = [];
  let reached = 0;
  for (const { atmVariance } of smiles) {
    const gain = Math.max(atmVariance - reached, 1e-3 * atmVariance);
    roots.push(Math.sqrt(gain));
    reached += gain;
  }
  const problem = problemOf(smiles, huber);
  const settings = { iterations: 100, longestMove: 1, costTolerance: 1e-7 };
  return [-0.4, 0.1]
    .flatMap((tilt) => [-1, 1].map((share) => [tilt, 0, share]))
    .map((shape) => smallLeastSquares(problem, Float64Array.of(...shape, ...roots), settings))
    .reduce((best, fit) => (fit.cost < best.cost ? fit : best));
}

/** SSVI, all expiries at once. */
export const ssvi: Model<SsviParams, SsviOptions> = {
  name: "ssvi",
  title: "SSVI",
  source: "Gatheral & Jacquier (2014), Theorems 4.1 and 4.2, equation (4.5)",
  isDynamic: false,
  fit: async (chain: Chain, options: SsviOptions = {}): Promise<ModelFit<SsviParams>> => {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    const { huber } = { ...ssviDefaults, ...options };
    if (!(huber > 0)) {
      throw new InputError(`ssvi: expected huber > 0, got ${huber}. Its default is 1.`);
    }
    const expiries = chain.expiries.filter((expiry) => expiry.quotes.length > 0);
    if (expiries.length === 0) return failedFit("ssvi", "the chain has no quotes", seconds());
    const years = expiries.map((expiry) => expiry.yearsToExpiry);
    const fit = fitAll(expiries.map(smileQuotes), huber);
    const params = paramsOf(fit.theta, years);
    const quotes = expiries.reduce((n, expiry) => n + expiry.quotes.length, 0);
    const isShort = quotes < SHAPE + years.length;
    return {
      model: "ssvi",
      status: fit.converged ? "converged" : "iteration-limit",
      message: "",
      warnings: isShort
        ? [
            `${quotes} quotes for ${SHAPE + years.length} parameters: what they leave open stays at its start`,
          ]
        : [],
      params,
      parameterCount: Math.min(quotes, SHAPE + years.length),
      surface: onForwardClock(
        surfaceOfVariance(years, (k, t) => ssviVariance(smileAt(params, t), k)),
      ),
      seconds: seconds(),
    };
  },
};
