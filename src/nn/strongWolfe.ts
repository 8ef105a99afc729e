/**
 * Line search for a step that satisfies the strong Wolfe conditions.
 *
 *   φ(a) ≤ φ(0) + c₁ a φ'(0),   |φ'(a)| ≤ c₂ |φ'(0)|
 *
 * Source: J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. (2006), Algorithms 3.5 and 3.6,
 * cubic interpolation by their equation (3.59). A value that is not finite counts as too large a step.
 */

const wolfeDefaults = {
  /** c₁ */
  decrease: 1e-4,
  /** c₂ */
  curvature: 0.9,
  evaluations: 25,
} as const;

/** The function along the line at one step, with whatever the caller wants back. */
export interface LinePoint {
  readonly step: number;
  /** φ(step) */
  readonly value: number;
  /** φ'(step) */
  readonly slope: number;
}

/** Minimiser of the cubic through two points with their slopes, kept off the ends of their interval. */
function cubicStep(p: LinePoint, q: LinePoint): number {
  const low = Math.min(p.step, q.step);
  const width = Math.abs(q.step - p.step);
  const d1 = p.slope + q.slope - (3 * (p.value - q.value)) / (p.step - q.step);
  const d2 = Math.sign(q.step - p.step) * Math.sqrt(d1 * d1 - p.slope * q.slope);
  const step = q.step - (q.step - p.step) * ((q.slope + d2 - d1) / (q.slope - p.slope + 2 * d2));
  // The middle when the cubic has no minimum, or an end was not finite.
  if (!Number.isFinite(step)) return low + 0.5 * width;
  return Math.min(low + 0.9 * width, Math.max(low + 0.1 * width, step));
}

/** A step with both conditions; else the best step found that has the first; else undefined.
 *
 * `at` evaluates a step; `origin` is the point at step 0, whose slope must be negative.
 *
 * Source  Nocedal and Wright (2006), Algorithms 3.5 and 3.6
 */
export function strongWolfe<P extends LinePoint>(
  at: (step: number) => P,
  origin: P,
  firstStep: number,
): P | undefined {
  const { decrease, curvature, evaluations } = wolfeDefaults;
  // The second comparison matters once the required fall is lost in the rounding of the value.
  const falls = (p: LinePoint) =>
    p.value <= origin.value + decrease * p.step * origin.slope && p.value < origin.value;
  const isFlat = (p: LinePoint) => Math.abs(p.slope) <= -curvature * origin.slope;
  // `low` has the lowest value of those that fall; the wanted step lies between it and `high`.
  let low: P = origin;
  let high: P | undefined;
  let step = firstStep;
  for (let count = 0; count < evaluations; count++) {
    const point = at(step);
    if (!falls(point) || (low !== origin && point.value >= low.value)) {
      high = point;
    } else if (isFlat(point)) {
      return point;
    } else {
      const pointsToHigh =
        high === undefined ? point.slope >= 0 : point.slope * (high.step - low.step) >= 0;
      if (pointsToHigh) high = low;
      low = point;
    }
    step = high === undefined ? 2 * step : cubicStep(low, high);
    if (high !== undefined && Math.abs(high.step - low.step) <= 1e-14 * low.step) break;
  }
  return low === origin ? undefined : low;
}
