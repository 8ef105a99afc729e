/** How much to hold over the spot at one date: the learned band, Black-Scholes delta, Whalley and Wilmott's band. */
import {
  deltaHedge,
  type HedgeProblem,
  noHedge,
  type Policy,
  policyAt,
  whalleyWilmottHedge,
} from "volterra/hedging";
import { wasmBackend } from "volterra/engine";
import type { Job } from "../../protocol.ts";
import { type Desk, deskOf, type HedgeTask, isLinear, noWeights, turn } from "./desk.ts";

/** Where a policy leaves a position alone, over the spots; no width where it always trades. */
export interface Holding {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface HoldCurves {
  readonly date: number;
  /** Since the start. */
  readonly days: number;
  readonly spots: readonly number[];
  /** Names of what is traded, and with which of them the rules hedge. */
  readonly instruments: readonly string[];
  readonly isLinear: readonly boolean[];
  /** [instrument]; null where there is nothing to show. */
  readonly delta: readonly Holding[];
  readonly whalley: readonly Holding[];
  readonly learned: readonly Holding[] | null;
}

export interface CurvesInput {
  readonly task: HedgeTask;
  readonly theta: Float64Array | null;
  readonly date: number;
}

const points = 61;
const deviations = 2.3;

/** Spots that pictures of a problem are drawn over. */
export function spotsOf({ market, horizonYears }: HedgeProblem): number[] {
  const reach = deviations * market.typicalVol * Math.sqrt(horizonYears);
  return Array.from(
    { length: points },
    (_, i) => market.spot0 * Math.exp(reach * ((2 * i) / (points - 1) - 1)),
  );
}

export const holdCurves: Job<CurvesInput, HoldCurves | null> = async (
  { task, theta, date: asked },
  { signal },
) => {
  await turn();
  if (signal.aborted) return null;
  const desk = deskOf(task);
  const { problem, policy } = desk;
  const spots = spotsOf(problem);
  const date = Math.min(asked, problem.tradingYears.length - 1);
  const years = problem.tradingYears[date];
  const canTrade = problem.instruments.map(({ kind }) => isLinear(kind));
  const canHedge = canTrade.includes(true);
  const rule = (own: Policy) => holdingsAt(problem, canHedge ? own : noHedge, noWeights, years);
  return {
    date,
    days: 365 * years,
    spots,
    instruments: problem.instruments.map(({ name }) => name),
    isLinear: canTrade,
    delta: await rule(deltaHedge),
    whalley: await rule(whalleyWilmottHedge),
    learned: theta === null ? null : await holdingsAt(problem, policy, theta, years),
  };
};

/** Ends of what a policy leaves alone, found by asking it from far below and from far above, with nothing held in the other
 * instruments. */
export async function holdingsAt(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  years: number,
): Promise<Holding[]> {
  const spots = spotsOf(problem);
  const { instruments, book } = problem;
  const units = book.reduce((sum, { quantity }) => sum + Math.abs(quantity), 0);
  const sides = instruments.flatMap((instrument, j) => {
    const far = 20 * units * Math.max(1, instrument.size ?? 1);
    return [
      { j, from: Math.max(-far, instrument.limits.low ?? -far) },
      { j, from: Math.min(far, instrument.limits.high ?? far) },
    ];
  });
  const each = (value: (side: (typeof sides)[number], spot: number) => number): Float64Array =>
    Float64Array.from(sides.flatMap((side) => spots.map((spot) => value(side, spot))));
  // a network without a band answers to where it stands: ask from its own market's delta
  const near = policy.name === "network" ? await deltaAt(problem, years, spots) : null;
  const { positions } = await policyAt(problem, policy, theta, wasmBackend, {
    years,
    states: {
      ...Object.fromEntries(
        instruments.map((_, k) => [
          `position${k}`,
          near === null
            ? each(({ j, from }) => (j === k ? from : 0))
            : Float64Array.from(sides.flatMap(() => near[k])),
        ]),
      ),
      spot: each((_, spot) => spot),
    },
  });
  return instruments.map((_, j) => {
    const of = (side: number) =>
      Array.from(positions[j].subarray(side * points, (side + 1) * points));
    return { low: of(2 * j), high: of(2 * j + 1) };
  });
}

async function deltaAt(
  problem: HedgeProblem,
  years: number,
  spots: readonly number[],
): Promise<number[][]> {
  const states = { spot: spots };
  const { positions } = await policyAt(problem, deltaHedge, noWeights, wasmBackend, {
    years,
    states,
  });
  return positions.map((column) => Array.from(column));
}

/** The learned part alone, while it learns. */
export const learnedAt = ({ problem, policy }: Desk, theta: Float64Array, date: number) =>
  holdingsAt(
    problem,
    policy,
    theta,
    problem.tradingYears[Math.min(date, problem.tradingYears.length - 1)],
  );
