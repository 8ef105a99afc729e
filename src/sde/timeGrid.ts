/**
 * Time grids of a simulation: fine near zero, landing on every date that matters.
 *
 * Between dates t = T·u² with u equally spaced, so that a step grows in proportion to √t: short expiries
 * see many steps, long ones few. u(date) = √(date/T); an interval gets round(Δu·N) steps, at least `minPerInterval`.
 */
import { InputError } from "../num/errors.ts";

/** A grid and where its dates lie on it. */
export interface TimeGrid {
  /** [steps + 1] years; times[0] = 0 and the last one is the last date. */
  readonly times: Float64Array;
  /** [date]: number of steps after which the date is reached (so times[dates[i]] is the date). */
  readonly dates: Int32Array;
  /** [step]: index of the first date at or after the end of the step. */
  readonly interval: Int32Array;
}

/** Options of `quadraticGrid`. */
export interface GridOptions {
  /** Steps over the whole horizon, before the minimum per interval. */
  readonly steps: number;
  readonly minPerInterval: number;
  /** Splits every step into this many equal ones in u: 2 for the check on twice the steps. */
  readonly refine?: number;
}

/** Quadratic grid that lands on every date.
 *
 * Shape   years [date], increasing → times [steps + 1]
 * Throws  InputError when the dates are not positive and increasing
 */
export function quadraticGrid(years: ArrayLike<number>, options: GridOptions): TimeGrid {
  const last = years[years.length - 1];
  const times = [0];
  const dates: number[] = [];
  const interval: number[] = [];
  let uPrevious = 0;
  for (let date = 0; date < years.length; date++) {
    const u = Math.sqrt(years[date] / last);
    if (!(u > uPrevious)) {
      throw new InputError(
        `quadraticGrid: expected positive increasing dates, got ${Array.from(years).join(", ")}. Sort the expiries and merge equal ones.`,
      );
    }
    const coarse = Math.max(options.minPerInterval, Math.round((u - uPrevious) * options.steps));
    const steps = coarse * (options.refine ?? 1);
    for (let i = 1; i <= steps; i++) {
      times.push(
        i === steps ? years[date] : last * (uPrevious + ((u - uPrevious) * i) / steps) ** 2,
      );
      interval.push(date);
    }
    dates.push(times.length - 1);
    uPrevious = u;
  }
  return {
    times: Float64Array.from(times),
    dates: Int32Array.from(dates),
    interval: Int32Array.from(interval),
  };
}
