/**
 * Fits models to the market one after the other, and tells of each as soon as it is fitted; then what it is worth at
 * quotes it did not see, and whether its surface contains arbitrage.
 *
 * The worker keeps the surfaces of its last fits, for `surfaceGrid`.
 */
import { type CompareTask, compareTask, evaluateModel } from "volterra/compare";
import { type FittedModel } from "volterra/calibrate";
import { type Chain, subsetChain } from "volterra/market";
import { classicalModels, failedFit, type Model, type ModelFit } from "volterra/models";
import type { ModelSurface } from "volterra/surface";
import { chainOf, visibleChain } from "../../market/labChain.ts";
import type { LabMarket } from "../../market/labMarket.ts";
import type { Job } from "../protocol.ts";
import { type ModelRow, modelRow } from "./modelRow.ts";
import { pageNeuralSde } from "./neuralFit.ts";

export interface FitInput {
  readonly market: LabMarket;
  /** Names as on the command line. */
  readonly models: readonly string[];
  readonly threads: number;
  /** The neural SDE starts from this fit if it has the same expiries. */
  readonly warm: FittedModel | null;
}

export interface FitReport {
  readonly row: ModelRow;
  /** Only of the neural SDE: what the command line reads. */
  readonly fitted: FittedModel | null;
}

/** Surfaces of the last fits of this worker, by model. */
export const lastSurfaces = new Map<string, ModelSurface>();

export const fitModels: Job<FitInput, null, FitReport> = async (input, { report, signal }) => {
  const { market, threads } = input;
  const chain = chainOf(market);
  const fitted = visibleChain(market, chain);
  const neural = pageNeuralSde(input.warm);
  const models = input.models.map((name) =>
    name === "neural-sde" ? neural.model : classicalModels.find((model) => model.name === name),
  );
  const rows = new Map<Model, { readonly row: ModelRow; readonly fit: ModelFit }>();
  for (const model of models) {
    if (model === undefined || signal.aborted) continue;
    const fit = await fitOrReason(model, fitted, { threads, signal });
    if (signal.aborted) return null;
    const row = modelRow(model.title, fit, market, chain, fitted);
    rows.set(model, { row, fit });
    if (fit.surface !== null) lastSurfaces.set(model.name, fit.surface);
    report({ row, fitted: model === neural.model ? neural.fitted() : null });
    await turn();
  }
  const task = taskOf(chain, fitted);
  for (const [model, { row, fit }] of rows) {
    if (fit.surface === null) continue;
    const again: Model = {
      ...model,
      fit: (asked, options) =>
        asked === task.fitted ? Promise.resolve(fit) : model.fit(asked, options),
    };
    const evaluation = await evaluateModel(again, task, { threads, signal });
    if (evaluation === null) return null;
    const { heldOutStrikeRmseVolPoints: outsideRmse, certificate } = evaluation.comparison;
    report({ row: { ...row, outsideRmse, certificate }, fitted: null });
    await turn();
  }
  return null;
};

async function fitOrReason(
  model: Model,
  chain: Chain,
  options: { readonly threads: number; readonly signal: AbortSignal },
): Promise<ModelFit> {
  const started = performance.now();
  try {
    return await model.fit(chain, options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return failedFit(model.name, message, (performance.now() - started) / 1000);
  }
}

/** Held-out strikes; or the hidden quotes, where the market hides some. */
function taskOf(chain: Chain, fitted: Chain): CompareTask {
  const task = compareTask(fitted, "liquid");
  if (chain === fitted) return { ...task, expiries: [] };
  const seen = new Set(fitted.expiries.flatMap(({ quotes }) => quotes.map((q) => q.instrument)));
  const strikes = subsetChain(chain, ({ instrument }) => !seen.has(instrument));
  return {
    ...task,
    scenario: "sparse",
    measured: chain,
    strikes: null,
    expiries: [],
    hidden: { strikes, expiries: null },
  };
}

/** Lets messages in: a newer market may have made this one pointless. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
