/**
 * Levenberg-Marquardt for a handful of parameters, fast enough to run for every smile of a chain.
 *
 *   minimise ½ Σ r_i(θ)²,   (JᵀJ + μ D) s = −Jᵀ r,   D = diag(JᵀJ)
 *
 * Damping by the gain ratio (Nielsen 1999). Normal equations are formed and factorised in place: nothing is
 * allocated per iteration. `nn/levenbergMarquardt.ts` is the one with robust losses, for many parameters.
 *
 * Source: H. B. Nielsen, IMM-REP-1999-05 (1999); Marquardt (1963) for the scaling by D
 */
import { choleskyInPlace, choleskySolve } from "./linearAlgebra.ts";

/** Residuals and, where asked for, their Jacobian, written into the arrays given. */
export interface SmallProblem {
  readonly parameters: number;
  readonly residuals: number;
  /** theta [param] → residuals [residual], jacobian [residual][param] row-major when present. */
  evaluate(theta: Float64Array, residuals: Float64Array, jacobian?: Float64Array): void;
}

export const smallLeastSquaresDefaults = {
  iterations: 60,
  /** Relative fall of the cost that ends the search. */
  costTolerance: 1e-9,
  /** Length of a step relative to theta that ends the search. */
  stepTolerance: 1e-9,
  /** Damping of the first trial. */
  damping: 1e-3,
  /** Longest move of any parameter in one step. */
  longestMove: Number.POSITIVE_INFINITY,
} as const;

export interface SmallFit {
  readonly theta: Float64Array;
  /** ½ Σ r² */
  readonly cost: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** The minimum that a search from `start` ends in.
 *
 * Shape   start [param] → theta [param]
 * NaN or infinite residuals count as an infinitely bad point: the search steps back from them.
 */
export function smallLeastSquares(
  problem: SmallProblem,
  start: Float64Array,
  options: Partial<{ readonly [K in keyof typeof smallLeastSquaresDefaults]: number }> = {},
): SmallFit {
  const settings = { ...smallLeastSquaresDefaults, ...options };
  const p = problem.parameters;
  const n = problem.residuals;
  const jacobian = new Float64Array(n * p);
  const normal = new Float64Array(p * p);
  const gradient = new Float64Array(p);
  let residuals = new Float64Array(n);
  let trialResiduals = new Float64Array(n);
  let theta = Float64Array.from(start);
  let trial = new Float64Array(p);
  problem.evaluate(theta, residuals, jacobian);
  let cost = halfSquares(residuals);
  let damping = settings.damping;
  let growth = 2;
  let fresh = true;
  let iterations = 0;
  let converged = false;
  while (iterations < settings.iterations && Number.isFinite(cost)) {
    iterations += 1;
    if (fresh) formNormal(jacobian, residuals, normal, gradient, n, p);
    const step = dampedStep(normal, gradient, damping, p);
    shorten(step, settings.longestMove);
    let size = 0;
    let length = 0;
    for (let k = 0; k < p; k++) {
      trial[k] = theta[k] + step[k];
      size = Math.max(size, Math.abs(step[k]));
      length = Math.max(length, Math.abs(theta[k]));
    }
    problem.evaluate(trial, trialResiduals);
    const next = halfSquares(trialResiduals);
    const predicted = predictedDecrease(normal, gradient, step, p);
    const actual = cost - next;
    if (actual > 0) {
      [theta, trial] = [trial, theta];
      [residuals, trialResiduals] = [trialResiduals, residuals];
      cost = next;
      const ratio = Math.min(1, actual / predicted);
      damping *= Math.max(1 / 3, 1 - (2 * ratio - 1) ** 3);
      growth = 2;
      if (
        actual <= settings.costTolerance * cost ||
        size <= settings.stepTolerance * (length + 1e-3)
      ) {
        converged = true;
        break;
      }
      problem.evaluate(theta, residuals, jacobian);
      fresh = true;
    } else {
      if (!(predicted > settings.costTolerance * cost) || size <= settings.stepTolerance * length) {
        converged = true;
        break;
      }
      damping *= growth;
      growth *= 2;
      fresh = false;
    }
  }
  return { theta, cost, iterations, converged };
}

function halfSquares(residuals: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) sum += residuals[i] * residuals[i];
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : 0.5 * sum;
}

function formNormal(
  jacobian: Float64Array,
  residuals: Float64Array,
  normal: Float64Array,
  gradient: Float64Array,
  n: number,
  p: number,
): void {
  normal.fill(0);
  gradient.fill(0);
  for (let i = 0; i < n; i++) {
    const row = i * p;
    for (let a = 0; a < p; a++) {
      const value = jacobian[row + a];
      gradient[a] += value * residuals[i];
      for (let b = 0; b <= a; b++) normal[a * p + b] += value * jacobian[row + b];
    }
  }
  for (let a = 0; a < p; a++) for (let b = a + 1; b < p; b++) normal[a * p + b] = normal[b * p + a];
}

function dampedStep(
  normal: Float64Array,
  gradient: Float64Array,
  damping: number,
  p: number,
): Float64Array {
  let most = 0;
  for (let k = 0; k < p; k++) most = Math.max(most, normal[k * p + k]);
  for (let mu = damping; mu < 1e30; mu *= 10) {
    const matrix = normal.slice();
    // a parameter without effect still needs a pivot
    for (let k = 0; k < p; k++)
      matrix[k * p + k] += mu * Math.max(normal[k * p + k], 1e-12 * most + 1e-300);
    if (choleskyInPlace(matrix, p)) {
      return choleskySolve(
        matrix,
        p,
        gradient.map((g) => -g),
      );
    }
  }
  return new Float64Array(p);
}

function shorten(step: Float64Array, most: number): void {
  let longest = 0;
  for (let k = 0; k < step.length; k++) longest = Math.max(longest, Math.abs(step[k]));
  if (longest > most) for (let k = 0; k < step.length; k++) step[k] *= most / longest;
}

/** −gᵀs − ½ sᵀNs. */
function predictedDecrease(
  normal: Float64Array,
  gradient: Float64Array,
  step: Float64Array,
  p: number,
): number {
  let value = 0;
  for (let a = 0; a < p; a++) {
    let row = 0;
    for (let b = 0; b < p; b++) row += normal[a * p + b] * step[b];
    value -= step[a] * (gradient[a] + 0.5 * row);
  }
  return value;
}
