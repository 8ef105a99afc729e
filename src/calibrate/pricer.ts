/**
 * A neural SDE set up to price the quotes of a chain on fixed quasi-random paths.
 */
import type { Backend, RowMeans, Runner } from "../backend/backend.ts";
import type { Program } from "../ir/index.ts";
import {
  type NeuralSdeConfig,
  neuralSdeBridge,
  neuralSdeGrid,
  neuralSdePlan,
} from "../models/neuralSde.ts";
import { sobolNoise } from "../random/noise.ts";
import type { Targets } from "./targets.ts";

/** What a pricer needs besides the paths. */
export interface PricingSetup {
  readonly program: Program;
  readonly config: NeuralSdeConfig;
  readonly targets: Targets;
  readonly backend: Backend;
  readonly threads: number;
}

/** Paths, their seed, and how finely each step is split. */
export interface PathChoice {
  readonly paths: number;
  readonly seed: number;
  readonly refine?: number;
}

/** A runner on fixed paths; `free` it. */
export interface Pricer {
  readonly choice: PathChoice;
  readonly steps: number;
  readonly runner: Runner;
  prices(theta: Float64Array): RowMeans;
  /** Replaces the paths by those of another seed. */
  redraw(seed: number): void;
}

/** Sets up paths for pricing. */
export async function pricer(setup: PricingSetup, choice: PathChoice): Promise<Pricer> {
  const { program, config, targets, backend, threads } = setup;
  const refine = choice.refine ?? 1;
  const plan = neuralSdePlan(config, targets, choice.paths, refine);
  const runner = await backend.prepare(program, plan, { threads });
  const bridge = neuralSdeBridge(neuralSdeGrid(config, refine));
  const { factors, initialNormals } = program;
  const redraw = (seed: number): void => {
    sobolNoise({
      steps: plan.steps,
      factors,
      initialNormals,
      paths: choice.paths,
      seed,
      ...bridge,
      into: runner.noise(),
    });
  };
  redraw(choice.seed);
  return { choice, steps: plan.steps, runner, prices: (theta) => runner.means(theta), redraw };
}
