/**
 * What a policy says in given states of the world: quotes, explanations, policy maps.
 *
 * One program of one step whose state is set point by point; it asks the same code as the simulation (moment.ts).
 */
import type { Backend } from "../backend/backend.ts";
import { defineProgram, type Num, type ParamSpec, scalar } from "../ir/index.ts";
import { InputError } from "../num/errors.ts";
import { hedgeClock } from "./clock.ts";
import { evaluationDefaults, fullTheta, typicalLoss } from "./evaluate.ts";
import { chargesOf, decideAt, marketView, type Moment, pricesOf } from "./moment.ts";
import { hedgeProgram } from "./program.ts";
import type { HedgeProblem, Params, PathValues, Policy, Values } from "./problem.ts";
import { shapeOf } from "./start.ts";
import {
  asExpr,
  initialMemories,
  instrumentPrefix,
  policyPrefix,
  positionName,
  priceName,
  underPrefix,
  withPrefix,
} from "./stateNames.ts";

/** States to ask about. */
export interface PolicyQuery {
  /** Since the start. */
  readonly years: number;
  /** Values by name, one per point, all of one length; what is left out has its value at time 0. "spot" sets the price;
   * "position0", … what is held; the rest are names of `stateNames`. */
  readonly states: Readonly<Record<string, ArrayLike<number>>>;
  /** For a conditioned policy, as in `EvaluationOptions`. */
  readonly aversion?: number;
  readonly costScale?: number;
}

/** What the policy says, point by point. */
export interface PolicyAnswer {
  /** [instrument][point] after limits and lots */
  readonly positions: readonly Float64Array[];
  /** [instrument][point] before them */
  readonly wanted: readonly Float64Array[];
  /** [instrument][point] what the trade to them costs, in currency */
  readonly costs: readonly Float64Array[];
  /** [instrument][point] */
  readonly prices: readonly Float64Array[];
  readonly instrumentGreeks: readonly GreekColumns[];
  /** Of all that is owed. */
  readonly book: GreekColumns;
  /** [point] Black's volatility to the horizon */
  readonly vol: Float64Array;
  /** What the policy names itself: `centre0`, `low0`, `high0`, … [point] */
  readonly details: Readonly<Record<string, Float64Array>>;
}

/** [point] each */
export interface GreekColumns {
  readonly value: Float64Array;
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
}

/** Names of all states that a query may set. */
export function stateNames(problem: HedgeProblem, policy: Policy): readonly string[] {
  return Object.keys(initialValues(problem, policy));
}

/** Asks a policy.
 *
 * Shape   theta [param] as for `evaluateHedge`
 * Throws  InputError for an unknown state, columns of different lengths, or a time outside the problem
 */
export async function policyAt(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  query: PolicyQuery,
): Promise<PolicyAnswer> {
  const points = checkQuery(problem, policy, query);
  const compiled = hedgeProgram(problem, policy, { centre: typicalLoss(problem), detail: "loss" });
  const full = fullTheta(compiled, theta);
  const { program, answers } = queryProgram(problem, policy);
  const paths = 64 * Math.ceil(points / 64);
  const plan = {
    steps: 1,
    stepTables: queryTables(problem, query.years),
    dates: [1],
    rowDate: new Int32Array(0),
    rowTables: [],
    paths,
  };
  const runner = await backend.prepare(program, plan, { threads: 1 });
  runner.setNoise({
    increments: new Float32Array(0),
    initial: queryColumns(problem, policy, query, paths),
  });
  const seen = runner.observations(full);
  runner.free();
  const column = (name: string): Float64Array => {
    const start = answers.indexOf(name) * paths;
    return Float64Array.from(seen.subarray(start, start + points));
  };
  const columns = (prefix: string) => problem.instruments.map((_, j) => column(`${prefix}${j}`));
  const greeks = (prefix: string): GreekColumns => ({
    value: column(`${prefix}.value`),
    delta: column(`${prefix}.delta`),
    gamma: column(`${prefix}.gamma`),
    vega: column(`${prefix}.vega`),
  });
  return {
    positions: columns("answer.position"),
    wanted: columns("answer.wanted"),
    costs: columns("answer.cost"),
    prices: columns("answer.price"),
    instrumentGreeks: problem.instruments.map((_, j) => greeks(`answer.instrument${j}`)),
    book: greeks("answer.book"),
    vol: column("answer.vol"),
    details: Object.fromEntries(
      answers
        .filter((name) => name.startsWith(detailPrefix))
        .map((name) => [name.slice(detailPrefix.length), column(name)]),
    ),
  };
}

