/**
 * Levenberg-Marquardt: minimises Σ ρ(r_i(θ)) by damped Gauss-Newton steps, damping by the gain ratio.
 *
 *   g = (actual decrease)/(predicted decrease)
 *   g > 0:  accept,  λ ← λ · max(1/3, 1 - (2g - 1)³),  ν ← 2
 *   else:   refuse,  λ ← λ ν,  ν ← 2 ν
 *
 * The Jacobian may be rougher than the residuals (fewer paths): the residuals alone decide what is
 * accepted. An iteration is one Jacobian and one or more trials. `startSearch` and `searchOnce` are the
 * parts of `levenbergMarquardt` for callers who save their progress or change the problem between phases.
 *
 * Source: H. B. Nielsen, "Damping parameter in Marquardt's method", IMM-REP-1999-05 (1999);
 * convergence tests after MINPACK's lmder (Moré, Garbow and Hillstrom, ANL-80-74, 1980).
 */
import { InputError, NumericalError } from "../num/errors.ts";
import { type DampedStep, dampedSystem } from "./dampedLeastSquares.ts";
import { checkIterations, reportAndContinue, type Watch } from "./objective.ts";
import { type RobustLoss, squaredLoss } from "./robustLoss.ts";

export const leastSquaresDefaults = {
  iterations: 100,
  /** λ of the first trial, relative to the mean diagonal */
  damping: 1e-2,
  smallestDamping: 1e-15,
  /** trials of one Jacobian before the search counts as stalled */
  trials: 10,
  /** relative fall of the objective, actual and predicted, that ends the search */
  decreaseTolerance: 1e-12,
  /** length of a lightly damped step relative to theta, in scaled parameters, that ends the search */
  stepTolerance: 1e-12,
  /** cosine between residuals and every column of the Jacobian that ends the search */
  gradientTolerance: 1e-12,
} as const;

export interface LeastSquaresProblem {
  /** theta [param] → [residual] */
  readonly residuals: (theta: Float64Array) => Float64Array;
  /** theta [param] → [residual][param], row-major */
  readonly jacobian: (theta: Float64Array) => Float64Array;
  /** loss of one residual; squares when absent */
  readonly robust?: RobustLoss;
  /** [param], typical sizes of moves; ones when absent */
  readonly scale?: Float64Array;
}

/** Where a search stands: all that its next iteration needs. */
export interface LeastSquaresState {
  /** [param] */
  readonly theta: Float64Array;
  /** [residual], at theta */
  readonly residuals: Float64Array;
  /** Σ ρ(r), at theta */
  readonly cost: number;
  readonly damping: number;
  /** ν: what the next refusal multiplies the damping by */
  readonly growth: number;
}

export interface LeastSquaresRecord {
  readonly iteration: number;
  /** after the iteration */
  readonly cost: number;
  /** λ of the last trial */
  readonly damping: number;
  /** actual over predicted decrease of the last trial */
  readonly gainRatio: number;
  /** length of the last trial's step in scaled parameters */
  readonly stepNorm: number;
  /** before the iteration */
  readonly gradientCosine: number;
  readonly trials: number;
}

/** `converged` met a tolerance; `stalled`: no trial lowered the cost; `nonFinite`: a Jacobian with NaN. */
export type LeastSquaresStatus =
  | "converged"
  | "iterationLimit"
  | "stalled"
  | "nonFinite"
  | "aborted";

type Limits = { readonly [K in keyof typeof leastSquaresDefaults]: number };

export interface LeastSquaresOptions
  extends LeastSquaresProblem,
    Partial<Limits>,
    Watch<LeastSquaresRecord> {
  /** [param] */
  readonly theta0: Float64Array;
}

export interface LeastSquaresResult extends LeastSquaresState {
  readonly status: LeastSquaresStatus;
  readonly history: readonly LeastSquaresRecord[];
}

function costOf(residuals: Float64Array, loss: RobustLoss = squaredLoss): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) sum += loss.loss(residuals[i]);
  return sum;
}

/** The state at a starting point.
 *
 * Shape   theta [param]
 * Throws  NumericalError when a residual is not finite, InputError when scale does not fit
 */
export function startSearch(
  problem: LeastSquaresProblem,
  theta: Float64Array,
  damping: number = leastSquaresDefaults.damping,
): LeastSquaresState {
  if (problem.scale !== undefined) {
    const fits = problem.scale.length === theta.length && problem.scale.every((s) => s > 0);
    if (!fits) {
      throw new InputError(
        `levenbergMarquardt: scale [param]: expected ${theta.length} positive numbers, got ${problem.scale.length}. Give one for each parameter.`,
      );
    }
  }
  const residuals = problem.residuals(theta);
  const cost = costOf(residuals, problem.robust);
  if (!Number.isFinite(cost)) {
    throw new NumericalError(
      `levenbergMarquardt: expected finite residuals at theta0, got a cost of ${cost}. Start elsewhere.`,
      theta,
    );
  }
  return { theta: theta.slice(), residuals, cost, damping, growth: 2 };
}

