/**
 * Paths of the forward at some dates: what a model of dynamics says about several dates at once, and smiles do not.
 *
 * Where volatility does not depend on the price, the path of the volatility leaves a normal law of ln S at every date,
 * ln S_t = x_t + ½-compensated normal of variance w_t, with increments that are independent given that path:
 *
 *   ln S_t − ln S_s = (x_t − x_s) − ½(w_t − w_s) + √(w_t − w_s) Z
 *
 * so paths at the dates need one normal a date, however fine the steps of the volatility were.
 *
 * Source  Romano & Touzi (1997); Hull & White (1987)
 */
import { ShapeError } from "../num/errors.ts";
import { pseudoRandomNoise } from "../random/index.ts";

/** What is asked of a simulation. */
export interface PathRequest {
  /** A power of two is best. */
  readonly paths: number;
  readonly seed: number;
}

/** Paths of ln(S/F), F the forward of the date. */
export interface ForwardPaths {
  /** [date] years. */
  readonly years: Float64Array;
  /** [date][path] */
  readonly logPrices: readonly Float64Array[];
}

/** The law of ln S at a date given each path of the volatility: [path] x and w, both from time 0 on. */
export interface LawGivenVolatility {
  readonly logForward: ArrayLike<number>;
  readonly totalVariance: ArrayLike<number>;
}

/** Draws the price along paths of the volatility.
 *
 * Shape   years [date], laws [date] of [path] → logPrices [date][path]
 * Throws  ShapeError when laws and dates differ in number
 */
export function pathsGivenVolatility(
  years: ArrayLike<number>,
  laws: readonly LawGivenVolatility[],
  seed: number,
): ForwardPaths {
  if (laws.length !== years.length || laws.length === 0) {
    throw new ShapeError(
      `pathsGivenVolatility: laws [date]: expected ${years.length}, at least 1, got ${laws.length}. Pass a law for every date.`,
    );
  }
  const paths = laws[0].logForward.length;
  const { increments } = pseudoRandomNoise({
    steps: laws.length,
    factors: 1,
    initialNormals: 0,
    paths,
    seed,
  });
  const logPrices: Float64Array[] = [];
  for (const [date, { logForward, totalVariance }] of laws.entries()) {
    const before = laws[date - 1];
    const x = new Float64Array(paths);
    for (let p = 0; p < paths; p++) {
      const from = date === 0 ? 0 : logPrices[date - 1][p];
      const moved = logForward[p] - (before?.logForward[p] ?? 0);
      // a variance that a scheme left below zero is a rounding of its quadrature
      const variance = Math.max(0, totalVariance[p] - (before?.totalVariance[p] ?? 0));
      const z = increments[date * paths + p];
      x[p] = from + moved - 0.5 * variance + Math.sqrt(variance) * z;
    }
    logPrices.push(x);
  }
  return { years: Float64Array.from(years), logPrices };
}
