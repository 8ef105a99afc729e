/**
 * SSVI and eSSVI: SVI smiles tied together across expiries.
 *
 *   w(k; θ, φ, ρ) = θ/2 {1 + ρφk + √((φk + ρ)² + 1 − ρ²)},   θ: at-the-money total variance
 *
 * SSVI has one ρ and a function φ(θ); eSSVI has a ρ and φ of its own at each expiry. With ψ = θφ:
 *
 *   no butterfly   ψ(1 + |ρ|) ≤ 4 (< 4 at the boundary) and ψφ(1 + |ρ|) ≤ 4               (sufficient)
 *   no calendar    θ₂ ≥ θ₁, ψ₂(1 ± ρ₂) ≥ ψ₁(1 ± ρ₁)                                         (necessary)
 *                  and φ₂ ≤ φ₁, or else no crossing where the two smiles are closest        (sufficient)
 *
 * Source: Gatheral & Jacquier (2014), section 4, Theorem 4.2; Hendriks & Martini (2019), The extended SSVI volatility
 * surface, Propositions 3.1 and 3.5; Mingone (2022), No arbitrage global parametrization for the eSSVI volatility surface
 *
 * Units   k = ln(K/F), w = σ²T
 */
import { InputError } from "../num/errors.ts";
import type { SviRaw } from "./svi.ts";

/** One expiry of an (e)SSVI surface. */
export interface SsviSlice {
  /** At-the-money total variance. */
  readonly theta: number;
  /** Bend of the smile at the money; the wings have slopes θφ(1 ± ρ)/2. */
  readonly phi: number;
  readonly rho: number;
}

/** How φ depends on θ in SSVI.
 *
 * - power: ηθ^{−γ}
 * - power-gj: η θ^{−γ} (1 + θ)^{γ−1}, free of butterflies for every θ when η(1 + |ρ|) ≤ 2 and γ = ½
 * - heston: {1 − (1 − e^{−λθ})/(λθ)}/(λθ)
 */
export type SsviCurvature =
  | { readonly kind: "power"; readonly eta: number; readonly gamma: number }
  | { readonly kind: "power-gj"; readonly eta: number; readonly gamma: number }
  | { readonly kind: "heston"; readonly lambda: number };

/** φ(θ).
 *
 * Throws  InputError unless θ > 0
 */
export function ssviPhi(curvature: SsviCurvature, theta: number): number {
  if (!(theta > 0)) throw new InputError(`ssvi: theta: expected > 0, got ${theta}.`);
  switch (curvature.kind) {
    case "power":
      return curvature.eta * theta ** -curvature.gamma;
    case "power-gj":
      return (curvature.eta * theta ** -curvature.gamma) / (1 + theta) ** (1 - curvature.gamma);
    case "heston": {
      const x = curvature.lambda * theta;
      // (x − 1 + e^{−x})/x² without cancellation for small x
      return x < 1e-2
        ? 0.5 - x / 6 + x ** 2 / 24 - x ** 3 / 120 + x ** 4 / 720 - x ** 5 / 5040 + x ** 6 / 40320
        : (x + Math.expm1(-x)) / (x * x);
    }
  }
}

/** The smile as raw SVI. */
export function ssviToSvi({ theta, phi, rho }: SsviSlice): SviRaw {
  const orthogonal = (1 - rho) * (1 + rho);
  return {
    a: 0.5 * theta * orthogonal,
    b: 0.5 * theta * phi,
    rho,
    m: -rho / phi,
    sigma: Math.sqrt(orthogonal) / phi,
  };
}

/** w(k). */
export function ssviVariance({ theta, phi, rho }: SsviSlice, k: number): number {
  const y = phi * k + rho;
  return 0.5 * theta * (1 + rho * phi * k + Math.sqrt(y * y + (1 - rho) * (1 + rho)));
}

/** θφ(1 + |ρ|) and θφ²(1 + |ρ|): no butterfly arbitrage when the first is below 4 and the second at most 4. */
export function ssviButterflyLoads({ theta, phi, rho }: SsviSlice): {
  readonly slope: number;
  readonly curvature: number;
} {
  const slope = theta * phi * (1 + Math.abs(rho));
  return { slope, curvature: slope * phi };
}

/** Gatheral and Jacquier's sufficient conditions for a smile without butterfly arbitrage. */
export function isSsviButterflyFree(slice: SsviSlice): boolean {
  const { slope, curvature } = ssviButterflyLoads(slice);
  return slope < 4 && curvature <= 4;
}

/** Largest ψ = θφ that is free of butterflies: min(4/(1 + |ρ|), 2√(θ/(1 + |ρ|))). */
export const essviLargestPsi = (theta: number, rho: number): number =>
  Math.min(4 / (1 + Math.abs(rho)), 2 * Math.sqrt(theta / (1 + Math.abs(rho))));

/** The conditions without which two expiries cross: at the money and in both wings. */
export function isEssviOrderedAtEnds(early: SsviSlice, late: SsviSlice): boolean {
  const psi1 = early.theta * early.phi;
  const psi2 = late.theta * late.phi;
  return (
    late.theta >= early.theta &&
    psi2 * (1 + late.rho) >= psi1 * (1 + early.rho) &&
    psi2 * (1 - late.rho) >= psi1 * (1 - early.rho)
  );
}

/** The smallest w₂(k) − w₁(k) over |k| ≤ reach, and where. */
export function essviSmallestGap(
  early: SsviSlice,
  late: SsviSlice,
  reach = 30,
): { readonly k: number; readonly gap: number } {
  const gap = (k: number) => ssviVariance(late, k) - ssviVariance(early, k);
  // equal steps in arsinh: fine near the money on the scale of either bend, and out to the wings
  const unit = 0.02 / Math.max(early.phi, late.phi, 1);
  const end = Math.asinh(reach / unit);
  const at = (i: number) => unit * Math.sinh((end * i) / 1000);
  let best = 0;
  for (let i = -1000; i <= 1000; i++) if (gap(at(i)) < gap(at(best))) best = i;
  let low = at(Math.max(best - 1, -1000));
  let high = at(Math.min(best + 1, 1000));
  for (let step = 0; step < 80; step++) {
    const a = low + (high - low) / 3;
    const b = high - (high - low) / 3;
    if (gap(a) <= gap(b)) high = b;
    else low = a;
  }
  const k = gap(low) < gap(high) ? low : high;
  return { k, gap: gap(k) };
}

/** Is there no calendar arbitrage between two expiries? */
export const isEssviCalendarFree = (early: SsviSlice, late: SsviSlice): boolean =>
  isEssviOrderedAtEnds(early, late) &&
  (late.phi <= early.phi || essviSmallestGap(early, late).gap >= 0);
