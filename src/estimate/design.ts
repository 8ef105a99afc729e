/**
 * A history as rows to learn from: features at the beginning of a step, the move over it.
 *
 * A row is there for each step whose two ends are whole and whose inputs are known, after the averages have warmed
 * up. What was left out is counted.
 */
import { InputError } from "../num/errors.ts";
import {
  defaultHalfLives,
  type FeatureOptions,
  type FeatureSet,
  featureState,
  featuresOf,
  warmUpSteps,
} from "./features.ts";
import { checkHistory, type History } from "./history.ts";

/** Rows of steps. */
export interface Design {
  readonly set: FeatureSet;
  readonly rows: number;
  /** [row][feature], raw */
  readonly features: Float64Array;
  /** [row][component], increments of the state */
  readonly moves: Float64Array;
  /** [row][component], state at the beginning of the step */
  readonly states: Float64Array;
  /** [row], beginning of the step (ms): all that the features know was known by then */
  readonly timesMs: Float64Array;
  /** Steps left out, by reason. */
  readonly left: { readonly gaps: number; readonly inputs: number; readonly warmUp: number };
}

/** The feature set of a history. */
export function featureSetOf(history: History, halfLives?: FeatureOptions): FeatureSet {
  const { components, inputNames, stepMs } = history;
  return { components, inputNames, stepMs, halfLives: halfLives ?? defaultHalfLives(stepMs) };
}

/** Rows of a history under a feature set.
 *
 * Throws  InputError when the history has other components or inputs than the set, or no row is left
 */
export function makeDesign(history: History, set: FeatureSet = featureSetOf(history)): Design {
  checkHistory(history);
  checkSame(history, set);
  const d = set.components.length;
  const inputCount = set.inputNames.length;
  const featureCount = featuresOf(set).length;
  const steps = history.timesMs.length - 1;
  const features = new Float64Array(steps * featureCount);
  const moves = new Float64Array(steps * d);
  const states = new Float64Array(steps * d);
  const times = new Float64Array(steps);
  const memory = featureState(set);
  const warm = warmUpSteps(set);
  const left = { gaps: 0, inputs: 0, warmUp: 0 };
  let rows = 0;
  let seen = 0;
  for (let t = 0; t < steps; t++) {
    memory.push(history.timesMs[t], history.states, t * d);
    const isWhole = (from: number, count: number, values: Float64Array): boolean => {
      for (let i = 0; i < count; i++) if (Number.isNaN(values[from + i])) return false;
      return true;
    };
    const isStep = isWhole(t * d, 2 * d, history.states);
    if (isStep) seen += 1;
    if (!isStep) left.gaps += 1;
    else if (!isWhole(t * inputCount, inputCount, history.inputs)) left.inputs += 1;
    else if (seen <= warm) left.warmUp += 1;
    else {
      memory.write(history.inputs, t * inputCount, features, rows * featureCount);
      for (let j = 0; j < d; j++) {
        states[rows * d + j] = history.states[t * d + j];
        moves[rows * d + j] = history.states[(t + 1) * d + j] - history.states[t * d + j];
      }
      times[rows] = history.timesMs[t];
      rows += 1;
    }
  }
  if (rows === 0) {
    throw new InputError(
      `history: expected steps to learn from, got none of ${steps}: ${left.gaps} with a gap, ${left.inputs} without an input, ${left.warmUp} to warm up. Give more history or fewer inputs.`,
    );
  }
  return {
    set,
    rows,
    features: features.slice(0, rows * featureCount),
    moves: moves.slice(0, rows * d),
    states: states.slice(0, rows * d),
    timesMs: times.slice(0, rows),
    left,
  };
}

function checkSame(history: History, set: FeatureSet): void {
  const text = (names: readonly string[], inputs: readonly string[], stepMs: number): string =>
    `${names.join(", ")} with inputs ${inputs.join(", ") || "none"} every ${stepMs} ms`;
  const expected = text(
    set.components.map(({ name }) => name),
    set.inputNames,
    set.stepMs,
  );
  const got = text(
    history.components.map(({ name }) => name),
    history.inputNames,
    history.stepMs,
  );
  if (expected !== got) {
    throw new InputError(
      `history: expected ${expected}, got ${got}. Assemble the history as the model's was.`,
    );
  }
}

/** First row whose step begins at or after a time; the number of rows when none does. */
export function rowAt(design: Design, timeMs: number): number {
  const at = design.timesMs.findIndex((time) => time >= timeMs);
  return at < 0 ? design.rows : at;
}
