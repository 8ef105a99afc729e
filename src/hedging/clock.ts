/**
 * The time grid of a hedging program: a step from each trading date, fixing and expiry to the next.
 *
 * Every step is cut into the same number of equal sub-steps of the market.
 */
import { InputError } from "../num/errors.ts";
import type { HedgeProblem } from "./problem.ts";

/** Trades at n T/N, n = 0 … N − 1.
 *
 * Throws  InputError unless the horizon is positive and dates a whole number from 1
 * @example  tradingClock({ horizonYears: 30 / 365, dates: 30 })
 */
export function tradingClock({
  horizonYears,
  dates,
}: {
  readonly horizonYears: number;
  readonly dates: number;
}): number[] {
  if (!(horizonYears > 0 && Number.isFinite(horizonYears))) {
    throw new InputError(`tradingClock: expected horizonYears > 0, got ${horizonYears}.`);
  }
  if (!(Number.isInteger(dates) && dates >= 1)) {
    throw new InputError(`tradingClock: expected dates to be a whole number from 1, got ${dates}.`);
  }
  return Array.from({ length: dates }, (_, n) => (n * horizonYears) / dates);
}

/** Times closer than this share of the horizon are one. */
const coincidence = 1e-9;

/** The grid of a problem. */
export interface HedgeClock {
  /** [step + 1] years */
  readonly years: Float64Array;
  readonly steps: number;
  readonly substeps: number;
  /** [step · substeps + 1] years: the market's own times. */
  readonly marketYears: Float64Array;
  /** Index into `years` of the point at a time; −1 when there is none. */
  readonly at: (years: number) => number;
}

/** The grid: trading dates, fixings, expiries and the horizon. */
export function hedgeClock(problem: HedgeProblem): HedgeClock {
  const { tradingYears, horizonYears, book, instruments, market } = problem;
  const all = [
    0,
    ...tradingYears,
    ...book.flatMap(({ payoff }) => [...payoff.fixings, payoff.expiryYears]),
    ...instruments.flatMap(({ expiryYears }) =>
      expiryYears !== undefined && expiryYears < horizonYears ? [expiryYears] : [],
    ),
    horizonYears,
  ].sort((a, b) => a - b);
  const width = coincidence * horizonYears;
  const merged = all.filter((time, i) => i === 0 || time - all[i - 1] > width);
  const years = Float64Array.from(merged);
  const steps = years.length - 1;
  const substeps = market.stepsPerDate;
  const marketYears = new Float64Array(steps * substeps + 1);
  for (let i = 0; i < steps; i++) {
    for (let j = 0; j < substeps; j++) {
      marketYears[i * substeps + j] = years[i] + ((years[i + 1] - years[i]) * j) / substeps;
    }
  }
  marketYears[steps * substeps] = years[steps];
  return {
    years,
    steps,
    substeps,
    marketYears,
    at: (time) => years.findIndex((own) => Math.abs(own - time) <= 2 * width),
  };
}

/** Throws an InputError that names the field of a problem that cannot be. */
export function checkProblem(problem: HedgeProblem): void {
  const { tradingYears, horizonYears, book, instruments, condition, risk } = problem;
  if (!(horizonYears > 0 && Number.isFinite(horizonYears))) {
    throw new InputError(`hedge: expected horizonYears > 0, got ${horizonYears}.`);
  }
  if (tradingYears.length === 0 || Math.abs(tradingYears[0]) > coincidence * horizonYears) {
    throw new InputError(
      `hedge: expected tradingYears to begin with 0, got ${tradingYears[0] ?? "none"}. The first trade is now.`,
    );
  }
  tradingYears.forEach((years, i) => {
    if (i > 0 && !(years > tradingYears[i - 1] && years < horizonYears)) {
      throw new InputError(
        `hedge: expected tradingYears[${i}] in (${tradingYears[i - 1]}, ${horizonYears}), got ${years}. Sort them; the last trade is before the horizon.`,
      );
    }
  });
  book.forEach(({ payoff, quantity }, i) => {
    if (!Number.isFinite(quantity)) {
      throw new InputError(`hedge: expected book[${i}].quantity to be finite, got ${quantity}.`);
    }
    if (!(payoff.expiryYears <= horizonYears * (1 + coincidence))) {
      throw new InputError(
        `hedge: expected book[${i}] (${payoff.name}) to expire by horizonYears ${horizonYears}, got ${payoff.expiryYears}. Move the horizon to the last expiry.`,
      );
    }
  });
  if (instruments.length === 0) {
    throw new InputError("hedge: expected at least one instrument, got none.");
  }
  instruments.forEach((instrument, i) => {
    const { name, limits, lot = 0, kind } = instrument;
    const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = limits;
    const { trade = Number.POSITIVE_INFINITY } = limits;
    const where = `hedge: expected instruments[${i}] (${name})`;
    if (!(low <= 0 && high >= 0 && low < high)) {
      throw new InputError(
        `${where} to have limits low <= 0 <= high, low < high, got ${low} and ${high}. The position starts at 0.`,
      );
    }
    if (!(trade > 0)) throw new InputError(`${where} to have limits.trade > 0, got ${trade}.`);
    if (!(lot >= 0 && Number.isFinite(lot))) {
      throw new InputError(`${where} to have a lot >= 0, got ${lot}.`);
    }
    if (kind === "option" && problem.market.optionVol === undefined) {
      throw new InputError(
        `${where} in a market that prices options, got ${problem.market.name}. Learn its prices first: withOptionPrices.`,
      );
    }
  });
  if (condition !== undefined) {
    for (const name of ["aversion", "costScale"] as const) {
      const [from, to] = condition[name];
      if (!(from >= (name === "aversion" ? 1e-12 : 0) && to >= from && Number.isFinite(to))) {
        throw new InputError(
          `hedge: expected condition.${name} to be a range from ${name === "aversion" ? "above 0" : "0 or more"}, got ${from} to ${to}.`,
        );
      }
    }
    if (risk.at === undefined) {
      throw new InputError(
        `hedge: expected a risk measure with an aversion for condition, got ${risk.name}. Use entropic or mean-variance risk.`,
      );
    }
  }
}
