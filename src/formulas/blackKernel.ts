/**
 * The normalised Black function: one accurate kernel under every lognormal price.
 *
 *   k = ln(K/F), s = σ√T, z = |k|/s, t = s/2, R = Mills ratio of the normal law
 *   b(|k|, s) = out-of-the-money price / √(FK) = φ(z) e^{-t²/2} B,   B = R(z - t) - R(z + t)
 *   ∂b/∂s = φ(z) e^{-t²/2}, hence ∂ln b/∂s = 1/B
 *
 * B carries all the cancellation of Black's formula. It is a direct difference when that is
 * harmless and otherwise the odd Taylor series 2 Σ t^{2j+1} m_{2j+1}(z)/(2j+1)! with the positive
 * moments m_n(z) = ∫_0^∞ u^n exp(-zu - u²/2) du, m_{n+1} = n m_{n-1} - z m_n, used forward
 * while zt = |k|/2 <= 2 and beyond that as ratios r_n = n/(z + r_{n+1}) run backward, which never cancel.
 * Source: P. Jäckel, "Let's Be Rational", Wilmott (2015), §6 (the same two regimes, other series).
 */
import { expHalfSquare, millsRatio } from "../num/normal.ts";
import { millsGivenMoment, millsMoment } from "./millsMoments.ts";

const INV_SQRT_2PI = 0.3989422804014327;

/** B(z, t) = R(z - t) - R(z + t) for z >= 0, t >= 0.
 *
 * Accuracy  relative error below 3e-15 (measured against 60 digits)
 */
export function millsDifference(z: number, t: number): number {
  if (t > 0.5 && t > z / 3) return millsRatio(z - t) - millsRatio(z + t);
  return 2 * t * oddMomentSeries(z, t);
}

/** Σ_j t^{2j} m_{2j+1}(z)/(2j+1)!, for t <= max(1/2, z/3). */
function oddMomentSeries(z: number, t: number): number {
  const t2 = t * t;
  if (z * t <= 2) {
    // Forward recurrence: its rounding grows only as sinh(zt)/(zt), which is harmless here.
    let odd = millsMoment(z);
    let even = millsGivenMoment(z, odd);
    let sum = odd;
    let weight = 1;
    for (let n = 1; n < 60; n += 2) {
      even = n * even - z * odd;
      odd = (n + 1) * odd - z * even;
      weight *= t2 / ((n + 1) * (n + 2));
      const term = weight * odd;
      sum += term;
      if (term < 1e-17 * sum) break;
    }
    return sum;
  }
  // Backward: fold the series from its last term, carrying r_n = m_n/m_{n-1}.
  const ratio = t / z;
  const terms =
    ratio < 1e-3 ? 4 : Math.min(24, 4 + Math.ceil(36 / -Math.log(0.9 * Math.min(t, ratio) ** 2)));
  let r = startRatio(2 * terms + 2, z);
  let fold = 1;
  for (let j = terms; j >= 1; j -= 1) {
    // term_j/term_{j-1} = t² r_{2j+1} r_{2j}/((2j)(2j+1))
    const n = 2 * j + 1;
    const upper = n / (z + r);
    const lower = (n - 1) / (z + upper);
    fold = 1 + ((t2 * upper * lower) / (n * (n - 1))) * fold;
    r = lower;
  }
  return (1 / (z + r)) * millsRatio(z) * fold;
}

/** r_n(z) by running the backward recurrence from far above; cheap because zt > 2 makes z large. */
function startRatio(n: number, z: number): number {
  const depth = n + Math.ceil(400 / (z * z)) + 12;
  // r_n ≈ (sqrt(z² + 4n) - z)/2, the positive fixed point of r = n/(z + r).
  let r = 0.5 * (Math.sqrt(z * z + 4 * depth) - z);
  for (let i = depth - 1; i >= n; i -= 1) r = i / (z + r);
  return r;
}

/** Undiscounted out-of-the-money Black price per unit of forward: call for k >= 0, put for k < 0.
 *
 * Units     logMoneyness = ln(K/F); totalStdDev = σ√T >= 0; result in [0, 1)
 * Accuracy  relative error below 4 ulp times the condition of the price in its two arguments,
 *           which is about d²: far wings are exact for the rounded inputs
 * Source    Jäckel (2015), eq. (2.2)
 */
export function blackOtm(logMoneyness: number, totalStdDev: number): number {
  const y = Math.abs(logMoneyness);
  if (totalStdDev === 0) return 0;
  if (totalStdDev === Number.POSITIVE_INFINITY)
    return logMoneyness >= 0 ? 1 : Math.exp(logMoneyness);
  const t = 0.5 * totalStdDev;
  const z = y / totalStdDev;
  // e^{k/2} φ(z) e^{-t²/2} = φ(z - t) for the call and φ(z + t) for the put.
  const edge = logMoneyness >= 0 ? z - t : z + t;
  if (edge > 39) return 0;
  if (t > 0.5 && t > z / 3) {
    const other = logMoneyness >= 0 ? z + t : z - t;
    // For z < t both tails are taken in the form that stays below 1.
    if (z < t) return highVolPrice(logMoneyness, z, t);
    const sign = logMoneyness >= 0 ? 1 : -1;
    return INV_SQRT_2PI * expHalfSquare(edge) * sign * (millsRatio(edge) - millsRatio(other));
  }
  return INV_SQRT_2PI * expHalfSquare(edge) * millsDifference(z, t);
}

/** Price through its distance to the upper bound, for s² > 2|k|: a sum of positive tails. */
function highVolPrice(logMoneyness: number, z: number, t: number): number {
  const bound = logMoneyness >= 0 ? 1 : Math.exp(logMoneyness);
  return Math.max(bound - highVolGap(logMoneyness, z, t), 0);
}

/** Upper bound minus the out-of-the-money price, per unit of forward, without cancellation. */
export function highVolGap(logMoneyness: number, z: number, t: number): number {
  const edge = logMoneyness >= 0 ? t - z : z + t;
  return INV_SQRT_2PI * expHalfSquare(edge) * (millsRatio(t - z) + millsRatio(z + t));
}

/** ln of blackOtm, finite far below the smallest double. */
export function logBlackOtm(logMoneyness: number, totalStdDev: number): number {
  const y = Math.abs(logMoneyness);
  const t = 0.5 * totalStdDev;
  const z = y / totalStdDev;
  if (z < t) return Math.log(blackOtm(logMoneyness, totalStdDev));
  const edge = logMoneyness >= 0 ? z - t : z + t;
  return Math.log(INV_SQRT_2PI * millsDifference(z, t)) - 0.5 * edge * edge;
}
