/**
 * Hedging one sold call with costs: at every date the exact best band, and what a delta hedge does instead.
 *
 * Prices follow Black and Scholes with volatility 60 %, start at 100; the call has strike 100 and thirty days. The band
 * is the dynamic program of `volterra/hedging`; paths come from its generator of normals.
 */
import { pseudoRandomNoise } from "volterra/engine";
import { blackPrice, forwardDelta } from "volterra/formulas";
import { type Oracle, solveOracle } from "volterra/hedging";

export const hedgeVol = 0.6;
export const hedgeDays = 30;
const horizon = hedgeDays / 365;
/** Aversion to risk per unit of price: a loss of 1 % of the price is disliked a little, of 10 % a lot. */
const riskAversion = 0.3;
const allPaths = 2048;

export interface BandRequest {
  /** Share of the value traded. */
  readonly cost: number;
  readonly seed: number;
}

/** What one hedger did on the path that is shown. */
export interface Diary {
  /** [day] held after the day's trade */
  readonly positions: Float64Array;
  /** [day] paid for the day's trade */
  readonly costs: Float64Array;
}

export interface HedgerResult {
  /** Mean cost of trades, and spread (standard deviation) of the loss, over all paths. */
  readonly meanCost: number;
  readonly spread: number;
  readonly diary: Diary;
}

export interface BandLesson {
  /** Prices, with delta and the band on them at half time. */
  readonly spots: Float64Array;
  readonly delta: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** [day] the path shown */
  readonly path: Float64Array;
  readonly pathLow: Float64Array;
  readonly pathHigh: Float64Array;
  readonly pathDelta: Float64Array;
  readonly byDelta: HedgerResult;
  readonly byBand: HedgerResult;
}

const deltaAt = (spot: number, day: number): number =>
  forwardDelta("call", Math.log(100 / spot), hedgeVol * Math.sqrt(horizon * (1 - day / hedgeDays)));

/** Solves the band and lets both hedgers loose on the same paths. */
export function bandLesson({ cost, seed }: BandRequest): BandLesson {
  const oracle = solveOracle(
    {
      spot: 100,
      strike: 100,
      type: "call",
      vol: hedgeVol,
      yearsToExpiry: horizon,
      dates: hedgeDays,
      proportionalCost: cost,
      riskAversion,
    },
    { stepsPerDeviation: 4, positionStep: 0.01 },
  );
  const spots = Float64Array.from({ length: 81 }, (_, i) => 70 + 0.75 * i);
  const half = hedgeDays / 2;
  const bandOf = (spot: number, day: number) => oracle.band(day, spot);
  const paths = prices(seed);
  const shown = paths[0];
  const days = Array.from({ length: hedgeDays }, (_, day) => day);
  return {
    spots,
    delta: spots.map((spot) => deltaAt(spot, half)),
    low: spots.map((spot) => bandOf(spot, half).low),
    high: spots.map((spot) => bandOf(spot, half).high),
    path: shown,
    pathLow: Float64Array.from(days, (day) => bandOf(shown[day], day).low),
    pathHigh: Float64Array.from(days, (day) => bandOf(shown[day], day).high),
    pathDelta: Float64Array.from(days, (day) => deltaAt(shown[day], day)),
    byDelta: hedge(paths, cost, (spot, day) => deltaAt(spot, day)),
    byBand: hedge(paths, cost, (spot, day, held) => inside(oracle, spot, day, held)),
  };
}

function inside(oracle: Oracle, spot: number, day: number, held: number): number {
  const { low, high } = oracle.band(day, spot);
  return Math.min(Math.max(held, low), high);
}

/** [path][day] */
function prices(seed: number): readonly Float64Array[] {
  const noise = pseudoRandomNoise({
    steps: hedgeDays,
    factors: 1,
    initialNormals: 0,
    paths: allPaths,
    seed,
  });
  const step = hedgeVol * Math.sqrt(horizon / hedgeDays);
  return Array.from({ length: allPaths }, (_, path) => {
    const spots = new Float64Array(hedgeDays + 1);
    spots[0] = 100;
    for (let day = 0; day < hedgeDays; day++) {
      const z = noise.increments[day * allPaths + path];
      spots[day + 1] = spots[day] * Math.exp(step * z - 0.5 * step * step);
    }
    return spots;
  });
}

function hedge(
  paths: readonly Float64Array[],
  cost: number,
  position: (spot: number, day: number, held: number) => number,
): HedgerResult {
  const premium = blackPrice("call", {
    forward: 100,
    strike: 100,
    yearsToExpiry: horizon,
    vol: hedgeVol,
  });
  const positions = new Float64Array(hedgeDays);
  const costs = new Float64Array(hedgeDays);
  let meanCost = 0;
  let sum = 0;
  let squares = 0;
  paths.forEach((spots, index) => {
    let held = 0;
    let loss = -premium;
    for (let day = 0; day < hedgeDays; day++) {
      const wanted = position(spots[day], day, held);
      const paid = cost * spots[day] * Math.abs(wanted - held);
      if (index === 0) {
        positions[day] = wanted;
        costs[day] = paid;
      }
      held = wanted;
      meanCost += paid / paths.length;
      loss += paid - held * (spots[day + 1] - spots[day]);
    }
    loss += Math.max(0, spots[hedgeDays] - 100);
    sum += loss / paths.length;
    squares += (loss * loss) / paths.length;
  });
  return { meanCost, spread: Math.sqrt(squares - sum * sum), diary: { positions, costs } };
}
