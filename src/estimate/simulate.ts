/**
 * Simulation of a learned model from where a history ends, with or without a condition on the first step.
 *
 * Path p belongs to member p mod members, so the spread of the paths holds the uncertainty of the model too. Features
 * go on by the recursion they were learned with; outside inputs stay at their last known values.
 *
 * A condition fixes moves of some components over the first step ("ETH falls 10 %"). Given the kind of shock the law is
 * normal: the kind is drawn from its probability given the fixed moves, a draw ξ of the joint law is corrected by
 *
 *   ξ + Σ_{·F} Σ_FF⁻¹ (y_F − ξ_F)
 *
 * (Matheron's rule), which is a draw of the conditional law. Later steps follow the model.
 */
import { solvePositiveDefinite } from "../num/linearAlgebra.ts";
import { InputError, NumericalError } from "../num/errors.ts";
import { philoxNormals, philoxUniforms } from "../random/normals.ts";
import { centredMeans, correlationFactor, type Shocks } from "./density.ts";
import type { Ending } from "./ending.ts";
import { featureState, featuresOf } from "./features.ts";
import type { LearnedModel } from "./learn.ts";
import { type Network, network, shocksOf } from "./transition.ts";

/** Moves of components over the first step, in units of the state: ln(0.9) is a fall of 10 %. */
export type Condition = Readonly<Record<string, number>>;

export interface SimulateOptions {
  readonly steps?: number;
  readonly paths?: number;
  readonly seed?: number;
  readonly condition?: Condition;
  /** Simulate with this member alone. */
  readonly member?: number;
}

export const simulateDefaults = { steps: 30, paths: 1000, seed: 1 } as const;

/** Simulated paths. */
export interface SimulatedPaths {
  readonly steps: number;
  readonly paths: number;
  /** [step + 1][component][path], step 0 is where the history ends */
  readonly states: Float64Array;
  /** [step][component][path], logarithm of the diffusion over the step */
  readonly logScales: Float64Array;
  readonly timesMs: Float64Array;
}

/** Simulates.
 *
 * Throws  InputError when a condition names no component or a count is out of range
 */
export function simulate(
  { shape, members }: Pick<LearnedModel, "shape" | "members">,
  ending: Ending,
  options: SimulateOptions = {},
): SimulatedPaths {
  const { steps, paths, seed } = { ...simulateDefaults, ...withoutUndefined(options) };
  checkCounts(steps, paths);
  const names = shape.set.components.map(({ name }) => name);
  const fixed = conditionOf(names, options.condition ?? {});
  const { state: start, inputs, timeMs } = ending;
  const memory = featureState(shape.set, ending.memory);
  const d = names.length;
  const featureCount = featuresOf(shape.set).length;
  const laws = members.map((theta) => ({ theta, shocks: shocksOf(shape, theta) }));
  const net = network(shape);
  const draw = stepDraw(d);
  const states = new Float64Array((steps + 1) * d * paths);
  const logScales = new Float64Array(steps * d * paths);
  const features = new Float64Array(featureCount);
  const state = new Float64Array(d);
  for (let p = 0; p < paths; p++) {
    const law = laws[options.member ?? p % laws.length];
    const z = philoxNormals(seed, 2 * p, steps * d);
    const u = philoxUniforms(seed, 2 * p + 1, steps);
    const own = memory.fork();
    state.set(start);
    for (let j = 0; j < d; j++) states[j * paths + p] = start[j];
    for (let t = 0; t < steps; t++) {
      own.write(inputs, 0, features, 0);
      net.forward(law.theta, features, 0);
      draw(net, law.shocks, u[t], z.subarray(t * d, (t + 1) * d), t === 0 ? fixed : null, state);
      for (let j = 0; j < d; j++) {
        states[((t + 1) * d + j) * paths + p] = state[j];
        logScales[(t * d + j) * paths + p] = net.logScale[j];
      }
      own.push(timeMs + (t + 1) * shape.set.stepMs, state, 0);
    }
  }
  const timesMs = Float64Array.from({ length: steps + 1 }, (_, t) => timeMs + t * shape.set.stepMs);
  return { steps, paths, states, logScales, timesMs };
}

const withoutUndefined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

function checkCounts(steps: number, paths: number): void {
  for (const [name, count] of [
    ["steps", steps],
    ["paths", paths],
  ] as const) {
    if (!Number.isInteger(count) || count < 1) {
      throw new InputError(
        `simulate: ${name}: expected a whole number of at least 1, got ${count}. Correct it.`,
      );
    }
  }
}

