/**
 * One moment of a hedging program: what a policy sees there, what it decides, and what limits, lots and costs make of it.
 *
 * Shared by the program that simulates (program.ts) and the one that answers for given states (query.ts).
 */
import { abs, add, div, type Expr, max, min, mul, type Num, sqrt, sub, sum } from "../ir/index.ts";
import { round } from "../ir/index.ts";
import {
  asExpr,
  costPrefix,
  instrumentPrefix,
  payoffPrefix,
  policyPrefix,
  positionName,
  priceName,
  underPrefix,
} from "./stateNames.ts";
import type { HedgeClock } from "./clock.ts";
import type {
  Decision,
  Greeks,
  HedgeProblem,
  Instrument,
  InstrumentView,
  MarketView,
  Params,
  PathValues,
  Policy,
  PolicyInputs,
  PolicyShape,
  Trade,
  Values,
} from "./problem.ts";

/** A moment: the whole state there, and the numbers of its time. */
export interface Moment {
  readonly state: PathValues;
  /** Since the start. */
  readonly years: Num;
  readonly isFirst: Num;
  /** The market's tables there. */
  readonly tables: PathValues;
  readonly params: Params;
}

/** What is carried along for reports: nothing; sums per instrument; prices and positions as well. */
export type Detail = "loss" | "sums" | "paths";

/** What all stages of one program share. */
export interface Tracer {
  readonly problem: HedgeProblem;
  readonly policy: Policy;
  readonly clock: HedgeClock;
  readonly detail: Detail;
  readonly centre: number;
  readonly shape: PolicyShape;
}

/** What was decided. */
export interface Outcome {
  readonly inputs: PolicyInputs;
  readonly decision: Decision;
  /** [instrument] after limits and lots */
  readonly positions: readonly Expr[];
}

/** Nothing divides by a shorter time. */
const shortestYears = 1e-6;

const noGreeks: Greeks = { value: 0, delta: 0, gamma: 0, vega: 0 };

/** The market as its expressions see it. */
export const marketView = (moment: Moment): MarketView => ({
  state: moment.state,
  spot: moment.state.spot,
  years: moment.years,
  tables: moment.tables,
  params: moment.params,
});

/** Memory of an instrument. */
export const instrumentMemory = (
  instrument: Instrument,
  j: number,
  state: PathValues,
): PathValues =>
  underPrefix(instrumentPrefix(j), state, Object.keys(instrument.memory?.init ?? {}));

/** Price of each instrument. */
export const pricesOf = (problem: HedgeProblem, state: PathValues): readonly Expr[] =>
  problem.instruments.map((_, j) => (priceName(j) in state ? state[priceName(j)] : state.spot));

/** Numbers that a policy's parameters depend on. */
export function policyShape(problem: HedgeProblem, features: number): PolicyShape {
  return {
    instruments: problem.instruments.length,
    features,
    conditions: problem.condition === undefined ? 0 : 2,
  };
}

/** Size of positions, about: units owed of what has the dimension of the spot. */
export function typicalPosition({ book, market }: HedgeProblem): number {
  const units = book.reduce(
    (total, { payoff, quantity }) =>
      total + Math.abs(quantity) * (payoff.degree === 1 ? 1 : 1 / market.spot0),
    0,
  );
  return units > 0 ? units : 1;
}

/** Mean strike of the book; the spot where there is none. */
function typicalStrike({ book, market }: HedgeProblem): number {
  const lines = book.filter(({ payoff }) => payoff.strike !== undefined);
  const weight = lines.reduce((total, { quantity }) => total + Math.abs(quantity), 0);
  if (!(weight > 0)) return market.spot0;
  return lines.reduce(
    (total, { payoff, quantity }) =>
      total + (Math.abs(quantity) / weight) * (payoff.strike ?? market.spot0),
    0,
  );
}

/** Decides at a moment. */
export function decideAt(problem: HedgeProblem, policy: Policy, moment: Moment): Outcome {
  const inputs = policyInputs(problem, policy, moment);
  const decision = policy.decide(inputs, moment.params);
  const isLearned =
    Object.keys(policy.params(policyShape(problem, inputs.features.length))).length > 0;
  const positions = problem.instruments.map((instrument, j) =>
    withinLimits(instrument, {
      wanted: decision.positions[j],
      previous: moment.state[positionName(j)],
      // a rule has nothing to learn
      reach: isLearned ? inputs.instruments[j].typicalPosition : undefined,
    }),
  );
  return { inputs, decision, positions };
}

interface Wish {
  readonly wanted: Num;
  readonly previous: Expr;
  /** Units beyond a limit within which learning still feels the way back; absent: it feels none. */
  readonly reach?: number | undefined;
}

