/**
 * The inverse of the normalised Black function: price → total standard deviation s = σ√T.
 *
 *   β = out-of-the-money price/√(FK),  y = |ln(K/F)|,  D = |F - K|/√(FK) = 2 sinh(y/2)
 *   gap = distance of β to its bound e^{-y/2};  z = y/s, t = s/2
 *
 * Two regions. Where β <= gap it solves ln b(s) = ln β, else ln(bound - b(s)) = ln gap; by the
 * identity b' = φ(z) e^{-t²/2} both have logarithmic derivatives made of Mills ratios alone, so an
 * iteration costs one logarithm and no exponential. Each has its own first guess:
 *   lower  the Bachelier implied deviation of β at distance D (a rational form in D/β near the
 *          money and in √ln(D/β) in the wing), times a rational correction in s² and y²; relative
 *          error 6e-6 for y <= 3, so that one step of order four ends at rounding;
 *   upper  the normal quantile of the gap.
 * Householder's third-order iteration: P. Jäckel, "Let's Be Rational", Wilmott (2015), eq. (4.10).
 * The guesses are our own fits; they replace Jäckel's four-zone rational cubic.
 */
import { inverseNormCdf, millsRatio } from "../num/normal.ts";
import { millsDifference } from "./blackKernel.ts";
import { millsFrom, millsMoment } from "./millsMoments.ts";

const SQRT_2PI = 2.5066282746310002;
const INV_SQRT_2PI = 0.3989422804014327;
const LN_SQRT_2PI = 0.9189385332046728;
/** A step of order four from below this relative size leaves an error under 1e-16. */
const LAST_STEP = 5e-5;
const MAX_STEPS = 40;
/** 1/((n+1)(n+2)): the factor from one odd factorial to the next. */
const inverseProducts = Float64Array.from({ length: 26 }, (_, n) => 1 / ((n + 1) * (n + 2)));

/** Relative distance z = D/s_N of a Bachelier price, from ratio = D/β: the guess in the wing. */
function bachelierWingGuess(root: number): number {
  const p =
    (((0.13610885456246577 * root + 0.427282252256186) * root - 1.394331501732517) * root +
      1.8394211745784024) *
      root -
    0.5331705022716592;
  const q =
    ((0.09619346121955509 * root + 0.30796178199308233) * root - 0.4611009151969939) * root + 1;
  return p / q;
}

/** Bachelier total deviation over β near the money, from ratio = D/β <= 60. */
function bachelierCentreGuess(ratio: number): number {
  const p =
    ((((2.080130594456514e-5 * ratio + 0.004910865897786744) * ratio + 0.16738052094746628) *
      ratio +
      1.4024030618012142) *
      ratio +
      3.5298742470130926) *
      ratio +
    2.506637020185385;
  const q =
    (((5.105402047045441e-5 * ratio + 0.008141183030074441) * ratio + 0.18442625354924436) * ratio +
      0.9083069417073842) *
      ratio +
    1;
  return p / q;
}

/** First guess of s where β is at most half of its bound. */
function guessLower(beta: number, y: number, distance: number): number {
  const ratio = distance / beta;
  // s of the normal model, carried from the distance D to the logarithm y.
  let s: number;
  if (ratio <= 60) {
    s = beta * bachelierCentreGuess(ratio) * (distance > 0 ? y / distance : 1);
  } else {
    // The quotient overflows for the smallest prices; the difference of logarithms does not.
    const log = ratio < 1e300 ? Math.log(ratio) : Math.log(distance) - Math.log(beta);
    s = y / bachelierWingGuess(Math.sqrt(log));
  }
  const u = s * s;
  if (y > 3) return s * (1 + (u * Math.log(distance / y)) / (y * y));
  const v = y * y;
  const p =
    0.041667077112942694 +
    v * (0.00031735079305862717 + 2.820312124452726e-6 * v) +
    u * (-0.006084246176190978 - 5.294052562852391e-7 * v + 7.743488371476597e-5 * u);
  const q =
    1 +
    v * (0.015836617842966087 + 8.362734756240616e-5 * v) +
    u * (-0.23335758804632445 - 0.0018456532080089979 * v + 0.012690796419479912 * u);
  return s * (1 + (u * p) / q);
}

