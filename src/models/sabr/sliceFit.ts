/**
 * The least-squares SABR smile of one expiry.
 *
 *   θ = (ln σ₀, artanh ρ, ln ν√T),   a from σ₀ by the cubic at the money,   r_i = (vol(k_i) − mid_i)/h_i
 *
 * With σ₀, the volatility at the forward, in place of α the parameters hardly interact. Derivatives are exact: those
 * of a are of the cubic's implicit function. The cost is Σ h²(√(1 + (r/h)²) − 1), squares for quotes near the smile
 * and absolute values for quotes that no SABR smile can reach, so that a stray wing does not bend the middle. It has
 * more than one minimum: the search starts from slope and curvature of the quotes and from a grid of (ρ, ν√T).
 *
 * Source  Hagan et al. (2002); West, Applied Mathematical Finance 12 (2005), section 4, for the cubic in the loop
 */
import {
  sabrAFromAtm,
  type SabrForm,
  type SabrSlice,
  sabrSliceGradient,
  sabrSliceVol,
  type SabrStrike,
  sabrStrike,
} from "../../formulas/index.ts";
import { type SmallFit, smallLeastSquares } from "../../num/smallLeastSquares.ts";

/** A quote in the volatility of the form. */
export interface SliceQuote {
  /** ln(K/F), shifted where the model is. */
  readonly k: number;
  readonly vol: number;
  readonly halfSpread: number;
}

/** What is to be fitted. */
export interface SliceProblem {
  readonly form: SabrForm;
  readonly beta: number;
  readonly years: number;
  readonly quotes: readonly SliceQuote[];
  /** Half spreads beyond which a residual counts by its absolute value. */
  readonly huber: number;
  /** σ₀ when it is given and not fitted. */
  readonly atmVol?: number;
  /** ρ and ν√T, where the quotes are too few to say: ν for one or two quotes, ρ too for one. */
  readonly shape: SliceShape;
}

/** What a smile passes to a neighbour with few quotes. */
export interface SliceShape {
  readonly rho: number;
  readonly nuRootT: number;
}

export interface SliceResult {
  readonly slice: SabrSlice;
  readonly atmVol: number;
  readonly cost: number;
  readonly converged: boolean;
  readonly freeParameters: number;
}

/** Largest |ρ| and ν√T that are tried. */
const rhoBound = 0.999;
const nuRootTBounds = [1e-4, 8] as const;

/** Starts of (ρ, ν√T) besides the one from slope and curvature. */
const startGrid: readonly SliceShape[] = [-0.6, 0, 0.6].flatMap((rho) =>
  [0.2, 0.7, 1.8].map((nuRootT) => ({ rho, nuRootT })),
);

/** Searches that are run to their end: those whose starts cost least. */
const searches = 3;

/** Parameters of a smile from θ; NaN in `a` where σ₀ cannot be reached. */
function sliceAt(problem: SliceProblem, theta: ArrayLike<number>): SabrSlice {
  const rootT = Math.sqrt(problem.years);
  const nuRootT = Math.exp(theta[2]);
  const inside = nuRootT >= nuRootTBounds[0] && nuRootT <= nuRootTBounds[1];
  const { form, beta, years } = problem;
  const shape = { form, beta, years, rho: rhoBound * Math.tanh(theta[1]), nu: nuRootT / rootT };
  return { ...shape, a: inside ? sabrAFromAtm(shape, Math.exp(theta[0])) : Number.NaN };
}

const thetaOf = (atmVol: number, { rho, nuRootT }: SliceShape): Float64Array =>
  Float64Array.of(
    Math.log(atmVol),
    Math.atanh(Math.max(-0.99, Math.min(0.99, rho / rhoBound))),
    Math.log(Math.max(2 * nuRootTBounds[0], Math.min(0.9 * nuRootTBounds[1], nuRootT))),
  );

/** The best smile found.
 *
 * Shape  quotes [n >= 1] by increasing k
 */
export function fitSlice(problem: SliceProblem): SliceResult {
  const atmVol = problem.atmVol ?? volAtForward(problem.quotes);
  const free = freeOf(problem);
  const starts =
    problem.quotes.length < 3
      ? [problem.shape]
      : [slopeAndCurvature(problem, atmVol), problem.shape, ...startGrid];
  const strikes = problem.quotes.map((quote) => sabrStrike(problem.form, problem.beta, quote.k));
  const ranked = starts
    .map((shape) => thetaOf(atmVol, shape))
    .map((theta) => ({ theta, cost: costAt(problem, strikes, theta) }))
    .filter(({ cost }) => Number.isFinite(cost))
    .sort((p, q) => p.cost - q.cost)
    .slice(0, searches);
  let best: SmallFit | undefined;
  for (const { theta } of ranked) {
    const fit = search(problem, strikes, free, theta);
    if (best === undefined || fit.cost < best.cost) best = fit;
  }
  if (best === undefined) {
    // ν → 0: the smile that every market allows.
    const theta = thetaOf(atmVol, { rho: 0, nuRootT: 0 });
    best = { theta, cost: costAt(problem, strikes, theta), iterations: 0, converged: false };
  }
  return {
    slice: sliceAt(problem, best.theta),
    atmVol: Math.exp(best.theta[0]),
    cost: best.cost,
    converged: best.converged,
    freeParameters: free.length,
  };
}

/** Indices of θ that the quotes decide. */
function freeOf(problem: SliceProblem): readonly number[] {
  const shape = [[], [], [1], [1, 2]][Math.min(3, problem.quotes.length)];
  return problem.atmVol === undefined ? [0, ...shape] : shape;
}

