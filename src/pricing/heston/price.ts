/**
 * One option under Heston or Bates to near the last digit, however deep out of the money.
 *
 *   OTM price per forward = −(e^k/2π) ∫ e^{−iuk} φ(u)/(u(u + i)) du,   k = ln(K/F)
 *
 * along Im u = −p with p > 1 for calls and p < 0 for puts: no payoff is subtracted from another, and small prices keep
 * their relative accuracy. p is the saddle, where the integrand is least on the imaginary axis. From there the contour
 * bends towards the direction in which φ(u)e^{−iuk} decays without turning,
 *
 *   u(y) = B sinh(y + iω) + i(−p − B sin ω),
 *
 * and the trapezoidal rule in y converges like exp(−2πϑ/h), ϑ the half-width of the strip in which nothing is singular
 * and nothing grows. φ is singular on the imaginary axis only, so the contour may bend.
 *
 * Source  Lord & Kahl (2007), Optimal Fourier inversion in semi-analytical option pricing, for the saddle; Andersen &
 * Lake (2018), Robust high-precision option pricing by Fourier transforms, for the contour; Trefethen & Weideman (2014)
 * for the rule's error
 */
import { impliedTotalStdDev, logBlackOtm } from "../../formulas/index.ts";
import { InputError } from "../../num/errors.ts";
import { characteristicRoom, logCharacteristic } from "./characteristic.ts";
import { type Edges, integrate, type Law, type ScaledPrice } from "./contour.ts";
import { momentRange } from "./explosion.ts";
import {
  type BatesParams,
  checkDynamics,
  type HestonParams,
  jumpDrift,
  meanVariance,
  widestAngle,
} from "./params.ts";

/** ln of the share of a sum over jumps below which the rest is nothing. */
const negligibleLog = -40;
/** Share of the widest angle that contour and strip reach. */
const angleShare = 0.95;
/** Moments that exist this little beyond 0 or 1 leave no room for a contour. */
const thinStrip = 0.02;

/** Prices of one expiry. */
export interface HestonExpiry {
  /** Out-of-the-money price per forward, undiscounted: a call for k ≥ 0, a put for k < 0. */
  otmPrice(k: number): number;
  /** Total variance in Black's sense. */
  totalVariance(k: number): number;
}

/** What is to be priced. Prices per unit of forward, undiscounted, are those of forward = 1. */
export interface HestonOption {
  readonly type: "call" | "put";
  readonly forward: number;
  readonly strike: number;
  readonly yearsToExpiry: number;
}

/** Undiscounted price under Heston or, where `params` has jumps, Bates.
 *
 * Units     in the currency of forward and strike
 * Accuracy  out of the money, relative error about 1e-13 (reference values in heston.json); in the money, of the
 *           out-of-the-money part
 * Throws    InputError for parameters or an option out of range
 * @example  hestonPrice({ v0: 0.0175, kappa: 1.5768, theta: 0.0398, nu: 0.5751, rho: -0.5711 },
 *             { type: "call", forward: 100, strike: 100, yearsToExpiry: 1 }) // 5.78515543437619
 */
export function hestonPrice(params: HestonParams | BatesParams, option: HestonOption): number {
  const { type, forward, strike, yearsToExpiry } = option;
  for (const [name, value] of [
    ["forward", forward],
    ["strike", strike],
  ] as const) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError(`hestonPrice: expected ${name} > 0, got ${value}.`);
    }
  }
  const ratio = strike / forward;
  const k = ratio > 0.5 && ratio < 2 ? Math.log1p((strike - forward) / forward) : Math.log(ratio);
  const otm = forward * hestonExpiry(params, yearsToExpiry).otmPrice(k);
  const isOtm = type === "call" ? k >= 0 : k < 0;
  if (isOtm) return otm;
  return otm + Math.abs(forward - strike);
}

/** Black's volatility of the price.
 *
 * Throws  as `hestonPrice`
 */
