/** What is owed: states of payoffs after a step, payments, and the loss at the horizon. */
import { abs, add, div, mul, neg, type Num, select, sub, sum } from "../ir/index.ts";
import type { Tracer } from "./moment.ts";
import { pricesOf } from "./moment.ts";
import {
  asExprs,
  costPrefix,
  marketPrefix,
  payoffPrefix,
  policyPrefix,
  positionName,
  underPrefix,
  withPrefix,
} from "./stateNames.ts";
import type { MarketView, PathValues, Values } from "./problem.ts";

/** 1 in the steps that end at a fixing, or at the expiry, of a line of the book. */
export interface Flags {
  readonly fixes: (line: number) => Num;
  readonly pays: (line: number) => Num;
}

/** States of the payoffs after the step, and what was paid at its end before the horizon. */
export function payoffsAfter(
  { problem, clock }: Tracer,
  state: PathValues,
  after: MarketView,
  { fixes, pays }: Flags,
): { readonly states: Values; readonly paid: Num } {
  const { book, market, account, horizonYears } = problem;
  const states: Record<string, Num> = {};
  const paid: Num[] = [];
  book.forEach(({ payoff, quantity }, i) => {
    const names = Object.keys(payoff.init(market.spot0));
    const old = underPrefix(payoffPrefix(i), state, names);
    let own = old;
    if (names.length > 0) {
      const fresh = asExprs(payoff.update(old, after.spot));
      const isAlways = payoff.fixings.length === clock.steps;
      own = Object.fromEntries(
        names.map((name) => [
          name,
          isAlways ? fresh[name] : select(sub(fixes(i), 0.5), fresh[name], old[name]),
        ]),
      );
      Object.assign(states, withPrefix(payoffPrefix(i), own));
    }
    if (paysBefore(payoff.expiryYears, horizonYears)) {
      const value = mul(quantity, payoff.value(own, after.spot));
      const counted = account === "coin" ? div(value, after.spot) : value;
      paid.push(select(sub(pays(i), 0.5), counted, 0));
    }
  });
  return { states, paid: sum(...paid) };
}

export const paysBefore = (expiryYears: number, horizonYears: number): boolean =>
  expiryYears < horizonYears * (1 - 1e-9);

/** What is read at the horizon. */
export function observed({ problem, detail, centre }: Tracer, state: PathValues): Values {
  const { book, instruments, market, account, horizonYears } = problem;
  const prices = pricesOf(problem, state);
  const unit = (value: Num): Num => (account === "coin" ? div(value, state.spot) : value);
  const owed = book.flatMap(({ payoff, quantity }, i) => {
    if (paysBefore(payoff.expiryYears, horizonYears)) return [];
    const own = underPrefix(payoffPrefix(i), state, Object.keys(payoff.init(market.spot0)));
    return [unit(mul(quantity, payoff.value(own, state.spot)))];
  });
  const closing = instruments.map(({ closesAtHorizon, costs }, j): Num => {
    if (closesAtHorizon !== true) return 0;
    const position = state[positionName(j)];
    const trade = {
      signed: neg(position),
      units: abs(position),
      price: prices[j],
      spot: state.spot,
    };
    const charges = costs.map((cost, k) => {
      const names = Object.keys(cost.memory?.init ?? {});
      return cost.charge({ ...trade, memory: underPrefix(costPrefix(j, k), state, names) });
    });
    const scale: Num = problem.condition === undefined ? 1 : state.costScale;
    return unit(mul(scale, sum(...charges)));
  });
  const loss = {
    // the centre first: what is left is small
    excess: add(sub(sub(sum(...owed), centre), state.wealth), sum(...closing)),
    ...("weight" in state ? { weight: state.weight } : {}),
    ...("group" in state ? { group: state.group, aversion: state.aversion } : {}),
  };
  if (detail === "loss") return loss;
  const sums = Object.fromEntries(
    instruments.flatMap((_, j) => [
      [`gains${j}`, state[`gains${j}`]],
      [`costs${j}`, add(state[`costs${j}`], closing[j])],
      [`turnover${j}`, state[`turnover${j}`]],
    ]),
  );
  if (detail === "sums") return { ...loss, ...sums };
  return {
    ...loss,
    ...sums,
    spot: state.spot,
    // without closing, which the sums count as if every date were the last
    ...Object.fromEntries(instruments.map((_, j) => [`paid${j}`, state[`costs${j}`]])),
    ...Object.fromEntries(instruments.map((_, j) => [`price${j}`, prices[j]])),
    ...Object.fromEntries(instruments.map((_, j) => [positionName(j), state[positionName(j)]])),
    ...withPrefix(marketPrefix, underPrefix("", state, market.stateNames)),
    ...Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith(policyPrefix))),
  };
}
