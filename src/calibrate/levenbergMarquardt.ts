/**
 * Levenberg-Marquardt with a pseudo-Huber loss, for residuals and Jacobians that come from simulation.
 *
 *   loss    = mean 2h² (√(1 + (r/h)²) − 1)
 *   weights = 1/√(1 + (r/h)²)                        (iteratively reweighted least squares)
 *   step    = −S Aᵀ (A Aᵀ + μ I)⁻¹ √W r,   A = √W J S,   μ = λ · mean diagonal of A Aᵀ / 100
 *
 * S scales parameters: the damping moves scaled parameters alike, so a larger scale is a weaker prior at the
 * starting point. With fewer residuals than parameters the dual system is solved, else the primal one: the same step.
 * λ falls after a step that the first try accepts and grows after each refusal (Levenberg 1944; Marquardt 1963).
 */
import {
  choleskyInPlace,
  choleskySolve,
  gramOfColumns,
  gramOfRows,
  transposeTimes,
} from "../num/linearAlgebra.ts";

/** A least-squares problem; the Jacobian may be noisier than the residuals. */
export interface Problem {
  /** theta [param] → [residual] */
  readonly residuals: (theta: Float64Array) => Float64Array;
  /** theta [param] → [residual][param], row-major */
  readonly jacobian: (theta: Float64Array) => Float64Array;
  /** [param] */
  readonly scale: Float64Array;
  readonly huber: number;
}

/** Where the search stands; all that the next iteration needs. */
export interface SearchState {
  readonly theta: Float64Array;
  readonly residuals: Float64Array;
  readonly loss: number;
  readonly damping: number;
}

/** Constants of the damping rule. */
export const dampingRule = { start: 1, shrink: 0.35, grow: 6, tries: 4, largest: 1e8 } as const;

/** Mean pseudo-Huber loss of residuals. */
function pseudoHuber(residuals: Float64Array, h: number): number {
  let sum = 0;
  for (const r of residuals) sum += 2 * h * h * (Math.sqrt(1 + (r / h) ** 2) - 1);
  return sum / residuals.length;
}

/** The state at `theta`. */
export function searchAt(problem: Problem, theta: Float64Array, damping: number): SearchState {
  const residuals = problem.residuals(theta);
  return { theta, residuals, loss: pseudoHuber(residuals, problem.huber), damping };
}

/** One iteration: a Jacobian, then up to `dampingRule.tries` steps; the same point comes back when none helps. */
export function iterate(problem: Problem, state: SearchState): SearchState {
  const { theta, residuals } = state;
  const system = dampedSystem(problem, residuals, problem.jacobian(theta));
  let damping = state.damping;
  for (let attempt = 0; attempt < dampingRule.tries; attempt++) {
    const step = system(damping);
    if (step !== undefined) {
      const next = searchAt(
        problem,
        theta.map((value, i) => value + step[i]),
        damping,
      );
      if (Number.isFinite(next.loss) && next.loss < state.loss) {
        return { ...next, damping: attempt === 0 ? damping * dampingRule.shrink : damping };
      }
    }
    damping = Math.min(dampingRule.largest, damping * dampingRule.grow);
  }
  return { ...state, damping };
}

/** Steps for any damping from one factor-ready system; undefined when the damped matrix is not positive definite. */
function dampedSystem(
  problem: Problem,
  residuals: Float64Array,
  jacobian: Float64Array,
): (damping: number) => Float64Array | undefined {
  const { scale, huber } = problem;
  const n = residuals.length;
  const p = scale.length;
  const rootWeight = residuals.map((r) => (1 + (r / huber) ** 2) ** -0.25);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < p; k++) jacobian[i * p + k] *= rootWeight[i] * scale[k];
  }
  const weighted = residuals.map((r, i) => r * rootWeight[i]);
  const isDual = n <= p;
  const size = isDual ? n : p;
  const gram = isDual ? gramOfRows(jacobian, n, p) : gramOfColumns(jacobian, n, p);
  let trace = 0;
  for (let i = 0; i < size; i++) trace += gram[i * size + i];
  return (damping) => {
    const matrix = gram.slice();
    // the trace of A Aᵀ is that of Aᵀ A: the damping does not depend on which system is solved
    const mu = (0.01 * damping * trace) / n;
    for (let i = 0; i < size; i++) matrix[i * size + i] += mu;
    if (!choleskyInPlace(matrix, size)) return undefined;
    if (isDual) {
      const dual = choleskySolve(matrix, n, weighted.slice());
      return transposeTimes(jacobian, dual, n, p).map((value, k) => -value * scale[k]);
    }
    const gradient = transposeTimes(jacobian, weighted, n, p);
    return choleskySolve(matrix, p, gradient).map((value, k) => -value * scale[k]);
  };
}
