/**
 * A history: state and inputs on a uniform grid of times, each value known at its time.
 *
 *   price       x = ln S
 *   volatility  x = ln σ, of a volatility index, an at-the-money volatility or realised volatility
 *   level       x as it is (skew)
 *
 * Realised volatility over a step is that of the bars inside it, √(Σ r² / step in years), as of the step's end.
 * The value at a grid time is the last one known by then (never a later one) and no older than the series allows:
 * twice its usual interval, seven days for inputs (series.ts). What is missing is NaN; a step with a missing end is a gap and
 * teaches nothing. Inputs are carried for seven days and counted as missing after that.
 */
import { InputError } from "../num/errors.ts";
import { formatInstant, MS_PER_DAY } from "../market/dayCount.ts";
import type { RowGroup } from "../market/store/kinds.ts";
import { knownAt, lastAtOrBefore, type ObservedSeries, seriesOf } from "./series.ts";

export type ComponentKind = "price" | "volatility" | "level";

/** One coordinate of the state. */
export interface Component {
  /** BTC, BTC.rv, ETH.atm30d … */
  readonly name: string;
  readonly kind: ComponentKind;
  /** The asset it belongs to: a model's skeleton looks at its own asset. */
  readonly asset: string;
}

/** State and inputs on a uniform grid. */
export interface History {
  readonly components: readonly Component[];
  readonly inputNames: readonly string[];
  readonly stepMs: number;
  /** [row], each stepMs after the one before */
  readonly timesMs: Float64Array;
  /** [row][component], NaN where missing */
  readonly states: Float64Array;
  /** [row][input], NaN where missing */
  readonly inputs: Float64Array;
}

/** What to assemble. */
export interface HistoryOptions {
  /** Names of the state's components (series.ts). */
  readonly state: readonly string[];
  /** Names of outside inputs. */
  readonly inputs?: readonly string[];
  readonly everyMs?: number;
  /** Bounds of time, from ≤ t < to. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Longest age of an input. */
  readonly maxInputAgeMs?: number;
}

export const historyDefaults = { everyMs: MS_PER_DAY, maxInputAgeMs: 7 * MS_PER_DAY } as const;

/** Kind and asset of a component by its name. */
export function componentOf(name: string): Component {
  const [asset, field] = name.split(".");
  if (field === undefined) return { name, kind: "price", asset };
  return { name, kind: field.startsWith("skew") ? "level" : "volatility", asset };
}

/** Assembles a history from rows.
 *
 * Throws  InputError when a series is absent, a price or volatility is not positive, or fewer than three rows have
 *         a whole state
 */
export function assembleHistory(groups: readonly RowGroup[], options: HistoryOptions): History {
  const {
    everyMs = historyDefaults.everyMs,
    inputs = [],
    maxInputAgeMs = historyDefaults.maxInputAgeMs,
  } = options;
  const components = options.state.map(componentOf);
  checkOptions(options, everyMs);
  const columns = components.map((component) => stateColumn(groups, component, everyMs));
  const inputSeries = inputs.map((name) => seriesOf(groups, name));
  const timesMs = gridOf(
    columns.map(({ series }) => series),
    everyMs,
    options,
  );
  const states = new Float64Array(timesMs.length * components.length);
  timesMs.forEach((time, row) => {
    columns.forEach(({ at }, j) => {
      states[row * components.length + j] = at(time);
    });
  });
  const inputValues = new Float64Array(timesMs.length * inputs.length);
  timesMs.forEach((time, row) => {
    inputSeries.forEach((series, i) => {
      inputValues[row * inputs.length + i] = knownAt(series, time, maxInputAgeMs);
    });
  });
  const history = {
    components,
    inputNames: inputs,
    stepMs: everyMs,
    timesMs,
    states,
    inputs: inputValues,
  };
  checkHistory(history);
  return history;
}

/** Checks a history at the door, whoever made it.
 *
 * Throws  InputError naming row and column
 */
