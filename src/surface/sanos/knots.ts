/**
 * Strikes at which the atoms of an expiry may sit, and time values of a law between them.
 *
 *   o(K) = E (X − K)⁺ − (1 − K)⁺,  X the atoms' law: zero beyond the knots, linear between them (1 is a knot)
 *   q_i = slope of o on the right of K_i − slope on the left, + 1 at K_i = 1
 *
 * Any o ≥ 0 that vanishes at both end knots and has all q ≥ 0 is a law with mean one: Σq = 1 and Σ q K = 1 hold by
 * telescoping, so they need no constraint.
 */

/** Knots of one expiry. */
export interface Knots {
  /** [knot] ln K, increasing. */
  readonly k: Float64Array;
  /** [knot] K. */
  readonly strike: Float64Array;
  /** Index of the knot k = 0. */
  readonly atMoney: number;
}

/** Beyond this many at-the-money deviations steps grow, by this factor each. */
const evenReach = 3;
const growth = 1.25;

/** Knots over [kMin, kMax], evenly spaced near the money.
 *
 * Units  step and deviation in log-moneyness; kMin < 0 < kMax
 */
export function makeKnots(kMin: number, kMax: number, step: number, deviation: number): Knots {
  const side = (reach: number): number[] => {
    const out: number[] = [];
    let width = step;
    for (let k = step; ; k += width) {
      // the last knot is the end itself, not a sliver beside it
      if (k >= reach - 0.5 * width) {
        out.push(reach);
        return out;
      }
      out.push(k);
      if (k >= evenReach * deviation) width *= growth;
    }
  };
  const left = side(-kMin).reverse();
  const k = Float64Array.from([...left.map((value) => -value), 0, ...side(kMax)]);
  return { k, strike: k.map(Math.exp), atMoney: left.length };
}

/** Knots at given places too, in place of those within `clearance` of one. */
export function withPlaces(knots: Knots, places: Float64Array, clearance: number): Knots {
  const free = knots.k.filter(
    (value) => value === 0 || places.every((place) => Math.abs(place - value) >= clearance),
  );
  const k = Float64Array.from(new Set([...free, ...places])).sort();
  return { k, strike: k.map(Math.exp), atMoney: k.indexOf(0) };
}

/** q from time values at the knots.
 *
 * Shape   values [knot], zero at both ends
 */
export function massOf({ strike, atMoney }: Knots, values: ArrayLike<number>): Float64Array {
  return strike.map((K, i) => {
    const right = i + 1 < strike.length ? (values[i + 1] - values[i]) / (strike[i + 1] - K) : 0;
    const left = i > 0 ? (values[i] - values[i - 1]) / (K - strike[i - 1]) : 0;
    return right - left + (i === atMoney ? 1 : 0);
  });
}

/** Time values at the knots from q, summed from the ends inwards: no cancellation. */
export function valuesOf({ strike, atMoney }: Knots, mass: ArrayLike<number>): Float64Array {
  const values = new Float64Array(strike.length);
  for (let i = 1, below = 0; i <= atMoney; i++) {
    below += mass[i - 1];
    values[i] = values[i - 1] + below * (strike[i] - strike[i - 1]);
  }
  let value = 0;
  for (let i = strike.length - 2, above = 0; i > atMoney; i--) {
    above += mass[i + 1];
    value += above * (strike[i + 1] - strike[i]);
    values[i] = value;
  }
  return values;
}

/** Weights of the two knots around a strike: o(K) = Σ weight · value. Empty beyond the knots. */
export function interpolation(
  { strike }: Knots,
  K: number,
): readonly (readonly [knot: number, weight: number])[] {
  const right = strike.findIndex((value) => value >= K);
  if (right < 0 || (right === 0 && strike[0] > K)) return [];
  if (strike[right] === K) return [[right, 1]];
  const share = (K - strike[right - 1]) / (strike[right] - strike[right - 1]);
  return [
    [right - 1, 1 - share],
    [right, share],
  ];
}

/** q scaled to Σq = 1 and tilted by e^{θk} to Σ q K = 1. */
export function normalise({ k, strike }: Knots, mass: Float64Array): Float64Array {
  let theta = 0;
  for (let iteration = 0; iteration < 30; iteration++) {
    let value = 0;
    let slope = 0;
    for (let i = 0; i < k.length; i++) {
      const term = mass[i] * Math.exp(theta * k[i]) * (strike[i] - 1);
      value += term;
      slope += k[i] * term;
    }
    if (slope === 0 || Math.abs(value) <= 1e-17) break;
    theta -= value / slope;
  }
  const tilted = mass.map((q, i) => q * Math.exp(theta * k[i]));
  const total = tilted.reduce((sum, q) => sum + q, 0);
  return tilted.map((q) => q / total);
}
