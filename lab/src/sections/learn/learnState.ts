/** The training run of the page: settings in the address, frames as they come. */
import { computed, effect, signal } from "@preact/signals";
import { flag, number, sectionState } from "../../app/urlState.ts";
import { threads } from "../../app/threads.ts";
import type { LabMarket } from "../../market/labMarket.ts";
import { market } from "../../market/marketState.ts";
import { neuralFit } from "../../market/neuralState.ts";
import { isCancelled, type RunningJob, startJob } from "../../work/client.ts";
import type { TrainCommand, TrainFrame, TrainOutput } from "../../work/jobs/train.ts";

export const settings = sectionState("learn", {
  paths: number(2048, 256, 16384),
  width: number(12, 2, 48),
  jumps: flag(true),
  damping: number(1, 0.01, 1000),
  seed: number(1, 1, 9999),
  slow: flag(true),
  expiry: number(3, 0, 99),
});

/** Milliseconds between pictures for a reader who wants to see each. */
const slowPaceMs = 450;

export type RunStatus = "idle" | "running" | "paused" | "done" | "failed";
export const status = signal<RunStatus>("idle");
export const frames = signal<readonly TrainFrame[]>([]);
export const output = signal<TrainOutput | null>(null);
export const runError = signal<string | null>(null);
/** The market of the run, which stays while the page's market may change. */
export const runMarket = signal<LabMarket | null>(null);
export const latest = computed(() => frames.value[frames.value.length - 1] ?? null);

let job: RunningJob<TrainOutput, TrainCommand> | null = null;

export function start(paused: boolean): void {
  const now = market.peek();
  if (now === null) return;
  job?.cancel();
  frames.value = [];
  output.value = null;
  runError.value = null;
  // pictures only at expiries that the model sees
  const seen = now.expiries.filter(({ quotes }) => quotes.some(({ hidden }) => hidden !== true));
  runMarket.value = { ...now, expiries: seen };
  status.value = paused ? "paused" : "running";
  const { paths, width, jumps, damping, seed, slow } = settings;
  const own = startJob(
    "train",
    {
      market: now,
      threads,
      paused,
      paceMs: slow.peek() ? slowPaceMs : 0,
      settings: {
        paths: paths.peek(),
        width: width.peek(),
        jumps: jumps.peek(),
        damping: damping.peek(),
        seed: seed.peek(),
      },
    },
    {
      lane: "train",
      graceMs: 60,
      onProgress: (frame) => {
        if (job !== own) return;
        frames.value = [...frames.peek(), frame];
      },
    },
  );
  job = own;
  own.result.then(
    (result) => {
      if (job !== own) return;
      output.value = result;
      status.value = "done";
      neuralFit.value = { model: result.fitted, market: now, from: "Watch it learn" };
    },
    (error: unknown) => {
      if (job !== own || isCancelled(error)) return;
      runError.value = error instanceof Error ? error.message : String(error);
      status.value = "failed";
    },
  );
}

export function pause(): void {
  job?.send({ kind: "pause" });
  status.value = "paused";
}

export function resume(): void {
  job?.send({ kind: "resume" });
  status.value = "running";
}

export function step(): void {
  if (status.peek() === "idle" || status.peek() === "done" || status.peek() === "failed")
    start(true);
  else job?.send({ kind: "step" });
}

export function reset(): void {
  job?.cancel();
  job = null;
  frames.value = [];
  output.value = null;
  runError.value = null;
  runMarket.value = null;
  status.value = "idle";
}

effect(() => {
  const paceMs = settings.slow.value ? slowPaceMs : 0;
  job?.send({ kind: "pace", paceMs });
});

/** Another market: what was learned belongs to the one before. */
effect(() => {
  void market.value;
  reset();
});
