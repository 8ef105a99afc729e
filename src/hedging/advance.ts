/** One step of a hedging program: decide, pay, move, settle. */
import { abs, add, div, type Expr, mul, type Num, select, sub, sum } from "../ir/index.ts";
import type { HedgeClock } from "./clock.ts";
import {
  chargesOf,
  costMemoriesAfter,
  decideAt,
  instrumentMemory,
  marketView,
  type Moment,
  pricesOf,
  type Tracer,
} from "./moment.ts";
import { payoffsAfter } from "./settle.ts";
import { expiryTable, fixingTable, marketTable } from "./tables.ts";
import {
  asExpr,
  asExprs,
  instrumentPrefix,
  policyPrefix,
  positionName,
  priceName,
  withPrefix,
} from "./stateNames.ts";
import type { HedgeProblem, MarketView, Params, PathValues, Values } from "./problem.ts";

/** One step: decide, pay, move, settle. */
export function traceStep(
  tracer: Tracer,
  params: Params,
  state: PathValues,
  normals: readonly Expr[],
  tables: PathValues,
): Values {
  const { problem, clock, detail } = tracer;
  const { instruments, condition, account } = problem;
  const tablesAt = (substep: number): PathValues =>
    Object.fromEntries(
      problem.market.tables.map((name) => [name, tables[marketTable(name, substep)]]),
    );
  const moment: Moment = {
    state,
    years: tables.years,
    isFirst: tables.isFirst,
    tables: tablesAt(0),
    params,
  };
  const { positions, memory } = tradedPositions(tracer, moment, tables);
  const before = pricesOf(problem, state);
  const { charges, trades } = chargesOf(problem, state, before, positions);
  const scale = condition === undefined ? tables.costScale : mul(tables.costScale, state.costScale);
  const view = marketView(moment);
  const after = movedMarket(problem, clock, moment, normals, tables, tablesAt);
  const memories = instruments.map((instrument, j) =>
    instrument.memory === undefined
      ? {}
      : asExprs(
          instrument.memory.after(instrumentMemory(instrument, j, state), view, after, tables.dt),
        ),
  );
  const prices = instruments.map((instrument, j) =>
    priceAfter(problem, instrument, after, memories[j], before[j]),
  );
  const unit = (value: Num, spot: Expr): Num => (account === "coin" ? div(value, spot) : value);
  const gains = instruments.map((instrument, j) => {
    const { isFunded, carry } = instrument;
    const move =
      account === "coin" && isFunded
        ? sub(div(prices[j], after.spot), div(before[j], state.spot))
        : unit(sub(prices[j], before[j]), after.spot);
    const earned = mul(positions[j], move);
    if (carry === undefined) return earned;
    const paid = unit(carry(view, before[j], tables.dt), state.spot);
    return sub(earned, mul(positions[j], paid));
  });
  const costs = charges.map((charge) => unit(mul(scale, charge), state.spot));
  const payoffs = payoffsAfter(tracer, state, after, {
    fixes: (i) => tables[fixingTable(i)],
    pays: (i) => tables[expiryTable(i)],
  });
  return {
    ...after.state,
    spot: after.spot,
    wealth: sub(add(state.wealth, sub(sum(...gains), sum(...costs))), payoffs.paid),
    ...Object.fromEntries(instruments.map((_, j) => [positionName(j), positions[j]])),
    ...Object.fromEntries(
      prices.flatMap((price, j) => (priceName(j) in state ? [[priceName(j), price]] : [])),
    ),
    ...payoffs.states,
    ...Object.assign({}, ...memories.map((own, j) => withPrefix(instrumentPrefix(j), own))),
    ...costMemoriesAfter(problem, trades, tables.dt),
    ...withPrefix(policyPrefix, memory),
    ...(detail === "loss" ? {} : sumsAfter(state, before, positions, gains, costs)),
    ...carried(state),
  };
}

/** What never changes along a path. */
const carried = (state: PathValues): Values =>
  Object.fromEntries(
    ["weight", "aversion", "logAversion", "costScale", "group"].flatMap((name) =>
      name in state ? [[name, state[name]]] : [],
    ),
  );

/** Positions after the trade, if there is one at this date and the instrument still trades. */
function tradedPositions(
  { problem, policy, clock, shape }: Tracer,
  moment: Moment,
  tables: PathValues,
): { readonly positions: readonly Expr[]; readonly memory: Values } {
  const { instruments, tradingYears } = problem;
  const { positions, decision } = decideAt(problem, policy, moment);
  const tradesAlways = tradingYears.length === clock.steps;
  const last = tradingYears[tradingYears.length - 1];
  const held = positions.map((wanted, j) => {
    const { expiryYears } = instruments[j];
    let position = wanted;
    const previous = moment.state[positionName(j)];
    if (expiryYears !== undefined && expiryYears <= last) {
      position = select(sub(expiryYears - 1e-9, tables.years), position, previous);
    }
    return tradesAlways ? position : select(sub(tables.trades, 0.5), position, previous);
  });
  const names = Object.keys(policy.memory?.(shape) ?? {});
  const memory = Object.fromEntries(
    names.map((name) => {
      const kept = moment.state[policyPrefix + name];
      const fresh = decision.memory?.[name] ?? kept;
      return [name, tradesAlways ? fresh : select(sub(tables.trades, 0.5), fresh, kept)];
    }),
  );
  return { positions: held, memory };
}

/** The market at the end of the step. */
function movedMarket(
  { market }: HedgeProblem,
  { substeps }: HedgeClock,
  moment: Moment,
  normals: readonly Expr[],
  tables: PathValues,
  tablesAt: (substep: number) => PathValues,
): MarketView {
  let state = Object.fromEntries(market.stateNames.map((name) => [name, moment.state[name]]));
  let spot = moment.state.spot;
  for (let j = 0; j < substeps; j++) {
    const next = market.step({
      state,
      spot,
      years: add(tables.years, mul(j, tables.subDt)),
      tables: tablesAt(j),
      tablesAfter: tablesAt(j + 1),
      params: moment.params,
      normals: Array.from({ length: market.factors }, (_, f) => normals[j * market.factors + f]),
      dt: tables.subDt,
      sqrtDt: tables.sqrtSubDt,
    });
    state = asExprs(next);
    spot = asExpr(market.spot(state));
  }
  return {
    state,
    spot,
    years: tables.yearsNext,
    tables: tablesAt(substeps),
    params: moment.params,
  };
}

/** Price at the end of the step; after its expiry an instrument keeps its settlement. */
function priceAfter(
  { market, horizonYears }: HedgeProblem,
  instrument: HedgeProblem["instruments"][number],
  after: MarketView,
  memory: PathValues,
  before: Expr,
): Expr {
  const price = asExpr(instrument.price(after, market, memory));
  const { expiryYears } = instrument;
  if (expiryYears === undefined || expiryYears >= horizonYears) return price;
  return select(sub(after.years, expiryYears + 1e-9), before, price);
}

function sumsAfter(
  state: PathValues,
  prices: readonly Expr[],
  positions: readonly Expr[],
  gains: readonly Num[],
  costs: readonly Num[],
): Values {
  return Object.fromEntries(
    positions.flatMap((position, j) => {
      const traded = abs(sub(position, state[positionName(j)]));
      return [
        [`gains${j}`, add(state[`gains${j}`], gains[j])],
        [`costs${j}`, add(state[`costs${j}`], costs[j])],
        [`turnover${j}`, add(state[`turnover${j}`], mul(traded, prices[j]))],
      ];
    }),
  );
}