interface Fixed {
  readonly components: readonly number[];
  readonly moves: readonly number[];
}

function conditionOf(names: readonly string[], condition: Condition): Fixed | null {
  const entries = Object.entries(condition);
  if (entries.length === 0) return null;
  for (const [name, move] of entries) {
    if (!names.includes(name) || !Number.isFinite(move)) {
      throw new InputError(
        `simulate: condition: expected finite moves of ${names.join(", ")}, got ${name} ${move}. Name one of those.`,
      );
    }
  }
  return {
    components: entries.map(([name]) => names.indexOf(name)),
    moves: entries.map(([, move]) => move),
  };
}

type StepDraw = (
  net: Network,
  shocks: Shocks,
  uniform: number,
  z: Float64Array,
  fixed: Fixed | null,
  state: Float64Array,
) => void;

/** Adds one step's move to a state. */
function stepDraw(d: number): StepDraw {
  const factor = new Float64Array(d * d);
  const move = new Float64Array(d);
  return (net, shocks, uniform, z, fixed, state) => {
    const kinds = shocks.probability.length;
    correlationFactor(net.partial, d, factor);
    const centre = centredMeans(shocks, d);
    const meanOf = (k: number, j: number) =>
      net.mean[j] + Math.exp(net.logScale[j]) * centre[k * d + j];
    const sizeOf = (k: number, j: number) => Math.exp(net.logScale[j] + shocks.logSize[k * d + j]);
    const covariance = (k: number, i: number, j: number): number => {
      let sum = 0;
      for (let l = 0; l <= Math.min(i, j); l++) sum += factor[i * d + l] * factor[j * d + l];
      return sum * sizeOf(k, i) * sizeOf(k, j);
    };
    const weights =
      fixed === null ? shocks.probability : kindWeights(shocks, fixed, meanOf, covariance);
    let k = 0;
    for (let mass = weights[0]; mass < uniform && k < kinds - 1; mass += weights[k]) k += 1;
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let l = 0; l <= i; l++) sum += factor[i * d + l] * z[l];
      move[i] = meanOf(k, i) + sizeOf(k, i) * sum;
    }
    if (fixed !== null) {
      const { components, moves } = fixed;
      const away = Float64Array.from(components, (c, i) => moves[i] - move[c]);
      const solved = solveFixed(components, (i, j) => covariance(k, i, j), away);
      for (let i = 0; i < d; i++) {
        components.forEach((c, f) => {
          move[i] += covariance(k, i, c) * solved[f];
        });
      }
    }
    for (let j = 0; j < d; j++) state[j] += move[j];
  };
}

/** Probabilities of the kinds of shocks given fixed moves. */
function kindWeights(
  shocks: Shocks,
  { components, moves }: Fixed,
  meanOf: (k: number, j: number) => number,
  covariance: (k: number, i: number, j: number) => number,
): Float64Array {
  const n = components.length;
  const logs = shocks.probability.map((p, k) => {
    const away = Float64Array.from(components, (c, i) => moves[i] - meanOf(k, c));
    const solved = solveFixed(components, (i, j) => covariance(k, i, j), away.slice());
    const square = away.reduce((sum, x, i) => sum + x * solved[i], 0);
    // the determinant by the variances and the correlation, which all kinds share: it cancels but for the sizes
    const logSizes = components.reduce((sum, c) => sum + 0.5 * Math.log(covariance(k, c, c)), 0);
    return Math.log(p) - 0.5 * square - logSizes - 0.5 * n * Math.log(2 * Math.PI);
  });
  const most = Math.max(...logs);
  const shares = logs.map((log) => Math.exp(log - most));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

function solveFixed(
  components: readonly number[],
  covariance: (i: number, j: number) => number,
  right: Float64Array,
): Float64Array {
  const n = components.length;
  const matrix = new Float64Array(n * n);
  components.forEach((a, i) => {
    components.forEach((b, j) => {
      matrix[i * n + j] = covariance(a, b);
    });
  });
  const solved = solvePositiveDefinite(matrix, n, right);
  if (solved === undefined) {
    throw new NumericalError(
      "simulate: expected a positive definite covariance of the fixed moves, got one that is not. Fix fewer moves.",
    );
  }
  return solved;
}
