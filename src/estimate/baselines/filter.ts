/**
 * The contract of a baseline: a filter that turns the past of one component into mean and size of the next move.
 *
 * All are fitted by maximum likelihood on the training rows with normal or Student-t innovations, and then run over
 * the rest with their parameters fixed, seeing each move after it happened. Nothing is left weak on purpose: each
 * gets its own fitted mean, scale and tails.
 */
import { lbfgs } from "../../nn/index.ts";
import { studentTLogDensity } from "../../num/studentT.ts";
import type { Design } from "../design.ts";
import { type Forecast, normalForecast, studentForecast } from "../forecast.ts";

/** What a baseline looks at. */
export interface BaselineData {
  readonly rows: number;
  /** [row] move over the step */
  readonly moves: Float64Array;
  /** [row] state at its beginning */
  readonly states: Float64Array;
  /** [row] log volatility of the asset at its beginning: realised or implied; null for components without one */
  readonly logVol: Float64Array | null;
  readonly isPrice: boolean;
}

/** A filter of a few parameters. */
export interface Filter {
  readonly name: string;
  /** Starting values; null when the filter does not apply to the data. */
  start(data: BaselineData, from: number, to: number): Float64Array | null;
  /** Fills mean and standard deviation of rows below `to`. */
  run(
    theta: Float64Array,
    data: BaselineData,
    to: number,
    mean: Float64Array,
    sd: Float64Array,
  ): void;
}

export type Innovation = "normal" | "student";

/** A fitted filter. */
export interface FittedBaseline {
  readonly name: string;
  readonly innovation: Innovation;
  /** Parameters of the filter, then ln(ν − 2) for Student's t. */
  readonly theta: Float64Array;
  forecasts(from: number, to: number): Forecast[];
}

/** Data of one component of a design; the volatility is the first one of its asset. */
export function baselineData(design: Design, component: number): BaselineData {
  const { components } = design.set;
  const d = components.length;
  const column = (values: Float64Array, j: number): Float64Array =>
    Float64Array.from({ length: design.rows }, (_, r) => values[r * d + j]);
  const { asset, kind } = components[component];
  const vol = components.findIndex(
    (other, j) => j !== component && other.asset === asset && other.kind === "volatility",
  );
  return {
    rows: design.rows,
    moves: column(design.moves, component),
    states: column(design.states, component),
    logVol: vol < 0 ? null : column(design.states, vol),
    isPrice: kind === "price",
  };
}

/** Fits a filter on rows from ≤ row < to; null when it does not apply. */
export async function fitFilter(
  filter: Filter,
  data: BaselineData,
  from: number,
  to: number,
  innovation: Innovation,
): Promise<FittedBaseline | null> {
  const start = filter.start(data, from, to);
  if (start === null) return null;
  const mean = new Float64Array(data.rows);
  const sd = new Float64Array(data.rows);
  const tailAt = start.length;
  const nuOf = (theta: Float64Array): number => 2.05 + Math.exp(Math.min(6, theta[tailAt]));
  const value = (theta: Float64Array): number => {
    filter.run(theta, data, to, mean, sd);
    let sum = 0;
    const nu = innovation === "student" ? nuOf(theta) : 0;
    for (let r = from; r < to; r++) {
      const u = (data.moves[r] - mean[r]) / sd[r];
      const log =
        nu > 0
          ? studentTLogDensity(u * Math.sqrt(nu / (nu - 2)), nu) + 0.5 * Math.log(nu / (nu - 2))
          : -0.5 * (u * u + Math.log(2 * Math.PI));
      sum -= log - Math.log(sd[r]);
    }
    return Number.isFinite(sum) ? sum / (to - from) : Number.MAX_VALUE;
  };
  const theta0 =
    innovation === "student" ? Float64Array.from([...start, Math.log(3)]) : start.slice();
  const { theta } = await lbfgs({
    theta0,
    iterations: 200,
    decreaseTolerance: 1e-10,
    objective: (theta) => ({ value: value(theta), gradient: centralGradient(value, theta) }),
  });
  return {
    name: filter.name,
    innovation,
    theta,
    forecasts(first, last) {
      filter.run(theta, data, last, mean, sd);
      return Array.from({ length: last - first }, (_, i) =>
        innovation === "student"
          ? studentForecast(mean[first + i], sd[first + i], nuOf(theta))
          : normalForecast(mean[first + i], sd[first + i]),
      );
    },
  };
}

function centralGradient(f: (x: Float64Array) => number, x: Float64Array): Float64Array {
  return x.map((value, i) => {
    const h = 1e-5 * Math.max(1, Math.abs(value));
    const at = (shift: number): number => {
      const moved = x.slice();
      moved[i] = value + shift;
      return f(moved);
    };
    return (at(h) - at(-h)) / (2 * h);
  });
}
