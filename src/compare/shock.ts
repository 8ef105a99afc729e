/**
 * A stressed market made from a calm one without making arbitrage: the law of every expiry is multiplied by an
 * independent shock.
 *
 *   S'_T = S_T · Y_T,   ln Y_T = v(T)^½ Z − v(T)/2  +  N(T) j − ln E e^{N(T) j},
 *   N(T) Poisson,   E N(T) = Λ(T) = λ τ (1 − e^{−T/τ}),   v(T) = σ_s² τ (1 − e^{−T/τ})
 *
 *   C'(k, T) = Σ p_i e^{a_i} C(k − a_i, T)          over the atoms (p_i, a_i) of Y_T's law
 *
 * A mixture of call prices at shifted strikes is convex in strike where they are, and Y_T grows in convex order with T,
 * so butterflies and calendars stay as good as they were. Diffusion (σ_s) lifts the level, jumps down (j < 0) steepen
 * the skew; both fade over τ, which turns the term structure over: short expiries suffer most, as in a crash.
 * The normal is a Gauss-Hermite rule, the Poisson its first terms, each brought back to mean one.
 *
 * Units   volatilities decimal per √year, τ in years; prices per unit forward
 * Source  the law of an independent factor: Merton (1976); crash shapes as on Deribit, March 2020 and June 2022
 */
import { blackOtm, impliedTotalStdDev } from "../formulas/index.ts";

/** Size of a shock, relative to the chain's own downside volatility σ₀, so that it means the same for SPX and BTC. */
export interface ShockSize {
  /** σ_s / σ₀: volatility added by the diffusion at the shortest dates. */
  readonly diffusion: number;
  /** λ, jumps a year. */
  readonly jumpsPerYear: number;
  /** j / σ₀, negative: log-size of a jump. */
  readonly jump: number;
  /** τ. */
  readonly fadeYears: number;
}

/** The shock of `--scenario stress`: at the shortest dates it adds a variance of (0.75² + 2 · 0.75²) σ₀² = 1.69 σ₀². */
export const stressShock: ShockSize = {
  diffusion: 0.75,
  jumpsPerYear: 2,
  jump: -0.75,
  fadeYears: 0.25,
};

/** A law of finitely many atoms whose exponential has mean one. */
interface Atoms {
  readonly probability: Float64Array;
  /** Change of ln S. */
  readonly shift: Float64Array;
}

/** Volatility after the shock at (k, T), given the smile before it.
 *
 * Units   vol(k) decimal; vol0 = σ₀, the level that sizes the shock
 */
export function shockedVol(
  vol: (k: number) => number,
  k: number,
  years: number,
  vol0: number,
  size: ShockSize = stressShock,
): number {
  const { probability, shift } = shockLaw(years, vol0, size);
  let price = 0;
  for (let i = 0; i < shift.length; i++) {
    const at = k - shift[i];
    const otm = blackOtm(at, vol(at) * Math.sqrt(years));
    // A mixture of puts for k < 0, of calls otherwise; parity where the shift crosses the forward.
    const inTheMoney = k < 0 ? at >= 0 : at < 0;
    const parity = inTheMoney ? (k < 0 ? Math.expm1(at) : -Math.expm1(at)) : 0;
    price += probability[i] * Math.exp(shift[i]) * (otm + parity);
  }
  return impliedTotalStdDev(price, k) / Math.sqrt(years);
}

function shockLaw(years: number, vol0: number, size: ShockSize): Atoms {
  const faded = size.fadeYears * -Math.expm1(-years / size.fadeYears);
  const diffusion = size.diffusion * vol0 * Math.sqrt(faded);
  const mean = size.jumpsPerYear * faded;
  const jump = size.jump * vol0;
  const jumps = poisson(mean);
  const probability: number[] = [];
  const shift: number[] = [];
  jumps.forEach((q, n) =>
    gaussHermite.forEach(([z, weight]) => {
      probability.push(q * weight);
      shift.push(n * jump + diffusion * z);
    }),
  );
  const moment = probability.reduce((sum, p, i) => sum + p * Math.exp(shift[i]), 0);
  return {
    probability: Float64Array.from(probability),
    shift: Float64Array.from(shift, (a) => a - Math.log(moment)),
  };
}

/** Probabilities of 0, 1, 2, … events, until fewer than 1e-10 are left; normalised. */
function poisson(mean: number): number[] {
  const out: number[] = [];
  let p = Math.exp(-mean);
  let left = 1;
  for (let n = 1; left > 1e-10 && n < 100; n++) {
    out.push(p);
    left -= p;
    p *= mean / n;
  }
  const total = out.reduce((sum, q) => sum + q, 0);
  return out.map((q) => q / total);
}

/** Nodes and weights of the standard normal with 16 points, from the roots of He₁₆. */
const gaussHermite: readonly (readonly [number, number])[] = hermiteRule(16);

function hermiteRule(n: number): (readonly [number, number])[] {
  // He_n and its derivative n·He_{n−1}, scaled by √(n!) so that nothing overflows
  const scaled = (x: number): readonly [number, number] => {
    let [before, now] = [0, 1];
    for (let i = 0; i < n; i++) {
      [before, now] = [now, (x * now - Math.sqrt(i) * before) / Math.sqrt(i + 1)];
    }
    return [now, before];
  };
  // a sign change on a fine grid, then bisection to the last bit, keeps every root
  const roots: number[] = [];
  const reach = Math.sqrt(4 * n + 2);
  const cells = 400;
  for (let i = 0; i < cells; i++) {
    let low = -reach + (2 * reach * (i + 0.37)) / cells;
    let high = low + (2 * reach) / cells;
    if (Math.sign(scaled(low)[0]) === Math.sign(scaled(high)[0])) continue;
    for (let step = 0; step < 80; step++) {
      const middle = (low + high) / 2;
      if (Math.sign(scaled(middle)[0]) === Math.sign(scaled(low)[0])) low = middle;
      else high = middle;
    }
    roots.push((low + high) / 2);
  }
  // weight = 1 / (n h_{n−1}²) for orthonormal h
  return roots.map((x) => [x, 1 / (n * scaled(x)[1] ** 2)] as const);
}
