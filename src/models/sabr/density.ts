/**
 * Where a smile has negative density: Durrleman's g(k) < 0, looked for from the forward out to the quantile 10⁻⁴.
 *
 *   P(S < K) = N(−d₂) + φ(d₂) w'/(2√w),   P(S > K) = N(d₂) − φ(d₂) w'/(2√w)
 *
 * Derivatives of w are central differences on the grid of strikes, 0.05 standard deviations apart.
 *
 * Source  Gatheral & Jacquier (2014), Lemma 2.2
 */
import { durrleman } from "../../formulas/index.ts";
import { normCdf, normPdf } from "../../num/normal.ts";
import type { Smile } from "../../surface/index.ts";

/** How far out the density is looked at. */
export const tailProbability = 1e-4;

const stepDeviations = 0.05;
const mostDeviations = 30;
const tolerance = 1e-6;

/** What was found on one side of the forward. */
export interface DensityWing {
  /** k nearest to the forward at which density turns negative; null when it does not. */
  readonly negativeFrom: number | null;
  /** k at which the search ended: the quantile, or `negativeFrom`. */
  readonly reach: number;
}

/** The density of a smile of total variance, to the left and to the right of the forward. */
export function densityWings(totalVariance: Smile): {
  readonly left: DensityWing;
  readonly right: DensityWing;
} {
  return { left: wing(totalVariance, -1), right: wing(totalVariance, 1) };
}

function wing(totalVariance: Smile, side: 1 | -1): DensityWing {
  const step = stepDeviations * Math.sqrt(totalVariance(0));
  let before = totalVariance(-side * step);
  let w = totalVariance(0);
  let lastG = 1;
  for (let i = 0; i * stepDeviations <= mostDeviations; i++) {
    const k = side * i * step;
    const after = totalVariance(side * (i + 1) * step);
    // In the direction of the walk: g is the same for k and −k mirrored, up to the sign of k w'.
    const slope = (side * (after - before)) / (2 * step);
    const g = durrleman(k, { w, w1: slope, w2: (after - 2 * w + before) / (step * step) });
    if (g < -tolerance) {
      const crossing = i === 0 ? k : k - side * step * (g / (g - lastG));
      return { negativeFrom: crossing, reach: crossing };
    }
    const root = Math.sqrt(w);
    const d2 = -k / root - root / 2;
    const tail = normCdf(side * d2) - (side * normPdf(d2) * slope) / (2 * root);
    if (tail < tailProbability) return { negativeFrom: null, reach: k };
    before = w;
    w = after;
    lastG = g;
  }
  return { negativeFrom: null, reach: side * mostDeviations * Math.sqrt(totalVariance(0)) };
}
