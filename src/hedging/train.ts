/**
 * Learning a policy: Adam on fresh paths at every step, cosine rate, the risk itself as the objective.
 *
 * One step is one gradient of the compiled program: market, policy, costs and profit together. Now and then the policy is
 * measured on paths of its own; the best parameters are kept, and the start is the first of them.
 *
 * Source  Buehler, Gonon, Teichmann & Wood (2019), Deep hedging, section 4
 */
import type { Backend, Runner } from "../backend/backend.ts";
import { adamDefaults, adamUpdate, cosineRate } from "../nn/index.ts";
import { InputError } from "../num/errors.ts";
import { goldenSection } from "../num/goldenSection.ts";
import {
  evaluateHedge,
  type EvaluationOptions,
  fullTheta,
  type HedgeEvaluation,
  typicalLoss,
} from "./evaluate.ts";
import { conditionPairs, type HedgeNoise, hedgeNoise } from "./noise.ts";
import { type HedgeProgram, hedgeProgram } from "./program.ts";
import type { HedgeProblem, Policy } from "./problem.ts";
import { type BestSoFar, startTraining, type TrainingState } from "./trainingState.ts";

/** Costs and aversion of a part of the training, as multiples. */
export interface Lesson {
  /** Share of the iterations at which it ends; 1 for the last. */
  readonly until: number;
  readonly costScale: number;
  readonly aversionScale: number;
}

export interface TrainOptions {
  readonly iterations?: number;
  /** Paths of an iteration; a multiple of 64. */
  readonly paths?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly threads?: number;
  /** Scale of the last layer at the start: near 0 starts at the rule that the policy is built around. */
  readonly lastScale?: number;
  readonly lessons?: readonly Lesson[];
  /** Iterations between two validations. */
  readonly validateEvery?: number;
  /** Sets of validation paths and their size, a multiple of 64. */
  readonly validationSets?: number;
  readonly validationPaths?: number;
  /** Stops after so many validations in a row that are not better by two standard errors. Default: never. */
  readonly patience?: number;
  /** How the result is measured. */
  readonly evaluation?: EvaluationOptions;
  readonly signal?: AbortSignal;
  /** Called after every iteration, and awaited. */
  readonly onProgress?: (progress: TrainProgress) => void | Promise<void>;
  /** Called every `validateEvery` iterations and at the end, and awaited: what to save. */
  readonly onState?: (state: TrainingState) => void | Promise<void>;
}

/** Trades are cheap at first: a band that has grown past all trades has no gradient left to shrink by. */
const cheapFirst: readonly Lesson[] = [
  { until: 0.1, costScale: 0.1, aversionScale: 1 },
  { until: 0.2, costScale: 0.4, aversionScale: 1 },
  { until: 1, costScale: 1, aversionScale: 1 },
];

export const trainDefaults = {
  iterations: 300,
  paths: 2048,
  learningRate: 0.03,
  seed: 1,
  threads: 1,
  lastScale: 0.1,
  lessons: cheapFirst,
  validateEvery: 50,
  validationSets: 4,
  validationPaths: 4096,
  patience: Number.POSITIVE_INFINITY,
} as const;

export interface TrainProgress {
  readonly iteration: number;
  readonly iterations: number;
  /** On the iteration's own paths. */
  readonly risk: number;
  /** On the validation paths; null before the first validation. */
  readonly best: number | null;
}

/** A trained policy. */
export interface TrainedHedge {
  readonly policy: Policy;
  /** [param] of the policy, then the risk's thresholds: the best by validation */
  readonly theta: Float64Array;
  readonly status: "finished" | "stopped-early" | "cancelled" | "kept-start" | "not-finite";
  /** [iteration] risk on the paths of the iteration */
  readonly history: Float64Array;
  readonly evaluation: HedgeEvaluation;
  /** After the last iteration: from it a training goes on. */
  readonly state: TrainingState;
  /** Wall time of the iterations and validations of this call, without the evaluation. */
  readonly seconds: number;
}

type Settings = Required<Omit<TrainOptions, "evaluation" | "signal" | "onProgress" | "onState">> &
  TrainOptions;

/** Trains a policy on a problem.
 *
 * Deterministic: the same seed gives the same bits whatever the number of threads.
 * Throws  InputError for options out of range
 */
export async function trainHedge(
  problem: HedgeProblem,
  policy: Policy,
  backend: Backend,
  options: TrainOptions = {},
): Promise<TrainedHedge> {
  const { seed, lastScale } = { ...trainDefaults, ...options };
  checkOptions({ ...trainDefaults, ...options });
  const state = startTraining(problem, policy, { seed, lastScale });
  return continueTraining(problem, policy, backend, state, options);
}

/** Goes on from a state, with the options that it was begun with: the same bits as without the break.
 *
 * Throws  InputError for options out of range
 */
