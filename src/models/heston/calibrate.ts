/**
 * Heston and Bates fitted to a chain: Levenberg-Marquardt with the exact gradient of every price.
 *
 *   r_i = (σ_model(k_i) − mid vol_i)/max(half spread_i, floor),   ∂σ/∂p = (∂price/∂p)/vega
 *
 * bent as in smileQuotes.ts. Parameters move in the logit of their place between bounds, on a logarithmic scale where
 * they are positive. Several starts from the term structure of at-the-money variance: a coarse look at all of them, a
 * short search from the best, a full one from the winner.
 *
 * Source  Cui, del Baño Rollin & Germano (2017), Full and fast calibration of the Heston stochastic volatility model
 */
import { impliedTotalStdDev } from "../../formulas/index.ts";
import { normPdf } from "../../num/normal.ts";
import {
  type SmallFit,
  type SmallProblem,
  smallLeastSquares,
} from "../../num/smallLeastSquares.ts";
import {
  type BatesParams,
  type HestonParams,
  hestonSmile,
  smileRoom,
} from "../../pricing/index.ts";
import { bend, bendSlope, type SmileQuotes } from "../smileQuotes.ts";

/** A parameter's bounds; logarithmic when `low` is positive and the scale is wide. */
interface Range {
  readonly name: keyof BatesParams;
  readonly low: number;
  readonly high: number;
  readonly isLogarithmic: boolean;
}

/** By position as in the characteristic function; v0 and theta in multiples of the largest at-the-money variance. */
const ranges: readonly Range[] = [
  { name: "v0", low: 1e-3, high: 6, isLogarithmic: true },
  { name: "kappa", low: 0.05, high: 100, isLogarithmic: true },
  { name: "theta", low: 1e-3, high: 6, isLogarithmic: true },
  { name: "nu", low: 0.01, high: 30, isLogarithmic: true },
  { name: "rho", low: -0.999, high: 0.999, isLogarithmic: false },
  { name: "lambda", low: 1e-3, high: 300, isLogarithmic: true },
  { name: "jumpMean", low: -1, high: 1, isLogarithmic: false },
  { name: "jumpStdDev", low: 0.01, high: 1.5, isLogarithmic: true },
];

/** Which parameters few quotes decide, first to last. */
const order: readonly (keyof BatesParams)[] = [
  "v0",
  "rho",
  "nu",
  "theta",
  "kappa",
  "lambda",
  "jumpMean",
  "jumpStdDev",
];

export const hestonDefaults = {
  /** Half spreads beyond which a residual counts by its absolute value, not its square. */
  huber: 1,
  /** Searches that are begun, and iterations of each. */
  searches: 3,
  searchIterations: 8,
  iterations: 60,
} as const;

/** Eight parameters have more wrong minima than five. */
export const batesDefaults = {
  ...hestonDefaults,
  searches: 6,
  searchIterations: 15,
  iterations: 100,
} as const;

export type AffineOptions = { readonly [K in keyof typeof hestonDefaults]: number };

/** A fit. */
export interface AffineFit {
  readonly params: BatesParams;
  readonly converged: boolean;
  readonly cost: number;
  readonly freeParameters: number;
  /** Parameters within a hundredth of an end of their range. */
  readonly atBounds: readonly string[];
  /** Condition number of the scaled normal matrix: beyond 1e6 the quotes do not tell parameters apart. */
  readonly condition: number;
}

const positionOf = (name: keyof BatesParams): number =>
  ranges.findIndex((range) => range.name === name);

/** The ranges of a market, variances in its own units. */
const rangesAt = (level: number): readonly Range[] =>
  ranges.map((range) =>
    range.name === "v0" || range.name === "theta"
      ? { ...range, low: range.low * level, high: range.high * level }
      : range,
  );

function toFree(range: Range, value: number): number {
  const map = range.isLogarithmic ? Math.log : (x: number) => x;
  const share = (map(value) - map(range.low)) / (map(range.high) - map(range.low));
  const inside = Math.min(1 - 1e-4, Math.max(1e-4, share));
  return Math.log(inside / (1 - inside));
}

