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
import type { Targets } from "./targets.ts";

/** What a pricer needs besides the paths. */
export interface PricingSetup {
  readonly program: Program;
  readonly config: NeuralSdeConfig;
  readonly targets: Targets;
  readonly backend: Backend;
  readonly threads: number;
}

/** Paths, their seed, and how finely each step is split: refined paths are the same paths with more detail. */
export interface PathChoice {
  readonly paths: number;
  readonly seed: number;
  readonly refine?: number;
}

/** A runner on fixed paths; `free` it. */
export interface Pricer {
  readonly steps: number;
  /** Has the paths of one batch. */
  readonly runner: Runner;
  prices(theta: Float64Array): RowMeans;
  /** Replaces the paths by those of another seed. */
  redraw(seed: number): void;
}

/** Most paths simulated at a time, fewest, and about the most normals of such a batch. */
const batch = { most: 16384, least: 2048, normals: 2 ** 23 } as const;

/**
 * Paths to simulate at a time: their normals are the greater part of a fit's memory, and to make them again takes a few
 * hundredths of the time that the paths take.
 *
 * Shape  → a power of two, or `paths` where they are fewer
 */
export function batchPaths(paths: number, steps: number, factors: number): number {
  let size: number = batch.most;
  while (size > batch.least && size * steps * factors > 1.1 * batch.normals) size /= 2;
  return Math.min(paths, size);
}

/** Sets up paths for pricing. */
export async function pricer(setup: PricingSetup, choice: PathChoice): Promise<Pricer> {
  const { program, config, targets, backend, threads } = setup;
  const refine = choice.refine ?? 1;
  const grid = neuralSdeGrid(config, refine);
  const paths = batchPaths(choice.paths, grid.interval.length, program.factors);
  const batches = Math.ceil(choice.paths / paths);
  const plan = neuralSdePlan(config, targets, paths, refine);
  const runner = await backend.prepare(program, plan, { threads });
  const bridge = { ...neuralSdeBridge(grid), stride: refine };
  let { seed } = choice;
  const draw = (batch: number): void => runner.drawSobol({ seed, ...bridge, first: batch * paths });
  draw(0);
  return {
    steps: plan.steps,
    runner,
    prices(theta) {
      if (batches === 1) return runner.means(theta);
      const results = Array.from({ length: batches }, (_, batch) => {
        draw(batch);
        return runner.means(theta);
      });
      return meanOverBatches(results);
    },
    redraw(next) {
      seed = next;
      if (batches === 1) draw(0);
    },
  };
}

/** Means over batches of one size. */
function meanOverBatches(results: readonly RowMeans[]): RowMeans {
  const over = (f: (result: RowMeans, row: number) => number) =>
    results[0].mean.map((_, row) => results.reduce((sum, result) => sum + f(result, row), 0));
  const count = results.length;
  return {
    mean: over((result, row) => result.mean[row] / count),
    standardError: over((result, row) => (result.standardError[row] / count) ** 2).map(Math.sqrt),
  };
}
