/**
 * Learning a hedge in front of the reader: the risk of every iteration as it comes, and the band as it moves.
 *
 * `stop` ends the training and keeps the best so far; `date` asks for the band of another date from now on.
 */
import { wasmBackend } from "volterra/engine";
import {
  deltaHedge,
  evaluateHedge,
  type Policy,
  trainHedge,
  type TrainedHedge,
  whalleyWilmottHedge,
} from "volterra/hedging";
import type { Job } from "../../protocol.ts";
import { type Holding, learnedAt } from "./curves.ts";
import { type Desk, deskOf, type HedgeTask, noWeights, turn } from "./desk.ts";

export interface TrainHedgeInput {
  readonly task: HedgeTask;
  readonly threads: number;
  readonly date: number;
}

export interface TrainHedgeFrame {
  readonly iteration: number;
  readonly iterations: number;
  /** [iteration] risk on the iteration's own paths, from the first to the latest. */
  readonly history: readonly number[];
  /** On the validation paths. */
  readonly best: number | null;
  readonly seconds: number;
  /** [instrument] the learned band at a date, from time to time. */
  readonly learned: { readonly date: number; readonly holdings: readonly Holding[] } | null;
  /** Risk of the rules on other paths: what there is to beat. */
  readonly rules: readonly { readonly name: string; readonly risk: number }[];
}

export interface TrainHedgeOutput {
  readonly theta: Float64Array;
  readonly status: TrainedHedge["status"];
  readonly iterations: number;
  readonly seconds: number;
  readonly history: readonly number[];
  readonly risk: number;
  readonly standardError: number;
}

export type TrainHedgeCommand =
  | { readonly kind: "stop" }
  | { readonly kind: "date"; readonly date: number };

/** Milliseconds between two frames. */
const frameMs = 120;
/** Iterations between two looks at the band; each is a measurement too. */
const lookEvery = 20;
const passing = { paths: 4096, sets: 2 } as const;

export const trainHedgeJob: Job<
  TrainHedgeInput,
  TrainHedgeOutput,
  TrainHedgeFrame,
  TrainHedgeCommand
> = async ({ task, threads, date: first }, { report, onCommand, signal }) => {
  const desk = deskOf(task);
  const { config, problem, policy } = desk;
  const stop = new AbortController();
  signal.addEventListener("abort", () => stop.abort());
  let date = first;
  onCommand((command) => {
    if (command.kind === "stop") stop.abort();
    else date = command.date;
  });
  const rules = await risksOf(desk, threads);
  await turn();
  const { iterations, paths, learningRate, patience } = config.training;
  const history: number[] = [];
  const began = performance.now();
  let [shown, told] = [began, 0];
  let learned: TrainHedgeFrame["learned"] = null;
  const tell = (best: number | null): void => {
    const seconds = (performance.now() - began) / 1000;
    const iteration = history.length;
    report({ iteration, iterations, history: [...history], best, seconds, learned, rules });
    told = iteration;
    learned = null;
  };
  const trained = await trainHedge(problem, policy, wasmBackend, {
    iterations,
    paths,
    learningRate,
    patience: patience ?? Number.POSITIVE_INFINITY,
    seed: config.seed,
    threads,
    validateEvery: lookEvery,
    validationPaths: 2048,
    evaluation: { ...passing, threads },
    signal: stop.signal,
    onState: async ({ theta }) => {
      const now = date;
      learned = { date: now, holdings: await learnedAt(desk, theta, now) };
    },
    onProgress: async ({ risk, best }) => {
      history.push(risk);
      if (performance.now() - shown < frameMs) return;
      tell(best);
      await turn();
      shown = performance.now();
    },
  });
  if (told < history.length) tell(trained.state.best?.risk ?? null);
  const { theta, status, evaluation, seconds } = trained;
  return {
    theta,
    status,
    iterations: history.length,
    seconds,
    history,
    risk: evaluation.risk,
    standardError: evaluation.standardError,
  };
};

/** Risks of the rules that can trade here. */
async function risksOf({ problem, baselines }: Desk, threads: number) {
  const found: { name: string; risk: number }[] = [];
  const known: readonly Policy[] = [deltaHedge, whalleyWilmottHedge];
  for (const rule of known.filter((own) => baselines.some((baseline) => baseline.rule === own))) {
    const { risk } = await evaluateHedge(problem, rule, noWeights, wasmBackend, {
      ...passing,
      threads,
    });
    found.push({ name: rule.name, risk });
  }
  return found;
}