/** Value and its slope in the free number. */
function fromFree(range: Range, x: number): { readonly value: number; readonly slope: number } {
  const share = 1 / (1 + Math.exp(-x));
  const slope = share * (1 - share);
  if (!range.isLogarithmic) {
    const width = range.high - range.low;
    return { value: range.low + width * share, slope: width * slope };
  }
  const width = Math.log(range.high / range.low);
  const value = range.low * Math.exp(width * share);
  return { value, slope: value * width * slope };
}

/** The least-squares problem of the free parameters, the others fixed at `base`. */
function problemOf(
  smiles: readonly SmileQuotes[],
  base: BatesParams,
  free: readonly Range[],
  hasJumps: boolean,
  huber: number,
): SmallProblem {
  const room = smileRoom();
  const used = hasJumps ? 8 : 5;
  const most = Math.max(...smiles.map((smile) => smile.k.length));
  const prices = new Float64Array(most);
  const gradient = new Float64Array(most * used);
  const positions = free.map(({ name }) => positionOf(name));
  return {
    parameters: free.length,
    residuals: smiles.reduce((n, { k }) => n + k.length, 0),
    evaluate(x, residuals, jacobian) {
      const params = paramsAt(base, free, x);
      const slopes = free.map((range, j) => fromFree(range, x[j]).slope);
      let at = 0;
      for (const smile of smiles) {
        const { k, years, midVol, weight } = smile;
        hestonSmile(
          hasJumps ? params : withoutJumps(params),
          years,
          k,
          room,
          prices,
          jacobian === undefined ? undefined : gradient,
          used,
        );
        const rootT = Math.sqrt(years);
        for (let i = 0; i < k.length; i++, at++) {
          const stdDev = stdDevOf(prices[i], k[i]);
          const r = (stdDev / rootT - midVol[i]) * weight[i];
          residuals[at] = bend(r, huber);
          if (jacobian === undefined) continue;
          const vega = normPdf(-k[i] / stdDev + 0.5 * stdDev) * rootT;
          const scale = (bendSlope(r, huber) * weight[i]) / Math.max(vega, 1e-9);
          for (let j = 0; j < free.length; j++) {
            jacobian[at * free.length + j] = scale * slopes[j] * gradient[i * used + positions[j]];
          }
        }
      }
    },
  };
}

/** √w of a price that the quadrature knows to 1e-11 only. */
function stdDevOf(price: number, k: number): number {
  const most = Math.min(1, Math.exp(k));
  return impliedTotalStdDev(Math.min(Math.max(price, 1e-12), most * (1 - 1e-9)), k);
}

export function withoutJumps({ v0, kappa, theta, nu, rho }: BatesParams): HestonParams {
  return { v0, kappa, theta, nu, rho };
}

function paramsAt(base: BatesParams, free: readonly Range[], x: Float64Array): BatesParams {
  const values: Record<string, number> = { ...base };
  free.forEach((range, j) => {
    values[range.name] = fromFree(range, x[j]).value;
  });
  return values as unknown as BatesParams;
}

/** Starts from the level and slope of at-the-money variance. */
function startsOf(smiles: readonly SmileQuotes[], hasJumps: boolean): readonly BatesParams[] {
  const level = (smile: SmileQuotes) => smile.atmVariance / smile.years;
  const v0 = level(smiles[0]);
  const theta = level(smiles[smiles.length - 1]);
  const jumps = hasJumps
    ? [
        { lambda: 1, jumpMean: -0.08, jumpStdDev: 0.1 },
        { lambda: 20, jumpMean: -0.01, jumpStdDev: 0.04 },
      ]
    : [{ lambda: 0, jumpMean: 0, jumpStdDev: 0.1 }];
  const rhos = [-0.7, -0.1];
  const paces = [
    { kappa: 1.2, nu: 1 },
    { kappa: 4, nu: 2.5 },
    { kappa: 15, nu: 8 },
  ];
  return rhos.flatMap((rho) =>
    paces.flatMap(({ kappa, nu }) =>
      // ν scales with the volatility that it moves
      jumps.map((jump) => ({ v0, theta, kappa, nu: nu * Math.sqrt(theta), rho, ...jump })),
    ),
  );
}

/** Small jumps for a Heston fit to begin with, down or up. */
const firstJumps = [-0.1, 0.1].map((jumpMean) => ({ lambda: 0.1, jumpMean, jumpStdDev: 0.1 }));

/** The best fit found; null where no start has a cost.
 *
 * Shape  smiles [expiry >= 1]
 */