/** The state one step away; undefined when its residuals are not finite. */
function tryStep(problem: LeastSquaresProblem, state: LeastSquaresState, step: Float64Array) {
  const theta = state.theta.map((value, k) => value + step[k]);
  const residuals = problem.residuals(theta);
  const cost = costOf(residuals, problem.robust);
  return Number.isFinite(cost) ? { theta, residuals, cost } : undefined;
}

function scaledLength(theta: Float64Array, scale: Float64Array | undefined): number {
  return Math.sqrt(theta.reduce((sum, x, k) => sum + (x / (scale?.[k] ?? 1)) ** 2, 0));
}

/** One iteration: a Jacobian, then trials until one lowers the cost. A status means that the search is over.
 *
 * Throws  ShapeError when the Jacobian does not fit the residuals
 * Source  Nielsen (1999)
 */
export function searchOnce(
  problem: LeastSquaresProblem,
  state: LeastSquaresState,
  iteration: number,
  limits: Limits = leastSquaresDefaults,
): { state: LeastSquaresState; record: LeastSquaresRecord; status?: LeastSquaresStatus } {
  const system = dampedSystem({
    residuals: state.residuals,
    jacobian: problem.jacobian(state.theta),
    scale: problem.scale ?? new Float64Array(state.theta.length).fill(1),
    loss: problem.robust,
  });
  const { gradientCosine } = system;
  let { damping, growth } = state;
  const record = (cost: number, trials: number, gainRatio = 0, stepNorm = 0) => ({
    iteration,
    cost,
    damping,
    gainRatio,
    stepNorm,
    gradientCosine,
    trials,
  });
  if (!Number.isFinite(gradientCosine)) {
    return { state, record: record(state.cost, 0), status: "nonFinite" };
  }
  if (gradientCosine <= limits.gradientTolerance) {
    return { state, record: record(state.cost, 0), status: "converged" };
  }
  let gain = 0;
  let trial: DampedStep | undefined;
  for (let trials = 1; trials <= limits.trials; trials++) {
    trial = system.stepFor(damping);
    const next = trial && tryStep(problem, state, trial.step);
    const actual = next === undefined ? Number.NEGATIVE_INFINITY : state.cost - next.cost;
    const predicted = trial?.predictedDecrease ?? 0;
    gain = predicted > 0 ? actual / predicted : 0;
    if (trial !== undefined && next !== undefined && gain > 0) {
      const told = record(next.cost, trials, gain, trial.scaledNorm);
      const isFlat =
        Math.max(actual, predicted) <= limits.decreaseTolerance * state.cost && gain <= 2;
      const isShort =
        damping < 1 &&
        trial.scaledNorm <= limits.stepTolerance * scaledLength(next.theta, problem.scale);
      damping = Math.max(
        limits.smallestDamping,
        damping * Math.max(1 / 3, 1 - (2 * gain - 1) ** 3),
      );
      const moved = { ...next, damping, growth: 2 };
      return { state: moved, record: told, status: isFlat || isShort ? "converged" : undefined };
    }
    // A fall too small to show in the cost: this is as far as rounding lets the search go.
    if (trial !== undefined && predicted <= limits.decreaseTolerance * state.cost) {
      const told = record(state.cost, trials, gain, trial.scaledNorm);
      return { state: { ...state, damping, growth }, record: told, status: "converged" };
    }
    damping *= growth;
    growth *= 2;
  }
  const told = record(state.cost, limits.trials, gain, trial?.scaledNorm);
  return { state: { ...state, damping, growth: 2 }, record: told, status: "stalled" };
}

/** Minimises a sum of losses of residuals.
 *
 * Shape   theta0 [param], residuals [n], jacobian [n][param]
 * Throws  NumericalError when a residual at theta0 is not finite, InputError or ShapeError when sizes
 *         do not fit; never because it does not converge
 * Source  Nielsen (1999)
 */
export async function levenbergMarquardt(
  options: LeastSquaresOptions,
): Promise<LeastSquaresResult> {
  const given = Object.fromEntries(
    Object.keys(leastSquaresDefaults).flatMap((key) => {
      const value = options[key as keyof Limits];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const limits: Limits = { ...leastSquaresDefaults, ...given };
  checkIterations("levenbergMarquardt", limits.iterations);
  let state = startSearch(options, options.theta0, limits.damping);
  const history: LeastSquaresRecord[] = [];
  let status: LeastSquaresStatus = options.signal?.aborted ? "aborted" : "iterationLimit";
  while (history.length < limits.iterations && status === "iterationLimit") {
    const turn = searchOnce(options, state, history.length + 1, limits);
    state = turn.state;
    history.push(turn.record);
    const goesOn = await reportAndContinue(options, turn.record);
    status = turn.status ?? (goesOn ? "iterationLimit" : "aborted");
  }
  return { ...state, status, history };
}
