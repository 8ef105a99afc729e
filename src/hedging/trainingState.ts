/**
 * The state of a training between two iterations: plain data, from which it goes on to the same bits.
 *
 * Every iteration's paths follow from the seed and its number alone.
 */
import { initialiseMlp } from "../ir/index.ts";
import { type AdamState, adamStart } from "../nn/index.ts";
import { fullTheta, typicalLoss } from "./evaluate.ts";
import { hedgeProgram } from "./program.ts";
import type { HedgeProblem, Policy } from "./problem.ts";

/** The best parameters so far, by validation. */
export interface BestSoFar {
  readonly theta: Float64Array;
  /** On the validation paths, and its standard error. */
  readonly risk: number;
  readonly standardError: number;
  readonly iteration: number;
}

/** Between two iterations. */
export interface TrainingState {
  /** Iterations done. */
  readonly iteration: number;
  /** [param] the policy's parameters, then the risk's thresholds. */
  readonly theta: Float64Array;
  readonly adam: AdamState;
  /** Null before the first validation. */
  readonly best: BestSoFar | null;
  /** Validations in a row that were no better than the best by two standard errors. */
  readonly waited: number;
  /** [iteration] risk on the paths of the iteration */
  readonly history: readonly number[];
}

export interface StartOptions {
  readonly seed?: number;
  /** Scale of the last layer of each network: near 0 starts at the rule that the policy is built around. */
  readonly lastScale?: number;
  /** Start from these parameters instead, [param] as in `TrainingState`. */
  readonly theta?: Float64Array;
}

export const startDefaults = { seed: 1, lastScale: 0.1 } as const;

/** The state before the first iteration.
 *
 * Throws  InputError for a problem that cannot be, ShapeError for parameters that do not fit
 */
export function startTraining(
  problem: HedgeProblem,
  policy: Policy,
  options: StartOptions = {},
): TrainingState {
  const { seed, lastScale } = { ...startDefaults, ...options };
  const compiled = hedgeProgram(problem, policy, { centre: typicalLoss(problem), detail: "loss" });
  const { program, learned } = compiled;
  const given = options.theta ?? new Float64Array(learned);
  const theta = fullTheta(compiled, given);
  if (options.theta === undefined) {
    const networks = new Set(
      program.params
        .filter(({ name, offset }) => offset < learned && name.includes("."))
        .map(({ name }) => name.split(".")[0]),
    );
    for (const name of networks) initialiseMlp(program, name, theta, seed, { lastScale });
  }
  return {
    iteration: 0,
    theta: theta.slice(0, learned),
    adam: adamStart(learned),
    best: null,
    waited: 0,
    history: [],
  };
}
