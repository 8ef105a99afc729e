/**
 * Learning a neural SDE from a history.
 *
 *   1. Time-ordered folds choose the ridges of skeleton and network and the number of iterations: train on what was before
 *      a block, score the block (early stopping). The skeleton alone is among the candidates.
 *   2. An ensemble learns on all of the training rows with these, each member from other hidden weights and on a
 *      block bootstrap of the rows: its spread is the uncertainty, its mixture the forecast.
 *   3. A learning curve with a quarter, a half and all of the rows says whether more data would help.
 *
 * Every member starts from the fitted skeleton. Everything is deterministic given the seed.
 */
import { InputError } from "../num/errors.ts";
import { lbfgs, type LbfgsResult } from "../nn/index.ts";
import { philoxUniforms } from "../random/normals.ts";
import type { Design } from "./design.ts";
import { likelihood, type Ridges, startingPoint } from "./likelihood.ts";
import { logScores, type Shape, shapeOf } from "./transition.ts";

export const learnDefaults = {
  hidden: 8,
  kinds: 3,
  /** precisions of the prior on the skeleton that the folds choose from, the smaller first */
  skeletonRidges: [1, 30, 300] as readonly number[],
  /** precisions of the prior on the network that the folds choose from, besides the skeleton alone */
  ridges: [1000, 300, 100] as readonly number[],
  folds: 3,
  /** share of the training rows that the folds score */
  foldShare: 0.5,
  skeletonIterations: 100,
  iterations: 60,
  members: 5,
  /** length of the bootstrap's blocks, in steps */
  blockSteps: 20,
  seed: 1,
} as const;

type Settings = {
  readonly [K in keyof typeof learnDefaults]: (typeof learnDefaults)[K] extends number
    ? number
    : readonly number[];
};

/** What is going on, for a progress line. */
export interface LearnProgress {
  readonly stage: "folds" | "members" | "curve";
  readonly done: number;
  readonly of: number;
}

export interface LearnOptions extends Partial<Settings> {
  /** Rows from ≤ row < to are learned from; all when absent. */
  readonly from?: number;
  readonly to?: number;
  /** Members that are there already (a run that goes on). */
  readonly members0?: readonly Float64Array[];
  readonly selection?: Selection;
  readonly learningCurve?: boolean;
  readonly onProgress?: (progress: LearnProgress) => void;
  /** Called as soon as a part is whole, so that it can be kept. */
  readonly onPart?: (part: {
    readonly selection: Selection;
    readonly members: readonly Float64Array[];
  }) => void;
  readonly signal?: AbortSignal;
}

/** What a candidate scored on the folds. */
export interface Candidate {
  readonly skeletonRidge: number;
  /** null is the skeleton alone */
  readonly ridge: number | null;
  readonly iterations: number;
  /** mean log score per step over all blocks */
  readonly score: number;
  /** of its difference to the first candidate's */
  readonly gainStandardError: number;
}

/** The folds' choice. */
export interface Selection {
  readonly chosen: Candidate;
  readonly candidates: readonly Candidate[];
}

/** One point of the learning curve. */
export interface CurvePoint {
  readonly rows: number;
  /** mean log score of the last fold's block */
  readonly score: number;
}

/** Whether more data would help. */
export interface LearningCurve {
  readonly points: readonly CurvePoint[];
  /** gain of the last doubling of the data, nats per step */
  readonly lastGain: number;
  readonly lastGainStandardError: number;
  /** `enough`: the last doubling gained less than 0.01 nats; `more would help`: more than that, significantly;
   *  `unclear`: the block is too short to tell */
  readonly verdict: "enough" | "more would help" | "unclear";
}

/** A learned model. */
export interface LearnedModel {
  readonly shape: Shape;
  /** [member] parameter vectors */
  readonly members: readonly Float64Array[];
  readonly selection: Selection;
  readonly curve: LearningCurve | null;
  readonly trained: { readonly rows: number; readonly fromMs: number; readonly toMs: number };
  readonly seed: number;
}

