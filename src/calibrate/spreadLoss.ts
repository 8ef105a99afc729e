/**
 * The loss of one quote's residual r, in half spreads: little inside the spread, much at its edge, less far away.
 *
 *   φ(r) = a r + sign(r) s [log(1 + e^{(|r| − m)/s}) − log(1 + e^{−m/s})]
 *   ρ(r) = h² (√(1 + (φ/h)²) − 1)      while the search still moves ("linear": far quotes pull evenly)
 *   ρ(r) = ½ c² log(1 + (φ/c)²)         in its last phases ("logarithmic": far quotes are let go)
 *
 * What a trader asks of a surface is that it stays within bid and ask; where in between is the market's noise.
 * Squares spend the model's freedom on quotes that are inside already. φ rises from about m: a quote that is
 * just inside is still pushed away from the edge, which is what keeps it inside on other paths. Neighbouring quotes
 * that contradict each other cannot all be met by a smooth surface; with a logarithmic tail the few that stand out
 * do not push the others out of their spreads.
 *
 * Slope and curvature are those of iteratively reweighted least squares in φ: ρ' = ψ(φ)φ', c = (ψ(φ)/φ) φ'².
 */
import type { RobustLoss } from "../nn/index.ts";
import { cauchyLoss, pseudoHuberLoss } from "../nn/index.ts";

/** Constants of the loss, in half spreads except for the slope. */
export const spreadLossDefaults = {
  /** m: where the loss begins to rise. */
  edge: 0.6,
  /** s: over how much. */
  softness: 0.12,
  /** a: slope inside, so that a quote's mid is still preferred to its edge. */
  inside: 0.25,
  /** h: where outliers begin, beyond the edge, for the linear tail. */
  huber: 1.5,
  /** c: the same for the logarithmic tail. */
  cauchy: 0.5,
} as const;

/** How the loss treats quotes far outside. */
export type LossTail = "linear" | "logarithmic";

/** The loss with this tail. */
export function spreadLoss(tail: LossTail): RobustLoss {
  const { edge, softness, inside, huber, cauchy } = spreadLossDefaults;
  const outer = tail === "linear" ? pseudoHuberLoss(huber) : cauchyLoss(cauchy);
  // log(1 + e^u) without overflow
  const softplus = (u: number) => Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)));
  const origin = softplus(-edge / softness);
  const phi = (r: number) =>
    inside * r + Math.sign(r) * softness * (softplus((Math.abs(r) - edge) / softness) - origin);
  const slope = (r: number) => inside + 1 / (1 + Math.exp((edge - Math.abs(r)) / softness));
  return {
    loss: (r) => outer.loss(phi(r)),
    slope: (r) => outer.slope(phi(r)) * slope(r),
    curvature: (r) => outer.curvature(phi(r)) * slope(r) ** 2,
  };
}
