/**
 * One linearised least-squares problem, solved for as many dampings as the search tries.
 *
 *   minimise  ½ |b + A s|² + ½ μ |s|²,   A = √C J S,  b = ψ(r)/√C,   step = S s
 *   primal    (Aᵀ A + μ I) s = -Aᵀ b                    parameters × parameters
 *   dual      (A Aᵀ + μ I) y = b,  s = -Aᵀ y            residuals × residuals
 *
 * r residuals [n], J Jacobian [n][p], ψ and C slope and curvature of the loss, S a diagonal of parameter
 * scales. Both give the same step; the smaller system is solved. The damping λ is relative:
 * μ = λ · trace(A Aᵀ)/min(n, p), the mean diagonal of the system solved.
 *
 * Sources: K. Levenberg, Quart. Appl. Math. 2 (1944); D. W. Marquardt, J. SIAM 11 (1963); the dual by the
 * identity (AᵀA + μI)⁻¹Aᵀ = Aᵀ(AAᵀ + μI)⁻¹.
 */
import { ShapeError } from "../num/errors.ts";
import {
  choleskyInPlace,
  choleskySolve,
  gramOfColumns,
  gramOfRows,
  matrixTimes,
  transposeTimes,
} from "../num/linearAlgebra.ts";
import { dot } from "./objective.ts";
import { type RobustLoss, squaredLoss } from "./robustLoss.ts";

export interface LinearisedProblem {
  /** [residual] */
  readonly residuals: Float64Array;
  /** [residual][param], row-major */
  readonly jacobian: Float64Array;
  /** [param], typical sizes of moves; a larger scale is damped less. Ones when absent. */
  readonly scale?: Float64Array;
  readonly loss?: RobustLoss;
}

export interface DampedStep {
  /** [param], to add to theta */
  readonly step: Float64Array;
  /** |S⁻¹ step|: its length in scaled parameters */
  readonly scaledNorm: number;
  /** fall of the objective that the quadratic model without damping expects; not negative */
  readonly predictedDecrease: number;
}

export interface DampedSystem {
  readonly form: "primal" | "dual";
  /** largest |cos| of the angle between b and a column of A: zero at a stationary point, free of units */
  readonly gradientCosine: number;
  /** The step for a relative damping; undefined when the matrix is not numerically positive definite. */
  readonly stepFor: (damping: number) => DampedStep | undefined;
}

function checkShapes({ residuals, jacobian, scale }: LinearisedProblem): number {
  const n = residuals.length;
  const p = scale?.length ?? jacobian.length / Math.max(n, 1);
  if (n === 0 || p === 0 || !Number.isInteger(p) || jacobian.length !== n * p) {
    throw new ShapeError(
      `dampedSystem: jacobian [residual = ${n}][param]: expected ${scale === undefined ? `a multiple of ${n}` : n * p} elements, got ${jacobian.length}. Return one row per residual.`,
    );
  }
  return p;
}

/** b and A of the head of this file. */
function weigh(problem: LinearisedProblem, p: number): { a: Float64Array; b: Float64Array } {
  const { residuals, jacobian, scale, loss = squaredLoss } = problem;
  const a = new Float64Array(jacobian.length);
  const b = new Float64Array(residuals.length);
  for (let i = 0; i < residuals.length; i++) {
    const root = Math.sqrt(loss.curvature(residuals[i]));
    // A row without curvature has no slope either (see RobustLoss): it drops out.
    if (root === 0) continue;
    b[i] = loss.slope(residuals[i]) / root;
    for (let k = 0; k < p; k++) a[i * p + k] = root * jacobian[i * p + k] * (scale?.[k] ?? 1);
  }
  return { a, b };
}

function largestCosine(a: Float64Array, b: Float64Array, gradient: Float64Array): number {
  const p = gradient.length;
  const squares = new Float64Array(p);
  for (let at = 0; at < a.length; at++) squares[at % p] += a[at] * a[at];
  const norm = Math.sqrt(dot(b, b));
  let most = 0;
  for (let k = 0; k < p; k++) {
    const length = norm * Math.sqrt(squares[k]);
    // A parameter without effect is stationary; NaN passes into the result, for the caller to see.
    if (length !== 0) most = Math.max(most, Math.abs(gradient[k]) / length);
  }
  return most;
}

/** Prepares a linearised problem: the Gram matrix is built once, each damping costs one factorisation.
 *
 * Shape   residuals [n], jacobian [n][p], scale [p] → step [p]
 * Throws  ShapeError when the sizes do not fit
 * Source  Levenberg (1944), Marquardt (1963)
 */
export function dampedSystem(problem: LinearisedProblem): DampedSystem {
  const p = checkShapes(problem);
  const n = problem.residuals.length;
  const { scale } = problem;
  const { a, b } = weigh(problem, p);
  const isDual = n < p;
  const size = isDual ? n : p;
  const gram = isDual ? gramOfRows(a, n, p) : gramOfColumns(a, n, p);
  const gradient = transposeTimes(a, b, n, p);
  let trace = 0;
  for (let i = 0; i < size; i++) trace += gram[i * size + i];
  const matrix = new Float64Array(gram.length);
  const stepFor = (damping: number): DampedStep | undefined => {
    matrix.set(gram);
    for (let i = 0; i < size; i++) matrix[i * size + i] += (damping * trace) / size;
    if (!choleskyInPlace(matrix, size)) return undefined;
    const solution = choleskySolve(matrix, size, (isDual ? b : gradient).slice());
    const scaled = isDual ? transposeTimes(a, solution, n, p) : solution;
    for (let k = 0; k < p; k++) scaled[k] = -scaled[k];
    const moved = matrixTimes(a, scaled, n, p);
    return {
      step: scaled.map((value, k) => value * (scale?.[k] ?? 1)),
      scaledNorm: Math.sqrt(dot(scaled, scaled)),
      predictedDecrease: Math.max(0, -dot(gradient, scaled) - 0.5 * dot(moved, moved)),
    };
  };
  return {
    form: isDual ? "dual" : "primal",
    gradientCosine: largestCosine(a, b, gradient),
    stepFor,
  };
}