/** Fewest rows for each free parameter of a skeleton's output. */
const FEWEST_ROWS = 60;

/** Learns from rows of a design.
 *
 * Throws  InputError when options are out of range or the rows are too few
 */
export async function learn(design: Design, options: LearnOptions = {}): Promise<LearnedModel> {
  const settings: Settings = { ...learnDefaults, ...defined(options) };
  const { from = 0, to = design.rows } = options;
  checkLearn(design, settings, from, to);
  const selection = options.selection ?? (await selectByFolds(design, from, to, settings, options));
  const members: Float64Array[] = [...(options.members0 ?? [])].slice(0, settings.members);
  options.onPart?.({ selection, members });
  const shape = shapeOf(design, from, to, settings);
  const job: Job = { shape, design, from, to, settings, signal: options.signal };
  for (let m = members.length; m < settings.members; m++) {
    options.onProgress?.({ stage: "members", done: m, of: settings.members });
    const seed = settings.seed * 1000 + m;
    const weights = m === 0 ? undefined : blockWeights(to - from, settings.blockSteps, seed);
    members.push(await fitMember(job, selection.chosen, seed, weights));
    options.onPart?.({ selection, members: [...members] });
  }
  const curve =
    options.learningCurve === false
      ? null
      : await learningCurve(design, from, to, selection.chosen, settings, options);
  const trained = {
    rows: to - from,
    fromMs: design.timesMs[from],
    toMs: design.timesMs[to - 1] + design.set.stepMs,
  };
  return { shape, members, selection, curve, trained, seed: settings.seed };
}

const defined = (options: LearnOptions): Partial<Settings> =>
  Object.fromEntries(
    Object.keys(learnDefaults).flatMap((key) => {
      const value = options[key as keyof Settings];
      return value === undefined ? [] : [[key, value]];
    }),
  );

function checkLearn(design: Design, settings: Settings, from: number, to: number): void {
  const counts = [
    "kinds",
    "folds",
    "skeletonIterations",
    "iterations",
    "members",
    "blockSteps",
  ] as const;
  for (const name of counts) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1) {
      throw new InputError(
        `learn: ${name}: expected a whole number of at least 1, got ${settings[name]}. Use ${learnDefaults[name]}.`,
      );
    }
  }
  if (!Number.isInteger(settings.hidden) || settings.hidden < 0) {
    throw new InputError(
      `learn: hidden: expected a whole number of at least 0, got ${settings.hidden}. Use ${learnDefaults.hidden}.`,
    );
  }
  if (
    !(settings.foldShare > 0 && settings.foldShare < 1) ||
    [...settings.ridges, ...settings.skeletonRidges].some((r) => !(r > 0)) ||
    settings.skeletonRidges.length === 0
  ) {
    throw new InputError(
      `learn: expected positive ridges and a foldShare in (0, 1), got ${settings.ridges.join(", ")} and ${settings.foldShare}. Leave them out for the defaults.`,
    );
  }
  if (!(from >= 0 && to <= design.rows && to - from >= FEWEST_ROWS)) {
    throw new InputError(
      `learn: expected at least ${FEWEST_ROWS} steps to learn from, got ${Math.max(0, to - from)}. Give a longer history or a shorter step.`,
    );
  }
}

/** Rows to fit on, and how. */
interface Job {
  readonly shape: Shape;
  readonly design: Design;
  readonly from: number;
  readonly to: number;
  readonly settings: Settings;
  readonly signal?: AbortSignal;
}

async function fitSkeleton(
  { shape, design, from, to, settings, signal }: Job,
  skeleton: number,
  seed: number,
  weights?: Float64Array,
): Promise<LbfgsResult> {
  const result = await lbfgs({
    objective: likelihood(shape, design, from, to, { skeleton, network: null }, weights).evaluate,
    theta0: startingPoint(shape, seed),
    iterations: settings.skeletonIterations,
    decreaseTolerance: 1e-9,
    memory: 20,
    signal,
  });
  signal?.throwIfAborted();
  return result;
}

