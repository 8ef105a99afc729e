/**
 * Calibration of the neural SDE to an option chain: chain → model, surface, certificate and the document about them.
 *
 * Residuals are (model price − mid) / (vega · half spread) of out-of-the-money quotes, so a quote is inside its
 * spread when its residual is within ±1; Levenberg-Marquardt on fixed quasi-random paths lowers their mean loss
 * (spreadLoss.ts), phase by phase (schedule.ts). Everything reported is measured afterwards on paths the fit never saw.
 */
import type { Backend } from "../backend/backend.ts";
import { wasmBackend } from "../backend/wasm/index.ts";
import { defaultThreads } from "../backend/wasm/threads.ts";
import { type Chain, fingerprint } from "../market/index.ts";
import {
  initialTheta,
  type NeuralSdeConfig,
  neuralSdeDefaults,
  neuralSdeProgram,
} from "../models/neuralSde.ts";
import { type Program, segmentLength } from "../ir/index.ts";
import {
  type CheckpointStore,
  decodeCheckpoint,
  encodeCheckpoint,
  type IterationRecord,
  type Progress,
} from "./checkpoint.ts";
import type { FitStatus } from "./fitDocument.ts";
import { assess, type Assessment } from "./assess.ts";
import {
  dampingRule,
  iterate,
  type Problem,
  type SearchState,
  searchAt,
} from "./levenbergMarquardt.ts";
import type { FittedModel } from "./modelFile.ts";
import type { RobustLoss } from "../nn/index.ts";
import { jacobianSeed, type PhasePaths, phasePaths } from "./phasePaths.ts";
import type { PricingSetup } from "./pricer.ts";
import {
  coldSchedule,
  fineSchedule,
  gridFactor,
  iterationsOf,
  measuredFactor,
  pathsFactor,
  type Phase,
  warmSchedule,
  withMorePaths,
} from "./schedule.ts";
import { spreadLoss } from "./spreadLoss.ts";
import { bootstrapForwardVol, type Targets, targetsFromChain, thinTargets } from "./targets.ts";
import { carriedTheta } from "./warmStart.ts";

/** What `onProgress` hears after each iteration. */
export interface FitProgress extends IterationRecord {
  readonly iterations: number;
  /** Estimated from the time spent so far. */
  readonly secondsLeft: number;
  /** The model as it stands: `neuralSdeProgram(config)` at `theta` [param]. */
  readonly config: NeuralSdeConfig;
  readonly theta: Float64Array;
}

export interface FitOptions {
  readonly seed?: number;
  readonly threads?: number;
  /** The next iteration waits for the promise, if one is returned: a fit can be paused so. */
  readonly onProgress?: (progress: FitProgress) => void | Promise<void>;
  /** Damping of the first iteration: large for small careful steps. */
  readonly damping?: number;
  /** Aborting ends the fit after the iteration under way, with the best parameters so far. */
  readonly signal?: AbortSignal;
  readonly checkpoint?: CheckpointStore;
  readonly warmStart?: FittedModel;
  readonly backend?: Backend;
  readonly schedule?: readonly Phase[];
  /** Structure of the model, where it should not be the default. */
  readonly model?: Partial<Omit<NeuralSdeConfig, "yearsToExpiry" | "forwardVol">>;
  /** Paths of the measurements after the fit. */
  readonly assessmentPaths?: number;
  /** Paths behind the arbitrage-free surface; when absent those of the schedule's last phase, and no fewer than 16,384. */
  readonly surfacePaths?: number;
}

/** Backend and threads of a fit whose caller names none. */
export const defaultMachine = (): { readonly backend: Backend; readonly threads: number } => ({
  backend: wasmBackend,
  threads: defaultThreads(),
});

/** Defaults of `fitChain`. */
export const fitDefaults = {
  seed: 1,
  /** Prior widths of network weights and of the jumps' tables against that of all other parameters. */
  networkScale: 0.5,
  jumpTableScale: 2,
  assessmentPaths: 32768,
  /** Fewest paths of a surface, where those of the schedule's last phase are fewer. */
  surfacePaths: 16384,
  /** Paths of the surface of a model that is rolled on, where there is no phase to take them from. */
  rolledPaths: 32768,
  /** Most quotes in the residuals of the search; chains with more are thinned evenly, and assessed in full. */
  searchQuotes: 450,
} as const;

export interface FitResult extends Assessment {
  readonly model: FittedModel;
  readonly history: readonly IterationRecord[];
}

/** Fits a chain.
 *
 * Units   volatility decimal per √year, time in years, prices per unit forward
 * Throws  InputError when the checkpoint or the warm start does not belong to the chain; never because it does not converge
 */
