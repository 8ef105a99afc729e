/**
 * The integral of a price along a bent contour through the saddle, and the contours of an expiry kept for its strikes.
 *
 *   −(e^k/2π) ∫ e^{−iuk} φ(u)/(u(u + i)) du,   u(y) = B sinh(y + iω) + i(−p − B sin ω),   u → −ū folded: y ≥ 0
 *
 * Strikes whose saddles nearly agree share a contour and its characteristic function: the integral is the same along any,
 * and a fraction of the saddle's width from the best costs no digit. price.ts says why the contour bends.
 *
 * Source  Lord & Kahl (2007) for the saddle; Trefethen & Weideman (2014) for the rule's error
 */

/** ln(1/ε) of the rule: rounding, and what the integrand grows within the strip. */
const digits = 40;
/** How far the integrand may grow across the strip, in standard deviations of the saddle. */
const strip = 2.5;
/** Terms below this share of the sum, three in a row, end it. */
const negligible = 1e-18;
const mostNodes = 20_000;
const saddleSteps = 22;

/** ln of a price below which it is that of the saddle alone: the integral moves it by less than one in a thousand. */
const nothing = -1e5;

/** e^exponent · factor: a price that may be below the smallest number. */
export interface ScaledPrice {
  readonly exponent: number;
  readonly factor: number;
}

/** The law of ln(S_T/F), or of one number of jumps. */
export interface Law {
  /** ln of its characteristic function at u, the first two of `room`. */
  readonly log: (ur: number, ui: number) => void;
  readonly room: Float64Array;
  /** Angle at which its integrand at k decays without turning, negative. */
  readonly turn: (k: number) => number;
  /** How far contour and strip may bend. */
  readonly widest: number;
  /** Contours made so far. */
  readonly paths: Path[];
}

/** Poles and explosions between which the contour crosses the imaginary axis, in p = −Im u. */
export interface Edges {
  /** 1 or 0: the pole. */
  readonly from: number;
  readonly to: number;
}

/** ln of the integrand on the imaginary axis, at u = −ip. */
function exponentAt(law: Law, k: number, p: number): number {
  law.log(0, -p);
  const value = law.room[0] + (1 - p) * k - Math.log(Math.abs(p * (p - 1)));
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}

/** Where the integrand is least between the edges: golden section in logit of the place. */
function saddlePoint(law: Law, k: number, { from, to }: Edges): number {
  const width = to - from;
  const place = (s: number) => from + width / (1 + Math.exp(-s));
  const value = (s: number) => exponentAt(law, k, place(s));
  const golden = 0.5 * (Math.sqrt(5) - 1);
  let left = Math.min(-9, Math.log(1e-3 / Math.abs(width)));
  let right = 12;
  let s1 = right - golden * (right - left);
  let s2 = left + golden * (right - left);
  let v1 = value(s1);
  let v2 = value(s2);
  for (let i = 0; i < saddleSteps; i++) {
    if (v1 <= v2) {
      right = s2;
      [s2, v2] = [s1, v1];
      s1 = right - golden * (right - left);
      v1 = value(s1);
    } else {
      left = s1;
      [s1, v1] = [s2, v2];
      s2 = left + golden * (right - left);
      v2 = value(s2);
    }
  }
  return place(v1 < v2 ? s1 : s2);
}

/** A contour, with the characteristic function along it: what strikes near `k` share. */
interface Path {
  readonly k: number;
  readonly edges: Edges;
  /** Strikes this near are off the contour's saddle by a fraction of its width, and turn as `k` does. */
  readonly reach: number;
  readonly turn: number;
  readonly p: number;
  /** ln φ at the saddle, less ln |p(p − 1)|. */
  readonly top: number;
  readonly h: number;
  /** [node], filled as strikes ask for them: Re u, Im u + p, ln |φ| − top and arg φ, and scale · u'(y)/(u(u + i)). */
  readonly xR: number[];
  readonly xI: number[];
  readonly logSize: number[];
  readonly phase: number[];
  readonly weightR: number[];
  readonly weightI: number[];
  readonly node: (j: number) => void;
}

/** How far strikes that share a contour may be apart: in widths of the saddle, and in radians of turn. */
const saddleShare = 0.3;
const turnShare = 0.05;

