/**
 * A hedging problem as it goes on from a state in the middle: the same market, claims and costs, with time 0 moved there.
 *
 * Parts see their own times, so each is handed the time since its own start; a policy keeps the scales that it was trained
 * with. What is left of the trading dates stays where it was, and now is a trading date.
 */
import type { BookLine, HedgeProblem, Instrument, Market, MarketView, Policy } from "../problem.ts";
import { add, type Expr, type Num } from "../../ir/index.ts";
import type { Payoff } from "../../payoffs/index.ts";
import { costPrefix, instrumentPrefix, payoffPrefix } from "../stateNames.ts";

/** Where a problem stands. */
export interface MiddleState {
  /** Since its start. */
  readonly years: number;
  /** By the names of `stateNames`: the market's, the payoffs' and the memories'. What is missing is as at the start. */
  readonly values: Readonly<Record<string, number>>;
}

/** Dates nearer than this share of the time left are one. */
const coincidence = 1e-6;

/** What is left of a problem. */
export function problemFrom(problem: HedgeProblem, state: MiddleState): HedgeProblem {
  const { market, book, instruments, tradingYears, horizonYears } = problem;
  const { years } = state;
  const left = horizonYears - years;
  const later = tradingYears.filter((date) => date > years + coincidence * left);
  return {
    ...problem,
    market: marketFrom(market, state),
    book: book
      .map((line, i) => ({ line, i }))
      .filter(({ line }) => line.payoff.expiryYears > years)
      .map(
        ({ line, i }): BookLine => ({
          ...line,
          payoff: payoffFrom(line.payoff, state, payoffPrefix(i)),
        }),
      ),
    instruments: instruments.map((instrument, j) => instrumentFrom(instrument, j, market, state)),
    tradingYears: [0, ...later.map((date) => date - years)],
    horizonYears: left,
  };
}

/** A policy in what is left of its problem: with the inputs that it knows from the whole. */
export function policyFrom(policy: Policy, problem: HedgeProblem, { years }: MiddleState): Policy {
  const { market, horizonYears, tradingYears } = problem;
  return {
    ...policy,
    decide: (inputs, params) =>
      policy.decide(
        {
          ...inputs,
          spot0: market.spot0,
          years: add(inputs.years, years),
          horizonYears,
          typicalDeviation: market.typicalVol * Math.sqrt(horizonYears),
          isFirst: years === 0 ? inputs.isFirst : 0,
          tradingYears: horizonYears / tradingYears.length,
        },
        params,
      ),
  };
}

/** A view in the market's own time. */
const shifted = (view: MarketView, years: number): MarketView => ({
  ...view,
  years: add(view.years, years),
});

function marketFrom(market: Market, { years, values }: MiddleState): Market {
  const { vol, optionVol, volPerReturn, features, step, tableValues } = market;
  const start = {
    ...market.startState,
    ...market.fromSpot(values.spot ?? market.spot0),
    ...Object.fromEntries(
      market.stateNames.flatMap((name) => (name in values ? [[name, values[name]]] : [])),
    ),
  };
  return {
    ...market,
    startState: start,
    // a market that draws its start keeps the draw of what was not said
    init: (normals, params) => ({ ...market.init(normals, params), ...start }),
    step: (now) => step({ ...now, years: add(now.years, years) }),
    tableValues: (times) => tableValues(times.map((time) => time + years)),
    vol: (view, until) => vol(shifted(view, years), until + years),
    features: (view) => features(shifted(view, years)),
    ...(volPerReturn === undefined
      ? {}
      : { volPerReturn: (view, until) => volPerReturn(shifted(view, years), until + years) }),
    ...(optionVol === undefined
      ? {}
      : {
          optionVol: (view, { strike, expiryYears }) =>
            optionVol(shifted(view, years), { strike, expiryYears: expiryYears + years }),
        }),
  };
}

function payoffFrom(payoff: Payoff, { years, values }: MiddleState, prefix: string): Payoff {
  const past = payoff.fixings.filter((fixing) => fixing <= years).length;
  return {
    ...payoff,
    expiryYears: payoff.expiryYears - years,
    fixings: payoff.fixings.slice(past).map((fixing) => fixing - years),
    init: (spot0) =>
      Object.fromEntries(
        Object.entries(payoff.init(spot0)).map(([name, value]): [string, Num] => [
          name,
          values[prefix + name] ?? value,
        ]),
      ),
    greeks: (view) => payoff.greeks({ ...view, years: add(view.years, years) }),
    features: (view) => payoff.features({ ...view, years: add(view.years, years) }),
  };
}

function instrumentFrom(
  instrument: Instrument,
  j: number,
  market: Market,
  { years, values }: MiddleState,
): Instrument {
  const { price, greeks, carry, memory, expiryYears, costs } = instrument;
  const kept = (prefix: string, init: Readonly<Record<string, Num>>) =>
    Object.fromEntries(
      Object.entries(init).map(([name, value]): [string, Num] => [
        name,
        values[prefix + name] ?? value,
      ]),
    );
  return {
    ...instrument,
    ...(expiryYears === undefined ? {} : { expiryYears: expiryYears - years }),
    price: (view, _, own) => price(shifted(view, years), market, own),
    greeks: (view, _, own) => greeks(shifted(view, years), market, own),
    ...(carry === undefined
      ? {}
      : { carry: (view, now: Expr, dt: Expr) => carry(shifted(view, years), now, dt) }),
    ...(memory === undefined
      ? {}
      : {
          memory: {
            init: kept(instrumentPrefix(j), memory.init),
            after: (own, before, after, dt) =>
              memory.after(own, shifted(before, years), shifted(after, years), dt),
          },
        }),
    costs: costs.map((cost, k) =>
      cost.memory === undefined
        ? cost
        : {
            ...cost,
            memory: { ...cost.memory, init: kept(costPrefix(j, k), cost.memory.init) },
          },
    ),
  };
}
