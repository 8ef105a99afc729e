/**
 * Paths of the forward under Heston and Bates: Andersen's quadratic-exponential scheme.
 *
 * Over a step Δ the variance is drawn from a law with its exact mean m and variance s²: for ψ = s²/m² ≤ 1.5 a squared
 * normal a(b + Z)², beyond it a mass at zero with an exponential tail. Then, with Δ/2 of weight at each end,
 *
 *   ln S' = ln S + K₀ + K₁v + K₂v' + √(K₃(v + v')) Z,
 *   K₁ = ½Δ(κρ/ν − ½) − ρ/ν,  K₂ = ½Δ(κρ/ν − ½) + ρ/ν,  K₃ = ½Δ(1 − ρ²)
 *
 * and K₀ such that S is a martingale over every step (proposition 7); where that mean does not exist, the plain K₀ of
 * eq. (33). Jumps are drawn exactly, with their compensator.
 *
 * Source  Andersen (2008), Simple and efficient simulation of the Heston stochastic volatility model, sections 3 and 4
 */
import { quadraticGrid } from "../../sde/index.ts";
import { fillPhilox, normalFromWord, philoxKey } from "../../random/index.ts";
import type { ForwardPaths, PathRequest } from "../forwardPaths.ts";
import { poissonQuantile } from "../poisson.ts";
import { type BatesParams, checkDynamics, type HestonParams, jumpDrift } from "./params.ts";

export const hestonPathsDefaults = {
  /** Steps over the whole horizon, before the minimum. */
  steps: 96,
  minPerInterval: 6,
} as const;

/** Andersen's switch between the two laws. */
const psiSwitch = 1.5;
/** A volatility of variance below this is this: K₁ and K₂ divide by it. */
const smallestNu = 1e-6;
/** Streams of the generator's counter. */
const streams = { variance: 1, price: 2, count: 3, size: 4 } as const;

export type HestonPathsOptions = PathRequest & {
  readonly [K in keyof typeof hestonPathsDefaults]?: number;
};

/** Simulates at the given dates.
 *
 * Shape   years [date], increasing → logPrices [date][path]
 * Accuracy  prices of vanillas at the dates within Monte Carlo error of 65,536 paths where ν²/(2κθ) is up to 5 (tests)
 * Throws  InputError for parameters or dates out of range
 */
export function hestonPaths(
  params: HestonParams | BatesParams,
  years: ArrayLike<number>,
  options: HestonPathsOptions,
): ForwardPaths {
  checkDynamics("hestonPaths", params);
  const { paths, seed, steps, minPerInterval } = { ...hestonPathsDefaults, ...options };
  const { times, dates } = quadraticGrid(years, { steps, minPerInterval });
  const key = philoxKey(seed);
  const draw = (step: number, stream: number): Uint32Array => {
    const words = new Uint32Array(paths);
    fillPhilox(words, key, [0, step, stream, 0]);
    return words;
  };
  const v = new Float64Array(paths).fill(params.v0);
  const x = new Float64Array(paths);
  const logPrices: Float64Array[] = [];
  for (let step = 0; step + 1 < times.length; step++) {
    const dt = times[step + 1] - times[step];
    const shapeOf = varianceStep(params, dt);
    const move = priceStep(params, dt);
    const forVariance = draw(step, streams.variance);
    const forPrice = draw(step, streams.price);
    for (let p = 0; p < paths; p++) {
      const shape = shapeOf(v[p]);
      const after = drawVariance(shape, forVariance[p]);
      x[p] += move(v[p], after, shape, normalFromWord(forPrice[p]));
      v[p] = after;
    }
    if ("lambda" in params) addJumps(x, params, dt, (stream) => draw(step, stream));
    if (dates.includes(step + 1)) logPrices.push(x.slice());
  }
  return { years: Float64Array.from(years), logPrices };
}

/** The law of v' given v: a(b + Z)² or zero with probability p and an exponential tail of rate β. */
type Shape =
  | { readonly kind: "quadratic"; readonly a: number; readonly b2: number }
  | { readonly kind: "exponential"; readonly p: number; readonly beta: number };

function varianceStep({ kappa, theta, nu }: HestonParams, dt: number): (v: number) => Shape {
  const decay = Math.exp(-kappa * dt);
  const fromV = (nu * nu * decay * (1 - decay)) / kappa;
  const fromTheta = (theta * nu * nu * (1 - decay) ** 2) / (2 * kappa);
  return (v) => {
    const mean = theta + (v - theta) * decay;
    const psi = (v * fromV + fromTheta) / (mean * mean);
    if (psi <= psiSwitch) {
      const inverse = 2 / Math.max(psi, 1e-14);
      const b2 = inverse - 1 + Math.sqrt(inverse) * Math.sqrt(inverse - 1);
      return { kind: "quadratic", a: mean / (1 + b2), b2 };
    }
    const p = (psi - 1) / (psi + 1);
    return { kind: "exponential", p, beta: (1 - p) / mean };
  };
}

/** v' by inversion of a word of 32 bits. */
function drawVariance(law: Shape, word: number): number {
  if (law.kind === "quadratic") return law.a * (Math.sqrt(law.b2) + normalFromWord(word)) ** 2;
  const u = (word + 0.5) / 2 ** 32;
  return u <= law.p ? 0 : Math.log((1 - law.p) / (1 - u)) / law.beta;
}

/** Increment of ln S given both variances, a martingale where the scheme's mean exists. */
function priceStep({ kappa, theta, nu: given, rho }: HestonParams, dt: number) {
  const nu = Math.max(given, smallestNu);
  const pull = 0.5 * dt * ((kappa * rho) / nu - 0.5);
  const k1 = pull - rho / nu;
  const k2 = pull + rho / nu;
  const k3 = 0.5 * dt * (1 - rho * rho);
  const plain = (-rho * kappa * theta * dt) / nu;
  const exponent = k2 + 0.5 * k3;
  return (v: number, after: number, law: Shape, z: number): number => {
    const k0 = martingaleConstant(law, exponent, (k1 + 0.5 * k3) * v) ?? plain;
    return k0 + k1 * v + k2 * after + Math.sqrt(k3 * (v + after)) * z;
  };
}

/** −ln E[e^{Av'}] − (K₁ + ½K₃)v; undefined where the mean is infinite. */
function martingaleConstant(law: Shape, exponent: number, known: number): number | undefined {
  if (law.kind === "quadratic") {
    const room = 1 - 2 * exponent * law.a;
    if (!(room > 0)) return undefined;
    return -(exponent * law.b2 * law.a) / room + 0.5 * Math.log(room) - known;
  }
  if (!(exponent < law.beta)) return undefined;
  return -Math.log(law.p + (law.beta * (1 - law.p)) / (law.beta - exponent)) - known;
}

/** Adds a step's jumps to ln S, and takes their mean back. */
function addJumps(
  x: Float64Array,
  params: BatesParams,
  dt: number,
  draw: (stream: number) => Uint32Array,
): void {
  const { lambda, jumpMean, jumpStdDev } = params;
  const drift = jumpDrift(params, dt);
  const counts = Uint8Array.from(draw(streams.count), (word) =>
    poissonQuantile(lambda * dt, (word + 0.5) / 2 ** 32),
  );
  const sizes = draw(streams.size);
  for (let p = 0; p < x.length; p++) {
    const n = counts[p];
    x[p] -= drift;
    if (n > 0) x[p] += n * jumpMean + Math.sqrt(n) * jumpStdDev * normalFromWord(sizes[p]);
  }
}
