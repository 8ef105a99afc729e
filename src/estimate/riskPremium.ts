/**
 * P and Q together: the market price of volatility risk, with the diffusion shared.
 *
 * Under Q the variance reverts, dv = κ(θ − v) dt + …, so the fair variance to maturity T is
 *
 *   w̄(T) = θ + (v − θ) (1 − e^{−κT})/(κT)
 *
 * whatever the diffusion is: κ and θ come from curves of fair variances by least squares. With y = ½ ln v and its learned
 * size s of a step of h years, Itô's formula gives the drift of y over the step under Q, and P differs by the price of risk λ:
 *
 *   m_Q = κ(θ − v)/(2v) h − s²,   m_P = m_Q + s √h λ(y),   λ = B tanh((a + b ŷ + Σ_i c_i tanh(d_i ŷ + e_i))/B)
 *
 * λ is a bounded network of the standardised ŷ, fitted by likelihood on the history with s as the learned model has it, with a
 * ridge towards zero. For Heston under both measures λ = (κ_P(θ_P − v) − κ(θ − v))/(ν √v).
 *
 * What is asked of the data: w̄ without jumps' premium, and v itself as the state (realised volatility is a noisy one).
 * A drift is known to about 1/√years only, whatever the step: the standard error says so.
 */
import { InputError } from "../num/errors.ts";
import { dampedSystem, lbfgs } from "../nn/index.ts";
import { philoxNormals } from "../random/normals.ts";
import { solvePositiveDefinite } from "../num/linearAlgebra.ts";
import type { Design } from "./design.ts";
import type { LearnedModel } from "./learn.ts";
import { stepMoments } from "./predictive.ts";

/** Curves of fair variances beside the rows of a design. */
export interface VarianceCurves {
  /** [maturity] in years */
  readonly years: readonly number[];
  /** [row][maturity] fair variance, decimal per year; NaN where there is none */
  readonly variances: Float64Array;
}

export interface RiskPremiumOptions {
  /** B, per √year */
  readonly bound?: number;
  readonly hidden?: number;
  /** precision of the prior on λ's slopes */
  readonly ridge?: number;
  readonly seed?: number;
}

const riskPremiumDefaults = { bound: 10, hidden: 3, ridge: 1, seed: 1 } as const;

/** The measures side by side. */
export interface RiskPremium {
  /** under Q */
  readonly kappa: number;
  readonly theta: number;
  /** root mean square error of the curves, variance units */
  readonly curveError: number;
  /** Price of risk at y = ½ ln v, per √year. */
  at(y: number): number;
  /** Standard error of its mean level, per √year. */
  readonly levelStandardError: number;
}

/** Fits both.
 *
 * Throws  InputError when the component is no volatility, or the curves have no value beside a row
 */
export async function riskPremium(
  model: LearnedModel,
  design: Design,
  component: number,
  curves: VarianceCurves,
  options: RiskPremiumOptions = {},
): Promise<RiskPremium> {
  const settings = { ...riskPremiumDefaults, ...options };
  const d = design.set.components.length;
  const target = design.set.components[component];
  if (target === undefined || target.kind !== "volatility") {
    throw new InputError(
      `riskPremium: expected a volatility among ${design.set.components.map(({ name }) => name).join(", ")}, got ${target?.name ?? component}. Name the instantaneous volatility.`,
    );
  }
  const y = Float64Array.from({ length: design.rows }, (_, r) => design.states[r * d + component]);
  const { kappa, theta, error } = fitCurves(y, curves);
  const { sd } = stepMoments(model, design, 0, design.rows);
  const h = design.set.stepMs / (365 * 86_400_000);
  // what is left of each move after the drift under Q, in units of its size: standard normal plus √h λ
  const excess = y.map((state, r) => {
    const s = sd[r * d + component];
    const v = Math.exp(2 * state);
    return (design.moves[r * d + component] - ((kappa * (theta - v)) / (2 * v)) * h + s * s) / s;
  });
  const lambda = await fitPrice(y, excess, Math.sqrt(h), settings);
  return {
    kappa,
    theta,
    curveError: error,
    at: lambda,
    levelStandardError: 1 / Math.sqrt(h * design.rows),
  };
}