export function hestonVol(params: HestonParams | BatesParams, k: number, years: number): number {
  return Math.sqrt(hestonExpiry(params, years).totalVariance(k) / years);
}

/** Prices at any strike of one expiry.
 *
 * Throws  InputError for parameters or a time out of range
 */
export function hestonExpiry(params: HestonParams | BatesParams, years: number): HestonExpiry {
  checkDynamics("heston", params);
  if (!(years > 0 && Number.isFinite(years))) {
    throw new InputError(`heston: expected yearsToExpiry > 0, got ${years}. Use ACT/365.`);
  }
  const { low, high } = momentRange(params, years);
  const laws = lawsOf(params, years);
  let byCount: ReturnType<typeof lawsOf> | undefined;
  const edges: BothEdges = { call: { from: 1, to: high }, put: { from: 0, to: low } };
  const price = (k: number): ScaledPrice => {
    if (!Number.isFinite(k)) throw new InputError(`heston: expected a finite k, got ${k}.`);
    const value = sumOf(laws, k, edges);
    if (isPrice(value, k >= 0 ? 1 : Math.exp(k)) || laws.length > 1) return value;
    // many jumps of one sign far beyond the diffusion: no contour suits all their numbers, and each alone is easy
    byCount ??= lawsOf(params, years, true);
    return sumOf(byCount, k, edges);
  };
  return {
    otmPrice: (k) => {
      const { exponent, factor } = price(k);
      return Math.exp(exponent) * factor;
    },
    totalVariance: (k) => {
      const { exponent, factor } = price(k);
      const value = Math.exp(exponent) * factor;
      if (value > smallestPrice) return impliedTotalStdDev(value, k) ** 2;
      return stdDevOfLogPrice(exponent + Math.log(factor), k) ** 2;
    },
  };
}

/** Prices below this are inverted by their logarithm. */
const smallestPrice = 1e-290;

/** √w at which Black's out-of-the-money price has a logarithm below −600: bisection in ln √w. */
function stdDevOfLogPrice(logPrice: number, k: number): number {
  let low = Math.log(Math.abs(k)) - 20;
  let high = Math.log(Math.abs(k)) + 1;
  for (let i = 0; i < 60; i++) {
    const middle = 0.5 * (low + high);
    if (logBlackOtm(k, Math.exp(middle)) < logPrice) low = middle;
    else high = middle;
  }
  return Math.exp(0.5 * (low + high));
}

/** Jumps expected up to which their number is conditioned on: any jumps, and jumps `wide` times as wide as the rest. */
const fewJumps = 2;
const fewWideJumps = 40;
const wide = 3;

/** The law as one, or as a sum over the number of jumps.
 *
 * Where jumps are few the law is a mixture of scales: the narrow one, without a jump, is priced at nothing far out, but
 * only because its integrand turns quickly; no single contour suits it and the wide ones. Each number of jumps has a
 * saddle of its own.
 */