/** Levenberg-Marquardt over the free entries of θ. */
function search(
  problem: SliceProblem,
  strikes: readonly SabrStrike[],
  free: readonly number[],
  start: Float64Array,
): SmallFit {
  if (free.length === 0) {
    return { theta: start, cost: costAt(problem, strikes, start), iterations: 0, converged: true };
  }
  const full = start.slice();
  const fit = smallLeastSquares(
    {
      parameters: free.length,
      residuals: strikes.length,
      evaluate: (theta, residuals, jacobian) => {
        for (let j = 0; j < free.length; j++) full[free[j]] = theta[j];
        evaluate(problem, strikes, full, free, residuals, jacobian);
      },
    },
    Float64Array.from(free, (i) => start[i]),
  );
  const theta = start.slice();
  for (let j = 0; j < free.length; j++) theta[free[j]] = fit.theta[j];
  return { ...fit, theta };
}

function costAt(
  problem: SliceProblem,
  strikes: readonly SabrStrike[],
  theta: Float64Array,
): number {
  const residuals = new Float64Array(strikes.length);
  evaluate(problem, strikes, theta, [], residuals);
  return residuals.reduce((sum, r) => sum + 0.5 * r * r, 0);
}

const gradient = new Float64Array(4);

/** Residuals whose half squares are the loss, and their derivatives by the free entries of θ. */
function evaluate(
  problem: SliceProblem,
  strikes: readonly SabrStrike[],
  theta: Float64Array,
  free: readonly number[],
  residuals: Float64Array,
  jacobian?: Float64Array,
): void {
  const slice = sliceAt(problem, theta);
  const chain = jacobian === undefined ? undefined : thetaDerivatives(slice, theta);
  for (let i = 0; i < strikes.length; i++) {
    const { vol, halfSpread } = problem.quotes[i];
    if (chain !== undefined) sabrSliceGradient(slice, strikes[i], gradient);
    const model = chain === undefined ? sabrSliceVol(slice, strikes[i]) : gradient[0];
    // A volatility at or below 0 is where the expansion ends: no smile to step to.
    const r = model > 0 ? (model - vol) / halfSpread : Number.NaN;
    const root = Math.sqrt(1 + (r / problem.huber) ** 2);
    const bend = Math.sqrt(2 / (root + 1));
    residuals[i] = r * bend;
    if (chain === undefined || jacobian === undefined) continue;
    // d(r·bend)/dr: half its square is the loss, whose slope is r/root.
    const slope = 1 / (root * bend * halfSpread);
    for (let j = 0; j < free.length; j++) {
      const [byA, byRho, byNu] = chain[free[j]];
      jacobian[i * free.length + j] =
        slope * (gradient[1] * byA + gradient[2] * byRho + gradient[3] * byNu);
    }
  }
}

/** [θ][a, ρ, ν]: how the parameters of the formula move with θ, a by the cubic's implicit function. */
function thetaDerivatives(slice: SabrSlice, theta: Float64Array): readonly (readonly number[])[] {
  sabrSliceGradient(slice, sabrStrike(slice.form, slice.beta, 0), gradient);
  const [, byA, byRho, byNu] = gradient;
  const rho1 = rhoBound * (1 - Math.tanh(theta[1]) ** 2);
  return [
    [Math.exp(theta[0]) / byA, 0, 0],
    [(-byRho / byA) * rho1, rho1, 0],
    [(-byNu / byA) * slice.nu, 0, slice.nu],
  ];
}

/** Volatility at the forward: on the line between the quotes around it, or that of the nearest quote. */
export function volAtForward(quotes: readonly SliceQuote[]): number {
  const right = quotes.findIndex((quote) => quote.k >= 0);
  if (right <= 0) return quotes[right === 0 ? 0 : quotes.length - 1].vol;
  const [low, high] = [quotes[right - 1], quotes[right]];
  const share = -low.k / (high.k - low.k);
  return (1 - share) * low.vol + share * high.vol;
}

/** ρ and ν√T from σ ≈ σ₀ + ρν k/2 + (2 − 3ρ²)ν² k²/(12 σ₀), by weighted least squares through σ₀. */
function slopeAndCurvature(problem: SliceProblem, atmVol: number): SliceShape {
  let [s2, s3, s4, t1, t2] = [0, 0, 0, 0, 0];
  for (const { k, vol, halfSpread } of problem.quotes) {
    // Half-width of a standard deviation: the expansion is one at the money.
    const local = Math.exp(-0.5 * (k / (atmVol * Math.sqrt(problem.years))) ** 2);
    const weight = local / halfSpread ** 2;
    s2 += weight * k * k;
    s3 += weight * k ** 3;
    s4 += weight * k ** 4;
    t1 += weight * k * (vol - atmVol);
    t2 += weight * k * k * (vol - atmVol);
  }
  const determinant = s2 * s4 - s3 * s3;
  if (!(determinant > 1e-12 * s2 * s4)) return problem.shape;
  const slope = (t1 * s4 - t2 * s3) / determinant;
  const curvature = (t2 * s2 - t1 * s3) / determinant;
  const nu2 = 6 * atmVol * curvature + 6 * slope * slope;
  const nu = Math.sqrt(Math.max(nu2, 4.2 * slope * slope, 1e-8));
  return { rho: (2 * slope) / nu, nuRootT: nu * Math.sqrt(problem.years) };
}
