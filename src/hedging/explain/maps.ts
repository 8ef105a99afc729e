/** A policy as pictures: the position of an instrument over the spot and another axis. */
import type { Backend } from "../../backend/backend.ts";
import type { HedgeProblem, Policy } from "../problem.ts";
import { policyAt } from "../query.ts";
import type { ExplainState } from "./explain.ts";
import { quotedPolicy } from "./quotedPolicy.ts";

/** Positions over two axes. */
export interface PolicyMap {
  readonly instrument: string;
  readonly x: { readonly name: "spot"; readonly values: readonly number[] };
  readonly y: {
    readonly name: "volatility" | "days left" | "previous position";
    readonly values: readonly number[];
  };
  /** [y][x] */
  readonly positions: readonly (readonly number[])[];
}

export interface MapOptions {
  /** Points along an axis. */
  readonly points?: number;
  /** Reach of the spot axis in standard deviations of the time left. */
  readonly deviations?: number;
}

export const mapDefaults = { points: 25, deviations: 2.5 } as const;

/** What the maps share. */
interface Task {
  readonly problem: HedgeProblem;
  readonly policy: Policy;
  readonly theta: Float64Array;
  readonly backend: Backend;
  readonly state: ExplainState;
  readonly spots: readonly number[];
}

/** Maps of every instrument around a state: over volatility, time to the horizon and previous position.
 *
 * The volatility axis is there where it can be quoted (see quotedPolicy); over time, everything else is as in the state.
 */
export async function policyMaps(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  state: ExplainState,
  options: MapOptions = {},
): Promise<PolicyMap[]> {
  const { points, deviations } = { ...mapDefaults, ...options };
  const { market, horizonYears, instruments } = problem;
  const { years, values, held } = state;
  const spot = values.spot ?? market.spot0;
  const reach = deviations * market.typicalVol * Math.sqrt(horizonYears - years);
  const spots = axis(-reach, reach, points).map((x) => spot * Math.exp(x));
  const task: Task = { problem, policy, theta, backend, state, spots };
  const x = { name: "spot", values: spots } as const;
  const times = axis(0, horizonYears * (1 - 1 / points), points);
  const byTime: Float64Array[][] = [];
  for (const at of times) byTime.push(await rowsAt(task, at, [held]).then((rows) => rows[0]));
  const daysLeft = times.map((at) => 365 * (horizonYears - at));
  const maps = instruments.map(
    ({ name }, j): PolicyMap => ({
      instrument: name,
      x,
      y: { name: "days left", values: daysLeft },
      positions: byTime.map((row) => Array.from(row[j])),
    }),
  );
  for (const [j, { name }] of instruments.entries()) {
    const size = Math.max(1, Math.abs(held[j]));
    const previous = axis(held[j] - size, held[j] + size, points);
    const tried = previous.map((position) => held.map((own, i) => (i === j ? position : own)));
    const rows = await rowsAt(task, years, tried);
    maps.push({
      instrument: name,
      x,
      y: { name: "previous position", values: previous },
      positions: rows.map((row) => Array.from(row[j])),
    });
  }
  const canQuote = market.tables.length === 0 && policy.memory === undefined;
  return canQuote ? [...maps, ...(await volMaps(task, points))] : maps;
}

/** Positions at one time over all spots, for several previous positions: [previous][instrument][spot]. */
async function rowsAt(
  { problem, policy, theta, backend, state, spots }: Task,
  years: number,
  previous: readonly (readonly number[])[],
): Promise<Float64Array[][]> {
  const columns = spots.length;
  const count = columns * previous.length;
  const each = (value: (point: number) => number) =>
    Float64Array.from({ length: count }, (_, point) => value(point));
  const fixed = Object.entries(state.values).map(([name, value]) => [name, each(() => value)]);
  const { positions } = await policyAt(problem, policy, theta, backend, {
    years,
    states: {
      ...Object.fromEntries(fixed),
      ...Object.fromEntries(
        state.held.map((_, j) => [
          `position${j}`,
          each((point) => previous[Math.floor(point / columns)][j]),
        ]),
      ),
      spot: each((point) => spots[point % columns]),
    },
  });
  return previous.map((_, row) =>
    positions.map((column) => column.subarray(row * columns, (row + 1) * columns)),
  );
}

/** Over the volatility, from half to twice the market's. */
async function volMaps(
  { problem, policy, theta, backend, state, spots }: Task,
  points: number,
): Promise<PolicyMap[]> {
  const { market, instruments } = problem;
  const { years, values, held } = state;
  const vols = axis(0.5, 2, points).map((multiple) => multiple * market.typicalVol);
  const asked = await quotedPolicy(problem, policy, theta, backend);
  const own = { ...market.startState, ...values };
  const isFirst = years === 0;
  const rows = vols.map((vol) =>
    asked.ask(spots.map((spot) => ({ years, isFirst, spot, vol, positions: held, market: own }))),
  );
  asked.free();
  return instruments.map(({ name }, j) => ({
    instrument: name,
    x: { name: "spot", values: spots },
    y: { name: "volatility", values: vols },
    positions: rows.map((row) => row.map((positions) => positions[j])),
  }));
}

const axis = (low: number, high: number, points: number): number[] =>
  Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
