/**
 * A very small neural SDE, trained from nothing in a few seconds.
 *
 *   x ← x − σ²Δ/2 + σ √Δ z,    σ = 0.6 exp(tanh(net(x, √t))),    price = 100 e^x
 *
 * One network, 2-8-8-1, says how large the next step is, from where the price is and what time it is. Its weights are
 * moved by gradient descent (Adam) until averages of payoffs over simulated paths are the quotes. The neural SDE of
 * the library has hidden factors of volatility, correlation and jumps besides; the principle is this one.
 */
import {
  type Backend,
  defineProgram,
  exp,
  initialiseMlp,
  max,
  mlp,
  mul,
  packParams,
  type Runner,
  sobolNoise,
  sub,
  sum,
  tanh,
} from "volterra/engine";
import { adamStart, adamUpdate, cosineRate } from "volterra/engine";
import { blackGreeks, blackPrice, impliedVol } from "volterra/formulas";
import { lessonQuotes } from "./market.ts";

const level = 0.6;
const typicalDeviation = 0.3;

/** Strikes in units of the forward; a row is an out-of-the-money option. */
export const tinyProgram = defineProgram({
  name: "tiny neural SDE",
  params: { net: mlp({ inputs: 2, hidden: [8, 8], outputs: 1, activation: "tanh" }) },
  factors: 1,
  stepTables: ["dt", "sqrtDt", "rootTime"],
  rowTables: ["strike", "sign"],
  init: () => ({ x: 0 }),
  step: ({ p, s, z, t }) => {
    const [out] = p.net([mul(1 / typicalDeviation, s.x), t.rootTime]);
    const sigma = mul(level, exp(tanh(out)));
    return {
      x: sum(s.x, mul(mul(-0.5, t.dt), mul(sigma, sigma)), mul(mul(sigma, t.sqrtDt), z[0])),
    };
  },
  observe: ({ s }) => ({ forward: exp(s.x) }),
  row: ({ o, t }) => max(mul(t.sign, sub(o.forward, t.strike)), 0),
});

/** Steps of the simulation: 1.5 days each up to the last expiry. */
const daysPerStep = 1.5;

/** An option whose price the paths should give. Strike on a forward of 100. */
interface Target {
  readonly years: number;
  readonly strike: number;
}

const dayOf = (years: number): number => Math.round((365 * years) / daysPerStep);

/** A runner for options of some expiries; `paths` a multiple of 64. */
export async function tinyRunner(
  targets: readonly Target[],
  paths: number,
  backend: Backend,
): Promise<Runner> {
  const dates = [...new Set(targets.map(({ years }) => dayOf(years)))].sort((a, b) => a - b);
  const steps = dates[dates.length - 1];
  const dt = new Float64Array(steps).fill(daysPerStep / 365);
  return backend.prepare(tinyProgram, {
    steps,
    stepTables: [dt, dt.map(Math.sqrt), dt.map((d, i) => Math.sqrt(d * i))],
    dates,
    rowDate: targets.map(({ years }) => dates.indexOf(dayOf(years))),
    rowTables: [
      targets.map(({ strike }) => strike / 100),
      targets.map(({ strike }) => (strike >= 100 ? 1 : -1)),
    ],
    paths,
  });
}

/** Fills the noise of a runner with Sobol' paths of a seed. */
export function drawPaths(runner: Runner, seed: number): void {
  const { steps, paths } = runner.plan;
  const times = Float64Array.from({ length: steps + 1 }, (_, i) => (i * daysPerStep) / 365);
  sobolNoise({ steps, factors: 1, initialNormals: 0, paths, seed, times, into: runner.noise() });
}

/** Volatility of an out-of-the-money price on a forward of 1; null where the paths give none. */
export function volOf({ years, strike }: Target, price: number): number | null {
  const result = impliedVol({
    type: strike >= 100 ? "call" : "put",
    price,
    forward: 1,
    strike: strike / 100,
    yearsToExpiry: years,
  });
  return result.ok ? result.vol : null;
}

/** σ(x, t) of the network at prices and a time, in plain numbers: what the picture of it shows. */
export function learnedVol(theta: ArrayLike<number>, price: number, years: number): number {
  const inputs = [Math.log(price / 100) / typicalDeviation, Math.sqrt(years)];
  const at = { offset: 0 };
  const layer = (input: readonly number[], outputs: number, isLast: boolean): number[] => {
    const weights = at.offset;
    const biases = weights + outputs * input.length;
    at.offset = biases + outputs;
    return Array.from({ length: outputs }, (_, o) => {
      let total = theta[biases + o];
      input.forEach((value, i) => {
        total += theta[weights + o * input.length + i] * value;
      });
      return isLast ? total : Math.tanh(total);
    });
  };
  const [out] = layer(layer(layer(inputs, 8, false), 8, false), 1, true);
  return level * Math.exp(Math.tanh(out));
}

export interface TinyProgress {
  readonly iteration: number;
  readonly iterations: number;
  /** Root mean square difference from the quotes, vol points. */
  readonly missVolPoints: number;
  /** Volatility at each quote, [quote] of `lessonQuotes`; NaN where the paths give none. */
  readonly vols: Float64Array;
  /** Weights. */
  readonly theta: Float64Array;
}