function lawsOf(
  params: HestonParams | BatesParams,
  years: number,
  alwaysByCount = false,
): readonly { readonly law: Law; readonly logWeight: number; readonly forward: number }[] {
  const jumps = "lambda" in params ? params.lambda * years : 0;
  const { v0, kappa, theta, nu, rho } = params;
  const pace = v0 + kappa * theta * years;
  const turnAt = (distance: number) =>
    Math.atan2(pace * rho + distance * nu, pace * Math.sqrt((1 - rho) * (1 + rho)));
  const room = characteristicRoom();
  const drift = jumpDrift(params, years);
  const isMany = (own: BatesParams): boolean => jumps > fewOf(own, years) && !alwaysByCount;
  if (!("lambda" in params) || jumps === 0 || isMany(params)) {
    const law: Law = {
      log: (ur, ui) => logCharacteristic(params, years, ur, ui, room),
      room,
      turn: (k) => turnAt(k + drift),
      widest: angleShare * widestAngle(params, years),
      paths: [],
    };
    return [{ law, logWeight: 0, forward: 1 }];
  }
  const diffusion: HestonParams = { v0, kappa, theta, nu, rho };
  const mostTerms = Math.ceil(30 + jumps + 10 * Math.sqrt(jumps));
  let logWeight = -jumps;
  return Array.from({ length: mostTerms }, (_, n) => {
    if (n > 0) logWeight += Math.log(jumps / n);
    const mean = n * params.jumpMean - drift;
    const variance = n * params.jumpStdDev ** 2;
    const law: Law = {
      log: (ur, ui) => {
        logCharacteristic(diffusion, years, ur, ui, room);
        // iu·mean − u²·variance/2
        room[0] += -ui * mean - 0.5 * variance * (ur - ui) * (ur + ui);
        room[1] += ur * mean - variance * ur * ui;
      },
      room,
      turn: (k) => turnAt(k - mean),
      widest: angleShare * (Math.PI / 4),
      paths: [],
    };
    return { law, logWeight, forward: Math.exp(mean + 0.5 * variance) };
  });
}

function fewOf(params: BatesParams, years: number): number {
  const jump = params.jumpMean ** 2 + params.jumpStdDev ** 2;
  return jump > wide * wide * meanVariance(params, years) ? fewWideJumps : fewJumps;
}

/** Call for k ≥ 0, put for k < 0, summed over the number of jumps until what is left is nothing beside it. */
function sumOf(laws: ReturnType<typeof lawsOf>, k: number, edges: BothEdges): ScaledPrice {
  let top = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const { law, logWeight, forward } of laws) {
    // calls are worth less than the forward, puts than the strike
    const bound = logWeight + (k >= 0 ? Math.log(forward) : k);
    if (sum > 0 && bound < top + Math.log(sum) + negligibleLog) break;
    const { exponent, factor } = priceOf(law, forward, k, edges);
    const next = exponent + logWeight;
    if (next > top) {
      sum *= Math.exp(top - next);
      top = next;
    }
    sum += factor * Math.exp(next - top);
  }
  return { exponent: top, factor: sum };
}

/** Is it between nothing and the most that an option can be worth, up to rounding? */
function isPrice({ exponent, factor }: ScaledPrice, most: number): boolean {
  const value = factor * Math.exp(exponent);
  return value >= -rounding * most && value <= most * (1 + rounding);
}

/** The same of one law: its own out-of-the-money side, and parity where that is the other one. */
function priceOf(law: Law, forward: number, k: number, edges: BothEdges): ScaledPrice {
  const isCall = k >= 0;
  const isOwnCall = k >= Math.log(forward);
  const own = isOwnCall ? edges.call : edges.put;
  const strike = Math.exp(k);
  const most = isOwnCall ? forward : strike;
  const isThin = Math.abs(own.to - own.from) < thinStrip;
  let price: ScaledPrice = isThin ? { exponent: 0, factor: Number.NaN } : integrate(law, k, own);
  if (!isPrice(price, most)) {
    // Tails so fat that their prices are never small: less the covered one, between the poles.
    const covered = integrate(law, k, isOwnCall ? coveredCall : coveredPut);
    price = { exponent: 0, factor: most + covered.factor * Math.exp(covered.exponent) };
  }
  if (isCall === isOwnCall) return price;
  const intrinsic = isCall ? forward - strike : strike - forward;
  return { exponent: 0, factor: intrinsic + price.factor * Math.exp(price.exponent) };
}

/** Share of the forward that a price may be off by. */
const rounding = 1e-12;

/** Those of calls and of puts. */
interface BothEdges {
  readonly call: Edges;
  readonly put: Edges;
}

/** Between the poles. */
const coveredCall: Edges = { from: 1, to: 0 };
const coveredPut: Edges = { from: 0, to: 1 };
