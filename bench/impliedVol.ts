/**
 * Implied volatility of a batch of random quotes, against one Math.exp per option in the same run.
 *
 * The quotes are seeded: forwards near 100, expiries from a week to three years, volatilities from
 * 5 % to 100 %, strikes out to 2.5 standard deviations, calls and puts, half in the money.
 * Answers are checked before anything is timed. Run: `node bench/impliedVol.ts`.
 */
import { blackOtm } from "../src/formulas/blackKernel.ts";
import { type ImpliedVolBatch, impliedVols } from "../src/formulas/impliedVol.ts";
import { logMoneyness } from "../src/formulas/moneyness.ts";

/** A batch with the volatilities that made it. */
export interface RandomQuotes {
  readonly batch: ImpliedVolBatch;
  readonly trueVols: Float64Array;
}

/** Seeded random quotes.
 *
 * Shape     count → columns [quote]
 */
export function randomQuotes(count: number, seed = 1): RandomQuotes {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const column = () => new Float64Array(count);
  const batch = {
    isCall: new Uint8Array(count),
    prices: column(),
    forwards: column(),
    strikes: column(),
    years: column(),
  };
  const trueVols = column();
  for (let i = 0; i < count; i += 1) {
    const years = 3 * uniform() ** 2 + 1 / 52;
    const vol = 0.05 + 0.95 * uniform();
    const s = vol * Math.sqrt(years);
    const forward = 90 + 20 * uniform();
    const strike = forward * Math.exp(2.5 * s * (2 * uniform() - 1));
    const isCall = uniform() < 0.5;
    const intrinsic = Math.max(isCall ? forward - strike : strike - forward, 0);
    batch.isCall[i] = isCall ? 1 : 0;
    batch.forwards[i] = forward;
    batch.strikes[i] = strike;
    batch.years[i] = years;
    batch.prices[i] = forward * blackOtm(logMoneyness(forward, strike), s) + intrinsic;
    trueVols[i] = vol;
  }
  return { batch, trueVols };
}

/** Largest relative error of the batch against the volatilities that made the prices. */
export function largestError(quotes: RandomQuotes): number {
  const n = quotes.trueVols.length;
  const vols = new Float64Array(n);
  const found = impliedVols(quotes.batch, vols, new Uint8Array(n));
  if (found !== n) return Number.POSITIVE_INFINITY;
  return quotes.trueVols.reduce((worst, vol, i) => Math.max(worst, Math.abs(vols[i] / vol - 1)), 0);
}

/** Median and spread of some timings. */
interface Timing {
  readonly median: number;
  readonly spread: number;
}

function summarise(samples: readonly number[]): Timing {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  return { median: at(0.5), spread: at(0.75) - at(0.25) };
}

/** Nanoseconds per item of one run of `body`. */
function clock(count: number, body: () => void): number {
  const start = performance.now();
  body();
  return ((performance.now() - start) * 1e6) / count;
}

/** One measurement: nanoseconds per implied volatility and per Math.exp, and their ratio.
 *
 * The two are timed in turns, so that a busy machine slows both; the ratio is the median of the
 * ratios of neighbours.
 */
export function measure(count: number) {
  const quotes = randomQuotes(count);
  const error = largestError(quotes);
  const vols = new Float64Array(count);
  const reasons = new Uint8Array(count);
  const inputs = quotes.trueVols.map((vol) => -vol);
  const solve = () => {
    impliedVols(quotes.batch, vols, reasons);
  };
  const exponentiate = () => {
    for (let i = 0; i < count; i += 1) vols[i] = Math.exp(inputs[i]);
  };
  // Warm up by time, so that short batches are compiled too.
  for (const body of [solve, exponentiate]) {
    for (const end = performance.now() + 50; performance.now() < end; ) body();
  }
  const rounds = Array.from({ length: 31 }, () => ({
    solver: clock(count, solve),
    exp: clock(count, exponentiate),
  }));
  return {
    count,
    error,
    solver: summarise(rounds.map((round) => round.solver)),
    exp: summarise(rounds.map((round) => round.exp)),
    ratio: summarise(rounds.map((round) => round.solver / round.exp)).median,
  };
}

if (import.meta.main) {
  for (const count of [1_000, 10_000, 100_000]) {
    const { error, solver, exp, ratio } = measure(count);
    console.log(
      `${count} quotes: ${solver.median.toFixed(1)} ± ${solver.spread.toFixed(1)} ns per implied vol, ` +
        `${exp.median.toFixed(2)} ± ${exp.spread.toFixed(2)} ns per Math.exp, ratio ${ratio.toFixed(1)} ` +
        `(largest relative error ${error.toExponential(1)})`,
    );
  }
}