async function fitMember(
  job: Job,
  { skeletonRidge, ridge, iterations }: Candidate,
  seed: number,
  weights?: Float64Array,
): Promise<Float64Array> {
  const { theta } = await fitSkeleton(job, skeletonRidge, seed, weights);
  if (ridge === null) return theta;
  const { shape, design, from, to, signal } = job;
  const ridges = { skeleton: skeletonRidge, network: ridge };
  const objective = likelihood(shape, design, from, to, ridges, weights).evaluate;
  const result = await lbfgs({ objective, theta0: theta, iterations, signal });
  signal?.throwIfAborted();
  return result.theta;
}

interface Fold {
  readonly from: number;
  readonly at: number;
  readonly to: number;
}

function foldsOf(from: number, to: number, { folds, foldShare }: Settings): Fold[] {
  const scored = Math.floor((to - from) * foldShare);
  return Array.from({ length: folds }, (_, i) => ({
    from,
    at: to - scored + Math.floor((scored * i) / folds),
    to: to - scored + Math.floor((scored * (i + 1)) / folds),
  }));
}

/** A fold with the skeletons that were fitted on it. */
interface FittedFold {
  readonly job: Job;
  readonly score: (theta: Float64Array) => Float64Array;
  /** [skeleton ridge] */
  readonly skeletons: readonly Float64Array[];
}

async function selectByFolds(
  design: Design,
  from: number,
  to: number,
  settings: Settings,
  { onProgress, signal }: LearnOptions,
): Promise<Selection> {
  const folds = foldsOf(from, to, settings);
  const of = folds.length * (settings.skeletonRidges.length + settings.ridges.length);
  let done = 0;
  const tell = (): void => onProgress?.({ stage: "folds", done: done++, of });
  const fitted: FittedFold[] = [];
  for (const fold of folds) {
    const shape = shapeOf(design, fold.from, fold.at, settings);
    const job: Job = { shape, design, from: fold.from, to: fold.at, settings, signal };
    const skeletons: Float64Array[] = [];
    for (const ridge of settings.skeletonRidges) {
      tell();
      skeletons.push((await fitSkeleton(job, ridge, settings.seed)).theta);
    }
    const score = (theta: Float64Array) => logScores(shape, theta, design, fold.at, fold.to);
    fitted.push({ job, score, skeletons });
  }
  const scoresOf = (thetaOf: (fold: FittedFold, f: number) => Float64Array): Float64Array =>
    concatenated(fitted.map((fold, f) => fold.score(thetaOf(fold, f))));
  const base = scoresOf(({ skeletons }) => skeletons[0]);
  const candidate = (
    parts: Pick<Candidate, "skeletonRidge" | "ridge" | "iterations">,
    scores: Float64Array,
  ): Candidate => ({
    ...parts,
    score: meanOf(scores),
    gainStandardError: standardErrorOf(scores.map((value, r) => value - base[r])),
  });
  const candidates = settings.skeletonRidges.map((skeletonRidge, s) =>
    candidate(
      { skeletonRidge, ridge: null, iterations: 0 },
      scoresOf(({ skeletons }) => skeletons[s]),
    ),
  );
  const skeleton = candidates.indexOf(bestOf(candidates));
  const skeletonRidge = settings.skeletonRidges[skeleton];
  for (const ridge of settings.ridges) {
    const paths: Float64Array[][] = [];
    for (const { job, skeletons } of fitted) {
      tell();
      const ridges = { skeleton: skeletonRidge, network: ridge };
      paths.push(await iterationPath(job, ridges, skeletons[skeleton]));
    }
    const along = paths[0].map((_, i) =>
      candidate(
        { skeletonRidge, ridge, iterations: checkpoints[i] },
        scoresOf((_fold, f) => paths[f][i]),
      ),
    );
    if (along.length > 0) candidates.push(bestOf(along));
  }
  return { chosen: bestOf(candidates), candidates };
}