/** First guess of s where β exceeds half of its bound. */
function guessUpper(gap: number, y: number): number {
  // gap = e^{-y/2} N(z - t) + e^{y/2} N(-z - t); the second term fades as y grows.
  const quantile = -inverseNormCdf(Math.min((gap * Math.exp(0.5 * y)) / (1 + 1 / (1 + y)), 0.5));
  return quantile + Math.sqrt(quantile * quantile + 2 * y);
}

/** The series of `solverDifference` to rounding for z <= 1, t < 0.7, where a difference of two Mills
 * ratios would show the rounding of both in s. */
function longSeries(z: number, t: number): number {
  const w = t * t;
  const z2 = z * z;
  const first = millsMoment(z);
  let previous = first;
  let moment = (3 + z2) * first - 1;
  let weight = w * (1 / 6);
  let rest = 0;
  for (let n = 3; n < 25; n += 2) {
    rest += weight * moment;
    const next = (2 * n + 1 + z2) * moment - n * (n - 1) * previous;
    weight *= w * inverseProducts[n];
    previous = moment;
    moment = next;
  }
  return 2 * t * (first + rest);
}

/** R(z - t) - R(z + t), with an error small in s rather than in the price. */
function solverDifference(z: number, t: number, y: number): number {
  if (y > 3) return millsDifference(z, t);
  if (t >= 0.3) {
    if (z <= 1 && t < 0.7) return longSeries(z, t);
    return z - t > -1.25
      ? millsFrom(z - t) - millsFrom(z + t)
      : millsRatio(z - t) - millsFrom(z + t);
  }
  // Odd Taylor series; m_{n+2} = (2n + 1 + z²) m_n - n(n-1) m_{n-2}, unrolled for three sizes of t.
  const w = t * t;
  const z2 = z * z;
  const m1 = millsMoment(z);
  const m3 = (3 + z2) * m1 - 1;
  const m5 = (7 + z2) * m3 - 6 * m1;
  const m7 = (11 + z2) * m5 - 20 * m3;
  const m9 = (15 + z2) * m7 - 42 * m5;
  let tail = m9 * (w * (1 / 72));
  if (w > 0.0025) {
    const m11 = (19 + z2) * m9 - 72 * m7;
    const m13 = (23 + z2) * m11 - 110 * m9;
    let rest = m13 * (w * (1 / 156));
    if (w > 0.02) {
      const m15 = (27 + z2) * m13 - 156 * m11;
      const m17 = (31 + z2) * m15 - 210 * m13;
      rest = (m13 + w * (1 / 210) * (m15 + w * (1 / 272) * m17)) * (w * (1 / 156));
    }
    tail = (m9 + w * (1 / 110) * (m11 + rest)) * (w * (1 / 72));
  }
  const sum = m3 + w * (1 / 20) * (m5 + w * (1 / 42) * (m7 + tail));
  return 2 * t * (m1 + w * (1 / 6) * sum);
}

/** Householder's step of order four for g, from g, g' = 1/sum, and the vega ratios b''/b', b'''/b'. */
function householderStep(value: number, sum: number, s: number, z: number): number {
  const slope = 1 / sum;
  const zs = z / s;
  const b2 = z * zs - 0.25 * s;
  const b3 = b2 * b2 - 3 * zs * zs - 0.25;
  const nu = -value * sum;
  const eta = b2 - slope;
  const gamma = b3 + slope * (2 * slope - 3 * b2);
  return (nu * (1 + 0.5 * eta * nu)) / (1 + nu * (eta + (gamma * nu) / 6));
}

/** Keeps an iterate positive and within a factor of four. */
function nextIterate(s: number, step: number): number {
  const next = s + step;
  if (next > 0.25 * s && next < 4 * s) return next;
  return step > 0 ? 4 * s : 0.25 * s;
}

