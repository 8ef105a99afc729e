/**
 * Moments of Heston's price that exist: E[S_T^p] is finite for p in (p₋, p₊), p₋ < 0 and p₊ > 1.
 *
 * With χ = ρνp − κ and Δ = χ² − ν²p(p − 1) the moment explodes at
 *
 *   T*(p) = ∞                                   Δ ≥ 0, χ < 0
 *         = ln((χ + √Δ)/(χ − √Δ))/√Δ            Δ ≥ 0, χ > 0
 *         = 2 (π 1{χ < 0} + atan(√−Δ/χ))/√−Δ    Δ < 0
 *
 * Jumps of Bates are normal and add no limit.
 *
 * Source  Andersen & Piterbarg (2007), Moment explosions in stochastic volatility models, Proposition 3.1
 */
import type { HestonParams } from "./params.ts";

/** Time at which E[S^p] becomes infinite, p outside [0, 1]. */
export function explosionTime({ kappa, nu, rho }: HestonParams, p: number): number {
  const chi = rho * nu * p - kappa;
  const delta = chi * chi - nu * nu * p * (p - 1);
  if (delta >= 0) {
    if (chi < 0) return Number.POSITIVE_INFINITY;
    const root = Math.sqrt(delta);
    // χ² − Δ = ν²p(p − 1), without the cancellation of χ − √Δ
    const product = nu * nu * p * (p - 1);
    return root === 0 ? 2 / chi : Math.log((chi + root) ** 2 / product) / root;
  }
  const root = Math.sqrt(-delta);
  return (2 * Math.atan2(root, chi)) / root;
}

/** Where nothing is priced any more: beyond it a moment counts as always there. */
const farthest = 1e6;

/** p₋ and p₊ at T: the first explosions below 0 and above 1. */
export function momentRange(
  params: HestonParams,
  years: number,
): { readonly low: number; readonly high: number } {
  const edge = (start: number, direction: 1 | -1): number => {
    const exists = (distance: number) =>
      explosionTime(params, start + direction * distance) > years;
    let outside = 1e-3;
    while (exists(outside)) {
      outside *= 2;
      if (outside > farthest) return start + direction * farthest;
    }
    let inside = outside > 1e-3 ? outside / 2 : 0;
    for (let i = 0; i < 60 && outside - inside > 1e-13 * outside; i++) {
      const middle = 0.5 * (inside + outside);
      if (exists(middle)) inside = middle;
      else outside = middle;
    }
    return start + direction * inside;
  };
  return { low: edge(0, -1), high: edge(1, 1) };
}
