/**
 * The standard normal law in double precision: density, distribution, its inverse, and erfcx.
 *
 *   normPdf(x) = exp(-x²/2)/√(2π)        normCdf(x) = ∫_{-∞}^x normPdf
 *   erfcx(x)   = exp(x²) erfc(x)         millsRatio(z) = normCdf(-z)/normPdf(z) = √(π/2) erfcx(z/√2)
 *
 * Rational minimax forms: W. J. Cody, "Rational Chebyshev approximations for the error function",
 * Math. Comp. 23 (1969); inverse: M. J. Wichura, Algorithm AS 241, Appl. Statist. 37 (1988), then
 * one Halley step. The tails keep relative accuracy because exp(-x²/2) is formed from a split
 * argument: x = a + b with a² exact, so that squaring loses nothing.
 */
import { InputError } from "./errors.ts";

const INV_SQRT_2PI = 0.3989422804014327;
const SQRT_HALF_PI = 1.2533141373155003;
const INV_SQRT_PI = 0.5641895835477563;
const SQRT_HALF = Math.SQRT1_2;

/** exp(-x²/2) to about one unit in the last place, also for large |x|. */
export function expHalfSquare(x: number): number {
  const a = Math.trunc(x * 16) / 16;
  return Math.exp(-0.5 * a * a) * Math.exp(-0.5 * (x - a) * (x + a));
}

/** erf for |x| <= 0.46875 (Cody, first interval). */
function erfSmall(x: number): number {
  const y = x * x;
  const p =
    (((0.18577770618460315 * y + 3.1611237438705655) * y + 113.86415415105016) * y +
      377.485237685302) *
      y +
    3209.3775891384694;
  const q =
    (((y + 23.601290952344122) * y + 244.02463793444417) * y + 1282.6165260773723) * y +
    2844.236833439171;
  return (x * p) / q;
}

/** erfcx for x in (0.46875, 4] (Cody, second interval). */
function erfcxMiddle(y: number): number {
  const p =
    (((((((2.1531153547440383e-8 * y + 0.5641884969886701) * y + 8.883149794388377) * y +
      66.11919063714163) *
      y +
      298.6351381974001) *
      y +
      881.952221241769) *
      y +
      1712.0476126340707) *
      y +
      2051.0783778260716) *
      y +
    1230.3393547979972;
  const q =
    (((((((y + 15.744926110709835) * y + 117.6939508913125) * y + 537.1811018620099) * y +
      1621.3895745666903) *
      y +
      3290.7992357334597) *
      y +
      4362.619090143247) *
      y +
      3439.3676741437216) *
      y +
    1230.3393548037495;
  return p / q;
}

/** erfcx for x > 4 (Cody, third interval). */
function erfcxLarge(y: number): number {
  if (y > 6.71e7) return INV_SQRT_PI / y;
  const w = 1 / (y * y);
  const p =
    ((((0.016315387137302097 * w + 0.30532663496123236) * w + 0.36034489994980445) * w +
      0.12578172611122926) *
      w +
      0.016083785148742275) *
      w +
    0.0006587491615298378;
  const q =
    ((((w + 2.568520192289822) * w + 1.8729528499234673) * w + 0.5279051029514285) * w +
      0.06051834131244132) *
      w +
    0.0023352049762686918;
  return (INV_SQRT_PI - (w * p) / q) / y;
}

/** Scaled complementary error function exp(x²) erfc(x).
 *
 * Accuracy  relative error below 1e-15 for x > -1; for negative x it grows as 2 exp(x²)
 *           and is Infinity below about -26.6
 * Source    Cody (1969)
 */
export function erfcx(x: number): number {
  if (x > 4) return erfcxLarge(x);
  if (x > 0.46875) return erfcxMiddle(x);
  if (x >= -0.46875) return Math.exp(x * x) * (1 - erfSmall(x));
  const a = Math.trunc(x * 16) / 16;
  const e = 2 * Math.exp(a * a) * Math.exp((x - a) * (x + a));
  if (e === Number.POSITIVE_INFINITY) return e;
  return e - (x >= -4 ? erfcxMiddle(-x) : erfcxLarge(-x));
}