const detailPrefix = "answer.detail.";

/** Every state and its value at time 0; the market's own where it is known without normals. */
function initialValues(problem: HedgeProblem, policy: Policy): Readonly<Record<string, number>> {
  const { market, instruments, condition } = problem;
  const memory = withPrefix(policyPrefix, policy.memory?.(shapeOf(problem, policy)) ?? {});
  const numbers = Object.entries({ ...initialMemories(problem), ...memory }).map(
    ([name, value]) => [name, typeof value === "number" ? value : 0] as const,
  );
  return {
    ...Object.fromEntries(market.stateNames.map((name) => [name, 0])),
    ...market.startState,
    ...market.fromSpot(market.spot0),
    spot: market.spot0,
    ...Object.fromEntries(instruments.map((_, j) => [positionName(j), 0])),
    ...Object.fromEntries(numbers),
    ...(condition === undefined ? {} : { aversion: 1, logAversion: 0, costScale: 1 }),
  };
}

function checkQuery(problem: HedgeProblem, policy: Policy, query: PolicyQuery): number {
  const { horizonYears } = problem;
  if (!(query.years >= 0 && query.years < horizonYears)) {
    throw new InputError(
      `policyAt: expected years in [0, ${horizonYears}), got ${query.years}. Ask before the horizon.`,
    );
  }
  const known = stateNames(problem, policy);
  const entries = Object.entries(query.states);
  const points = entries[0]?.[1].length ?? 1;
  for (const [name, values] of entries) {
    if (!known.includes(name)) {
      throw new InputError(
        `policyAt: expected states among ${known.join(", ")}, got "${name}". Correct the name.`,
      );
    }
    if (values.length !== points || points === 0) {
      throw new InputError(
        `policyAt: expected ${points} values of ${name}, one per point and at least one, got ${values.length}.`,
      );
    }
    const bad = Array.from(values).findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new InputError(
        `policyAt: expected finite values of ${name}, got ${values[bad]} at point ${bad}.`,
      );
    }
  }
  return points;
}

/** [state][point] as initial normals; what is beyond the last point repeats it. */
function queryColumns(
  problem: HedgeProblem,
  policy: Policy,
  { states, aversion = evaluationDefaults.aversion, costScale = 1 }: PolicyQuery,
  paths: number,
): Float32Array {
  const defaults = initialValues(problem, policy);
  const names = Object.keys(defaults);
  const told: Readonly<Record<string, number>> = {
    aversion,
    logAversion: Math.log(aversion),
    costScale,
  };
  const out = new Float32Array(names.length * paths);
  const spots = states.spot;
  names.forEach((name, k) => {
    const given = states[name];
    for (let p = 0; p < paths; p++) {
      const at = (values: ArrayLike<number>) => values[Math.min(p, values.length - 1)];
      const fromSpot = spots === undefined ? undefined : problem.market.fromSpot(at(spots))[name];
      const value = given === undefined ? (fromSpot ?? told[name] ?? defaults[name]) : at(given);
      out[k * paths + p] = value;
    }
  });
  return out;
}

/** Values of the program's tables at one time. */
function queryTables(problem: HedgeProblem, years: number): readonly Float64Array[] {
  const { market } = problem;
  const { marketYears } = hedgeClock(problem);
  // the market's tables belong to its own times: of the last one not after the question
  const values = market.tableValues(marketYears);
  let step = 0;
  while (step + 1 < marketYears.length && marketYears[step + 1] <= years + 1e-12) step++;
  return [
    Float64Array.of(years),
    Float64Array.of(years === 0 ? 1 : 0),
    ...values.map((column) => Float64Array.of(column[step])),
  ];
}