export function fitAffine(
  smiles: readonly SmileQuotes[],
  hasJumps: boolean,
  options: AffineOptions,
): AffineFit | null {
  const quotes = smiles.reduce((n, { k }) => n + k.length, 0);
  const available = hasJumps ? 8 : 5;
  const level = Math.max(...smiles.map((smile) => smile.atmVariance / smile.years));
  const own = rangesAt(level);
  const free = order
    .filter((name) => positionOf(name) < available)
    .slice(0, quotes)
    .map((name) => own[positionOf(name)]);
  const begin = (bases: readonly BatesParams[]) =>
    bases
      .map((base) => {
        const problem = problemOf(smiles, base, free, hasJumps, options.huber);
        const x = Float64Array.from(free.map((range) => toFree(range, base[range.name])));
        const residuals = new Float64Array(problem.residuals);
        problem.evaluate(x, residuals);
        const cost = residuals.reduce((sum, r) => sum + 0.5 * r * r, 0);
        return { base, problem, x, cost };
      })
      .filter(({ cost }) => Number.isFinite(cost))
      .sort((one, other) => one.cost - other.cost);
  // Heston's own minimum is no start for Bates to be preferred by its cost: one basin would crowd out the rest
  const still = hasJumps
    ? fitAffine(smiles, false, { ...hestonDefaults, huber: options.huber })
    : null;
  const nested = still === null ? [] : firstJumps.map((jump) => ({ ...still.params, ...jump }));
  const found = [...begin(startsOf(smiles, hasJumps)).slice(0, options.searches), ...begin(nested)]
    .map(({ base, problem, x }) => ({
      base,
      problem,
      fit: search(problem, x, options.searchIterations, 1e-3),
    }))
    .sort((one, other) => one.fit.cost - other.fit.cost);
  if (found.length === 0) return null;
  const started = found[0];
  const fit = search(started.problem, started.fit.theta, options.iterations, 1e-7);
  return {
    params: paramsAt(started.base, free, fit.theta),
    converged: fit.converged,
    cost: fit.cost,
    freeParameters: free.length,
    atBounds: free.filter((_, j) => Math.abs(fit.theta[j]) > Math.log(99)).map(({ name }) => name),
    condition: conditionOf(started.problem, fit.theta),
  };
}

const search = (
  problem: SmallProblem,
  x: Float64Array,
  iterations: number,
  costTolerance: number,
): SmallFit => smallLeastSquares(problem, x, { iterations, costTolerance, longestMove: 1.5 });

/** Ratio of the extreme eigenvalues of D^{−½} JᵀJ D^{−½}, D its diagonal. */
function conditionOf(problem: SmallProblem, x: Float64Array): number {
  const n = problem.parameters;
  const residuals = new Float64Array(problem.residuals);
  const jacobian = new Float64Array(problem.residuals * n);
  problem.evaluate(x, residuals, jacobian);
  const normal = Array.from({ length: n }, (_, a) =>
    Float64Array.from({ length: n }, (__, b) => {
      let sum = 0;
      for (let i = 0; i < problem.residuals; i++) sum += jacobian[i * n + a] * jacobian[i * n + b];
      return sum;
    }),
  );
  const scale = normal.map((row, a) => 1 / Math.sqrt(row[a]));
  const matrix = normal.map((row, a) => row.map((value, b) => value * scale[a] * scale[b]));
  const values = eigenvalues(matrix);
  const ratio = Math.max(...values) / Math.max(Math.min(...values), 0);
  // a parameter without any effect has no scale
  return Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
}

/** Eigenvalues of a small symmetric matrix by Jacobi's rotations; overwrites it. */
function eigenvalues(matrix: readonly Float64Array[]): number[] {
  const n = matrix.length;
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (matrix[p][q] === 0) continue;
        const angle = 0.5 * Math.atan2(2 * matrix[p][q], matrix[p][p] - matrix[q][q]);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let i = 0; i < n; i++) {
          const [a, b] = [matrix[i][p], matrix[i][q]];
          matrix[i][p] = c * a + s * b;
          matrix[i][q] = c * b - s * a;
        }
        for (let i = 0; i < n; i++) {
          const [a, b] = [matrix[p][i], matrix[q][i]];
          matrix[p][i] = c * a + s * b;
          matrix[q][i] = c * b - s * a;
        }
      }
    }
  }
  return matrix.map((row, i) => row[i]);
}
