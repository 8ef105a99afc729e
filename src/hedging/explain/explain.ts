/**
 * Why a policy trades as it does in one state: the trade, the band and its centre, what binds, what the classical rules
 * would do, and what the trade saves in risk for what it costs.
 */
import type { Backend } from "../../backend/backend.ts";
import { deltaHedge, whalleyWilmottHedge } from "../policies/rules.ts";
import type { HedgeProblem, Instrument, Policy } from "../problem.ts";
import { type PolicyAnswer, policyAt } from "../query.ts";
import { InputError } from "../../num/errors.ts";
import { type NoTradeInterval, noTradeInterval } from "./band.ts";
import { continuations, estimate, type Estimate, type TradeValueOptions } from "./tradeValue.ts";

/** A state to explain. */
export interface ExplainState {
  /** Since the start of the problem. */
  readonly years: number;
  /** By the names of `stateNames`, without positions; what is missing is as at the start. */
  readonly values: Readonly<Record<string, number>>;
  /** [instrument] */
  readonly held: readonly number[];
}

/** What keeps a position from being what the policy wants. */
export type Binding = "none" | "lower limit" | "upper limit" | "trade cap" | "lot";

/** One instrument of an explanation. Positions in units, money in the currency of the account. */
export interface InstrumentExplanation {
  readonly name: string;
  readonly price: number;
  readonly held: number;
  /** What the policy wants, and what limits and lots make of it. */
  readonly wanted: number;
  readonly position: number;
  readonly trade: number;
  readonly cost: number;
  readonly binding: Binding;
  /** What the band lies around before anything is learned: the model's delta left; null where the policy names none. */
  readonly centre: number | null;
  readonly band: NoTradeInterval;
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
}

/** What another rule would do. */
export interface RuleAnswer {
  readonly name: string;
  /** [instrument] */
  readonly positions: readonly number[];
  readonly trades: readonly number[];
}

/** What the trade is worth. */
export interface TradeWorth {
  /** Risk from now on when nothing is traded now, and when the trade is made, its cost included. */
  readonly riskWithout: Estimate;
  readonly riskWith: Estimate;
  /** Risk saved by the trade, net of its cost; positive is good. */
  readonly saved: Estimate;
  /** The trade's cost now. */
  readonly cost: number;
  /** At the proposed position of the instrument that trades most: risk saved by a further unit in the same direction before
   * its cost, and that cost. A band ends where they are equal. */
  readonly marginal: {
    readonly instrument: string;
    readonly step: number;
    readonly saved: Estimate;
    readonly cost: number;
  };
}

/** An explanation. */
export interface Explanation {
  readonly policy: string;
  readonly riskMeasure: string;
  readonly years: number;
  readonly yearsLeft: number;
  readonly spot: number;
  /** Black's volatility to the horizon, in this state. */
  readonly vol: number;
  /** Of all that is owed. */
  readonly book: {
    readonly value: number;
    readonly delta: number;
    readonly gamma: number;
    readonly vega: number;
  };
  readonly instruments: readonly InstrumentExplanation[];
  readonly rules: readonly RuleAnswer[];
  readonly worth: TradeWorth;
}

/** Explains a policy in a state.
 *
 * Shape   theta [param] as for `evaluateHedge`; state.held [instrument]
 * Throws  InputError for a state that is none of the problem's
 */
