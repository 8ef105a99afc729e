/** What a policy does along single paths: positions, prices and losses at every date of the clock. */
import type { Backend } from "../backend/backend.ts";
import { evaluationDefaults, fullTheta, typicalLoss } from "./evaluate.ts";
import { hedgeNoise } from "./noise.ts";
import { hedgeProgram } from "./program.ts";
import { policyAt } from "./query.ts";
import type { HedgeProblem, Policy } from "./problem.ts";
import { marketPrefix, policyPrefix, positionName, priceName } from "./stateNames.ts";

export interface PathsOptions {
  /** A multiple of 64. */
  readonly paths?: number;
  readonly seed?: number;
  readonly threads?: number;
  /** For a conditioned policy, as in `EvaluationOptions`. */
  readonly aversion?: number;
  readonly costScale?: number;
}

export const pathsDefaults = { ...evaluationDefaults, paths: 64 } as const;

/** Paths of a hedge. */
export interface HedgePaths {
  /** [date + 1] years; the first is 0 */
  readonly years: Float64Array;
  /** [date + 1][path] */
  readonly spot: readonly Float64Array[];
  /** [instrument][date + 1][path] */
  readonly prices: readonly (readonly Float64Array[])[];
  /** [instrument][date][path]: held from years[date] to years[date + 1] */
  readonly positions: readonly (readonly Float64Array[])[];
  /** [instrument][path]: total gain and cost */
  readonly gains: readonly Float64Array[];
  /** [instrument][date][path]: costs up to and with the date's trade, without closing */
  readonly paid: readonly (readonly Float64Array[])[];
  /** [instrument][path]: all of them, with closing where the instrument is closed at the horizon */
  readonly costs: readonly Float64Array[];
  /** [path] owed less gained, costs included */
  readonly loss: Float64Array;
  /** [name][date][path]: what the policy names itself at the date's trade, `centre0`, `low0`, `high0`, … */
  readonly details: Readonly<Record<string, readonly Float64Array[]>>;
  /** [name][date][path]: the market's states at years[date + 1], by the names of `stateNames` */
  readonly states: Readonly<Record<string, readonly Float64Array[]>>;
}

/** Simulates a policy and keeps everything.
 *
 * Shape   theta [param] as for `evaluateHedge`
 */
export async function hedgePaths(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  options: PathsOptions = {},
): Promise<HedgePaths> {
  const { paths, seed, threads, aversion, costScale } = { ...pathsDefaults, ...options };
  const start = await policyAt(problem, policy, theta, backend, { years: 0, states: {} });
  const detailNames = Object.keys(start.details);
  const compiled = hedgeProgram(problem, remembering(policy, detailNames), {
    centre: typicalLoss(problem),
    detail: "paths",
  });
  const { program, clock, centre } = compiled;
  const { steps, years } = clock;
  const plan = compiled.plan(paths, { allDates: true });
  const runner = await backend.prepare(program, plan, { threads });
  const noise = await hedgeNoise(compiled, backend, { paths, threads });
  noise.fill(seed, runner, [{ aversion, costScale }]);
  const seen = runner.observations(fullTheta(compiled, theta));
  runner.free();
  noise.free();
  const names = program.observedNames;
  const at = (name: string, date: number): Float64Array => {
    const start = (date * names.length + names.indexOf(name)) * paths;
    return Float64Array.from(seen.subarray(start, start + paths));
  };
  const allDates = (name: string) => Array.from({ length: steps }, (_, date) => at(name, date));
  const { instruments, market } = problem;
  return {
    years,
    spot: [new Float64Array(paths).fill(market.spot0), ...allDates("spot")],
    prices: instruments.map((_, j) => [
      new Float64Array(paths).fill(start.prices[j][0]),
      ...allDates(priceName(j)),
    ]),
    positions: instruments.map((_, j) => allDates(positionName(j))),
    gains: instruments.map((_, j) => at(`gains${j}`, steps - 1)),
    paid: instruments.map((_, j) => allDates(`paid${j}`)),
    costs: instruments.map((_, j) => at(`costs${j}`, steps - 1)),
    loss: at("excess", steps - 1).map((excess) => excess + centre),
    details: Object.fromEntries(
      detailNames.map((name) => [name, allDates(`${policyPrefix}${detailPrefix}${name}`)]),
    ),
    states: Object.fromEntries(
      market.stateNames.map((name) => [name, allDates(marketPrefix + name)]),
    ),
  };
}

/** Of the memories that hold what a policy names itself. */
const detailPrefix = "detail.";

/** The policy, remembering what it named at its last decision: it decides as before. */
const remembering = (policy: Policy, names: readonly string[]): Policy => ({
  ...policy,
  memory: (shape) => ({
    ...policy.memory?.(shape),
    ...Object.fromEntries(names.map((name) => [detailPrefix + name, 0])),
  }),
  decide: (inputs, params) => {
    const decision = policy.decide(inputs, params);
    const details = names.map((name) => [detailPrefix + name, decision.details?.[name] ?? 0]);
    return { ...decision, memory: { ...decision.memory, ...Object.fromEntries(details) } };
  },
});