/** The program, and the names of what it observes. */
function queryProgram(problem: HedgeProblem, policy: Policy) {
  const shape = shapeOf(problem, policy);
  const { market, risk } = problem;
  const specs: Record<string, ParamSpec> = {
    ...policy.params(shape),
    ...Object.fromEntries(risk.thresholds.map((name) => [name, scalar()])),
    ...market.params,
  };
  const names = Object.keys(initialValues(problem, policy));
  let answers: readonly string[] = [];
  const unanswered = (): Values => {
    // the keys of the answers are known once the step is traced: trace it twice
    answers = Object.keys(traced(problem, policy));
    return Object.fromEntries(answers.map((name) => [name, 0]));
  };
  const program = defineProgram({
    name: `answer of ${policy.name}`,
    params: specs,
    factors: 0,
    initialNormals: names.length,
    stepTables: ["years", "isFirst", ...market.tables],
    init: ({ z }): Values => ({
      ...Object.fromEntries(names.map((name, k) => [name, z[k]])),
      ...unanswered(),
    }),
    step: ({ p, s, t }): Values => {
      const state = s as PathValues;
      const kept = Object.fromEntries(names.map((name) => [name, state[name]]));
      const own = t as unknown as PathValues;
      return { ...kept, ...answersOf(problem, policy, p as Params, kept, own) };
    },
    observe: ({ s }): Values =>
      Object.fromEntries(answers.map((name) => [name, (s as PathValues)[name]])),
  });
  return { program, answers };

  /** The answers' names, by tracing the step with nothing at stake. */
  function traced(own: HedgeProblem, by: Policy): Values {
    let found: Values = {};
    defineProgram({
      name: "names of answers",
      params: specs,
      factors: 0,
      stepTables: ["years", "isFirst", ...market.tables],
      init: (): Values => Object.fromEntries(names.map((name) => [name, 0])),
      step: ({ p, s, t }): Values => {
        found = answersOf(own, by, p as Params, s as PathValues, t as unknown as PathValues);
        return s as Values;
      },
      observe: ({ s }): Values => ({ spot: (s as PathValues).spot }),
    });
    return found;
  }
}

function answersOf(
  problem: HedgeProblem,
  policy: Policy,
  params: Params,
  given: PathValues,
  tables: PathValues,
): Values {
  const { market, instruments } = problem;
  const base: Moment = {
    state: given,
    years: tables.years,
    isFirst: tables.isFirst,
    tables,
    params,
  };
  const view = marketView(base);
  const prices = instruments.map((instrument, j) => {
    const names = Object.keys(instrument.memory?.init ?? {});
    return asExpr(instrument.price(view, market, underPrefix(instrumentPrefix(j), given, names)));
  });
  const state: PathValues = {
    ...given,
    ...Object.fromEntries(prices.map((price, j) => [priceName(j), price])),
  };
  const moment: Moment = { ...base, state };
  const { inputs, decision, positions } = decideAt(problem, policy, moment);
  const { charges } = chargesOf(problem, state, pricesOf(problem, state), positions);
  const each = (prefix: string, values: readonly Num[]): Values =>
    Object.fromEntries(values.map((value, j) => [`${prefix}${j}`, value]));
  return {
    ...each("answer.position", positions),
    ...each("answer.wanted", decision.positions),
    ...each("answer.cost", charges),
    ...each("answer.price", prices),
    ...withPrefix("answer.book.", { ...inputs.book }),
    ...Object.assign(
      {},
      ...inputs.instruments.map(({ greeks }, j) =>
        withPrefix(`answer.instrument${j}.`, { ...greeks }),
      ),
    ),
    "answer.vol": inputs.vol,
    ...withPrefix(detailPrefix, decision.details ?? {}),
  };
}
