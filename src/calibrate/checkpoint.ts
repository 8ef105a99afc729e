/**
 * Where a fit can be taken up again: the state after an iteration, as text for any store.
 *
 * A fit is a pure function of the chain, its options and this state, so an interrupted fit that resumes ends with
 * the same bits as one that was never interrupted. The key ties a checkpoint to what it belongs to.
 */
import { decodeFloat64, encodeFloat64 } from "../num/base64.ts";
import { InputError } from "../num/errors.ts";

/** Somewhere to keep the last state; `save` must replace the old text in one piece. */
export interface CheckpointStore {
  load(): string | undefined;
  save(text: string): void;
}

/** One line of the convergence history. */
export interface IterationRecord {
  readonly iteration: number;
  readonly loss: number;
  readonly insideShare: number;
  readonly seconds: number;
}

/** All that the next iteration depends on. */
export interface Progress {
  readonly phase: number;
  /** Iterations done in the phase, and how many in a row hardly helped. */
  readonly done: number;
  readonly stalled: number;
  readonly damping: number;
  readonly theta: Float64Array;
  readonly pathSteps: number;
  /** Seconds spent, over all sessions. */
  readonly seconds: number;
  readonly history: readonly IterationRecord[];
}

const FORMAT = "volterra-checkpoint";
const VERSION = 1;

/** Text of a state. */
export function encodeCheckpoint(key: string, progress: Progress): string {
  return JSON.stringify({
    format: FORMAT,
    version: VERSION,
    key,
    progress: { ...progress, theta: encodeFloat64(progress.theta) },
  });
}

/** The state in a text that `encodeCheckpoint` wrote for the same key.
 *
 * Throws  InputError when it is no checkpoint or belongs to another chain or other options
 */
export function decodeCheckpoint(text: string, key: string): Progress {
  const document = parse(text);
  if (document.format !== FORMAT || document.version !== VERSION) {
    throw new InputError(
      `checkpoint: expected ${FORMAT} version ${VERSION}, got ${JSON.stringify(document.format)} version ${JSON.stringify(document.version)}. Delete it and fit without --resume.`,
    );
  }
  if (document.key !== key) {
    throw new InputError(
      "checkpoint: expected one of this chain with these options, got one of another fit. Repeat the options of the interrupted fit, or fit without --resume.",
    );
  }
  const progress = document.progress as Omit<Progress, "theta"> & { readonly theta: string };
  return { ...progress, theta: decodeFloat64(progress.theta, "checkpoint: theta") };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below, with what to do about it
  }
  throw new InputError(
    `checkpoint: expected JSON, got ${JSON.stringify(text.slice(0, 24))}. Delete it and fit without --resume.`,
  );
}
