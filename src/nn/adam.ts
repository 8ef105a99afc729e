/**
 * Adam: stochastic gradient descent with moment estimates, for objectives that differ from call to call.
 *
 *   m ← β₁ m + (1-β₁) g,  v ← β₂ v + (1-β₂) g²
 *   θ ← θ - α (m/(1-β₁ᵗ)) / (√(v/(1-β₂ᵗ)) + ε) - α w θ
 *
 * Sources: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, Algorithm 1;
 * w, the decoupled weight decay, I. Loshchilov and F. Hutter, ICLR 2019, Algorithm 2.
 */
import { InputError } from "../num/errors.ts";
import {
  checkIterations,
  checkStart,
  dot,
  isFiniteEvaluation,
  type Objective,
  reportAndContinue,
  type Watch,
} from "./objective.ts";

export const adamDefaults = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  /** largest Euclidean norm of a gradient; longer ones are shortened to it */
  clipNorm: Number.POSITIVE_INFINITY,
} as const;

/** Moments after `time` updates. */
export interface AdamState {
  /** [param] */
  readonly mean: Float64Array;
  /** [param] */
  readonly square: Float64Array;
  readonly time: number;
}

type Rates = { readonly [K in Exclude<keyof typeof adamDefaults, "learningRate">]: number };

/** The state before the first update. */
export function adamStart(parameters: number): AdamState {
  return { mean: new Float64Array(parameters), square: new Float64Array(parameters), time: 0 };
}

/** One update; its arguments are kept.
 *
 * Shape   theta, gradient [param] → theta [param]
 * Source  Kingma and Ba (2015), Algorithm 1
 */
export function adamUpdate(
  state: AdamState,
  theta: Float64Array,
  gradient: Float64Array,
  learningRate: number,
  rates: Rates = adamDefaults,
): { readonly state: AdamState; readonly theta: Float64Array } {
  const { beta1, beta2, epsilon, weightDecay, clipNorm } = rates;
  const time = state.time + 1;
  const norm = Math.sqrt(dot(gradient, gradient));
  const clip = norm > clipNorm ? clipNorm / norm : 1;
  const mean = new Float64Array(theta.length);
  const square = new Float64Array(theta.length);
  const next = new Float64Array(theta.length);
  for (let k = 0; k < theta.length; k++) {
    const g = clip * gradient[k];
    mean[k] = beta1 * state.mean[k] + (1 - beta1) * g;
    square[k] = beta2 * state.square[k] + (1 - beta2) * g * g;
    const unbiasedMean = mean[k] / (1 - beta1 ** time);
    const unbiasedSquare = square[k] / (1 - beta2 ** time);
    const move = unbiasedMean / (Math.sqrt(unbiasedSquare) + epsilon) + weightDecay * theta[k];
    next[k] = theta[k] - learningRate * move;
  }
  return { state: { mean, square, time }, theta: next };
}

/** Learning rate that rises linearly over `warmup` iterations and falls to zero along a half cosine.
 *
 * Units   iterations count from 1
 */
export function cosineRate(
  peak: number,
  iterations: number,
  warmup = 0,
): (iteration: number) => number {
  return (iteration) => {
    if (iteration <= warmup) return (peak * iteration) / warmup;
    const share = (iteration - warmup - 1) / Math.max(1, iterations - warmup);
    return 0.5 * peak * (1 + Math.cos(Math.PI * Math.min(1, share)));
  };
}

export interface AdamRecord {
  readonly iteration: number;
  /** before the iteration's update */
  readonly value: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** `nonFinite`: a value or gradient with NaN; theta is the last point before it. */
export type AdamStatus = "iterationLimit" | "nonFinite" | "aborted";

export interface AdamOptions extends Partial<Rates>, Watch<AdamRecord> {
  readonly objective: Objective;
  /** [param] */
  readonly theta0: Float64Array;
  readonly iterations: number;
  readonly learningRate?: number | ((iteration: number) => number);
}

export interface AdamResult {
  /** [param]: the last point */
  readonly theta: Float64Array;
  readonly status: AdamStatus;
  readonly history: readonly AdamRecord[];
}

function ratesOf(options: AdamOptions): Rates {
  const { beta1, beta2, epsilon, weightDecay, clipNorm } = options;
  const rates: Rates = {
    beta1: beta1 ?? adamDefaults.beta1,
    beta2: beta2 ?? adamDefaults.beta2,
    epsilon: epsilon ?? adamDefaults.epsilon,
    weightDecay: weightDecay ?? adamDefaults.weightDecay,
    clipNorm: clipNorm ?? adamDefaults.clipNorm,
  };
  for (const name of ["beta1", "beta2"] as const) {
    if (!(rates[name] >= 0 && rates[name] < 1)) {
      throw new InputError(
        `adam: ${name}: expected a number in [0, 1), got ${rates[name]}. Use ${adamDefaults[name]}.`,
      );
    }
  }
  return rates;
}

/** Minimises an objective whose gradients may be noisy.
 *
 * Shape   theta0 [param] → theta [param]
 * Throws  InputError when an option is out of range, ShapeError when the gradient does not fit,
 *         NumericalError when the objective is not finite at theta0
 * Source  Kingma and Ba (2015)
 */
export async function adam(options: AdamOptions): Promise<AdamResult> {
  const { objective, iterations, theta0 } = options;
  const rates = ratesOf(options);
  checkIterations("adam", iterations);
  const given = options.learningRate ?? adamDefaults.learningRate;
  const rateAt = typeof given === "number" ? () => given : given;
  const history: AdamRecord[] = [];
  let theta: Float64Array = theta0.slice();
  let before = theta;
  let state = adamStart(theta.length);
  let status: AdamStatus = options.signal?.aborted ? "aborted" : "iterationLimit";
  for (let iteration = 1; iteration <= iterations && status === "iterationLimit"; iteration++) {
    const evaluation = objective(theta, iteration);
    if (iteration === 1) checkStart("adam", theta, evaluation);
    if (!isFiniteEvaluation(evaluation)) return { theta: before, status: "nonFinite", history };
    const learningRate = rateAt(iteration);
    before = theta;
    ({ state, theta } = adamUpdate(state, theta, evaluation.gradient, learningRate, rates));
    const record: AdamRecord = {
      iteration,
      value: evaluation.value,
      gradientNorm: Math.sqrt(dot(evaluation.gradient, evaluation.gradient)),
      learningRate,
    };
    history.push(record);
    if (!(await reportAndContinue(options, record))) status = "aborted";
  }
  return { theta, status, history };
}