/** The contour of a strike, or one already there for a strike near enough. */
function pathAt(law: Law, k: number, edges: Edges): Path {
  const turn = law.turn(k);
  for (let i = law.paths.length - 1; i >= 0; i--) {
    const path = law.paths[i];
    if (
      path.edges === edges &&
      Math.abs(k - path.k) <= path.reach &&
      Math.abs(turn - path.turn) <= turnShare
    ) {
      return path;
    }
  }
  const path = makePath(law, k, turn, edges);
  law.paths.push(path);
  return path;
}

function makePath(law: Law, k: number, turn: number, edges: Edges): Path {
  const { room, widest } = law;
  const p = saddlePoint(law, k, edges);
  const top = exponentAt(law, 0, p);
  const clearance = Math.min(Math.abs(p - edges.from), Math.abs(edges.to - p));
  // curvature of the exponent at the saddle
  const step = 0.02 * clearance;
  const bend =
    (exponentAt(law, 0, p + step) + exponentAt(law, 0, p - step) - 2 * top) / (step * step);
  const omega = Math.max(-0.5 * widest, Math.min(0.5 * widest, -0.5 * turn));
  const half = widest - Math.abs(omega);
  const sinOmega = Math.sin(omega);
  const cosOmega = Math.cos(omega);
  const span = Math.max(
    Math.abs(Math.sin(omega + half) - sinOmega),
    Math.abs(Math.sin(omega - half) - sinOmega),
  );
  const scale = Math.min(0.9 * clearance, bend > 0 ? strip / Math.sqrt(bend) : Infinity) / span;
  const h = (2 * Math.PI * half) / digits;
  const columns = { xR: [], xI: [], logSize: [], phase: [], weightR: [], weightI: [] };
  const { xR, xI, logSize, phase, weightR, weightI }: Record<keyof typeof columns, number[]> =
    columns;
  const node = (j: number): void => {
    const grow = Math.exp(j * h);
    const sinh = 0.5 * (grow - 1 / grow);
    const cosh = 0.5 * (grow + 1 / grow);
    const ur = scale * sinh * cosOmega;
    const lift = scale * (cosh - 1) * sinOmega;
    const ui = lift - p;
    law.log(ur, ui);
    const mR = ur * ur - ui * (1 + ui);
    const mI = ur * (1 + 2 * ui);
    const over = -scale / (mR * mR + mI * mI);
    const slopeR = cosh * cosOmega;
    const slopeI = sinh * sinOmega;
    xR.push(ur);
    xI.push(lift);
    logSize.push(room[0] - top);
    phase.push(room[1]);
    weightR.push((slopeR * mR + slopeI * mI) * over);
    weightI.push((slopeI * mR - slopeR * mI) * over);
  };
  const reach = bend > 0 ? saddleShare * Math.sqrt(bend) : 0;
  return { k, edges, reach, turn, p, top, h, ...columns, node };
}

/** Out-of-the-money price per forward by the contour that crosses the imaginary axis between `edges`.
 *
 * The same `edges` object finds the contours made for it before.
 */
export function integrate(law: Law, k: number, edges: Edges): ScaledPrice {
  const path = pathAt(law, k, edges);
  const { xR, xI, logSize, phase, weightR, weightI, h } = path;
  const exponent = path.top + (1 - path.p) * k;
  // the saddle may lie beyond the farthest moment looked at, where nodes grow without end
  if (exponent < nothing) return { exponent, factor: 1 };
  let sum = 0;
  let quiet = 0;
  for (let j = 0; j < mostNodes && quiet < 3; j++) {
    if (j === xR.length) path.node(j);
    // e^{k − iuk + ln φ − top} · u'(y)/(−u(u + i)), top at k
    const size = Math.exp(logSize[j] + xI[j] * k);
    const angle = phase[j] - xR[j] * k;
    const term = size * (Math.cos(angle) * weightR[j] - Math.sin(angle) * weightI[j]);
    sum += j === 0 ? 0.5 * term : term;
    const bound = size * Math.sqrt(weightR[j] * weightR[j] + weightI[j] * weightI[j]);
    quiet = bound < negligible * Math.abs(sum) ? quiet + 1 : 0;
  }
  return { exponent, factor: (h * sum) / Math.PI };
}
