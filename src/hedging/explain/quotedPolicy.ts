/**
 * A trained policy asked about markets as they are quoted: compiled once, then answers batches of states.
 *
 * The volatility that the policy's centre is made of is given with the state, not computed from the model's own: it is what the
 * chain says. So is the time, point by point. Everything else is the code that it was trained with (moment.ts).
 *
 * Deterministic; float32 inside.
 */
import type { Backend, Runner } from "../../backend/backend.ts";
import { defineProgram, type Expr, type ParamSpec, packParams, scalar } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import { decideAt, type Moment } from "../moment.ts";
import { blackGreeks } from "../../payoffs/index.ts";
import type {
  HedgeProblem,
  Instrument,
  MarketView,
  Params,
  PathValues,
  Policy,
  Values,
} from "../problem.ts";
import { shapeOf } from "../start.ts";
import { asExpr, initialMemories, positionName, priceName } from "../stateNames.ts";

/** A state. Prices in the units of the problem. */
export interface QuotedState {
  /** Since the start of the problem. */
  readonly years: number;
  readonly isFirst: boolean;
  readonly spot: number;
  /** Black's volatility to the horizon. */
  readonly vol: number;
  /** [instrument] before the trade */
  readonly positions: readonly number[];
  /** The market's own states that the policy's features look at, such as Heston's `v`. */
  readonly market: Readonly<Record<string, number>>;
  /** Listed options as they are quoted, by the problem's options in order; needed where it has any. */
  readonly options?: readonly QuotedOption[];
}

/** A listed option: what is traded need not be what was trained with. */
export interface QuotedOption {
  readonly strike: number;
  readonly yearsLeft: number;
  readonly vol: number;
}

/** The policy, ready. */
export interface QuotedPolicy {
  /** [state][instrument] positions after limits and lots. */
  ask(states: readonly QuotedState[]): number[][];
  free(): void;
}

/** States that are answered at once. */
const batch = 64;

/** Compiles a policy.
 *
 * Shape   theta [param] of the policy, learned thresholds after it or left out
 * Throws  InputError where the market has tables of time or the policy a memory: neither can be quoted
 */
export async function quotedPolicy(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
): Promise<QuotedPolicy> {
  const { market, risk } = problem;
  const instruments = problem.instruments.map((instrument, j) =>
    instrument.kind === "option" ? asQuoted(instrument, j) : instrument,
  );
  if (market.tables.length > 0 || policy.memory !== undefined) {
    throw new InputError(
      `quotedPolicy: expected a market without tables of time and a policy without memory, got ${market.name} and ${policy.name}. Ask with policyAt.`,
    );
  }
  const optionNames = instruments.flatMap(({ kind }, j) =>
    kind === "option" ? quotedNames(j) : [],
  );
  const quoted: HedgeProblem = {
    ...problem,
    instruments,
    market: {
      ...market,
      stateNames: [...market.stateNames, "quotedVol", ...optionNames],
      vol: ({ state }) => state.quotedVol,
    },
  };
  const shape = shapeOf(quoted, policy);
  const own = market.stateNames.filter((name) => !(name in market.fromSpot(market.spot0)));
  const names = ["years", "isFirst", "spot", "quotedVol", ...own];
  names.push(...instruments.map((_, j) => positionName(j)), ...optionNames);
  const memories = initialMemories(problem);
  const specs: Record<string, ParamSpec> = {
    ...policy.params(shape),
    ...Object.fromEntries(risk.thresholds.map((name) => [name, scalar()])),
  };
  const answers = instruments.map((_, j) => `answer${j}`);
  const program = defineProgram({
    name: `quoted ${policy.name}`,
    params: specs,
    factors: 0,
    initialNormals: names.length,
    stepTables: [],
    init: ({ z }): Values => ({
      ...Object.fromEntries(names.map((name, k) => [name, z[k]])),
      ...Object.fromEntries(answers.map((name) => [name, 0])),
    }),
    step: ({ p, s }): Values => {
      const state = s as PathValues;
      const kept = Object.fromEntries(names.map((name) => [name, state[name]]));
      const positions = positionsAt(quoted, policy, { kept, memories, params: p as Params });
      return { ...kept, ...Object.fromEntries(answers.map((name, j) => [name, positions[j]])) };
    },
    observe: ({ s }): Values =>
      Object.fromEntries(answers.map((name) => [name, (s as PathValues)[name]])),
  });
  const full = packParams(program, zerosOf(program.params));
  full.set(theta.subarray(0, full.length));
  const runner = await backend.prepare(program, onePlan, { threads: 1 });
  return {
    ask: (states) => {
      const all: number[][] = [];
      for (let start = 0; start < states.length; start += batch) {
        const part = states.slice(start, start + batch);
        all.push(...answered(runner, full, part, own, instruments.length));
      }
      return all;
    },
    free: () => runner.free(),
  };
}

