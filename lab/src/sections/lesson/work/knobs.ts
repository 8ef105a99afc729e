/**
 * A network with ten knobs, and gradient descent that turns them.
 *
 *   f(u) = c + Σᵢ aᵢ tanh(sᵢ u + bᵢ),  i = 1, 2, 3
 *
 * Gradients come from the engine: the 64 points of the curve stand where paths usually stand, their place in the first
 * random number and their height in the second.
 */
import {
  type Backend,
  defineProgram,
  initialiseMlp,
  mlp,
  packParams,
  square,
  sub,
} from "volterra/engine";
import { adamStart, adamUpdate } from "volterra/engine";

export const units = 3;
const points = 64;

const program = defineProgram({
  name: "ten knobs",
  params: { net: mlp({ inputs: 1, hidden: [units], outputs: 1, activation: "tanh" }) },
  factors: 2,
  stepTables: ["one"],
  init: () => ({ miss: 0 }),
  step: ({ p, z }) => {
    const [out] = p.net([z[0]]);
    return { miss: sub(out, z[1]) };
  },
  observe: ({ s }) => ({ miss: s.miss }),
  row: ({ o }) => square(o.miss),
});

/** Knobs in the engine's order: slopes [unit], places [unit], heights [unit], level. */
export interface Knobs {
  readonly slopes: readonly number[];
  readonly places: readonly number[];
  readonly heights: readonly number[];
  readonly level: number;
}

/** [param] of the knobs. */
export const thetaOf = ({ slopes, places, heights, level }: Knobs): Float64Array =>
  Float64Array.from([...slopes, ...places, ...heights, level]);

/** The knobs of [param]. */
export function knobsOf(theta: Float64Array): Knobs {
  const part = (i: number) => [...theta.subarray(i * units, (i + 1) * units)];
  return { slopes: part(0), places: part(1), heights: part(2), level: theta[3 * units] };
}

/** The network's value. */
export function networkAt({ slopes, places, heights, level }: Knobs, u: number): number {
  return heights.reduce((sum, a, i) => sum + a * Math.tanh(slopes[i] * u + places[i]), level);
}

/** Root mean square distance of the network from a curve at the 64 points. */
export function missOf(knobs: Knobs, curve: (u: number) => number): number {
  let total = 0;
  for (const u of curvePoints) total += (networkAt(knobs, u) - curve(u)) ** 2;
  return Math.sqrt(total / points);
}

/** Where curves are compared: −2 … 2. */
export const curvePoints: readonly number[] = Array.from(
  { length: points },
  (_, i) => -2 + (4 * i) / (points - 1),
);

export interface DescentProgress {
  readonly iteration: number;
  readonly iterations: number;
  /** Root mean square distance from the curve. */
  readonly miss: number;
  readonly theta: Float64Array;
}

export interface DescentOptions {
  /** [64] heights of the curve at `curvePoints`. */
  readonly heights: ArrayLike<number>;
  readonly theta: Float64Array;
  readonly iterations: number;
  readonly learningRate?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DescentProgress) => void | Promise<void>;
}

/** Turns the knobs downhill. */
export async function descend(options: DescentOptions, backend: Backend): Promise<DescentProgress> {
  const { heights, iterations, learningRate = 0.05, signal, onProgress } = options;
  const runner = await backend.prepare(program, {
    steps: 1,
    stepTables: [[1]],
    dates: [1],
    rowDate: [0],
    rowTables: [],
    paths: points,
  });
  runner.noise().increments.set([...curvePoints, ...Array.from(heights)]);
  let theta = options.theta;
  let state = adamStart(theta.length);
  let latest: DescentProgress = { iteration: 0, iterations, miss: Number.NaN, theta };
  try {
    for (let i = 1; i <= iterations && signal?.aborted !== true; i++) {
      const { mean, gradient } = runner.gradient(theta, () => Float64Array.of(1));
      latest = { iteration: i, iterations, miss: Math.sqrt(mean[0]), theta };
      await onProgress?.(latest);
      const next = adamUpdate(state, theta, gradient, learningRate);
      theta = next.theta;
      state = next.state;
    }
  } finally {
    runner.free();
  }
  return latest;
}

/** Knobs in random places, for a start. */
export function randomKnobs(seed: number): Knobs {
  return knobsOf(initialiseMlp(program, "net", packParams(program, {}), seed));
}