/** κ and θ by Levenberg-Marquardt steps on ln κ and ln θ. */
function fitCurves(
  y: Float64Array,
  { years, variances }: VarianceCurves,
): { kappa: number; theta: number; error: number } {
  const n = years.length;
  const used: number[] = [];
  for (let i = 0; i < variances.length; i++) if (!Number.isNaN(variances[i])) used.push(i);
  if (used.length < 3 || variances.length !== y.length * n) {
    throw new InputError(
      `riskPremium: expected variances of ${y.length} rows at ${n} maturities, at least 3 of them known, got ${variances.length} with ${used.length} known. Fill absent ones with NaN.`,
    );
  }
  const residuals = ([logKappa, logTheta]: readonly number[]): Float64Array => {
    const [kappa, theta] = [Math.exp(logKappa), Math.exp(logTheta)];
    return Float64Array.from(used, (i) => {
      const v = Math.exp(2 * y[Math.floor(i / n)]);
      const x = kappa * years[i % n];
      return theta + (v - theta) * (-Math.expm1(-x) / x) - variances[i];
    });
  };
  const square = (r: Float64Array): number => r.reduce((sum, x) => sum + x * x, 0);
  let at = [
    0,
    Math.log(square(Float64Array.from(used, (i) => Math.sqrt(variances[i]))) / used.length),
  ];
  let damping = 1;
  for (let iteration = 0; iteration < 100; iteration++) {
    const here = residuals(at);
    const jacobian = new Float64Array(2 * used.length);
    for (const k of [0, 1]) {
      const step = 1e-6;
      const moved = at.map((x, i) => (i === k ? x + step : x));
      const back = at.map((x, i) => (i === k ? x - step : x));
      const [up, down] = [residuals(moved), residuals(back)];
      for (let i = 0; i < used.length; i++) jacobian[2 * i + k] = (up[i] - down[i]) / (2 * step);
    }
    const found = dampedSystem({ residuals: here, jacobian }).stepFor(1e-3 * damping);
    if (found === undefined) break;
    const next = at.map((x, i) => x + Math.max(-1, Math.min(1, found.step[i])));
    if (square(residuals(next)) < square(here)) {
      at = next;
      damping /= 3;
      if (found.scaledNorm < 1e-10) break;
    } else damping *= 10;
    if (damping > 1e12) break;
  }
  return {
    kappa: Math.exp(at[0]),
    theta: Math.exp(at[1]),
    error: Math.sqrt(square(residuals(at)) / used.length),
  };
}

/** λ by penalised likelihood: ½ Σ (excess − √h λ)² + ½ ridge (b² + |c|²) + ½ |d, e|². */
async function fitPrice(
  y: Float64Array,
  excess: Float64Array,
  root: number,
  { bound, hidden, ridge, seed }: typeof riskPremiumDefaults | Required<RiskPremiumOptions>,
): Promise<(y: number) => number> {
  const n = y.length;
  const mean = y.reduce((sum, x) => sum + x, 0) / n;
  const sd = Math.sqrt(y.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n) || 1;
  const scaled = y.map((x) => (x - mean) / sd);
  // a, b, then c, d, e of each hidden unit
  const theta0 = new Float64Array(2 + 3 * hidden);
  const draws = philoxNormals(seed, 3, 2 * hidden);
  for (let i = 0; i < hidden; i++) {
    theta0[2 + hidden + i] = draws[i];
    theta0[2 + 2 * hidden + i] = draws[hidden + i];
  }
  const level = leastSquares(scaled, excess, root);
  theta0[0] = level[0];
  theta0[1] = level[1];
  const raw = (theta: Float64Array, x: number): number => {
    let sum = theta[0] + theta[1] * x;
    for (let i = 0; i < hidden; i++)
      sum += theta[2 + i] * Math.tanh(theta[2 + hidden + i] * x + theta[2 + 2 * hidden + i]);
    return sum;
  };
  const objective = (theta: Float64Array) => {
    const gradient = new Float64Array(theta.length);
    let value = 0;
    for (let r = 0; r < n; r++) {
      const x = scaled[r];
      const bent = Math.tanh(raw(theta, x) / bound);
      const off = excess[r] - root * bound * bent;
      value += 0.5 * off * off;
      const g = -off * root * (1 - bent * bent);
      gradient[0] += g;
      gradient[1] += g * x;
      for (let i = 0; i < hidden; i++) {
        const t = Math.tanh(theta[2 + hidden + i] * x + theta[2 + 2 * hidden + i]);
        const inner = g * theta[2 + i] * (1 - t * t);
        gradient[2 + i] += g * t;
        gradient[2 + hidden + i] += inner * x;
        gradient[2 + 2 * hidden + i] += inner;
      }
    }
    for (let i = 1; i < theta.length; i++) {
      const rho = i < 2 + hidden ? ridge : 1;
      value += 0.5 * rho * theta[i] ** 2;
      gradient[i] += rho * theta[i];
    }
    return { value: value / n, gradient: gradient.map((g) => g / n) };
  };
  const { theta } = await lbfgs({ objective, theta0, iterations: 100 });
  return (state) => bound * Math.tanh(raw(theta, (state - mean) / sd) / bound);
}

/** Level and slope of λ by least squares: where the search begins. */
function leastSquares(
  x: Float64Array,
  excess: Float64Array,
  root: number,
): readonly [number, number] {
  let [sx, sxx, sy, sxy] = [0, 0, 0, 0];
  x.forEach((value, r) => {
    sx += value;
    sxx += value * value;
    sy += excess[r] / root;
    sxy += (value * excess[r]) / root;
  });
  const solved = solvePositiveDefinite(
    Float64Array.of(x.length, sx, sx, sxx),
    2,
    Float64Array.of(sy, sxy),
  );
  return solved === undefined ? [sy / x.length, 0] : [solved[0], solved[1]];
}
