/**
 * What a trade is worth: the risk of going on with it, against the risk of going on without it, from one state.
 *
 * The first positions are given; from the next date on the policy decides. All positions are tried on the same paths, so
 * their differences are known far better than the risks. Losses are those from now on: what is owed at the end, less gains,
 * plus costs, the cost of the first trade from the position that is held included.
 */
import type { Backend } from "../../backend/backend.ts";
import { add, max, min, type Num, select, sub } from "../../ir/index.ts";
import { sampleLosses } from "../evaluate.ts";
import type { HedgeProblem, Policy } from "../problem.ts";
import { policyAt } from "../query.ts";
import { type MiddleState, policyFrom, problemFrom } from "./fromState.ts";

/** How precisely. */
export interface TradeValueOptions {
  /** Paths of a set; a multiple of 64. */
  readonly paths?: number;
  /** Sets, each its own scramble: the spread between them is the standard error. */
  readonly sets?: number;
  readonly seed?: number;
  readonly threads?: number;
}

export const tradeValueDefaults = { paths: 8192, sets: 8, seed: 31_337, threads: 1 } as const;

/** An estimate. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** Going on from given positions. Units: of the account. */
export interface Continuation {
  /** [instrument] */
  readonly positions: readonly number[];
  /** Cost of the trade to them, now. */
  readonly cost: number;
  /** Of all losses from now on, that cost included. */
  readonly risk: Estimate;
  /** [set] the risk on each set of paths, the same paths for every choice: for differences. */
  readonly bySet: readonly number[];
}

/** Risks of going on from several positions.
 *
 * Shape   held [instrument]; tried [choice][instrument]
 */
export async function continuations(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  from: MiddleState & { readonly held: readonly number[] },
  tried: readonly (readonly number[])[],
  options: TradeValueOptions = {},
): Promise<Continuation[]> {
  const settings = { ...tradeValueDefaults, ...options };
  const { paths, sets } = settings;
  const rest = problemFrom(withoutTradeCaps(problem), from);
  const known = policyFrom(policy, problem, from);
  const caps = problem.instruments.map(({ limits }) => limits.trade);
  const samples: { losses: Float64Array; weights?: Float32Array; cost: number }[] = [];
  for (const positions of tried) {
    const forced = forcedFirst(known, positions, caps);
    const { losses, weights } = await sampleLosses(rest, forced, theta, backend, settings);
    const cost = await costOf(rest, forced, theta, backend, from.held);
    // the program begins without positions: its first trade is from nothing
    const counted = await costOf(
      rest,
      forced,
      theta,
      backend,
      positions.map(() => 0),
    );
    samples.push({ losses: losses.map((loss) => loss + cost - counted), weights, cost });
  }
  const riskOf = ({ losses, weights }: (typeof samples)[number], set: number): number =>
    problem.risk.ofSample(
      losses.subarray(set * paths, (set + 1) * paths),
      weights?.subarray(set * paths, (set + 1) * paths),
    ).value;
  const bySet = samples.map((sample) =>
    Array.from({ length: sets }, (_, set) => riskOf(sample, set)),
  );
  return samples.map(({ cost }, i) => ({
    positions: tried[i],
    cost,
    risk: estimate(bySet[i]),
    bySet: bySet[i],
  }));
}

/** Cost of the first trade from given positions. */
async function costOf(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  held: readonly number[],
): Promise<number> {
  const states = Object.fromEntries(held.map((position, j) => [`position${j}`, [position]]));
  const { costs } = await policyAt(problem, policy, theta, backend, { years: 0, states });
  return costs.reduce((sum, [cost]) => sum + cost, 0);
}

/** The policy with its first positions given, and the caps of later trades that the problem no longer has. */
const forcedFirst = (
  policy: Policy,
  positions: readonly number[],
  caps: readonly (number | undefined)[],
): Policy => ({
  ...policy,
  decide: (inputs, params) => {
    const decision = policy.decide(inputs, params);
    const isLater = sub(0.5, inputs.isFirst);
    return {
      ...decision,
      positions: decision.positions.map((wanted, j): Num => {
        const { previous } = inputs.instruments[j];
        const cap = caps[j];
        const within =
          cap === undefined ? wanted : max(sub(previous, cap), min(add(previous, cap), wanted));
        return select(isLater, within, positions[j]);
      }),
    };
  },
});

/** The problem without caps of trades: its first trade is counted from nothing, which no cap should see. */
const withoutTradeCaps = (problem: HedgeProblem): HedgeProblem => ({
  ...problem,
  instruments: problem.instruments.map((instrument) => {
    const { trade: _, ...limits } = instrument.limits;
    return { ...instrument, limits };
  }),
});

/** Mean of sets and its standard error. */
export function estimate(values: readonly number[]): Estimate {
  const value = values.reduce((sum, v) => sum + v, 0) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - value) ** 2, 0);
  return {
    value,
    standardError: Math.sqrt(squares / (values.length * Math.max(1, values.length - 1))),
  };
}
