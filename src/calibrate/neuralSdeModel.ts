/**
 * The neural SDE as one `Model` among others: `fitChain` with the answer in the common form.
 *
 * Its surface is the arbitrage-free one of the fit, not the Monte Carlo prices that were fitted, so that every model
 * is judged by what it publishes. After time τ the rolled model keeps every calendar date's tables (forward
 * volatility, level, skew, vol of vol), the network and the speeds, and draws the factors afresh from their spread:
 * the convention of a warm start, without a quote seen.
 */
import type { Backend } from "../backend/backend.ts";
import type { Chain } from "../market/index.ts";
import {
  type Model,
  type ModelFit,
  type ModelOptions,
  type NeuralSdeConfig,
  neuralSdeProgram,
} from "../models/index.ts";
import { InputError } from "../num/errors.ts";
import { type ModelSurface, type Surface, surfaceOfVariance } from "../surface/index.ts";
import { modelSurface } from "./assess.ts";
import {
  defaultMachine,
  fitChain,
  type FitOptions,
  fitDefaults,
  type FitResult,
} from "./fitChain.ts";
import type { FittedModel } from "./modelFile.ts";
import { neuralSdePaths } from "./neuralSdePaths.ts";
import { fittedPathsSeed } from "./phasePaths.ts";
import { carriedTheta } from "./warmStart.ts";

/** Structure and parameters: with them the fit can be simulated again. */
export interface NeuralSdeParams {
  readonly config: NeuralSdeConfig;
  /** [param] */
  readonly theta: readonly number[];
  readonly seed: number;
}

/** What a fit accepts besides what every model does. */
export interface NeuralSdeModelOptions extends ModelOptions, Pick<FitOptions, "onProgress"> {}

/** The neural SDE. */
export const neuralSde: Model<NeuralSdeParams> = {
  name: "neural-sde",
  title: "Neural SDE",
  source: "docs/neural-sde.md",
  isDynamic: true,
  fit: (chain, options) => neuralSdeWith({}).fit(chain, options),
};

/** The neural SDE with other settings of its fit: fewer iterations, another network. */
export function neuralSdeWith(
  settings: Pick<FitOptions, "schedule" | "model" | "assessmentPaths" | "backend">,
): Model<NeuralSdeParams> {
  return {
    ...neuralSde,
    async fit(chain: Chain, options: NeuralSdeModelOptions = {}) {
      const { seed, threads, signal, onProgress } = options;
      const result = await fitChain(chain, { ...settings, seed, threads, signal, onProgress });
      const machine = defaultMachine();
      return modelFit(result, settings.backend ?? machine.backend, threads ?? machine.threads);
    },
  };
}

const messages = {
  converged: "",
  "iteration-limit": "stopped at the last iteration of its schedule",
  cancelled: "stopped early with the best parameters so far",
} as const;

/** A neural fit in the form of all models. */
function modelFit(
  { document, model, surface }: FitResult,
  backend: Backend,
  threads: number,
): ModelFit<NeuralSdeParams> {
  const { config, theta, seed } = model;
  return {
    model: neuralSde.name,
    status: document.status,
    message: messages[document.status],
    warnings: [],
    params: { config, theta: Array.from(theta), seed },
    parameterCount: theta.length,
    surface: withoutEnds(surface),
    simulate: (request) => neuralSdePaths(model, backend, threads, request),
    rolled: (elapsedYears) => rolledSurface(model, elapsedYears, backend, threads),
    seconds: document.cost.seconds,
  };
}

/** The surface with flat volatility after its last date, and before its first. */
function withoutEnds(surface: Surface): ModelSurface {
  const { yearsMin, yearsMax } = surface.domain;
  return surfaceOfVariance(surface.years, (k, t) => {
    const inside = Math.min(Math.max(t, yearsMin), yearsMax);
    return (surface.totalVariance(k, inside) * t) / inside;
  });
}

/** The model simulated from a later time on. */
async function rolledSurface(
  model: FittedModel,
  elapsedYears: number,
  backend: Backend,
  threads: number,
): Promise<ModelSurface> {
  const { yearsToExpiry, forwardVol } = model.config;
  const alive = yearsToExpiry.map((t) => t > elapsedYears + shortestYears);
  if (!(elapsedYears >= 0) || !alive.includes(true)) {
    throw new InputError(
      `neural-sde: expected an elapsed time from 0 to below ${yearsToExpiry.at(-1)} years, got ${elapsedYears}. Roll by less.`,
    );
  }
  const config: NeuralSdeConfig = {
    ...model.config,
    yearsToExpiry: yearsToExpiry.filter((_, i) => alive[i]).map((t) => t - elapsedYears),
    forwardVol: forwardVol.filter((_, i) => alive[i]),
  };
  const program = neuralSdeProgram(config);
  const expiryMs = model.expiryMs.filter((_, i) => alive[i]);
  const theta = carriedTheta(program, expiryMs, model);
  const { surface } = await modelSurface({ program, config, backend, threads }, theta, {
    paths: fitDefaults.rolledPaths,
    seed: fittedPathsSeed(model.seed),
  });
  return withoutEnds(surface);
}

/** An expiry nearer than this (an hour) is no node of a rolled model. */
const shortestYears = 1 / (365 * 24);
