/** A few paths day by day: what was held before, where the band lay, what was traded, and what Black-Scholes delta did. */
import { wasmBackend } from "volterra/engine";
import { type HedgePaths, hedgePaths } from "volterra/hedging";
import type { Job } from "../../protocol.ts";
import { type Desk, deskOf, type HedgeTask, isLinear, noWeights } from "./desk.ts";

export interface ReplayInput {
  readonly task: HedgeTask;
  readonly theta: Float64Array;
  readonly threads: number;
  /** Of what the profit is counted from. */
  readonly fairValue: number;
  readonly seed: number;
}

/** One instrument on one date. */
export interface ReplayTrade {
  readonly price: number;
  readonly held: number;
  readonly position: number;
  /** Ends of the band; null where the policy names none. */
  readonly band: { readonly low: number; readonly high: number } | null;
  /** What the delta hedger holds here; null in an option, which it does not trade. */
  readonly delta: number | null;
  readonly cost: number;
}

export interface ReplayDate {
  readonly days: number;
  readonly spot: number;
  /** [instrument] */
  readonly trades: readonly ReplayTrade[];
  /** The market's states besides the price, by name: what a question about the date must set. */
  readonly state: Readonly<Record<string, number>>;
}

export interface ReplayPath {
  readonly id: "usual" | "bad" | "good" | "dear";
  readonly dates: readonly ReplayDate[];
  readonly endDays: number;
  readonly endSpot: number;
  /** From the fair value: of the learned policy, and of the delta hedger. */
  readonly profit: number;
  readonly deltaProfit: number;
  readonly cost: number;
  readonly deltaCost: number;
  /** What closing at the end cost. */
  readonly closing: number;
}

export interface Replay {
  readonly instruments: readonly string[];
  readonly paths: readonly ReplayPath[];
}

/** Paths to choose from. */
const choice = 1024;

export const replayHedge: Job<ReplayInput, Replay> = async (input) => {
  const { task, theta, threads, fairValue, seed } = input;
  const desk = deskOf(task);
  const { problem, policy, rule } = desk;
  const options = { paths: choice, threads, seed: 1000 + seed };
  const own = await hedgePaths(problem, policy, theta, wasmBackend, options);
  const other = await hedgePaths(problem, rule, noWeights, wasmBackend, options);
  const byLoss = Array.from({ length: choice }, (_, path) => path).sort(
    (a, b) => own.loss[a] - own.loss[b],
  );
  const dearest = byLoss.toSorted((a, b) => totalCost(own, b) - totalCost(own, a))[0];
  const chosen = [
    ["usual", byLoss[choice >> 1]],
    ["bad", byLoss[Math.floor(0.975 * choice)]],
    ["good", byLoss[Math.floor(0.025 * choice)]],
    ["dear", dearest],
  ] as const;
  return {
    instruments: problem.instruments.map(({ name }) => name),
    paths: chosen.map(([id, path]) => ({
      id,
      dates: datesOf(desk, own, other, path),
      endDays: 365 * problem.horizonYears,
      endSpot: own.spot[own.spot.length - 1][path],
      profit: fairValue - own.loss[path],
      deltaProfit: fairValue - other.loss[path],
      cost: totalCost(own, path),
      deltaCost: totalCost(other, path),
      closing: closingOf(own, path),
    })),
  };
};

const totalCost = ({ costs }: HedgePaths, path: number): number =>
  costs.reduce((sum, byPath) => sum + byPath[path], 0);

/** Dates at which trades may happen; the clock may have others. */
function datesOf(
  { problem }: Desk,
  own: HedgePaths,
  { positions: byRule }: HedgePaths,
  path: number,
): ReplayDate[] {
  const { market, instruments, tradingYears } = problem;
  const inner = Object.keys(own.states).filter((name) => !(name in market.fromSpot(market.spot0)));
  return tradingYears.map((years) => {
    const date = own.years.findIndex((time) => Math.abs(time - years) < 1e-9);
    return {
      days: 365 * years,
      spot: own.spot[date][path],
      trades: instruments.map(({ kind }, j) => {
        const [low, high] = [own.details[`low${j}`], own.details[`high${j}`]];
        return {
          price: own.prices[j][date][path],
          held: date === 0 ? 0 : own.positions[j][date - 1][path],
          position: own.positions[j][date][path],
          band:
            low === undefined || high === undefined
              ? null
              : { low: low[date][path], high: high[date][path] },
          delta: isLinear(kind) ? byRule[j][date][path] : null,
          cost: paidAt(own, j, date, path),
        };
      }),
      state: Object.fromEntries(
        date === 0 ? [] : inner.map((name) => [name, own.states[name][date - 1][path]]),
      ),
    };
  });
}

function paidAt({ paid }: HedgePaths, j: number, date: number, path: number): number {
  const before = date === 0 ? 0 : paid[j][date - 1][path];
  return paid[j][date][path] - before;
}

/** What is left is closed at the horizon where the instrument says so. */
const closingOf = ({ paid, costs }: HedgePaths, path: number): number =>
  costs.reduce((sum, byPath, j) => sum + byPath[path] - paid[j][paid[j].length - 1][path], 0);
