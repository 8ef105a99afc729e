/**
 * All models, or some, on one chain: one document, with what a report needs beside it.
 *
 * Models are fitted one after another, so that the time of each is its own.
 */
import type { Chain } from "../market/index.ts";
import type { Model, ModelOptions } from "../models/index.ts";
import type { CompareDocument } from "./compareDocument.ts";
import {
  type CompareTask,
  compareTask,
  evaluateModel,
  type EvaluateOptions,
  type Evaluation,
  type TaskOptions,
} from "./evaluate.ts";
import { type Scenario, levelOf } from "./scenario.ts";

/** A step of a model's evaluation under way. */
export interface CompareProgress {
  readonly model: Model;
  /** Rank among the models, from 0, and how many there are. */
  readonly index: number;
  readonly models: number;
  readonly step: string;
}

export interface CompareOptions
  extends ModelOptions,
    TaskOptions,
    Pick<EvaluateOptions, "onProgress" | "limitSeconds"> {
  readonly scenario?: Scenario;
  /** Quotes read before cleaning, for the document. */
  readonly read?: number;
  readonly onStep?: (progress: CompareProgress) => void;
  readonly onModel?: (evaluation: Evaluation) => void;
}

/** Defaults of `compareChain`. */
export const compareDefaults = { scenario: "liquid", seed: 1, heldOutExpiries: 1 } as const;

/** A comparison, with the surfaces behind it. */
export interface Comparison {
  readonly document: CompareDocument;
  readonly task: CompareTask;
  readonly evaluations: readonly Evaluation[];
}

/** Compares models on a chain; a stop by `signal` leaves the models that were finished.
 *
 * Throws  nothing on account of a model: its failure is its row
 */
export async function compareChain(
  chain: Chain,
  models: readonly Model[],
  options: CompareOptions = {},
): Promise<Comparison> {
  const scenario = options.scenario ?? compareDefaults.scenario;
  const seed = options.seed ?? compareDefaults.seed;
  const task = compareTask(chain, scenario, options);
  const evaluations: Evaluation[] = [];
  for (const [index, model] of models.entries()) {
    if (options.signal?.aborted) break;
    const evaluation = await evaluateModel(model, task, {
      seed,
      threads: options.threads,
      signal: options.signal,
      limitSeconds: options.limitSeconds,
      onProgress: options.onProgress,
      onStep: (step) => options.onStep?.({ model, index, models: models.length, step }),
    });
    if (evaluation === null) break;
    evaluations.push(evaluation);
    options.onModel?.(evaluation);
  }
  const document: CompareDocument = {
    ...describeTask(task),
    quotes: { ...describeTask(task).quotes, read: options.read ?? countOf(chain) },
    seed,
    heldOut: options.quick !== true,
    complete: evaluations.length === models.length,
    models: evaluations.map(({ comparison }) => comparison),
    files: {},
  };
  return { document, task, evaluations };
}

/** The part of the document that depends on the question alone. */
export function describeTask({ scenario, fitted, measured, next, expiries, exotics }: CompareTask) {
  return {
    schemaVersion: 1,
    underlying: fitted.underlying,
    asOf: isoTime(fitted.asOfMs),
    nextAsOf: next === null ? null : isoTime(next.asOfMs),
    scenario,
    level: levelOf(fitted),
    quotes: {
      fitted: countOf(fitted),
      measured: countOf(measured),
      expiries: fitted.expiries.length,
    },
    heldOutExpiries: expiries.map(({ hidden }) => isoTime(hidden.expiries[0].expiryMs)),
    exoticDates: fitted.expiries
      .filter(({ yearsToExpiry }) => exotics?.years.includes(yearsToExpiry))
      .map(({ expiryMs }) => isoTime(expiryMs)),
  } as const;
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

const countOf = ({ expiries }: Chain): number =>
  expiries.reduce((sum, { quotes }) => sum + quotes.length, 0);
