/**
 * Where a policy would not trade: found by asking it from many previous positions.
 *
 * A policy that is a band says so itself; of any other the positions are scanned for which it stays where it is. What is found
 * is the interval without a trade that holds the position asked about, or the one nearest to it; a policy that always trades has
 * an interval of no width, at the position that it goes to from there.
 */
import type { Backend } from "../../backend/backend.ts";
import type { HedgeProblem, Policy } from "../problem.ts";
import { policyAt } from "../query.ts";

/** An interval of previous positions from which the policy does not trade. */
export interface NoTradeInterval {
  readonly low: number;
  readonly high: number;
  readonly from: "policy" | "scan";
}

/** Points of a scan; each side of an edge is asked again as finely. */
const scanPoints = 128;

/** The interval of instrument `j`.
 *
 * Shape   held [instrument]
 * Accuracy  a scan is exact to its span over scanPoints²
 */
export async function noTradeInterval(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  state: {
    readonly years: number;
    readonly values: Readonly<Record<string, number>>;
    readonly held: readonly number[];
  },
  j: number,
  span: readonly [low: number, high: number],
): Promise<NoTradeInterval> {
  const { years, values, held } = state;
  const ask = async (positions: Float64Array) => {
    const states = columns(values, held, j, positions);
    return policyAt(problem, policy, theta, backend, { years, states });
  };
  const scan = grid(span, scanPoints);
  const answer = await ask(scan);
  const { [`low${j}`]: low, [`high${j}`]: high } = answer.details;
  if (low !== undefined && high !== undefined)
    return { low: low[0], high: high[0], from: "policy" };
  // smaller trades are rounding of float32
  const still = 1e-5 * Math.max(1e-9, Math.abs(span[1] - span[0]));
  const stays = answer.positions[j].map((to, i) => (Math.abs(to - scan[i]) <= still ? 1 : 0));
  const interval = nearestRun(stays, scan, held[j]);
  if (interval === null) {
    const { positions } = await ask(Float64Array.of(held[j]));
    return { low: positions[j][0], high: positions[j][0], from: "scan" };
  }
  const step = scan[1] - scan[0];
  const edge = async (at: number, outside: -1 | 1): Promise<number> => {
    const fine = grid(
      [Math.min(at, at + outside * step), Math.max(at, at + outside * step)],
      scanPoints,
    );
    const { positions } = await ask(fine);
    const inside = Array.from(fine).filter((p, i) => Math.abs(positions[j][i] - p) <= still);
    return inside.length === 0 ? at : outside < 0 ? Math.min(...inside) : Math.max(...inside);
  };
  return { low: await edge(interval[0], -1), high: await edge(interval[1], 1), from: "scan" };
}

/** The state at every position of one instrument. */
function columns(
  values: Readonly<Record<string, number>>,
  held: readonly number[],
  j: number,
  positions: Float64Array,
): Record<string, Float64Array> {
  const same = (value: number) => new Float64Array(positions.length).fill(value);
  return {
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, same(value)])),
    ...Object.fromEntries(
      held.map((position, i) => [`position${i}`, i === j ? positions : same(position)]),
    ),
  };
}

const grid = ([low, high]: readonly [number, number], points: number): Float64Array =>
  Float64Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));

/** Ends of the run of ones that is nearest to a position; null when there is none. */
function nearestRun(
  flags: Float64Array,
  at: Float64Array,
  position: number,
): readonly [number, number] | null {
  let best: readonly [number, number] | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < flags.length; i++) {
    if (flags[i] === 0) continue;
    let end = i;
    while (end + 1 < flags.length && flags[end + 1] === 1) end++;
    const distance = Math.max(0, at[i] - position, position - at[end]);
    if (distance < least) {
      least = distance;
      best = [at[i], at[end]];
    }
    i = end;
  }
  return best;
}