export async function fitChain(chain: Chain, options: FitOptions = {}): Promise<FitResult> {
  const started = performance.now();
  const seed = options.seed ?? fitDefaults.seed;
  const targets = targetsFromChain(chain);
  const finer = gridFactor(targets.halfSpreadVol);
  const config: NeuralSdeConfig = {
    ...neuralSdeDefaults,
    gridSteps: neuralSdeDefaults.gridSteps * finer,
    minStepsPerInterval: neuralSdeDefaults.minStepsPerInterval * finer,
    ...(options.warmStart === undefined ? {} : structureOf(options.warmStart.config)),
    ...options.model,
    yearsToExpiry: Array.from(targets.yearsToExpiry),
    forwardVol: Array.from(bootstrapForwardVol(targets.atmVol, targets.yearsToExpiry)),
  };
  const program = neuralSdeProgram(config);
  const setup: PricingSetup = {
    program,
    config,
    targets,
    backend: options.backend ?? defaultMachine().backend,
    threads: options.threads ?? defaultMachine().threads,
  };
  const factor = pathsFactor(targets.halfSpreadVol);
  // a warm start has to be quick: fewer paths for what is measured after it
  const measured = options.warmStart === undefined ? measuredFactor(targets.halfSpreadVol) : 0.5;
  const schedule =
    options.schedule ??
    (options.warmStart === undefined
      ? withMorePaths(finer > 1 ? fineSchedule : coldSchedule, factor)
      : warmSchedule);
  const start = startingTheta(chain, program, config, targets, seed, options.warmStart);
  const key = JSON.stringify([
    fingerprint(chain),
    config,
    seed,
    schedule,
    Array.from(start).reduce((a, b) => a + b, 0),
  ]);
  const saved = options.checkpoint?.load();
  const first: Progress =
    saved === undefined
      ? {
          phase: 0,
          done: 0,
          stalled: 0,
          damping: options.damping ?? dampingRule.start,
          theta: start,
          pathSteps: 0,
          seconds: 0,
          history: [],
        }
      : decodeCheckpoint(saved, key);
  const origin = started - 1000 * first.seconds;
  const { progress, status } = await search(
    {
      setup: { ...setup, targets: thinTargets(targets, fitDefaults.searchQuotes) },
      schedule,
      seed,
      options,
      key,
      started: origin,
    },
    first,
  );
  const assessment = await assess(chain, setup, progress.theta, {
    seed,
    paths: options.assessmentPaths ?? fitDefaults.assessmentPaths * measured,
    surfacePaths:
      options.surfacePaths ??
      Math.max(schedule[schedule.length - 1].residualPaths, fitDefaults.surfacePaths),
    status,
    started: origin,
    pathSteps: progress.pathSteps,
  });
  const model = fittedModel(chain, config, progress.theta, seed, assessment);
  return { ...assessment, model, history: progress.history };
}

function fittedModel(
  chain: Chain,
  config: NeuralSdeConfig,
  theta: Float64Array,
  seed: number,
  { document, surfaceJson }: Assessment,
): FittedModel {
  return {
    kind: "neural-sde",
    config,
    theta,
    seed,
    underlying: chain.underlying,
    asOfMs: chain.asOfMs,
    expiryMs: chain.expiries.map((e) => e.expiryMs),
    forwards: chain.expiries.map((e) => e.forward),
    dataFingerprint: fingerprint(chain),
    fit: document,
    surface: surfaceJson,
  };
}

/** The part of a configuration that does not depend on the chain. */
function structureOf(config: NeuralSdeConfig) {
  const { yearsToExpiry: _, forwardVol: __, ...structure } = config;
  return structure;
}

function startingTheta(
  chain: Chain,
  program: Program,
  config: NeuralSdeConfig,
  targets: Targets,
  seed: number,
  warmStart: FittedModel | undefined,
): Float64Array {
  if (warmStart !== undefined) {
    return carriedTheta(
      program,
      chain.expiries.map((e) => e.expiryMs),
      warmStart,
    );
  }
  const meanVol = targets.atmVol.reduce((sum, vol) => sum + vol, 0) / targets.atmVol.length;
  return initialTheta(config, program, seed, meanVol);
}

interface Search {
  readonly setup: PricingSetup;
  readonly schedule: readonly Phase[];
  readonly seed: number;
  readonly options: FitOptions;
  readonly key: string;
  readonly started: number;
}

