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
    (((0.185777706184603153 * y + 3.1611237438705656) * y + 113.864154151050156) * y +
      377.485237685302021) *
      y +
    3209.37758913846947;
  const q =
    (((y + 23.6012909523441209) * y + 244.024637934444173) * y + 1282.61652607737228) * y +
    2844.23683343917062;
  return (x * p) / q;
}

/** erfcx for x in (0.46875, 4] (Cody, second interval). */
function erfcxMiddle(y: number): number {
  const p =
    (((((((2.15311535474403846e-8 * y + 0.564188496988670089) * y + 8.88314979438837594) * y +
      66.1191906371416295) *
      y +
      298.635138197400131) *
      y +
      881.95222124176909) *
      y +
      1712.04761263407058) *
      y +
      2051.07837782607147) *
      y +
    1230.33935479799725;
  const q =
    (((((((y + 15.7449261107098347) * y + 117.693950891312499) * y + 537.181101862009858) * y +
      1621.38957456669019) *
      y +
      3290.79923573345963) *
      y +
      4362.61909014324716) *
      y +
      3439.36767414372164) *
      y +
    1230.33935480374942;
  return p / q;
}

/** erfcx for x > 4 (Cody, third interval). */
function erfcxLarge(y: number): number {
  if (y > 6.71e7) return INV_SQRT_PI / y;
  const w = 1 / (y * y);
  const p =
    ((((0.0163153871373020978 * w + 0.305326634961232344) * w + 0.360344899949804439) * w +
      0.125781726111229246) *
      w +
      0.0160837851487422766) *
      w +
    6.58749161529837803e-4;
  const q =
    ((((w + 2.56852019228982242) * w + 1.87295284992346725) * w + 0.527905102951428412) * w +
      0.0605183413124413191) *
      w +
    0.00233520497626869185;
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
    ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r +
      45921.953931549871457) *
      r +
      13731.693765509461125) *
      r +
      1971.5909503065514427) *
      r +
      133.14166789178437745) *
      r +
    3.387132872796366608;
  const den =
    ((((((5226.495278852854561 * r + 28729.085735721942674) * r + 39307.89580009271061) * r +
      21213.794301586595867) *
      r +
      5394.1960214247511077) *
      r +
      687.1870074920579083) *
      r +
      42.313330701600911252) *
      r +
    1;
  return (q * num) / den;
}

/** AS 241 in the tail: the upper quantile of probability p <= 0.075, from r = sqrt(-ln p). */
function quantileTail(root: number): number {
  if (root <= 5) {
    const r = root - 1.6;
    const num =
      ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) *
        r +
        1.27045825245236838258) *
        r +
        3.64784832476320460504) *
        r +
        5.7694972214606914055) *
        r +
        4.6303378461565452959) *
        r +
      1.42343711074968357734;
    const den =
      ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r +
        0.0151986665636164571966) *
        r +
        0.14810397642748007459) *
        r +
        0.68976733498510000455) *
        r +
        1.6763848301838038494) *
        r +
        2.05319162663775882187) *
        r +
      1;
    return num / den;
  }
  const r = root - 5;
  const num =
    ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r +
      0.0012426609473880784386) *
      r +
      0.026532189526576123093) *
      r +
      0.29656057182850489123) *
      r +
      1.7848265399172913358) *
      r +
      5.4637849111641143699) *
      r +
    6.6579046435011037772;
  const den =
    ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r +
      1.8463183175100546818e-5) *
      r +
      7.868691311456132591e-4) *
      r +
      0.0148753612908506148525) *
      r +
      0.13692988092273580531) *
      r +
      0.59983220655588793769) *
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
