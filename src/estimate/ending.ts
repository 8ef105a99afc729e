/**
 * Where a history ends: all that a simulation needs to go on from it, and small enough to keep with a model.
 */
import { InputError } from "../num/errors.ts";
import { type FeatureSet, featureState } from "./features.ts";
import type { History } from "./history.ts";

/** The end of a history. */
export interface Ending {
  /** what the features remember */
  readonly memory: Float64Array;
  /** [component] */
  readonly state: Float64Array;
  /** [input], the last known values */
  readonly inputs: Float64Array;
  readonly timeMs: number;
}

/** The last row of a history in which the whole state is known.
 *
 * Throws  InputError when the history is not one of the feature set, or an input was never known
 */
export function endOf(history: History, set: FeatureSet): Ending {
  const d = history.components.length;
  const expected = set.components.map(({ name }) => name).join(", ");
  const got = history.components.map(({ name }) => name).join(", ");
  const isSame = expected === got && history.stepMs === set.stepMs;
  if (!isSame || history.inputNames.join() !== set.inputNames.join()) {
    throw new InputError(
      `history: expected ${expected} every ${set.stepMs} ms with inputs ${set.inputNames.join(", ") || "none"}, got ${got} every ${history.stepMs} ms with ${history.inputNames.join(", ") || "none"}. Assemble it as the model's was.`,
    );
  }
  const isWhole = (row: number): boolean =>
    history.states.subarray(row * d, (row + 1) * d).every((value) => !Number.isNaN(value));
  let last = history.timesMs.length - 1;
  while (last > 0 && !isWhole(last)) last -= 1;
  const features = featureState(set);
  const inputs = new Float64Array(history.inputNames.length).fill(Number.NaN);
  for (let row = 0; row <= last; row++) {
    features.push(history.timesMs[row], history.states, row * d);
    for (let i = 0; i < inputs.length; i++) {
      const value = history.inputs[row * inputs.length + i];
      if (!Number.isNaN(value)) inputs[i] = value;
    }
  }
  const missing = inputs.findIndex(Number.isNaN);
  if (missing >= 0) {
    throw new InputError(
      `history: expected a value of ${history.inputNames[missing]} before its end, got none. Leave the input out or give its file.`,
    );
  }
  return {
    memory: features.memory,
    state: history.states.slice(last * d, (last + 1) * d),
    inputs,
    timeMs: history.timesMs[last],
  };
}