/** Runs what is left of the schedule. */
async function search(
  task: Search,
  first: Progress,
): Promise<{ progress: Progress; status: FitStatus }> {
  let progress = first;
  let status: FitStatus = "converged";
  for (let index = first.phase; index < task.schedule.length; index++) {
    const paths = await phasePaths(task.setup, task.schedule[index], task.seed);
    const problem = problemOf(task.setup, paths, spreadLoss(task.schedule[index].tail));
    let state = searchAt(problem, progress.theta, progress.damping);
    if (progress.done === 0)
      progress = { ...progress, pathSteps: progress.pathSteps + paths.forwardCost };
    while (!phaseIsOver(task.schedule[index], progress)) {
      await turn();
      if (task.options.signal?.aborted) {
        paths.free();
        return { progress, status: "cancelled" };
      }
      const before = state;
      paths.jacobian.redraw(jacobianSeed(task.seed, progress.history.length));
      state = iterate(problem, before);
      progress = advance(task, progress, before, state, paths);
      task.options.checkpoint?.save(encodeCheckpoint(task.key, progress));
      await report(task, progress);
    }
    status = progress.stalled > 0 ? "converged" : "iteration-limit";
    paths.free();
    progress = { ...progress, phase: index + 1, done: 0, stalled: 0 };
  }
  return { progress, status };
}

/** Lets timers and signals run. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Iterations in a row that may hardly help before a phase ends. */
const stallsAllowed = 3;

const phaseIsOver = (phase: Phase, progress: Progress): boolean =>
  progress.done >= phase.iterations || progress.stalled >= stallsAllowed;

function problemOf(
  { program, targets }: PricingSetup,
  paths: PhasePaths,
  loss: RobustLoss,
): Problem {
  const { price, scale } = targets;
  const width = program.paramCount;
  return {
    residuals: (theta) =>
      paths.residual.prices(theta).mean.map((value, i) => (value - price[i]) * scale[i]),
    jacobian: (theta) => {
      const { jacobian } = paths.jacobian.runner.jacobian(theta);
      for (let i = 0; i < price.length; i++)
        for (let k = 0; k < width; k++) jacobian[i * width + k] *= scale[i];
      return jacobian;
    },
    scale: parameterScale(program),
    loss,
  };
}

/** [param] prior widths. */
function parameterScale(program: Program): Float64Array {
  const scale = new Float64Array(program.paramCount).fill(1);
  for (const segment of program.params) {
    const { name, offset } = segment;
    const width = name.startsWith("net.")
      ? fitDefaults.networkScale
      : /^jump(Rates|Means|Sizes)$/.test(name)
        ? fitDefaults.jumpTableScale
        : 1;
    scale.fill(width, offset, offset + segmentLength(segment));
  }
  return scale;
}

function advance(
  task: Search,
  progress: Progress,
  before: SearchState,
  after: SearchState,
  paths: PhasePaths,
): Progress {
  const gain = 1 - after.loss / before.loss;
  const { targets } = task.setup;
  const inside = after.residuals.reduce(
    (count, r, i) =>
      count +
      (Math.abs(r) <= targets.halfSpreadVol[i] * targets.vega[i] * targets.scale[i] ? 1 : 0),
    0,
  );
  const seconds = (performance.now() - task.started) / 1000;
  return {
    ...progress,
    done: progress.done + 1,
    stalled: gain < task.schedule[progress.phase].enough ? progress.stalled + 1 : 0,
    damping: after.damping,
    theta: after.theta,
    pathSteps: progress.pathSteps + paths.forwardCost + paths.jacobianCost,
    seconds,
    history: [
      ...progress.history,
      {
        iteration: progress.history.length + 1,
        loss: after.loss,
        insideShare: inside / after.residuals.length,
        seconds,
      },
    ],
  };
}

async function report(task: Search, progress: Progress): Promise<void> {
  const last = progress.history.at(-1);
  if (last === undefined) return;
  const rest = task.schedule.slice(progress.phase + 1);
  const iterations =
    progress.history.length +
    iterationsOf(rest) +
    task.schedule[progress.phase].iterations -
    progress.done;
  // later phases cost about in proportion to their residual paths
  const cost = (phase: Phase, count: number) =>
    count * (phase.residualPaths + 12 * phase.jacobianPaths);
  const spent = task.schedule.reduce(
    (sum, phase, i) =>
      sum +
      cost(phase, i < progress.phase ? phase.iterations : i === progress.phase ? progress.done : 0),
    0,
  );
  const left = task.schedule.reduce(
    (sum, phase, i) =>
      sum +
      cost(
        phase,
        i > progress.phase
          ? phase.iterations
          : i === progress.phase
            ? phase.iterations - progress.done
            : 0,
      ),
    0,
  );
  await task.options.onProgress?.({
    ...last,
    iterations,
    config: task.setup.config,
    theta: progress.theta,
    secondsLeft: (last.seconds * left) / Math.max(spent, 1),
  });
}
