/** Trains the policy of a configuration; what of it is the training's is the same wherever it is asked for. */
import type { Backend } from "../../backend/backend.ts";
import { continueTraining, type TrainedHedge, type TrainOptions } from "../train.ts";
import { startTraining, type TrainingState } from "../trainingState.ts";
import type { DeskProblem } from "./problem.ts";
import type { HedgeConfig } from "./schema.ts";

/** How a training is watched and stopped. */
export type DeskTraining = Pick<TrainOptions, "threads" | "signal" | "onProgress" | "onState">;

/** The result is measured elsewhere, on the paths of the configuration. */
const passing = { paths: 4096, sets: 2 } as const;

/** Trains, from a state where there is one.
 *
 * Deterministic: the same configuration gives the same weights, in one go or resumed, whatever the number of threads.
 */
export function trainDesk(
  config: HedgeConfig,
  { problem, policy }: DeskProblem,
  backend: Backend,
  watch: DeskTraining,
  from?: TrainingState,
): Promise<TrainedHedge> {
  const { iterations, paths, learningRate, validateEvery, patience } = config.training;
  const { seed } = config;
  return continueTraining(
    problem,
    policy,
    backend,
    from ?? startTraining(problem, policy, { seed }),
    {
      iterations,
      paths,
      learningRate,
      validateEvery,
      seed,
      ...(patience === undefined ? {} : { patience }),
      evaluation: passing,
      ...watch,
    },
  );
}

/** The configuration with the opposite position: what the other side of a quote needs. */
export const oppositeConfig = (config: HedgeConfig): HedgeConfig => ({
  ...config,
  name: `${config.name}-opposite`,
  position: config.position.map((line) => ({ ...line, quantity: -line.quantity })),
});
