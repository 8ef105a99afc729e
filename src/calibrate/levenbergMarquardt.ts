/**
 * Levenberg-Marquardt for residuals and Jacobians that come from simulation.
 *
 * The step is that of `nn/dampedLeastSquares`; what differs here is the rule of the damping λ. The Jacobian comes
 * from few paths, so the gain ratio of one step says little: λ falls after a step that the first try accepts,
 * grows after each refusal, and a refused iteration keeps the larger one (Levenberg 1944; Marquardt 1963).
 *
 *   μ = λ · trace(A Aᵀ)/(100 n),   A = √C J S,  n residuals
 *
 * S scales parameters: the damping moves scaled parameters alike, so a larger scale is a weaker prior at the
 * starting point.
 */
import { dampedSystem, type RobustLoss } from "../nn/index.ts";

/** A least-squares problem; the Jacobian may be noisier than the residuals. */
export interface Problem {
  /** theta [param] → [residual] */
  readonly residuals: (theta: Float64Array) => Float64Array;
  /** theta [param] → [residual][param], row-major */
  readonly jacobian: (theta: Float64Array) => Float64Array;
  /** [param] */
  readonly scale: Float64Array;
  readonly loss: RobustLoss;
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

/** The state at `theta`. */
export function searchAt(problem: Problem, theta: Float64Array, damping: number): SearchState {
  const residuals = problem.residuals(theta);
  const total = residuals.reduce((sum, r) => sum + problem.loss.loss(r), 0);
  return { theta, residuals, loss: total / residuals.length, damping };
}

/** One iteration: a Jacobian, then up to `dampingRule.tries` steps; the same point comes back when none helps. */
export function iterate(problem: Problem, state: SearchState): SearchState {
  const { theta, residuals } = state;
  const { scale, loss } = problem;
  const system = dampedSystem({ residuals, jacobian: problem.jacobian(theta), scale, loss });
  // dampedSystem's damping is relative to the mean diagonal of the smaller of its two systems
  const relative = (0.01 * Math.min(residuals.length, theta.length)) / residuals.length;
  let damping = state.damping;
  for (let attempt = 0; attempt < dampingRule.tries; attempt++) {
    const trial = system.stepFor(relative * damping);
    if (trial !== undefined) {
      const next = searchAt(
        problem,
        theta.map((value, i) => value + trial.step[i]),
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
