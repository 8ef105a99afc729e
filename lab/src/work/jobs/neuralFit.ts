/** The neural SDE as one model of the comparison, fitted quickly: fewer paths than the command line takes. */
import { fitChain, type FittedModel, type NeuralSdeParams, type Phase } from "volterra/calibrate";
import type { Chain } from "volterra/market";
import type { Model, ModelFit, ModelOptions } from "volterra/models";
import { type ModelSurface, type Surface, surfaceOfVariance } from "volterra/surface";

/** Phases of a fit in a page. */
const pageSchedule: readonly Phase[] = [
  {
    iterations: 6,
    residualPaths: 2048,
    jacobianPaths: 256,
    gridShare: 0.75,
    enough: 0.02,
    tail: "linear",
  },
  {
    iterations: 3,
    residualPaths: 4096,
    jacobianPaths: 512,
    gridShare: 1,
    enough: 0.02,
    tail: "linear",
  },
];
/** After a quote was moved: from the fit before. */
const warmSchedule: readonly Phase[] = [
  {
    iterations: 4,
    residualPaths: 4096,
    jacobianPaths: 256,
    gridShare: 1,
    enough: 0.02,
    tail: "linear",
  },
];
const assessment = { assessmentPaths: 4096, surfacePaths: 4096 } as const;

export interface PageFit {
  readonly model: Model<NeuralSdeParams>;
  /** The last fitted model, as the command line saves it. */
  fitted(): FittedModel | null;
}

/** The model; `warm` is what a fit starts from when its expiries are the same. */
export function pageNeuralSde(warm: FittedModel | null): PageFit {
  let first: FittedModel | null = null;
  return {
    fitted: () => first,
    model: {
      name: "neural-sde",
      title: "Neural SDE",
      source: "docs/neural-sde.md",
      isDynamic: true,
      async fit(chain: Chain, options: ModelOptions = {}): Promise<ModelFit<NeuralSdeParams>> {
        const start = matches(warm, chain) ? warm : null;
        const { document, model, surface } = await fitChain(chain, {
          seed: options.seed,
          threads: options.threads,
          signal: options.signal,
          schedule: start === null ? pageSchedule : warmSchedule,
          ...assessment,
          ...(start === null ? {} : { warmStart: start }),
        });
        first ??= model;
        return {
          model: "neural-sde",
          status: document.status,
          message: "",
          warnings: [],
          params: { config: model.config, theta: Array.from(model.theta), seed: model.seed },
          parameterCount: model.theta.length,
          surface: atAnyDate(surface),
          seconds: document.cost.seconds,
        };
      },
    },
  };
}

/** The surface with flat volatility before its first date and after its last. */
export function atAnyDate(surface: Surface): ModelSurface {
  const { yearsMin, yearsMax } = surface.domain;
  return surfaceOfVariance(surface.years, (k, t) => {
    const inside = Math.min(Math.max(t, yearsMin), yearsMax);
    return (surface.totalVariance(k, inside) * t) / inside;
  });
}

const matches = (model: FittedModel | null, { expiries }: Chain): model is FittedModel =>
  model !== null &&
  model.expiryMs.length === expiries.length &&
  expiries.every(({ expiryMs }, i) => expiryMs === model.expiryMs[i]);