export interface TinyOptions {
  readonly iterations: number;
  readonly seed: number;
  readonly paths?: number;
  readonly learningRate?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TinyProgress) => void | Promise<void>;
}

/** The weights before any learning. */
export function untrained(seed: number): Float64Array {
  return initialiseMlp(tinyProgram, "net", packParams(tinyProgram, {}), seed, { lastScale: 0.3 });
}

/** Trains on `lessonQuotes`; resolves with the last state, measured on paths that training did not see. */
export async function trainTiny(options: TinyOptions, backend: Backend): Promise<TinyProgress> {
  const { iterations, seed, paths = 1024, learningRate = 0.03, signal, onProgress } = options;
  const runner = await tinyRunner(lessonQuotes, paths, backend);
  const price = lessonQuotes.map((quote) => blackPrice(typeOf(quote), optionOf(quote)));
  const vega = lessonQuotes.map((quote) => blackGreeks(typeOf(quote), optionOf(quote)).vega);
  const n = lessonQuotes.length;
  const rate = cosineRate(learningRate, iterations);
  let theta = untrained(seed);
  let state = adamStart(theta.length);
  let latest: TinyProgress | null = null;
  try {
    for (let i = 1; i <= iterations && signal?.aborted !== true; i++) {
      drawPaths(runner, 1000 * seed + i);
      // the loss is the mean of (price difference / vega)²: volatility points, to first order
      const { mean, gradient } = runner.gradient(theta, (means) =>
        means.map((m, row) => (2 * (m - price[row])) / (n * vega[row] * vega[row])),
      );
      latest = { iteration: i, iterations, theta, ...missOf(mean, price, vega) };
      await onProgress?.(latest);
      const next = adamUpdate(state, theta, gradient, rate(i));
      theta = next.theta;
      state = next.state;
    }
  } finally {
    runner.free();
  }
  if (latest === null) throw new DOMException("stopped", "AbortError");
  return { ...latest, theta, ...(await measure(theta, price, vega, backend)) };
}

/** The miss and the volatilities on many paths that training did not see. */
async function measure(
  theta: Float64Array,
  price: readonly number[],
  vega: readonly number[],
  backend: Backend,
): Promise<Pick<TinyProgress, "missVolPoints" | "vols">> {
  const runner = await tinyRunner(lessonQuotes, 16_384, backend);
  drawPaths(runner, 7);
  const { mean } = runner.means(theta);
  runner.free();
  return missOf(mean, price, vega);
}

function missOf(
  mean: Float64Array,
  price: readonly number[],
  vega: readonly number[],
): Pick<TinyProgress, "missVolPoints" | "vols"> {
  let square = 0;
  mean.forEach((m, row) => {
    square += ((m - price[row]) / vega[row]) ** 2 / mean.length;
  });
  return {
    missVolPoints: 100 * Math.sqrt(square),
    vols: Float64Array.from(mean, (m, row) => volOf(lessonQuotes[row], m) ?? Number.NaN),
  };
}

const typeOf = ({ strike }: Target) => (strike >= 100 ? "call" : "put");
const optionOf = ({ strike, years, vol }: Target & { readonly vol: number }) => ({
  forward: 1,
  strike: strike / 100,
  yearsToExpiry: years,
  vol,
});

/** What the learned equation says beyond the quotes: smiles at any expiry, from one set of paths. */
export interface TinySurface {
  readonly days: readonly number[];
  readonly strikes: readonly number[];
  /** [expiry][strike], NaN where the paths are too few to say */
  readonly vols: readonly Float64Array[];
  /** [expiry][bin]: share of paths that end in each of `bins`. */
  readonly shares: readonly Float64Array[];
  /** Edges of the bins, prices. */
  readonly bins: readonly number[];
}

/** Reads a surface off the paths of a learned equation. */
export async function tinySurface(theta: Float64Array, backend: Backend): Promise<TinySurface> {
  const days = [9, 15, 30, 45, 60, 75, 90] as const;
  const strikes = Array.from({ length: 25 }, (_, i) => 55 + 5 * i);
  const targets = days.flatMap((day) => strikes.map((strike) => ({ years: day / 365, strike })));
  const paths = 16_384;
  const runner = await tinyRunner(targets, paths, backend);
  drawPaths(runner, 77);
  const { mean, standardError } = runner.means(theta);
  const seen = runner.observations(theta);
  runner.free();
  const vols = days.map((_, d) =>
    Float64Array.from(strikes, (strike, i) => {
      const row = d * strikes.length + i;
      // a price within two standard errors of nothing says nothing about a volatility
      const isClear = mean[row] > 4 * standardError[row];
      return (isClear ? volOf({ years: days[d] / 365, strike }, mean[row]) : null) ?? Number.NaN;
    }),
  );
  const bins = Array.from({ length: 41 }, (_, i) => 40 + 4 * i);
  const shares = days.map((_, d) => {
    const counts = new Float64Array(bins.length - 1);
    for (let path = 0; path < paths; path++) {
      const bin = Math.floor((100 * seen[d * paths + path] - bins[0]) / 4);
      if (bin >= 0 && bin < counts.length) counts[bin] += 1 / paths;
    }
    return counts;
  });
  return { days, strikes, vols, shares, bins };
}
