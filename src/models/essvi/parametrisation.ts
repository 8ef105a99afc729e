/**
 * Every eSSVI surface without butterfly and calendar arbitrage, by numbers free of constraints.
 *
 *   p_i = max((1 + ρ_{i−1})/(1 + ρ_i), (1 − ρ_{i−1})/(1 − ρ_i)),   θ_i = p_i θ_{i−1} + a_i²
 *   f_i = min(4/(1 + |ρ_i|), 2√(θ_i/(1 + |ρ_i|))),                 F_i = min(f_i, F_{i+1}/p_{i+1})
 *   A_i = p_i ψ_{i−1},   C_i = min(F_i, ψ_{i−1} θ_i/θ_{i−1}),       ψ_i = A_i + (C_i − A_i) c_i,   c_i in (0, 1)
 *
 * f keeps butterflies out, A both wings in order and C the bends φ = ψ/θ falling, which together are sufficient for
 * smiles that do not cross; F leaves room for all later expiries.
 *
 * Source  Mingone (2022), No arbitrage global parametrization for the eSSVI volatility surface, Proposition 3.1;
 * Hendriks & Martini (2019), Proposition 3.5
 */
import { essviLargestPsi, type SsviSlice } from "../../formulas/index.ts";

/** Numbers per expiry: ρ, a and c, in this order. */
export const NUMBERS = 3;

/** Strictly inside Lee's bound. */
const inside = 1 - 1e-6;
const largestRho = 0.999;
/** Ends of the range that c is taken back from. */
const smallestShare = 0.002;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** How much wings of the later expiry must gain so that neither crosses. */
const wingRatio = (early: number, late: number): number =>
  Math.max((1 + early) / (1 + late), (1 - early) / (1 - late));

/** Largest ψ at each expiry that leaves room for itself and for all later ones. */
function largestPsi(theta: Float64Array, rho: Float64Array): Float64Array {
  const room = new Float64Array(theta.length);
  for (let i = theta.length - 1; i >= 0; i--) {
    room[i] = inside * essviLargestPsi(theta[i], rho[i]);
    if (i + 1 < room.length)
      room[i] = Math.min(room[i], room[i + 1] / wingRatio(rho[i], rho[i + 1]));
  }
  return room;
}

/** Smiles of unconstrained numbers.
 *
 * Shape   numbers [expiry][ρ, a, c] → slices [expiry], free of static arbitrage whatever the numbers
 */
export function essviSlices(numbers: Float64Array): SsviSlice[] {
  const n = numbers.length / NUMBERS;
  const rho = Float64Array.from(
    { length: n },
    (_, i) => largestRho * Math.tanh(numbers[NUMBERS * i]),
  );
  const theta = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const least = i === 0 ? 0 : theta[i - 1] * wingRatio(rho[i - 1], rho[i]);
    theta[i] = least + numbers[NUMBERS * i + 1] ** 2;
  }
  const room = largestPsi(theta, rho);
  const slices: SsviSlice[] = [];
  let psi = 0;
  for (let i = 0; i < n; i++) {
    const low = i === 0 ? 0 : psi * wingRatio(rho[i - 1], rho[i]);
    const high = i === 0 ? room[0] : Math.min(room[i], (psi * theta[i]) / theta[i - 1]);
    psi = low + (high - low) * logistic(numbers[NUMBERS * i + 2]);
    slices.push({ theta: theta[i], phi: psi / theta[i], rho: rho[i] });
  }
  return slices;
}

/** The numbers whose surface is nearest to given smiles, expiry by expiry: where these are in order, their own. */
export function essviNumbers(slices: readonly SsviSlice[]): Float64Array {
  const n = slices.length;
  const rho = Float64Array.from(slices, (slice) => slice.rho);
  const theta = new Float64Array(n);
  const numbers = new Float64Array(NUMBERS * n);
  for (let i = 0; i < n; i++) {
    const least = i === 0 ? 0 : theta[i - 1] * wingRatio(rho[i - 1], rho[i]);
    const gain = Math.max(slices[i].theta - least, 1e-3 * slices[i].theta);
    theta[i] = least + gain;
    numbers[NUMBERS * i] = Math.atanh(rho[i] / largestRho);
    numbers[NUMBERS * i + 1] = Math.sqrt(gain);
  }
  const room = largestPsi(theta, rho);
  let psi = 0;
  for (let i = 0; i < n; i++) {
    const low = i === 0 ? 0 : psi * wingRatio(rho[i - 1], rho[i]);
    const high = i === 0 ? room[0] : Math.min(room[i], (psi * theta[i]) / theta[i - 1]);
    const wanted = (slices[i].theta * slices[i].phi - low) / (high - low);
    const share = Math.min(1 - smallestShare, Math.max(smallestShare, wanted || 0.5));
    numbers[NUMBERS * i + 2] = Math.log(share / (1 - share));
    psi = low + (high - low) * share;
  }
  return numbers;
}

/** The smile at any date.
 *
 *   θ, ψ and ρψ linear in T between expiries; w(k, T) = w(k, T₁) T/T₁ before the first; θ growing as T and the wings
 *   as they are after the last
 *
 * Source  Corbetta, Cohort, Laachir & Martini (2019), Robust calibration and arbitrage-free interpolation of SSVI slices
 */
export function essviAt(
  years: ArrayLike<number>,
  slices: readonly SsviSlice[],
  at: number,
): SsviSlice {
  const n = slices.length;
  let next = 0;
  while (next < n && years[next] < at) next++;
  if (next === 0) return { ...slices[0], theta: (slices[0].theta * at) / years[0] };
  const early = slices[next - 1];
  if (next === n) {
    const growth = at / years[n - 1];
    return { theta: early.theta * growth, phi: early.phi / growth, rho: early.rho };
  }
  const late = slices[next];
  const share = (at - years[next - 1]) / (years[next] - years[next - 1]);
  const between = (f: (slice: SsviSlice) => number) => (1 - share) * f(early) + share * f(late);
  const theta = between((slice) => slice.theta);
  const psi = between((slice) => slice.theta * slice.phi);
  return {
    theta,
    phi: psi / theta,
    rho: between((slice) => slice.rho * slice.theta * slice.phi) / psi,
  };
}