/** Limits and lots. Inside the limits a position is what was wanted, to the bit. */
function withinLimits({ limits, lot = 0 }: Instrument, { wanted, previous, reach }: Wish): Expr {
  const { low, high, trade } = limits;
  let position = wanted;
  if (trade !== undefined) {
    const least = sub(previous, trade);
    position = clamped(position, { low: least, high: add(previous, trade) }, reach);
  }
  position = clamped(position, { low, high }, reach);
  // rounding moves by half a lot; inside the limits, which lots need not divide
  if (lot > 0) {
    position = mul(lot, round(mul(1 / lot, position)));
    if (high !== undefined) position = min(lot * Math.floor(high / lot + 1e-9), position);
    if (low !== undefined) position = max(lot * Math.ceil(low / lot - 1e-9), position);
  }
  return asExpr(position);
}

/**
 * A value kept between two bounds. Its derivative by the value is 1 between them and 1/(1 + e/reach)² at e beyond one, so that
 * what was learned too far can come back.
 *
 * Beyond a bound what is returned is level. The derivative comes from a term that is added: less than a half, rounded to a whole
 * number, it is nothing, and rounding passes its derivative on.
 */
function clamped(
  value: Num,
  { low, high }: { readonly low?: Num | undefined; readonly high?: Num | undefined },
  reach: number | undefined,
): Num {
  let kept = value;
  if (high !== undefined) kept = min(high, kept);
  if (low !== undefined) kept = max(low, kept);
  if (reach === undefined || kept === value) return kept;
  const beyond = mul(1 / reach, sub(value, kept));
  const felt = div(beyond, add(1, abs(beyond)));
  return add(kept, mul(3 * reach, round(mul(1 / 3, felt))));
}

/** Everything a policy may look at. */
function policyInputs(problem: HedgeProblem, policy: Policy, moment: Moment): PolicyInputs {
  const { market, book, horizonYears, tradingYears, risk, condition } = problem;
  const { state, years, isFirst } = moment;
  // per unit of currency, whatever the account
  const aversion = problem.account === "coin" ? risk.aversion / market.spot0 : risk.aversion;
  const view = marketView(moment);
  const cut = (until: number): Num => min(years, until - shortestYears);
  const vols = new Map<number, Num>();
  const volUntil = (until: number): Num => {
    const known = vols.get(until) ?? market.vol({ ...view, years: cut(until) }, until);
    vols.set(until, known);
    return known;
  };
  const lines = book.map(({ payoff, quantity }, i) => {
    const names = Object.keys(payoff.init(market.spot0));
    const own = underPrefix(payoffPrefix(i), state, names);
    return { payoff, quantity, own };
  });
  const viewOf = ({ payoff, own }: (typeof lines)[number], multiple: Num) => ({
    state: own,
    spot: state.spot,
    years: cut(payoff.expiryYears),
    vol: mul(multiple, volUntil(payoff.expiryYears)),
  });
  const last = tradingYears[tradingYears.length - 1];
  const bookAt = (multiple: Num): Greeks =>
    totalOf(
      lines.map((line) => {
        const { payoff, quantity } = line;
        const all = payoff.greeks(viewOf(line, multiple));
        const isOver = payoff.expiryYears <= last ? sub(payoff.expiryYears, years) : undefined;
        return inAccount(problem, state.spot, scaledGreeks(all, quantity, isOver), true);
      }),
    );
  return {
    spot: state.spot,
    spot0: market.spot0,
    strike: typicalStrike(problem),
    years,
    yearsLeft: sub(horizonYears, years),
    horizonYears,
    vol: volUntil(horizonYears),
    typicalDeviation: market.typicalVol * Math.sqrt(horizonYears),
    book: bookAt(1),
    bookAt,
    volPerReturn: market.volPerReturn?.({ ...view, years: cut(horizonYears) }, horizonYears) ?? 0,
    instruments: instrumentViews(problem, moment),
    features: [
      ...lines.flatMap((line) => line.payoff.features(viewOf(line, 1))),
      ...market.features(view),
    ],
    riskAversion: condition === undefined ? aversion : mul(aversion, state.aversion),
    condition: condition === undefined ? [] : conditionInputs(problem, state),
    isFirst,
    tradingYears: horizonYears / tradingYears.length,
    memory: underPrefix(policyPrefix, state, policyMemoryNames(problem, policy, state)),
  };
}

const policyMemoryNames = (_: HedgeProblem, __: Policy, state: PathValues): string[] =>
  Object.keys(state)
    .filter((name) => name.startsWith(policyPrefix))
    .map((name) => name.slice(policyPrefix.length));

