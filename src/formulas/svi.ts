/**
 * SVI, the stochastic-volatility-inspired smile of one expiry, in its three parametrisations.
 *
 *   raw          w(k) = a + b(ρ(k − m) + √((k − m)² + σ²))
 *   natural      w(k) = Δ + ω/2 {1 + ζρ(k − μ) + √((ζ(k − μ) + ρ)² + 1 − ρ²)}
 *   jump-wings   v = w(0)/t,  ψ = ½ w'(0)/√w(0),  p and c: slopes of the two wings over √w(0),  ṽ = min w/t
 *
 * Source: Gatheral (2004); Gatheral & Jacquier (2014), eqs. (3.1), (3.2), (3.5), Lemma 3.2. The inverse from
 * jump-wings is derived here for m = 0 (the printed form of that case differs).
 *
 * Units   k = ln(K/F), w = σ²T; v, ṽ are variances per year, t in years
 */
import { InputError } from "../num/errors.ts";
import { durrleman, durrlemanRoots, smallestDurrleman, type VarianceJet } from "./durrleman.ts";

/** a: level, b: slope of the wings, ρ: tilt, m: shift, σ: width of the bend. */
export interface SviRaw {
  readonly a: number;
  readonly b: number;
  readonly rho: number;
  readonly m: number;
  readonly sigma: number;
}

/** Δ, μ, ρ, ω, ζ. */
export interface SviNatural {
  readonly delta: number;
  readonly mu: number;
  readonly rho: number;
  readonly omega: number;
  readonly zeta: number;
}

/** v, ψ, p, c, ṽ. */
export interface SviJumpWings {
  /** At-the-money variance per year. */
  readonly v: number;
  /** At-the-money skew: ½ w'(0)/√w(0). */
  readonly psi: number;
  /** Slope of the put wing over √w(0). */
  readonly p: number;
  /** Slope of the call wing over √w(0). */
  readonly c: number;
  /** Least variance per year. */
  readonly vTilde: number;
}

/** Refuses parameters that are no smile.
 *
 * Throws  InputError unless all are finite, b ≥ 0, |ρ| < 1, σ > 0 and the least variance a + bσ√(1 − ρ²) ≥ 0
 */
export function checkSvi(raw: SviRaw): void {
  for (const [name, value] of Object.entries(raw)) {
    if (!Number.isFinite(value)) {
      throw new InputError(`svi: ${name}: expected a finite number, got ${value}.`);
    }
  }
  if (!(raw.b >= 0)) throw new InputError(`svi: b: expected ≥ 0, got ${raw.b}. Wings cannot fall.`);
  if (!(Math.abs(raw.rho) < 1)) {
    throw new InputError(`svi: rho: expected between −1 and 1, got ${raw.rho}.`);
  }
  if (!(raw.sigma > 0)) throw new InputError(`svi: sigma: expected > 0, got ${raw.sigma}.`);
  const least = sviLeastVariance(raw);
  if (!(least >= 0)) {
    throw new InputError(
      `svi: a: expected at least ${raw.a - least} (so that variance is nowhere negative), got ${raw.a}.`,
    );
  }
}

/** w(k). */
export function sviVariance({ a, b, rho, m, sigma }: SviRaw, k: number): number {
  const y = k - m;
  return a + b * (rho * y + Math.sqrt(y * y + sigma * sigma));
}

/** w, w', w'' at k. */
export function sviJet(raw: SviRaw, k: number): VarianceJet {
  const { b, rho, m, sigma } = raw;
  const y = k - m;
  const r = Math.sqrt(y * y + sigma * sigma);
  return {
    w: sviVariance(raw, k),
    w1: b * (rho + y / r),
    w2: (b * (sigma / r) * (sigma / r)) / r,
  };
}

/** Durrleman's g(k): the smile has a density where it is not negative. */
export const sviDurrleman = (raw: SviRaw, k: number): number => durrleman(k, sviJet(raw, k));

/** The smallest g on [−reach, reach]. */
export const sviSmallestDurrleman = (raw: SviRaw, reach = 5): { k: number; g: number } =>
  smallestDurrleman((k) => sviJet(raw, k), rangeOf(raw, reach));

/** Where g changes sign on [−reach, reach]: the ends of the stretches with butterfly arbitrage. */
export const sviDurrlemanRoots = (raw: SviRaw, reach = 5): number[] =>
  durrlemanRoots((k) => sviJet(raw, k), rangeOf(raw, reach));

const rangeOf = ({ m, sigma }: SviRaw, reach: number) => ({
  from: -reach,
  to: reach,
  centre: m,
  width: sigma,
});

/** a + bσ√(1 − ρ²): the least total variance. */
export const sviLeastVariance = ({ a, b, rho, sigma }: SviRaw): number =>
  a + b * sigma * Math.sqrt((1 - rho) * (1 + rho));

/** b(1 + |ρ|): the steeper wing's slope; Lee's moment formula wants it below 2. */
export const sviWingSlope = ({ b, rho }: SviRaw): number => b * (1 + Math.abs(rho));

/** Is the smile free of butterfly arbitrage on [−reach, reach] and in its wings? */
export const isSviButterflyFree = (raw: SviRaw, reach = 5): boolean =>
  sviWingSlope(raw) <= 2 && sviSmallestDurrleman(raw, reach).g >= 0;

