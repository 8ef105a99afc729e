/**
 * Losses of one residual for least squares: how much large residuals, or those within a spread, count.
 *
 *   objective = Σ ρ(r),  slope ψ = ρ',  curvature c > 0 stands for ρ'' in Gauss-Newton
 *
 * For the pseudo-Huber and the Cauchy loss c = ψ(r)/r ≥ ρ'', the weight of iteratively reweighted least squares, whose
 * quadratic bounds the loss from above (P. J. Huber, Robust Statistics (1981), section 7.8).
 */
import { InputError } from "../num/errors.ts";

/** A loss of one residual, zero at zero and growing outwards. */
export interface RobustLoss {
  /** ρ(r) */
  loss(residual: number): number;
  /** ρ'(r) */
  slope(residual: number): number;
  /** c(r) ≥ 0, and slope is 0 wherever it is 0 */
  curvature(residual: number): number;
}

function checkPositive(where: string, name: string, value: number): void {
  if (!(value > 0) || !Number.isFinite(value)) {
    throw new InputError(
      `${where}: ${name}: expected a positive number, got ${value}. Give it in the residuals' unit.`,
    );
  }
}

/** r²/2. */
export const squaredLoss: RobustLoss = {
  loss: (r) => 0.5 * r * r,
  slope: (r) => r,
  curvature: () => 1,
};

/** h² (√(1 + (r/h)²) - 1): r²/2 for small residuals, h |r| for large ones.
 *
 * Units   h in the unit of the residuals
 * Throws  InputError unless h is positive and finite
 */
export function pseudoHuberLoss(h: number): RobustLoss {
  checkPositive("pseudoHuberLoss", "h", h);
  const root = (r: number) => Math.sqrt(1 + (r / h) ** 2);
  return {
    // h² (s - 1) = r²/(s + 1), which does not cancel for small r.
    loss: (r) => (r * r) / (root(r) + 1),
    slope: (r) => r / root(r),
    curvature: (r) => 1 / root(r),
  };
}

/** ½ h² log(1 + (r/h)²): r²/2 for small residuals; the pull ψ of large ones falls like h²/r, so outliers are let go.
 *
 * Not convex: start where most residuals are already small.
 *
 * Units   h in the unit of the residuals
 * Throws  InputError unless h is positive and finite
 */
export function cauchyLoss(h: number): RobustLoss {
  checkPositive("cauchyLoss", "h", h);
  const weight = (r: number) => 1 / (1 + (r / h) ** 2);
  return {
    loss: (r) => 0.5 * h * h * Math.log1p((r / h) ** 2),
    slope: (r) => r * weight(r),
    curvature: weight,
  };
}

/** Nothing within ±halfWidth, `beyond` of the excess outside: quotes inside their spread do not count.
 *
 * Units   halfWidth in the unit of the residuals
 * Throws  InputError unless halfWidth is positive and finite
 */
export function hingeLoss(halfWidth: number, beyond: RobustLoss = squaredLoss): RobustLoss {
  checkPositive("hingeLoss", "halfWidth", halfWidth);
  const excess = (r: number) => Math.sign(r) * Math.max(Math.abs(r) - halfWidth, 0);
  return {
    loss: (r) => beyond.loss(excess(r)),
    slope: (r) => beyond.slope(excess(r)),
    // NaN must not pass for a residual inside the spread.
    curvature: (r) => (Math.abs(r) <= halfWidth ? 0 : beyond.curvature(excess(r))),
  };
}