export async function continueTraining(
  problem: HedgeProblem,
  policy: Policy,
  backend: Backend,
  from: TrainingState,
  options: TrainOptions = {},
): Promise<TrainedHedge> {
  const settings: Settings = { ...trainDefaults, ...options };
  checkOptions(settings);
  const compiled = hedgeProgram(problem, policy, { centre: typicalLoss(problem), detail: "loss" });
  const began = performance.now();
  const { state, status, best } = await iterate(compiled, backend, from, settings);
  const seconds = (performance.now() - began) / 1000;
  const theta = best?.theta ?? state.theta;
  const { threads } = settings;
  const measure = { threads, ...options.evaluation };
  const evaluation = await evaluateHedge(problem, policy, theta, backend, measure);
  return {
    policy,
    theta,
    status: best?.iteration === 0 ? "kept-start" : status,
    history: Float64Array.from(state.history),
    evaluation,
    state,
    seconds,
  };
}

/** Runners and noise of one lesson; opened anew when the lesson changes. */
interface Classroom {
  readonly runner: Runner;
  readonly noise: HedgeNoise;
}

interface Trained {
  readonly state: TrainingState;
  readonly status: TrainedHedge["status"];
  readonly best: BestSoFar | null;
}

async function iterate(
  compiled: HedgeProgram,
  backend: Backend,
  from: TrainingState,
  settings: Settings,
): Promise<Trained> {
  const { iterations, paths, learningRate, seed, threads, lessons, signal } = settings;
  const open = async (lesson: Lesson, count: number): Promise<Classroom> => ({
    runner: await backend.prepare(compiled.program, compiled.plan(count, lesson), { threads }),
    noise: await hedgeNoise(compiled, backend, { paths: count, threads }),
  });
  const close = ({ runner, noise }: Classroom) => {
    runner.free();
    noise.free();
  };
  const lessonOf = (i: number) => lessons.findIndex(({ until }) => i <= until * iterations);
  const rate = cosineRate(learningRate, iterations);
  const last = lessons.length - 1;
  let lesson = lessonOf(from.iteration + 1);
  const hall = await open({ until: 1, costScale: 1, aversionScale: 1 }, settings.validationPaths);
  let room = await open(lessons[lesson < 0 ? last : lesson], paths);
  let state = from;
  let status: TrainedHedge["status"] = "finished";
  try {
    if (state.best === null) {
      const start = withBestThresholds(compiled, hall, state, settings);
      state = validated(compiled, hall, start, settings);
    }
    for (let i = from.iteration + 1; i <= iterations; i++) {
      if (signal?.aborted === true) {
        status = "cancelled";
        break;
      }
      if (lessonOf(i) !== lesson) {
        lesson = lessonOf(i);
        close(room);
        room = await open(lessons[lesson], paths);
      }
      const next = updated(compiled, room, state, lessons[lesson], rate(i), seed);
      if (next === undefined) {
        status = "not-finite";
        break;
      }
      state = next;
      const isLook = i % settings.validateEvery === 0 || i === iterations;
      if (isLook && lesson === last) state = validated(compiled, hall, state, settings);
      if (isLook) await settings.onState?.(state);
      const risk = state.history[state.history.length - 1];
      const best = state.best?.risk ?? null;
      await settings.onProgress?.({ iteration: i, iterations, risk, best });
      if (state.waited >= settings.patience && i < iterations) {
        status = "stopped-early";
        break;
      }
    }
    if (status !== "cancelled") return { state, status, best: state.best };
    await settings.onState?.(state);
    // the state that goes on is the one without this look
    return { state, status, best: validated(compiled, hall, state, settings).best };
  } finally {
    close(room);
    close(hall);
  }
}

/** Thresholds are looked for within so many typical spreads of the typical loss. */
const widestThreshold = 50;

/** The thresholds that are best for the start: what comes later is compared with it, and Adam moves them slowly. */
function withBestThresholds(
  compiled: HedgeProgram,
  { runner, noise }: Classroom,
  state: TrainingState,
  { seed }: Settings,
): TrainingState {
  const { thresholds } = compiled.problem.risk;
  const theta = state.theta.slice();
  const own = validationSeed(seed, 0);
  const pairs = conditionPairs(compiled, own);
  noise.fill(own, runner, pairs);
  const { value } = objectiveOf(compiled, pairs, 1);
  thresholds.forEach((_, k) => {
    const at = theta.length - thresholds.length + k;
    const riskAt = (threshold: number): number => {
      theta[at] = threshold;
      return value(runner.means(fullTheta(compiled, theta)).mean);
    };
    theta[at] = goldenSection(riskAt, -widestThreshold, widestThreshold, { tolerance: 0.01 });
  });
  return { ...state, theta };
}

