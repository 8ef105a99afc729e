/**
 * Where a training can be taken up again: its state after a validation, as text for any store.
 *
 *   { "format": "volterra-hedge-checkpoint", "version": 1, "sha256": "…", "checkpoint": { … } }
 *
 * A training is a pure function of the configuration and this state, so one that was killed ends with the same bits as one
 * that was not. The fingerprint ties a checkpoint to its configuration.
 */
import { decodeFloat64, encodeFloat64 } from "../../num/base64.ts";
import { InputError } from "../../num/errors.ts";
import { decodeSealed, encodeSealed, type Seal } from "../../num/sealedJson.ts";
import type { TrainingState } from "../trainingState.ts";

const seal: Seal = {
  format: "volterra-hedge-checkpoint",
  version: 1,
  key: "checkpoint",
  what: "a checkpoint of `volterra hedge train`",
  remake: "Delete it and train without --resume.",
};

/** Numbers of an array as text. */
type Coded<State> = {
  readonly [Name in keyof State]: State[Name] extends Float64Array
    ? string
    : State[Name] extends object | null
      ? Coded<State[Name]>
      : State[Name];
};

interface Stored {
  readonly fingerprint: string;
  /** Seconds spent, over all sessions. */
  readonly seconds: number;
  readonly state: Coded<Omit<TrainingState, "history">> & { readonly history: string };
}

/** A state and the time it took. */
export interface Checkpoint {
  readonly state: TrainingState;
  readonly seconds: number;
}

/** Text of a state. */
export function encodeCheckpoint(
  fingerprint: string,
  { state, seconds }: Checkpoint,
): Promise<string> {
  const { theta, adam, best, history, ...rest } = state;
  const stored: Stored = {
    fingerprint,
    seconds,
    state: {
      ...rest,
      theta: encodeFloat64(theta),
      adam: {
        ...adam,
        mean: encodeFloat64(adam.mean),
        square: encodeFloat64(adam.square),
      },
      best: best === null ? null : { ...best, theta: encodeFloat64(best.theta) },
      history: encodeFloat64(Float64Array.from(history)),
    },
  };
  return encodeSealed(seal, stored);
}

/** The state in a text.
 *
 * Throws  InputError when it is damaged or belongs to another configuration; UnsupportedError for another version
 */
export async function decodeCheckpoint(
  fingerprint: string,
  text: string,
  name: string,
): Promise<Checkpoint> {
  const stored = (await decodeSealed(seal, text, name)) as Stored;
  if (stored.fingerprint !== fingerprint) {
    throw new InputError(
      `${name}: expected a checkpoint of this configuration (fingerprint ${fingerprint}), got one of another (${stored.fingerprint}). Give the configuration and --seed of the interrupted training, or train without --resume.`,
    );
  }
  const { state, seconds } = stored;
  const numbers = (coded: string, field: string) => decodeFloat64(coded, `${name}: ${field}`);
  return {
    seconds,
    state: {
      ...state,
      theta: numbers(state.theta, "theta"),
      adam: {
        ...state.adam,
        mean: numbers(state.adam.mean, "mean"),
        square: numbers(state.adam.square, "square"),
      },
      best:
        state.best === null
          ? null
          : { ...state.best, theta: numbers(state.best.theta, "best theta") },
      history: Array.from(numbers(state.history, "history")),
    },
  };
}