/** The first of the best. */
const bestOf = (candidates: readonly Candidate[]): Candidate =>
  candidates.reduce((best, candidate) => (candidate.score > best.score ? candidate : best));

/** Iterations at which the folds look at the score. */
const checkpoints = [2, 4, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200];

/** Parameters at the checkpoints along a run of the optimiser; a run that converges stays where it is. */
async function iterationPath(
  { shape, design, from, to, settings: { iterations }, signal }: Job,
  ridges: Ridges,
  theta0: Float64Array,
): Promise<Float64Array[]> {
  const { evaluate } = likelihood(shape, design, from, to, ridges);
  const wanted = checkpoints.filter((iteration) => iteration <= iterations);
  const path: Float64Array[] = [];
  const seen = new Map<number, Float64Array>();
  let latest = theta0;
  await lbfgs({
    theta0,
    iterations,
    signal,
    objective: (theta) => {
      const evaluation = evaluate(theta);
      seen.set(evaluation.value, theta);
      return evaluation;
    },
    onIteration: ({ iteration, value }) => {
      latest = seen.get(value) ?? latest;
      seen.clear();
      seen.set(value, latest);
      if (wanted.includes(iteration)) path.push(latest.slice());
    },
  });
  signal?.throwIfAborted();
  while (path.length < wanted.length) path.push(latest.slice());
  return path;
}

/** Weights of rows under a circular block bootstrap: how often each was drawn. */
export function blockWeights(rows: number, block: number, seed: number): Float64Array {
  const weights = new Float64Array(rows);
  const starts = philoxUniforms(seed, 1, Math.ceil(rows / block));
  let left = rows;
  for (const start of starts) {
    const first = Math.floor(start * rows);
    for (let i = 0; i < Math.min(block, left); i++) weights[(first + i) % rows] += 1;
    left -= block;
  }
  return weights;
}

async function learningCurve(
  design: Design,
  from: number,
  to: number,
  chosen: Candidate,
  settings: Settings,
  { onProgress, signal }: LearnOptions,
): Promise<LearningCurve> {
  const { at, to: end } = foldsOf(from, to, settings)[settings.folds - 1];
  const shares = [4, 2, 1].filter((divisor) => (at - from) / divisor >= FEWEST_ROWS);
  const scores: Float64Array[] = [];
  const points: CurvePoint[] = [];
  for (const [i, divisor] of shares.entries()) {
    onProgress?.({ stage: "curve", done: i, of: shares.length });
    const first = at - Math.floor((at - from) / divisor);
    const shape = shapeOf(design, first, at, settings);
    const job: Job = { shape, design, from: first, to: at, settings, signal };
    const theta = await fitMember(job, chosen, settings.seed);
    const score = logScores(shape, theta, design, at, end);
    scores.push(score);
    points.push({ rows: at - first, score: meanOf(score) });
  }
  const last = scores[scores.length - 1];
  const before = scores[scores.length - 2] ?? last;
  const gains = last.map((value, r) => value - before[r]);
  const lastGain = meanOf(gains);
  const lastGainStandardError = standardErrorOf(gains);
  const verdict =
    lastGain + 2 * lastGainStandardError < ENOUGH_GAIN ||
    (lastGain < ENOUGH_GAIN && lastGainStandardError < ENOUGH_GAIN)
      ? "enough"
      : lastGain - 2 * lastGainStandardError > 0 && lastGain > ENOUGH_GAIN
        ? "more would help"
        : "unclear";
  return { points, lastGain, lastGainStandardError, verdict };
}

/** Gain of a doubling of the data (nats per step) below which more of it would not matter. */
const ENOUGH_GAIN = 0.01;

function concatenated(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function standardErrorOf(values: Float64Array): number {
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(variance) / values.length;
}