/** Mills ratio normCdf(-z)/normPdf(z) of the upper tail. */
export function millsRatio(z: number): number {
  return SQRT_HALF_PI * erfcx(SQRT_HALF * z);
}

/** Standard normal density. */
export function normPdf(x: number): number {
  return INV_SQRT_2PI * expHalfSquare(x);
}

/** Standard normal distribution function, with relative accuracy in the left tail.
 *
 * Accuracy  relative error below 1e-15 for x >= -37.5 (below that the result is subnormal)
 * Source    Cody (1969)
 */
export function normCdf(x: number): number {
  const z = SQRT_HALF * x;
  if (z >= -0.46875 && z <= 0.46875) return 0.5 + 0.5 * erfSmall(z);
  if (x !== x) return Number.NaN;
  const y = z < 0 ? -z : z;
  if (y > 30) return x < 0 ? 0 : 1;
  const tail = 0.5 * (y > 4 ? erfcxLarge(y) : erfcxMiddle(y)) * expHalfSquare(x);
  return x < 0 ? tail : 1 - tail;
}

/** AS 241 for |p - 1/2| <= 0.425, as a function of q = p - 1/2. */
function quantileCentre(q: number): number {
  const r = 0.180625 - q * q;
  const num =
    ((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r +
      45921.95393154987) *
      r +
      13731.69376550946) *
      r +
      1971.5909503065513) *
      r +
      133.14166789178438) *
      r +
    3.3871328727963665;
  const den =
    ((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r +
      21213.794301586597) *
      r +
      5394.196021424751) *
      r +
      687.1870074920579) *
      r +
      42.31333070160091) *
      r +
    1;
  return (q * num) / den;
}

/** AS 241 in the tail: the upper quantile of probability p <= 0.075, from r = sqrt(-ln p). */
function quantileTail(root: number): number {
  if (root <= 5) {
    const r = root - 1.6;
    const num =
      ((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r +
        1.2704582524523684) *
        r +
        3.6478483247632045) *
        r +
        5.769497221460691) *
        r +
        4.630337846156546) *
        r +
      1.4234371107496835;
    const den =
      ((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r +
        0.14810397642748008) *
        r +
        0.6897673349851) *
        r +
        1.6763848301838038) *
        r +
        2.053191626637759) *
        r +
      1;
    return num / den;
  }
  const r = root - 5;
  const num =
    ((((((2.0103343992922881e-7 * r + 2.7115555687434876e-5) * r + 0.0012426609473880784) * r +
      0.026532189526576124) *
      r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
    6.657904643501103;
  const den =
    ((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 1.8463183175100548e-5) * r +
      0.0007868691311456133) *
      r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
    1;
  return num / den;
}

/** Quantile of the standard normal law: the x with normCdf(x) = p.
 *
 * Units     p in [0, 1]; 0 gives -Infinity and 1 gives Infinity
 * Accuracy  relative error below 1e-15 in x for p in [1e-300, 1)
 * Throws    InputError when p is NaN or outside [0, 1]
 * Source    AS 241, and one Halley step on the ratio normCdf(x)/p in the tails
 */
export function inverseNormCdf(p: number): number {
  if (!(p >= 0 && p <= 1)) {
    throw new InputError(
      `inverseNormCdf: expected a probability in [0, 1], got ${p}. Check the delta or quantile.`,
    );
  }
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return quantileCentre(q);
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let z = quantileTail(Math.sqrt(-Math.log(tail)));
  // f = ln(normCdf(-z)/tail) has f' = -1/mills; the exponent is split so that f is exact near 0.
  const density = normPdf(z);
  if (density > 1e-290) {
    const mills = millsRatio(z);
    const u = (density * mills) / tail - 1;
    const step = u * mills * (tail / (density * mills));
    z += step / (1 - 0.5 * z * step);
  }
  return q < 0 ? -z : z;
}
