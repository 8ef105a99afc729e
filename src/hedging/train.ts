/**
 * Learning a policy: Adam on fresh paths at every step, cosine rate, the risk itself as the objective.
 *
 * One step is one gradient of the compiled program: market, policy, costs and profit together. The learned policy is
 * compared with where it started on paths that neither saw; the better one is returned.
 *
 * Source  Buehler, Gonon, Teichmann & Wood (2019), Deep hedging, section 4
 */
import type { Backend } from "../backend/backend.ts";
import { initialiseMlp, packParams } from "../ir/index.ts";
import { adamStart, adamUpdate, cosineRate } from "../nn/index.ts";
import { InputError } from "../num/errors.ts";
import { sobolNoise } from "../random/noise.ts";
import {
  evaluateHedge,
  type EvaluationOptions,
  type HedgeEvaluation,
  typicalLoss,
} from "./evaluate.ts";
import { hedgeProgram } from "./program.ts";
import type { HedgeProblem, Policy } from "./problem.ts";

export interface TrainOptions {
  readonly iterations?: number;
  /** Paths of an iteration; a multiple of 64. */
  readonly paths?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly threads?: number;
  /** Scale of the last layer at the start: near 0 starts at the rule that the policy is built around. */
  readonly lastScale?: number;
  /** How the start and the result are measured. */
  readonly evaluation?: EvaluationOptions;
  readonly signal?: AbortSignal;
  /** Called after every iteration, and awaited. */
  readonly onProgress?: (progress: TrainProgress) => void | Promise<void>;
}

export const trainDefaults = {
  iterations: 300,
  paths: 2048,
  learningRate: 0.03,
  seed: 1,
  threads: 1,
  lastScale: 0.1,
} as const;

/** Trades are cheap at first: a band that has grown past all trades has no gradient left to shrink by. */
const lessons = [
  { until: 0.1, costScale: 0.1 },
  { until: 0.2, costScale: 0.4 },
  { until: 1, costScale: 1 },
] as const;

export interface TrainProgress {
  readonly iteration: number;
  readonly iterations: number;
  /** On the iteration's own paths. */
  readonly risk: number;
}

/** A trained policy. */
export interface TrainedHedge {
  readonly policy: Policy;
  /** [param] */
  readonly theta: Float64Array;
  readonly status: "finished" | "cancelled" | "kept-start";
  /** [iteration] risk on the paths of the iteration */
  readonly history: Float64Array;
  readonly evaluation: HedgeEvaluation;
  /** Wall time of the iterations, without the evaluation. */
  readonly seconds: number;
}

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
  const settings = { ...trainDefaults, ...options };
  checkOptions(settings);
  const { iterations, paths, learningRate, seed, threads, signal, onProgress } = settings;
  const compiled = hedgeProgram(problem, policy, typicalLoss(problem));
  const { program, times, centre } = compiled;
  const start = packParams(
    program,
    Object.fromEntries(problem.risk.thresholds.map((name) => [name, 0])),
  );
  for (const [name, spec] of Object.entries(policy.params)) {
    if (spec.kind === "mlp") {
      initialiseMlp(program, name, start, seed, { lastScale: settings.lastScale });
    }
  }
  let runner = await backend.prepare(program, compiled.plan(paths, lessons[0].costScale), {
    threads,
  });
  let lesson = 0;
  const rate = cosineRate(learningRate, iterations);
  const history: number[] = [];
  let theta = start;
  let state = adamStart(theta.length);
  const began = performance.now();
  try {
    for (let i = 1; i <= iterations && signal?.aborted !== true; i++) {
      if (lesson + 1 < lessons.length && i > lessons[lesson].until * iterations) {
        lesson += 1;
        runner.free();
        runner = await backend.prepare(program, compiled.plan(paths, lessons[lesson].costScale), {
          threads,
        });
      }
      const { steps } = runner.plan;
      const { factors } = program;
      const into = runner.noise();
      // each iteration has paths of its own
      const own = seed * 1_000_003 + i;
      sobolNoise({ steps, factors, initialNormals: 0, paths, seed: own, times, into });
      const { mean, gradient } = runner.gradient(theta, (means) => problem.risk.slopes(means));
      const risk = problem.risk.value(mean, centre);
      if (!Number.isFinite(risk)) break;
      const next = adamUpdate(state, theta, gradient, rate(i), {
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-8,
        weightDecay: 0,
        clipNorm: Number.POSITIVE_INFINITY,
      });
      theta = next.theta;
      state = next.state;
      history.push(risk);
      await onProgress?.({ iteration: i, iterations, risk });
    }
  } finally {
    runner.free();
  }
  const seconds = (performance.now() - began) / 1000;
  const measure = { threads, ...options.evaluation };
  const before = await evaluateHedge(problem, policy, start, backend, measure);
  const after = await evaluateHedge(problem, policy, theta, backend, measure);
  const isBetter = after.risk < before.risk;
  const ended = signal?.aborted === true ? "cancelled" : "finished";
  return {
    policy,
    theta: isBetter ? theta : start,
    status: isBetter ? ended : "kept-start",
    history: Float64Array.from(history),
    evaluation: isBetter ? after : before,
    seconds,
  };
}

function checkOptions({
  iterations,
  paths,
  learningRate,
}: Pick<Required<TrainOptions>, "iterations" | "paths" | "learningRate">): void {
  if (!(Number.isInteger(iterations) && iterations >= 1)) {
    throw new InputError(
      `train: expected iterations to be a whole number from 1, got ${iterations}.`,
    );
  }
  if (!(Number.isInteger(paths) && paths >= 64 && paths % 64 === 0)) {
    throw new InputError(`train: expected paths to be a multiple of 64, got ${paths}.`);
  }
  if (!(learningRate > 0)) {
    throw new InputError(`train: expected learningRate > 0, got ${learningRate}.`);
  }
}