/** Natural parameters of a raw smile; b must be positive. */
export function sviRawToNatural({ a, b, rho, m, sigma }: SviRaw): SviNatural {
  const root = Math.sqrt((1 - rho) * (1 + rho));
  const zeta = root / sigma;
  const omega = (2 * b) / zeta;
  return { delta: a - 0.5 * omega * root * root, mu: m + (rho * sigma) / root, rho, omega, zeta };
}

/** Raw parameters of a natural smile. */
export function sviNaturalToRaw({ delta, mu, rho, omega, zeta }: SviNatural): SviRaw {
  const root = Math.sqrt((1 - rho) * (1 + rho));
  return {
    a: delta + 0.5 * omega * root * root,
    b: 0.5 * omega * zeta,
    rho,
    m: mu - rho / zeta,
    sigma: root / zeta,
  };
}

/** Jump-wing parameters of a raw smile at t years.
 *
 * Throws  InputError unless t > 0 and w(0) > 0
 */
export function sviRawToJumpWings(raw: SviRaw, t: number): SviJumpWings {
  const { w, w1 } = sviJet(raw, 0);
  checkYears(t);
  if (!(w > 0)) {
    throw new InputError(`svi: expected a positive variance at the money, got ${w}.`);
  }
  const root = Math.sqrt(w);
  return {
    v: w / t,
    psi: w1 / (2 * root),
    p: (raw.b * (1 - raw.rho)) / root,
    c: (raw.b * (1 + raw.rho)) / root,
    vTilde: sviLeastVariance(raw) / t,
  };
}

/** Raw parameters of a jump-wing smile at t years.
 *
 * Throws  InputError when no smile has these parameters, or when many do: with m = ρ = 0 (p = c, ψ = 0) jump-wings do
 *         not say how wide the bend is
 * Source  Gatheral & Jacquier (2014), Lemma 3.2; m = 0 derived here
 */
export function sviJumpWingsToRaw(jw: SviJumpWings, t: number): SviRaw {
  checkYears(t);
  const { v, psi, p, c, vTilde } = jw;
  if (!(v > 0)) throw new InputError(`svi: v: expected > 0, got ${v}.`);
  if (!(p >= 0 && c >= 0 && p + c > 0)) {
    throw new InputError(`svi: p, c: expected slopes ≥ 0, one of them > 0, got ${p} and ${c}.`);
  }
  if (!(vTilde >= 0 && vTilde <= v)) {
    throw new InputError(`svi: vTilde: expected between 0 and v = ${v}, got ${vTilde}.`);
  }
  const root = Math.sqrt(v * t);
  const b = 0.5 * root * (c + p);
  const rho = (c - p) / (c + p);
  // β = m/√(m² + σ²), from w'(0) = b(ρ − β)
  const beta = rho - (2 * psi * root) / b;
  if (!(Math.abs(beta) < 1)) {
    throw new InputError(
      `svi: psi: expected between ${-0.5 * p} and ${0.5 * c} (half the slopes of the wings), got ${psi}.`,
    );
  }
  const orthogonal = Math.sqrt((1 - rho) * (1 + rho));
  const fall = (v - vTilde) * t;
  if (Math.abs(beta) < 1e-12) {
    if (Math.abs(rho) < 1e-9) {
      throw new InputError(
        "svi: expected p ≠ c or psi ≠ 0, got a symmetric smile, whose width jump-wings do not determine. Give raw parameters.",
      );
    }
    const sigma = fall / (b * (1 - orthogonal));
    return { a: vTilde * t - b * sigma * orthogonal, b, rho, m: 0, sigma };
  }
  // with m = σβ/√(1 − β²):  (v − ṽ)t = bσ [ (1 − ρβ)/√(1 − β²) − √(1 − ρ²) ]
  const root2 = Math.sqrt((1 - beta) * (1 + beta));
  const bracket = (1 - rho * beta - orthogonal * root2) / root2;
  if (!(bracket > 0) || !(fall > 0)) {
    throw new InputError(
      `svi: expected psi and vTilde to agree (the least variance is at the money exactly when psi = 0), got psi ${psi}, v ${v}, vTilde ${vTilde}.`,
    );
  }
  const sigma = fall / (b * bracket);
  return { a: vTilde * t - b * sigma * orthogonal, b, rho, m: (sigma * beta) / root2, sigma };
}

/** The nearest smile by jump-wings that is surely free of butterfly arbitrage: same v, ψ and p, tamer c and ṽ.
 *
 * Source  Gatheral & Jacquier (2014), section 5.1: c' = p + 2ψ, ṽ' = v 4pc'/(p + c')²
 */
export function sviButterflyRepair(jw: SviJumpWings): SviJumpWings {
  const c = jw.p + 2 * jw.psi;
  return { ...jw, c, vTilde: (jw.v * 4 * jw.p * c) / (jw.p + c) ** 2 };
}

function checkYears(t: number): void {
  if (!(t > 0 && Number.isFinite(t))) {
    throw new InputError(`svi: t: expected years > 0, got ${t}.`);
  }
}