const validationSeed = (seed: number, set: number): number => 7_654_321 + 1000 * seed + set;

/** One iteration on paths of its own; undefined when the risk is not a number. */
function updated(
  compiled: HedgeProgram,
  { runner, noise }: Classroom,
  state: TrainingState,
  { aversionScale }: Lesson,
  rate: number,
  seed: number,
): TrainingState | undefined {
  const iteration = state.iteration + 1;
  const own = seed * 1_000_003 + iteration;
  const pairs = conditionPairs(compiled, own);
  noise.fill(own, runner, pairs);
  const objective = objectiveOf(compiled, pairs, aversionScale);
  const full = fullTheta(compiled, state.theta);
  const { mean, gradient } = runner.gradient(full, objective.slopes);
  const risk = objective.value(mean);
  if (!Number.isFinite(risk)) return undefined;
  const learned = gradient.subarray(0, compiled.learned);
  const next = adamUpdate(state.adam, state.theta, learned, rate, adamRates);
  const history = [...state.history, risk];
  return { ...state, iteration, theta: next.theta, adam: next.state, history };
}

/** The second moment forgets faster than by default: gradients shrink as a policy gets better. */
const adamRates = { ...adamDefaults, beta2: 0.99 };

/** The measure as a function of the rows' means, and its slopes: the mean over the groups of a conditioned policy. */
function objectiveOf(
  { problem, groups, centre }: HedgeProgram,
  pairs: readonly { readonly aversion: number }[],
  aversionScale: number,
): {
  readonly value: (means: Float64Array) => number;
  readonly slopes: (means: Float64Array) => Float64Array;
} {
  const { risk } = problem;
  const rows = risk.rows.length;
  const own = (means: Float64Array, g: number) =>
    means.slice(g * rows, (g + 1) * rows).map((mean) => mean * groups);
  const aversionOf = (g: number) => risk.aversion * pairs[g].aversion * aversionScale;
  const all = Array.from({ length: groups }, (_, g) => g);
  const added = risk.isCashInvariant ? centre : 0;
  return {
    value: (means) =>
      added +
      all.reduce((total, g) => total + risk.value(own(means, g), aversionOf(g)) / groups, 0),
    slopes: (means) =>
      Float64Array.from(all.flatMap((g) => Array.from(risk.slopes(own(means, g), aversionOf(g))))),
  };
}

/** Measures on the validation paths: the same at every look, so that differences are precise. */
function validated(
  compiled: HedgeProgram,
  { runner, noise }: Classroom,
  state: TrainingState,
  { validationSets, seed }: Settings,
): TrainingState {
  const measure = (theta: Float64Array): number[] =>
    Array.from({ length: validationSets }, (_, set) => {
      const own = validationSeed(seed, set);
      const pairs = conditionPairs(compiled, own);
      noise.fill(own, runner, pairs);
      const { mean } = runner.means(fullTheta(compiled, theta));
      return objectiveOf(compiled, pairs, 1).value(mean);
    });
  const now = measure(state.theta);
  const { theta, iteration } = state;
  const found = { theta, iteration, risk: meanOf(now), standardError: errorOf(now) };
  if (state.best === null) return { ...state, best: found, waited: 0 };
  const before = measure(state.best.theta);
  const gain = before.map((risk, set) => risk - now[set]);
  const isBetter = meanOf(gain) > 0;
  const isSurelyBetter = meanOf(gain) > 2 * errorOf(gain);
  return {
    ...state,
    best: isBetter ? found : state.best,
    waited: isSurelyBetter ? 0 : state.waited + 1,
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function errorOf(values: readonly number[]): number {
  const centre = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length * Math.max(1, values.length - 1)));
}

function checkOptions(settings: Settings): void {
  for (const name of ["iterations", "validateEvery", "validationSets"] as const) {
    const value = settings[name];
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new InputError(`train: expected ${name} to be a whole number from 1, got ${value}.`);
    }
  }
  for (const name of ["paths", "validationPaths"] as const) {
    const value = settings[name];
    if (!(Number.isInteger(value) && value >= 64 && value % 64 === 0)) {
      throw new InputError(`train: expected ${name} to be a multiple of 64, got ${value}.`);
    }
  }
  for (const name of ["learningRate", "patience"] as const) {
    if (!(settings[name] > 0)) {
      throw new InputError(`train: expected ${name} > 0, got ${settings[name]}.`);
    }
  }
  const { lessons } = settings;
  const isRising = lessons.every(({ until }, i) => until > (i === 0 ? 0 : lessons[i - 1].until));
  if (!(isRising && lessons.length > 0 && lessons[lessons.length - 1].until === 1)) {
    throw new InputError(
      `train: expected lessons to end at rising shares up to 1, got ${lessons.map(({ until }) => until).join(", ") || "none"}.`,
    );
  }
}