export async function explainPolicy(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  state: ExplainState,
  options: TradeValueOptions = {},
): Promise<Explanation> {
  const { instruments, horizonYears, market, risk } = problem;
  const { years, values, held } = state;
  if (held.length !== instruments.length) {
    throw new InputError(
      `explain: expected a position for each of ${instruments.map(({ name }) => name).join(", ")}, got ${held.length}. Give ${instruments.length}.`,
    );
  }
  const states = {
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]])),
    ...Object.fromEntries(held.map((position, j) => [`position${j}`, [position]])),
  };
  const ask = (rule: Policy, parameters: Float64Array): Promise<PolicyAnswer> =>
    policyAt(problem, rule, parameters, backend, { years, states });
  const answer = await ask(policy, theta);
  const none = new Float64Array(0);
  const rules = await Promise.all(
    [deltaHedge, whalleyWilmottHedge].map((rule) => ruleAnswer(rule, held, () => ask(rule, none))),
  );
  const explained: InstrumentExplanation[] = [];
  for (const [j, instrument] of instruments.entries()) {
    const position = unrounded(answer.positions[j][0], held[j]);
    const greeks = answer.instrumentGreeks[j];
    const size = Math.max(1, Math.abs(answer.book.delta[0]), Math.abs(held[j]), Math.abs(position));
    const centre = answer.details[`centre${j}`]?.[0] ?? null;
    const middle = centre ?? position;
    explained.push({
      name: instrument.name,
      price: answer.prices[j][0],
      held: held[j],
      wanted: answer.wanted[j][0],
      position,
      trade: position - held[j],
      cost: answer.costs[j][0],
      binding: bindingOf(instrument, answer.wanted[j][0], position, held[j]),
      centre,
      band: await noTradeInterval(problem, policy, theta, backend, state, j, [
        middle - 2 * size,
        middle + 2 * size,
      ]),
      delta: greeks.delta[0],
      gamma: greeks.gamma[0],
      vega: greeks.vega[0],
    });
  }
  const { book } = answer;
  return {
    policy: policy.name,
    riskMeasure: risk.name,
    years,
    yearsLeft: horizonYears - years,
    spot: values.spot ?? market.spot0,
    vol: answer.vol[0],
    book: { value: book.value[0], delta: book.delta[0], gamma: book.gamma[0], vega: book.vega[0] },
    instruments: explained,
    rules,
    worth: await worthOf(problem, policy, theta, backend, state, explained, options),
  };
}

/** A position that differs from what is held by float32's rounding alone is what is held. */
const unrounded = (position: number, held: number): number =>
  Math.abs(position - held) <= 2e-7 * Math.max(1, Math.abs(held)) ? held : position;

async function ruleAnswer(
  rule: Policy,
  held: readonly number[],
  ask: () => Promise<PolicyAnswer>,
): Promise<RuleAnswer> {
  const { positions } = await ask();
  return {
    name: rule.name,
    positions: positions.map(([position]) => position),
    trades: positions.map(([position], j) => position - held[j]),
  };
}

/** Smaller differences are rounding of float32. */
const slight = 1e-4;

function bindingOf(
  { limits, lot = 0 }: Instrument,
  wanted: number,
  position: number,
  held: number,
): Binding {
  const near = (a: number, b: number) => Math.abs(a - b) <= slight * Math.max(1, Math.abs(b));
  if (near(wanted, position)) return "none";
  if (limits.trade !== undefined && near(Math.abs(position - held), limits.trade)) {
    return "trade cap";
  }
  // the last lot below a limit is where the limit is met
  const room = Math.max(lot, slight);
  if (limits.high !== undefined && wanted > position && position > limits.high - room) {
    return "upper limit";
  }
  if (limits.low !== undefined && wanted < position && position < limits.low + room) {
    return "lower limit";
  }
  return lot > 0 ? "lot" : "none";
}

/** The trade against none, and a step further. */
async function worthOf(
  problem: HedgeProblem,
  policy: Policy,
  theta: Float64Array,
  backend: Backend,
  state: ExplainState,
  explained: readonly InstrumentExplanation[],
  options: TradeValueOptions,
): Promise<TradeWorth> {
  const proposed = explained.map(({ position }) => position);
  const value = ({ trade, price }: InstrumentExplanation) => Math.abs(trade * price);
  const most = explained.reduce((a, b) => (value(b) > value(a) ? b : a));
  const j = explained.indexOf(most);
  const size = Math.max(Math.abs(most.band.high - most.band.low), 0.02);
  const lot = problem.instruments[j].lot ?? 0;
  const step = Math.max(lot, 0.1 * size) * (most.trade < 0 ? -1 : 1);
  const moved = (by: number) => proposed.map((p, i) => (i === j ? p + by : p));
  const [without, made, further, before] = await continuations(
    problem,
    policy,
    theta,
    backend,
    state,
    [state.held, proposed, moved(step), moved(-step)],
    options,
  );
  // the slope at the proposed position from both sides; a cost that the measure counts as it is, is taken out
  const units = 2 * Math.abs(step);
  const paid = problem.risk.isCashInvariant ? before.cost - further.cost : 0;
  const slopes = before.bySet.map((risk, set) => (risk - further.bySet[set] - paid) / units);
  return {
    riskWithout: without.risk,
    riskWith: made.risk,
    saved: estimate(without.bySet.map((risk, set) => risk - made.bySet[set])),
    cost: made.cost,
    marginal: {
      instrument: most.name,
      step,
      saved: estimate(slopes),
      cost: Math.abs(further.cost - made.cost) / Math.abs(step),
    },
  };
}