const onePlan = {
  steps: 1,
  stepTables: [],
  dates: [1],
  rowDate: new Int32Array(0),
  rowTables: [],
  paths: batch,
};

/** Names of a listed option's quotes in the state. */
const quotedNames = (j: number): string[] =>
  ["strike", "years", "vol"].map((name) => `option${j}.${name}`);

/** The option at the strike, time and volatility that are quoted for it. */
function asQuoted(instrument: Instrument, j: number): Instrument {
  const greeks = ({ spot, state }: MarketView) => {
    const [strike, years, vol] = quotedNames(j).map((name) => state[name]);
    const type = instrument.name.startsWith("put") ? "put" : "call";
    return blackGreeks({ type, spot, strike, years, vol });
  };
  return { ...instrument, greeks, price: (view) => greeks(view).value };
}

/** The policy's positions in a state whose time is a value per path. */
function positionsAt(
  problem: HedgeProblem,
  policy: Policy,
  parts: {
    readonly kept: PathValues;
    readonly memories: Values;
    readonly params: Params;
  },
): readonly Expr[] {
  const { kept, memories, params } = parts;
  const { years, isFirst } = kept;
  const filled = Object.fromEntries(
    Object.entries(memories).map(([name, value]) => [name, asExpr(value)]),
  );
  const bare = { ...filled, ...kept, ...problem.market.fromSpot(problem.market.spot0) };
  const state = Object.fromEntries(
    Object.entries(bare).map(([name, value]) => [name, asExpr(value)]),
  ) as PathValues;
  const view = { state, spot: state.spot, years, tables: {}, params };
  const prices = problem.instruments.flatMap((instrument, j) => {
    const price = instrument.price(view, problem.market, {});
    return price === state.spot ? [] : [[priceName(j), asExpr(price)] as const];
  });
  const moment: Moment = {
    state: { ...state, ...Object.fromEntries(prices) },
    years,
    isFirst,
    tables: {},
    params,
  };
  return decideAt(problem, policy, moment).positions;
}

const zerosOf = (params: readonly { readonly name: string; readonly shape: readonly number[] }[]) =>
  Object.fromEntries(
    params
      .filter(({ name }) => !name.includes("."))
      .map(({ name, shape }) => [name, shape.length === 0 ? 0 : new Float64Array(shape[0])]),
  );

function answered(
  runner: Runner,
  theta: Float64Array,
  states: readonly QuotedState[],
  own: readonly string[],
  instruments: number,
): number[][] {
  const quotes = (states[0].options ?? []).length;
  const rows = 4 + own.length + instruments + 3 * quotes;
  const initial = new Float32Array(rows * batch);
  for (let p = 0; p < batch; p++) {
    // what is beyond the last state repeats it
    const { years, isFirst, spot, vol, positions, market, options } =
      states[Math.min(p, states.length - 1)];
    const quoted = (options ?? []).flatMap((option) => [
      option.strike,
      option.yearsLeft,
      option.vol,
    ]);
    const values = [
      years,
      isFirst ? 1 : 0,
      spot,
      vol,
      ...own.map((name) => market[name] ?? 0),
      ...positions,
      ...quoted,
    ];
    values.forEach((value, row) => {
      initial[row * batch + p] = value;
    });
  }
  runner.setNoise({ increments: new Float32Array(0), initial });
  const seen = runner.observations(theta);
  return states.map((_, p) => Array.from({ length: instruments }, (__, j) => seen[j * batch + p]));
}