export function checkHistory(history: History): void {
  const { components, timesMs, states, inputs, inputNames, stepMs } = history;
  const d = components.length;
  if (
    states.length !== timesMs.length * d ||
    inputs.length !== timesMs.length * inputNames.length
  ) {
    throw new InputError(
      `history: expected ${timesMs.length} rows of ${d} components and ${inputNames.length} inputs, got ${states.length} and ${inputs.length} numbers. Fill each row; NaN where a value is missing.`,
    );
  }
  let whole = 0;
  timesMs.forEach((time, row) => {
    if (row > 0 && time - timesMs[row - 1] !== stepMs) {
      throw new InputError(
        `history: expected row ${row + 1} ${stepMs} ms after row ${row}, got ${time - timesMs[row - 1]} ms. Put missing rows in as NaN.`,
      );
    }
    let finite = 0;
    for (let j = 0; j < d; j++) {
      const value = states[row * d + j];
      if (Math.abs(value) === Number.POSITIVE_INFINITY) {
        throw new InputError(
          `history: expected a finite ${components[j].name} on row ${row + 1} (${formatInstant(time)}), got ${value}. Prices and volatilities must be positive.`,
        );
      }
      if (!Number.isNaN(value)) finite += 1;
    }
    if (finite === d) whole += 1;
  });
  if (whole < 3) {
    throw new InputError(
      `history: expected at least 3 rows with all of ${components.map(({ name }) => name).join(", ")}, got ${whole}. Check that their periods overlap.`,
    );
  }
}

function checkOptions({ state, inputs = [] }: HistoryOptions, everyMs: number): void {
  if (state.length === 0 || new Set(state).size !== state.length) {
    throw new InputError(
      `history: expected different names of state components, got "${state.join(",")}". Name each once.`,
    );
  }
  const doubled = inputs.find((name) => state.includes(name));
  if (doubled !== undefined) {
    throw new InputError(
      `history: expected inputs outside the state, got ${doubled} in both. Leave it out of one.`,
    );
  }
  if (!(everyMs >= 60_000) || MS_PER_DAY % everyMs !== 0) {
    throw new InputError(
      `history: expected a step that divides a day, of a minute or more, got ${everyMs} ms. Use 1h or 1d.`,
    );
  }
}

interface StateColumn {
  readonly series: ObservedSeries;
  readonly at: (timeMs: number) => number;
}

function stateColumn(
  groups: readonly RowGroup[],
  { name, kind, asset }: Component,
  everyMs: number,
): StateColumn {
  if (name.endsWith(".rv")) return realisedColumn(seriesOf(groups, asset), name, everyMs);
  const series = seriesOf(groups, name);
  const bad = kind === "level" ? -1 : series.values.findIndex((value) => !(value > 0));
  if (bad >= 0) {
    throw new InputError(
      `${name}: expected positive values, got ${series.values[bad]} at ${formatInstant(series.knownMs[bad])}. Mend the row or leave it out.`,
    );
  }
  const transform = kind === "level" ? (x: number) => x : Math.log;
  return { series, at: (time) => transform(knownAt(series, time, series.maxAgeMs)) };
}

function realisedColumn(series: ObservedSeries, name: string, everyMs: number): StateColumn {
  const perStep = Math.round(everyMs / series.intervalMs);
  if (perStep < 4) {
    throw new InputError(
      `${name}: expected bars of at most a quarter of the step, got one every ${series.intervalMs} ms for steps of ${everyMs} ms. Give finer bars or longer steps.`,
    );
  }
  const squares = new Float64Array(series.values.length);
  for (let i = 1; i < squares.length; i++) {
    squares[i] = squares[i - 1] + Math.log(series.values[i] / series.values[i - 1]) ** 2;
  }
  const years = everyMs / (365 * MS_PER_DAY);
  return {
    series,
    at: (time) => {
      const last = lastAtOrBefore(series.knownMs, time);
      const first = lastAtOrBefore(series.knownMs, time - everyMs);
      // at most one bar in ten may be missing, and the last must be fresh
      if (
        first < 0 ||
        last - first < 0.9 * perStep ||
        time - series.knownMs[last] > 2 * series.intervalMs
      )
        return Number.NaN;
      const sum = squares[last] - squares[first];
      return sum > 0 ? 0.5 * Math.log(sum / years) : Number.NaN;
    },
  };
}

/** Multiples of the step over the time that all series cover. */
function gridOf(
  series: readonly ObservedSeries[],
  everyMs: number,
  { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY }: HistoryOptions,
): Float64Array {
  const first = Math.max(fromMs, ...series.map(({ knownMs }) => knownMs[0]));
  const last = Math.min(toMs - 1, ...series.map(({ knownMs }) => knownMs[knownMs.length - 1]));
  const start = Math.ceil(first / everyMs);
  const end = Math.floor(last / everyMs);
  if (end - start < 2) {
    const spans = series.map(
      ({ name, knownMs }) =>
        `${name} ${formatInstant(knownMs[0])} to ${formatInstant(knownMs[knownMs.length - 1])}`,
    );
    throw new InputError(
      `history: expected at least 3 common times, got ${Math.max(0, end - start + 1)} (${spans.join("; ")}). Give files of the same period.`,
    );
  }
  return Float64Array.from({ length: end - start + 1 }, (_, i) => (start + i) * everyMs);
}
