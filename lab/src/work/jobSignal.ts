/**
 * A job as signals, for a component: status, latest progress, result, error. Starting it again cancels the one before.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { isCancelled, type RunningJob, startJob } from "./client.ts";
import type { Jobs } from "./jobs/index.ts";
import type { CommandOf, InputOf, OutputOf, ProgressOf } from "./protocol.ts";

export type JobStatus = "idle" | "running" | "done" | "failed" | "cancelled";

export interface JobSignal<Name extends keyof Jobs & string> {
  readonly status: ReadonlySignal<JobStatus>;
  readonly progress: ReadonlySignal<ProgressOf<Jobs, Name> | null>;
  /** The latest result; it stays while a new run is under way. */
  readonly result: ReadonlySignal<OutputOf<Jobs, Name> | null>;
  /** What went wrong, in words. */
  readonly error: ReadonlySignal<string | null>;
  start(input: InputOf<Jobs, Name>): void;
  send(command: CommandOf<Jobs, Name>): void;
  cancel(): void;
  /** Cancels and forgets progress and result. */
  reset(): void;
}

/** Signals of a job that is run again and again. Call once, at the top of a module. */
export function jobSignal<Name extends keyof Jobs & string>(
  name: Name,
  lane: string = name,
): JobSignal<Name> {
  const status = signal<JobStatus>("idle");
  const progress = signal<ProgressOf<Jobs, Name> | null>(null);
  const result = signal<OutputOf<Jobs, Name> | null>(null);
  const error = signal<string | null>(null);
  let current: RunningJob<OutputOf<Jobs, Name>, CommandOf<Jobs, Name>> | null = null;
  const cancel = (): void => current?.cancel();
  return {
    status,
    progress,
    result,
    error,
    start(input) {
      cancel();
      status.value = "running";
      progress.value = null;
      error.value = null;
      const job = startJob(name, input, {
        lane,
        onProgress: (value) => {
          if (current === job) progress.value = value;
        },
      });
      current = job;
      job.result.then(
        (output) => {
          if (current !== job) return;
          result.value = output;
          status.value = "done";
        },
        (failure: unknown) => {
          if (current !== job) return;
          status.value = isCancelled(failure) ? "cancelled" : "failed";
          error.value = isCancelled(failure)
            ? null
            : failure instanceof Error
              ? failure.message
              : String(failure);
        },
      );
    },
    send: (command) => current?.send(command),
    cancel,
    reset() {
      cancel();
      current = null;
      status.value = "idle";
      progress.value = null;
      result.value = null;
      error.value = null;
    },
  };
}
