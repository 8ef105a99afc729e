/**
 * A law of S/F as atoms smoothed by one lognormal kernel, and option prices under it.
 *
 *   S/F = K_i · e^{√v Z − v/2} with probability q_i,  Z ~ N(0, 1)
 *   C(K) = Σ_i q_i Black(forward K_i, strike K, total variance v)
 *
 * With q ≥ 0, Σq = 1 and Σ q K = 1 these prices are convex, decreasing and bounded whatever q is. Two laws are in convex
 * order, C_1 ≤ C_2 at every strike, when their atoms are and v_1 ≤ v_2 (a product of independent positive factors of mean
 * one that are ordered one by one is ordered).
 *
 * Source  Buehler, Horvath, Kratsios, Limmer & Saqur (2026), SANOS, arXiv:2601.11209
 */
import { blackOtm, impliedTotalStdDev, logBlackOtm } from "../../formulas/index.ts";

/** Atoms by increasing place. */
export interface SanosLaw {
  /** [atom] ln K_i. */
  readonly places: Float64Array;
  /** [atom] q_i, positive. */
  readonly mass: Float64Array;
  /** v, positive. */
  readonly kernelVariance: number;
}

/** Out-of-the-money price per unit forward at k = ln(K/F): a sum of positive terms, exact to rounding in the wings. */
export function lawPrice({ places, mass, kernelVariance }: SanosLaw, k: number): number {
  const s = Math.sqrt(kernelVariance);
  const strike = Math.exp(k);
  let price = 0;
  for (let i = 0; i < places.length; i++) {
    const forward = Math.exp(places[i]);
    const own = forward * blackOtm(k - places[i], s);
    // in the money under this atom: intrinsic value on top
    const intrinsic = k >= 0 ? forward - strike : strike - forward;
    price += mass[i] * (intrinsic > 0 ? own + intrinsic : own);
  }
  return price;
}

/** Total implied variance σ²T at k. */
export function lawVariance(law: SanosLaw, k: number): number {
  const price = lawPrice(law, k);
  if (price > 1e-280) return impliedTotalStdDev(price, k) ** 2;
  return farVariance(law, k);
}

/** Where prices underflow: the largest atom's price in logarithms, inverted by bisection. */
function farVariance({ places, mass, kernelVariance }: SanosLaw, k: number): number {
  const s = Math.sqrt(kernelVariance);
  let target = -Infinity;
  for (let i = 0; i < places.length; i++) {
    target = Math.max(target, Math.log(mass[i]) + places[i] + logBlackOtm(k - places[i], s));
  }
  let low = 0;
  let high = Math.abs(k);
  for (let i = 0; i < 60; i++) {
    const middle = 0.5 * (low + high);
    if (logBlackOtm(k, middle) < target) low = middle;
    else high = middle;
  }
  return high * high;
}

/** Time value of the atoms alone, without the kernel: E (X − K)⁺ − (1 − K)⁺. */
export function atomTimeValue({ places, mass }: SanosLaw, K: number): number {
  let value = 0;
  for (let i = 0; i < places.length; i++) {
    const payoff = K >= 1 ? Math.exp(places[i]) - K : K - Math.exp(places[i]);
    if (payoff > 0) value += mass[i] * payoff;
  }
  return value;
}
