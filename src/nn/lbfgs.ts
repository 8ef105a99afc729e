/**
 * L-BFGS: quasi-Newton minimisation of a smooth, deterministic objective from a few gradient differences.
 *
 *   s_k = θ_{k+1} - θ_k,  y_k = g_{k+1} - g_k,  direction -H_k g_k by the two-loop recursion over the
 *   last pairs, H_k⁰ = (sᵀy / yᵀy) I
 *
 * Source: J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. (2006), Algorithms 7.4 and 7.5.
 */
import { InputError } from "../num/errors.ts";
import {
  checkIterations,
  checkStart,
  dot,
  type Evaluation,
  isFiniteEvaluation,
  largest,
  type Objective,
  reportAndContinue,
  type Watch,
} from "./objective.ts";
import { type LinePoint, strongWolfe } from "./strongWolfe.ts";

export const lbfgsDefaults = {
  iterations: 200,
  /** pairs remembered */
  memory: 10,
  /** largest absolute element of the gradient that ends the search */
  gradientTolerance: 1e-8,
  /** fall of the value, relative to |value|, that ends the search */
  decreaseTolerance: 1e-15,
} as const;

export interface LbfgsRecord {
  readonly iteration: number;
  /** after the iteration */
  readonly value: number;
  /** largest absolute element, after the iteration */
  readonly gradientSize: number;
  readonly step: number;
}

/** `converged` met a tolerance; `stalled`: no step along steepest descent lowers the value. */
export type LbfgsStatus = "converged" | "iterationLimit" | "stalled" | "aborted";

type Limits = { readonly [K in keyof typeof lbfgsDefaults]: number };

export interface LbfgsOptions extends Partial<Limits>, Watch<LbfgsRecord> {
  readonly objective: Objective;
  /** [param] */
  readonly theta0: Float64Array;
}

export interface LbfgsResult {
  /** [param] */
  readonly theta: Float64Array;
  readonly value: number;
  readonly status: LbfgsStatus;
  readonly history: readonly LbfgsRecord[];
  /** calls of the objective */
  readonly evaluations: number;
}

/** A step s, the change y of the gradient over it, and sᵀy > 0. */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly product: number;
}

interface Point extends Evaluation {
  readonly theta: Float64Array;
}

/** -H g by the two-loop recursion; steepest descent without pairs. */
function direction(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const d = gradient.map((g) => -g);
  const alphas = new Float64Array(pairs.length);
  for (let j = pairs.length - 1; j >= 0; j--) {
    const { s, y, product } = pairs[j];
    alphas[j] = dot(s, d) / product;
    for (let k = 0; k < d.length; k++) d[k] -= alphas[j] * y[k];
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const gamma = last.product / dot(last.y, last.y);
    for (let k = 0; k < d.length; k++) d[k] *= gamma;
  }
  pairs.forEach(({ s, y, product }, j) => {
    const beta = dot(y, d) / product;
    for (let k = 0; k < d.length; k++) d[k] += (alphas[j] - beta) * s[k];
  });
  return d;
}

/** The best point along a direction, with its step; undefined when the value does not fall. */
function alongLine(
  evaluate: (theta: Float64Array) => Point,
  from: Point,
  d: Float64Array,
  firstStep: number,
): { readonly point: Point; readonly step: number } | undefined {
  const onLine = (point: Point, step: number): LinePoint & { readonly point: Point } => ({
    step,
    point,
    value: isFiniteEvaluation(point) ? point.value : Number.POSITIVE_INFINITY,
    slope: dot(point.gradient, d),
  });
  const origin = onLine(from, 0);
  if (!(origin.slope < 0)) return undefined;
  const at = (step: number) => onLine(evaluate(from.theta.map((x, k) => x + step * d[k])), step);
  return strongWolfe(at, origin, firstStep);
}

/** The pair between two points, unless rounding has spoilt its curvature. */
function pairBetween(from: Point, to: Point): readonly Pair[] {
  const s = to.theta.map((x, k) => x - from.theta[k]);
  const y = to.gradient.map((g, k) => g - from.gradient[k]);
  const product = dot(s, y);
  return product > 1e-14 * dot(y, y) ? [{ s, y, product }] : [];
}

/** Minimises a smooth objective.
 *
 * Shape   theta0 [param] → theta [param]
 * Throws  InputError when iterations or memory is not a count, ShapeError when the gradient does not fit,
 *         NumericalError when the objective is not finite at theta0
 * Source  Nocedal and Wright (2006), Algorithm 7.5, with the strong Wolfe line search
 */
export async function lbfgs(options: LbfgsOptions): Promise<LbfgsResult> {
  const iterations = options.iterations ?? lbfgsDefaults.iterations;
  const memory = options.memory ?? lbfgsDefaults.memory;
  const gradientTolerance = options.gradientTolerance ?? lbfgsDefaults.gradientTolerance;
  const decreaseTolerance = options.decreaseTolerance ?? lbfgsDefaults.decreaseTolerance;
  checkIterations("lbfgs", iterations);
  if (!Number.isInteger(memory) || memory < 1) {
    throw new InputError(
      `lbfgs: memory: expected a whole number of at least 1, got ${memory}. Use ${lbfgsDefaults.memory}.`,
    );
  }
  const history: LbfgsRecord[] = [];
  let evaluations = 0;
  const evaluate = (theta: Float64Array): Point => {
    evaluations += 1;
    return { theta, ...options.objective(theta, history.length + 1) };
  };
  let here = evaluate(options.theta0.slice());
  checkStart("lbfgs", here.theta, here);
  let pairs: readonly Pair[] = [];
  const finish = (status: LbfgsStatus): LbfgsResult => ({
    theta: here.theta,
    value: here.value,
    status,
    history,
    evaluations,
  });
  if (options.signal?.aborted) return finish("aborted");
  while (largest(here.gradient) > gradientTolerance) {
    if (history.length >= iterations) return finish("iterationLimit");
    const d = direction(here.gradient, pairs);
    // Without curvature the gradient's length says nothing about the step's: begin with length one.
    const unit = 1 / largest(here.gradient);
    let found = alongLine(evaluate, here, d, pairs.length > 0 ? 1 : unit);
    if (found === undefined && pairs.length > 0) {
      pairs = [];
      found = alongLine(evaluate, here, direction(here.gradient, pairs), unit);
    }
    if (found === undefined) {
      // A fall too small to show in the value: this is as far as rounding lets the search go.
      const expected = Math.abs(dot(here.gradient, d));
      const isRounding = expected <= Number.EPSILON * Math.abs(here.value);
      return finish(isRounding ? "converged" : "stalled");
    }
    const { point, step } = found;
    pairs = [...pairs, ...pairBetween(here, point)].slice(-memory);
    const isFlat = here.value - point.value <= decreaseTolerance * Math.abs(here.value);
    here = point;
    const { value } = point;
    history.push({
      iteration: history.length + 1,
      value,
      gradientSize: largest(point.gradient),
      step,
    });
    if (!(await reportAndContinue(options, history[history.length - 1]))) return finish("aborted");
    if (isFlat) return finish("converged");
  }
  return finish("converged");
}