/** Total standard deviation whose normalised out-of-the-money price is β.
 *
 * Units     beta in (0, e^{-y/2}), gap = e^{-y/2} - beta > 0, y = |ln(K/F)|, distance = 2 sinh(y/2)
 * Accuracy  relative error below 4 ulp times max(1, ∂ln s/∂ln β) (impliedVol.test.ts)
 * Source    see the module header; arguments are trusted
 */
export function solveStdDev(beta: number, gap: number, y: number, distance: number): number {
  const lower = beta <= gap;
  let s = lower ? guessLower(beta, y, distance) : guessUpper(gap, y);
  const target = lower ? beta : gap;
  const scale = target > 1e-290 ? INV_SQRT_2PI / target : 0;
  for (let i = 0; i < MAX_STEPS; i += 1) {
    const z = y / s;
    const t = 0.5 * s;
    const sum = lower ? solverDifference(z, t, y) : millsRatio(t - z) + millsRatio(z + t);
    const log = scale > 0 ? Math.log(sum * scale) : Math.log(sum) - LN_SQRT_2PI - Math.log(target);
    const value = log - 0.5 * (z * z + t * t);
    const step = householderStep(value, lower ? sum : -sum, s, z);
    if (Math.abs(step) <= LAST_STEP * s) return s + step;
    s = nextIterate(s, step);
  }
  return s;
}

/** Total standard deviation of an out-of-the-money price per unit of forward.
 *
 * Units     otmPricePerForward as from `blackOtm`, strictly between 0 and 1 (k >= 0) or e^k (k < 0)
 * Accuracy  as `solveStdDev`
 * Throws    nothing; 0 for a price of exactly 0, Infinity for a price of exactly its bound, and NaN
 *           only where no deviation exists: a negative price, one above its bound, a NaN argument
 */
export function impliedTotalStdDev(otmPricePerForward: number, logMoneyness: number): number {
  const half = Math.exp(0.5 * Math.abs(logMoneyness));
  const root = logMoneyness >= 0 ? half : 1 / half;
  const y = Math.abs(logMoneyness);
  const bound = logMoneyness >= 0 ? 1 : Math.exp(logMoneyness);
  const gap = bound - otmPricePerForward;
  if (!(otmPricePerForward > 0 && gap > 0 && y < 1400)) {
    if (otmPricePerForward === 0) return 0;
    return gap === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  }
  // 2 sinh(y/2), by its series near 0 where the difference cancels; only the guess uses it.
  const distance = y < 0.1 ? y * (1 + (y * y) / 24) : half - 1 / half;
  const beta = Math.max(otmPricePerForward / root, Number.MIN_VALUE);
  return solveStdDev(beta, gap / root, y, distance);
}

/** Bachelier total deviation s_N = σ_N√T of an out-of-the-money price at distance |F - K|.
 *
 * Units     price and distance in the same currency; price > 0
 * Accuracy  relative error below 4 ulp (impliedVol.test.ts)
 * Source    P. Jäckel, "Implied normal volatility" (2017), with our own guess; arguments trusted
 */
export function solveBachelierStdDev(price: number, distance: number): number {
  if (distance === 0) return SQRT_2PI * price;
  const ratio = distance / price;
  const isSmall = ratio >= 1e300;
  const log = isSmall ? Math.log(distance) - Math.log(price) : Math.log(ratio);
  let z = ratio <= 60 ? ratio / bachelierCentreGuess(ratio) : bachelierWingGuess(Math.sqrt(log));
  // Newton on f(z) = ln(φ m/z) - ln(price/distance): f' = -(R/m + 1/z) = -1/(m z), as zR + m = 1.
  for (let i = 0; i < 4; i += 1) {
    const m = millsMoment(z);
    // One logarithm of the whole quotient is near 0 at the money, where two would cancel.
    const whole = isSmall
      ? Math.log(m / z / SQRT_2PI) + log
      : Math.log((m * ratio) / (z * SQRT_2PI));
    const value = whole - 0.5 * z * z;
    const step = value * m * z;
    z += step;
    if (Math.abs(step) <= 1e-9 * z) break;
  }
  return distance / z;
}
