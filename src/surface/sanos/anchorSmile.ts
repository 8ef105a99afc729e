/**
 * Volatility where nothing is quoted: the shape of the whole chain, bent to the quotes of each expiry.
 *
 *   w(k) = V S(z),  z = k/√V,  S(z) = 1 + b z + c · 6 (√(36 + z²) − 6),  c ≥ 0
 *
 * (b, c) are least squares over all expiries first, then over each expiry with a pull to those of the chain, so that two
 * quotes are enough. The ratio of mid to this smile is interpolated linearly in k and kept beyond the outer quotes: between
 * neighbours that is interpolation, outside extrapolation along the shape. The shape is c z²/2 within some six deviations,
 * where markets quote and smiles in this unit are close to parabolas, and linear beyond (Lee 2004).
 */
import type { CleanQuote, Expiry } from "../../market/index.ts";

/** A smile to lean on where there are no quotes. */
export interface AnchorSmile {
  /** V: total variance at the money. */
  readonly atmVariance: number;
  /** Volatility at k. */
  vol(k: number): number;
}

/** b and c. */
interface Shape {
  readonly slope: number;
  readonly curvature: number;
}

/** How many quotes at |z| = 1 the shape of the chain counts as, in the fit of one expiry. */
const pull = 1;
/** S is no smaller than this: far out a steep slope would take it below zero. */
const leastShape = 0.2;

/** Deviations at which the parabola turns into wings. */
const turn = 6;

const bend = (z: number): number => turn * (Math.sqrt(turn * turn + z * z) - turn);

/** A smile for each expiry. */
export function anchorSmiles(expiries: readonly Expiry[]): AnchorSmile[] {
  const variances = expiries.map(({ quotes, yearsToExpiry }) => {
    const vol = interpolate(quotes, (quote) => quote.midVol, 0);
    return vol * vol * yearsToExpiry;
  });
  const points = expiries.map(({ quotes, yearsToExpiry }, j) =>
    quotes.map(({ logMoneyness, midVol }): readonly [number, number] => [
      logMoneyness / Math.sqrt(variances[j]),
      (midVol * midVol * yearsToExpiry) / variances[j],
    ]),
  );
  const flat: Shape = { slope: 0, curvature: 0 };
  const pooled = fitShape(points.flat(), flat, pull);
  return expiries.map(({ quotes, yearsToExpiry }, j) => {
    const shape = fitShape(points[j], pooled, pull);
    const base = (k: number): number => {
      const z = k / Math.sqrt(variances[j]);
      const s = 1 + shape.slope * z + shape.curvature * bend(z);
      return Math.sqrt((variances[j] * Math.max(s, leastShape)) / yearsToExpiry);
    };
    const ratio = (quote: CleanQuote): number => quote.midVol / base(quote.logMoneyness);
    const vol = (k: number): number => base(k) * interpolate(quotes, ratio, k);
    return { atmVariance: vol(0) ** 2 * yearsToExpiry, vol };
  });
}

/** Least squares of S − 1 over (z, S), with a pull towards a shape. */
function fitShape(
  points: readonly (readonly [number, number])[],
  prior: Shape,
  weight: number,
): Shape {
  let [zz, zb, bb, zs, bs] = [weight, 0, weight, weight * prior.slope, weight * prior.curvature];
  for (const [z, s] of points) {
    const b = bend(z);
    zz += z * z;
    zb += z * b;
    bb += b * b;
    zs += z * (s - 1);
    bs += b * (s - 1);
  }
  const curvature = (bs * zz - zs * zb) / (zz * bb - zb * zb);
  if (curvature < 0) return { slope: zs / zz, curvature: 0 };
  return { slope: (zs - zb * curvature) / zz, curvature };
}

/** A quantity of the quotes, linear in k between them and constant beyond. */
function interpolate(
  quotes: readonly CleanQuote[],
  value: (quote: CleanQuote) => number,
  k: number,
): number {
  const right = quotes.findIndex((quote) => quote.logMoneyness >= k);
  if (right < 0) return value(quotes[quotes.length - 1]);
  if (right === 0) return value(quotes[0]);
  const [a, b] = [quotes[right - 1], quotes[right]];
  const share = (k - a.logMoneyness) / (b.logMoneyness - a.logMoneyness);
  return (1 - share) * value(a) + share * value(b);
}
