/**
 * The hedge of the page: the task of the settings or of a file, what was learned for it, and everything asked about it.
 *
 * A change of the task drops what was learned for the one before.
 */
import { batch, computed, effect, signal } from "@preact/signals";
import { threads } from "../../app/threads.ts";
import { neuralFit } from "../../market/neuralState.ts";
import { startJob } from "../../work/client.ts";
import { jobSignal } from "../../work/jobSignal.ts";
import type { HedgeFile } from "../../work/jobs/hedge/files.ts";
import type { HedgeTask } from "../../work/jobs/hedge/desk.ts";
import type { Holding } from "../../work/jobs/hedge/curves.ts";
import type { TrainHedgeOutput } from "../../work/jobs/hedge/train.ts";
import { configOf } from "./config.ts";
import { choices, settings, view } from "./settings.ts";

/** A file that takes the place of the settings. */
export const file = signal<HedgeFile | null>(null);
/** Why a file could not be read or written. */
export const fileError = signal<string | null>(null);

/** What is hedged; null where the settings name a market that is not there. */
export const task = computed<HedgeTask | null>(() => {
  if (file.value !== null) return { config: file.value.config, model: null };
  if (settings.market.value !== "learned") return { config: configOf(choices()), model: null };
  const fit = neuralFit.value;
  return fit === null ? null : { config: configOf(choices()), model: fit.model };
});

/** What the page reads of a configuration; the library has checked the file's, the page makes its own. */
interface KnownConfig {
  readonly currency: string;
  readonly market: { readonly spot: number };
  readonly position: readonly { readonly days: number }[];
  readonly rebalancing: { readonly everyHours: number };
  readonly risk: { readonly kind: string };
}
export const config = computed(() => (task.value?.config ?? configOf(choices())) as KnownConfig);

/** Number of dates at which trades may happen. */
export const dateCount = computed(() => {
  const { position, rebalancing } = config.value;
  const days = Math.max(...position.map((line) => line.days));
  return Math.max(1, Math.round((24 * days) / rebalancing.everyHours));
});
export const date = computed(() => Math.min(Math.round(view.date.value), dateCount.value - 1));
/** Days since the start of a date. */
export const daysAt = (index: number): number => (index * config.value.rebalancing.everyHours) / 24;

export const training = jobSignal("hedgeTrain", "hedge");
export const curves = jobSignal("hedgeCurves", "hedge-look");
export const exact = jobSignal("hedgeExact", "hedge-exact");
export const measures = jobSignal("hedgeMeasure", "hedge-measure");
export const replay = jobSignal("hedgeReplay", "hedge-replay");
export const reason = jobSignal("hedgeExplain", "hedge-why");
export const frontier = jobSignal("hedgeFrontier", "hedge-frontier");

/** The band as it stood when the training last told of it, while it learns. */
export const learnedSoFar = signal<readonly Holding[] | null>(null);
effect(() => {
  const frame = training.progress.value;
  if (frame === null) learnedSoFar.value = null;
  else if (frame.learned !== null) learnedSoFar.value = frame.learned.holdings;
});

/** What was learned for the task. */
export const trained = signal<TrainHedgeOutput | null>(null);

export function train(): void {
  const now = task.peek();
  if (now === null) return;
  forget();
  training.start({ task: now, threads, date: date.peek() });
}

/** Ends a training and keeps the best so far. */
export const stop = (): void => training.send({ kind: "stop" });

export function drawFrontier(): void {
  const now = task.peek();
  if (now !== null) frontier.start({ task: now, threads });
}

function forget(): void {
  batch(() => {
    trained.value = null;
    for (const job of [training, measures, replay, reason]) job.reset();
  });
}

/** Runs the latest of a series of calls, once they pause. */
function settled(delayMs: number): (run: () => void) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (run) => {
    clearTimeout(timer);
    timer = setTimeout(run, delayMs);
  };
}
const [whenSettled, whenLooked] = [settled(150), settled(60)];

// another task: what belongs to the one before goes, unless it came with the file
effect(() => {
  const now = task.value;
  forget();
  frontier.reset();
  const given = file.peek()?.trained ?? null;
  if (given !== null && now?.config === file.peek()?.config) trained.value = given;
  if (now !== null) whenSettled(() => exact.start(now));
  else exact.reset();
});

effect(() => {
  const result = training.result.value;
  if (training.status.value === "done" && result !== null) trained.value = result;
});

effect(() => {
  const input = { task: task.value, theta: trained.value?.theta ?? null, date: date.value };
  const { task: now, ...rest } = input;
  if (now === null) curves.reset();
  else whenLooked(() => curves.start({ task: now, ...rest }));
});

effect(() => {
  const kind = "date";
  training.send({ kind, date: date.value });
});

effect(() => {
  const result = trained.value;
  const now = task.peek();
  if (result === null || now === null) return;
  measures.start({ task: now, theta: result.theta, threads });
});

effect(() => {
  const found = measures.result.value;
  const now = task.peek();
  const result = trained.peek();
  if (measures.status.value !== "done" || found === null || now === null || result === null) return;
  const { fairValue } = found;
  replay.start({ task: now, theta: result.theta, threads, fairValue, seed: settings.seed.peek() });
});

/** Reads a policy file or a configuration. What cannot be read changes nothing. */
export async function openFile(chosen: File): Promise<void> {
  fileError.value = null;
  try {
    file.value = await startJob("hedgeRead", { file: chosen }, { lane: "hedge-look" }).result;
  } catch (error) {
    fileError.value = error instanceof Error ? error.message : String(error);
  }
}

export function closeFile(): void {
  file.value = null;
  fileError.value = null;
}

/** The text of the policy file of what was learned. */
export async function policyText(): Promise<string | null> {
  const [now, result] = [task.peek(), trained.peek()];
  if (now === null || result === null) return null;
  return startJob("hedgeWrite", { task: now, trained: result }, { lane: "hedge-look" }).result;
}
