/**
 * Gradients against central differences; for tests only.
 *
 *   D(h) = (f(x + h d) − f(x − h d)) / 2h,   h = ε^{1/3} · max(1, |x_i|)
 *
 * along every coordinate and along fixed oblique directions. The difference used is Richardson's
 * (4 D(h/2) − D(h)) / 3: near √0, as in a truncated variance, the h² error of D alone exceeds 1e-6.
 */

/** The worst disagreement found. */
export interface GradientDisagreement {
  /** |analytic − difference| / max(|analytic|, |difference|, floor) */
  readonly relativeError: number;
  /** "x[3]" or "direction 1", with both numbers. */
  readonly where: string;
}

/** How `gradcheck` compares. */
export interface GradcheckOptions {
  /** Oblique directions tried beside the coordinates. Default 3. */
  readonly directions?: number;
  /** Derivatives below this fraction of the largest (and of |f|) are compared absolutely. Default 1e-3. */
  readonly floor?: number;
}

/** Compares a gradient with central differences of `f` at `x`. */
export function gradcheck(
  f: (x: Float64Array) => number,
  gradient: Float64Array,
  x: Float64Array,
  options: GradcheckOptions = {},
): GradientDisagreement {
  const { directions = 3, floor = 1e-3 } = options;
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), Math.abs(f(x)));
  let worst: GradientDisagreement = { relativeError: 0, where: "nowhere" };
  const compare = (name: string, direction: Float64Array, scale: number): void => {
    const h = Math.cbrt(Number.EPSILON) * scale;
    const at = (shift: number): number => f(x.map((value, i) => value + shift * direction[i]));
    const central = (step: number): number => (at(step) - at(-step)) / (2 * step);
    const difference = (4 * central(h / 2) - central(h)) / 3;
    const analytic = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
    const size = Math.max(Math.abs(analytic), Math.abs(difference), floor * largest);
    const error = size === 0 ? 0 : Math.abs(analytic - difference) / size;
    // Not `error > worst`: NaN must win.
    if (!(error <= worst.relativeError))
      worst = { relativeError: error, where: `${name}: ${analytic} against ${difference}` };
  };
  for (let i = 0; i < x.length; i++) {
    const unit = new Float64Array(x.length);
    unit[i] = 1;
    compare(`x[${i}]`, unit, Math.max(1, Math.abs(x[i])));
  }
  for (let d = 0; d < directions; d++)
    compare(
      `direction ${d}`,
      x.map((_, i) => Math.cos(1 + 7 * i + 13 * d)),
      1,
    );
  return worst;
}