/** Multiples of aversion and cost as inputs: 0 in the middle of their ranges, ±1 at the ends. */
function conditionInputs({ condition }: HedgeProblem, state: PathValues): readonly Num[] {
  if (condition === undefined) return [];
  const [low, high] = condition.aversion.map(Math.log);
  const half = Math.max(1e-6, (high - low) / 2);
  const [least, most] = condition.costScale.map(Math.sqrt);
  const halfCost = Math.max(1e-6, (most - least) / 2);
  return [
    mul(1 / half, sub(state.logAversion, (low + high) / 2)),
    mul(1 / halfCost, sub(sqrt(state.costScale), (least + most) / 2)),
  ];
}

function instrumentViews(problem: HedgeProblem, moment: Moment): readonly InstrumentView[] {
  const { market, instruments, condition } = problem;
  const view = marketView(moment);
  const prices = pricesOf(problem, moment.state);
  const scale: Num = condition === undefined ? 1 : moment.state.costScale;
  return instruments.map((instrument, j) => {
    const memory = instrumentMemory(instrument, j, moment.state);
    const greeks = instrument.greeks(view, market, memory);
    const price = prices[j];
    const spot = moment.state.spot;
    return {
      name: instrument.name,
      kind: instrument.kind,
      price,
      previous: moment.state[positionName(j)],
      greeks: inAccount(problem, spot, { ...greeks, value: price }, instrument.isFunded),
      costPerUnit: mul(scale, sum(...instrument.costs.map((cost) => cost.perUnit(price, spot)))),
      typicalPosition: typicalPosition(problem) * (instrument.size ?? 1),
    };
  });
}

/** Sensitivities as the account counts: in coin the premium itself moves with the spot. */
function inAccount(
  { account }: HedgeProblem,
  spot: Expr,
  greeks: Greeks,
  isFunded: boolean,
): Greeks {
  if (account !== "coin" || !isFunded) return greeks;
  return { ...greeks, delta: sub(greeks.delta, div(greeks.value, spot)) };
}

function scaledGreeks(greeks: Greeks, quantity: number, alive: Num | undefined): Greeks {
  const of = (value: Num): Num => {
    const own = mul(quantity, value);
    return alive === undefined ? own : mul(own, step01(alive));
  };
  return {
    value: of(greeks.value),
    delta: of(greeks.delta),
    gamma: of(greeks.gamma),
    vega: of(greeks.vega),
  };
}

/** 1 for what is above shortestYears, else 0; of a number that is the same on all paths. */
const step01 = (value: Num): Num => min(1, max(0, mul(1e12, sub(value, shortestYears))));

function totalOf(parts: readonly Greeks[]): Greeks {
  if (parts.length === 0) return noGreeks;
  const total = (pick: (greeks: Greeks) => Num): Num =>
    parts.length === 1 ? pick(parts[0]) : sum(...parts.map(pick));
  return {
    value: total((g) => g.value),
    delta: total((g) => g.delta),
    gamma: total((g) => g.gamma),
    vega: total((g) => g.vega),
  };
}

/** Charges of moving to new positions, in currency before any scale, and the costs' memories after them. */
export function chargesOf(
  problem: HedgeProblem,
  state: PathValues,
  prices: readonly Expr[],
  positions: readonly Expr[],
): { readonly charges: readonly Num[]; readonly trades: readonly Trade[][] } {
  const trades = problem.instruments.map((instrument, j) => {
    const signed = sub(positions[j], state[positionName(j)]);
    return instrument.costs.map(({ memory }, k) => ({
      signed,
      units: abs(signed),
      price: prices[j],
      spot: state.spot,
      memory: underPrefix(costPrefix(j, k), state, Object.keys(memory?.init ?? {})),
    }));
  });
  const charges = problem.instruments.map(({ costs }, j) =>
    sum(...costs.map((cost, k) => cost.charge(trades[j][k]))),
  );
  return { charges, trades };
}

/** Memories of costs after trades and a step of time. */
export function costMemoriesAfter(
  problem: HedgeProblem,
  trades: readonly (readonly Trade[])[],
  dt: Expr,
): Values {
  const parts = problem.instruments.flatMap(({ costs }, j) =>
    costs.map(({ memory }, k): Values => {
      if (memory === undefined) return {};
      const after = Object.fromEntries(
        Object.entries(memory.after(trades[j][k])).map(([name, value]) => [name, asExpr(value)]),
      );
      const left = memory.decay(after, dt);
      return Object.fromEntries(
        Object.entries(left).map(([name, value]) => [costPrefix(j, k) + name, value]),
      );
    }),
  );
  return Object.assign({}, ...parts) as Values;
}
