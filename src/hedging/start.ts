/** State at time 0 of a hedging program, and the slots of the normals that it is made of. */
import { defineProgram, type Expr } from "../ir/index.ts";
import { decideAt, type Moment, policyShape, type Tracer } from "./moment.ts";
import {
  asExpr,
  asExprs,
  initialMemories,
  policyPrefix,
  positionName,
  priceName,
  requireOwnNames,
  withPrefix,
} from "./stateNames.ts";
import type {
  HedgeProblem,
  MarketView,
  Params,
  PathValues,
  Policy,
  PolicyShape,
  Values,
} from "./problem.ts";

/** Slots of the initial normals: the market's, a weight, and what a conditioned policy is told. */
export function initialSlots({ market, condition }: HedgeProblem): {
  readonly count: number;
  readonly weight?: number;
  readonly condition?: number;
} {
  const weight = market.noise === undefined ? undefined : market.initialNormals;
  const next = market.initialNormals + (weight === undefined ? 0 : 1);
  return {
    count: next + (condition === undefined ? 0 : 4),
    ...(weight === undefined ? {} : { weight }),
    ...(condition === undefined ? {} : { condition: next }),
  };
}

/** Shape of the policy's inputs: features are counted by asking for them. */
export function shapeOf(problem: HedgeProblem, policy: Policy): PolicyShape {
  let features = 0;
  const counting: Policy = {
    name: policy.name,
    params: () => ({}),
    decide: (inputs) => {
      features = inputs.features.length;
      return { positions: problem.instruments.map(() => 0) };
    },
  };
  defineProgram({
    name: "count of features",
    params: problem.market.params,
    factors: 0,
    stepTables: problem.market.tables,
    init: (): Values => countingState(problem),
    step: ({ p, s, t }): Values => {
      const moment: Moment = {
        state: s as PathValues,
        years: 0,
        isFirst: 1,
        tables: t as unknown as PathValues,
        params: p as Params,
      };
      decideAt(problem, counting, moment);
      return s as Values;
    },
    observe: ({ s }) => ({ spot: (s as PathValues).spot }),
  });
  return policyShape(problem, features);
}

/** A state with every name, for counting. */
function countingState(problem: HedgeProblem): Values {
  const names = problem.instruments.flatMap((_, j) => [positionName(j), priceName(j)]);
  const zeros = Object.fromEntries(
    [...names, "spot", "aversion", "logAversion", "costScale", ...problem.market.stateNames].map(
      (name) => [name, 0],
    ),
  );
  return { ...zeros, ...initialMemories(problem) };
}

/** State at time 0. */
export function initialState(
  { problem, policy, clock, detail, shape }: Tracer,
  params: Params,
  normals: readonly Expr[],
): Values {
  const { market, instruments, condition } = problem;
  const state = market.init(normals, params);
  requireOwnNames(state, market.name);
  const exprs = Object.fromEntries(
    Object.entries(state).map(([name, value]) => [name, asExpr(value)]),
  );
  const spot = asExpr(market.spot(exprs));
  const numbers = market.tableValues(clock.marketYears);
  const view: MarketView = {
    state: exprs,
    spot,
    years: 0,
    tables: Object.fromEntries(market.tables.map((name, i) => [name, asExpr(numbers[i][0])])),
    params,
  };
  const memories = initialMemories(problem);
  const prices = instruments.map((instrument) =>
    instrument.price(view, market, asExprs(instrument.memory?.init ?? {})),
  );
  const slots = initialSlots(problem);
  const told = slots.condition ?? 0;
  return {
    ...state,
    spot,
    wealth: 0,
    ...Object.fromEntries(instruments.map((_, j) => [positionName(j), 0])),
    ...Object.fromEntries(
      prices.flatMap((price, j) => (price === spot ? [] : [[priceName(j), price]])),
    ),
    ...memories,
    ...withPrefix(policyPrefix, policy.memory?.(shape) ?? {}),
    ...(detail === "loss"
      ? {}
      : Object.fromEntries(
          instruments.flatMap((_, j) => [
            [`gains${j}`, 0],
            [`costs${j}`, 0],
            [`turnover${j}`, 0],
          ]),
        )),
    ...(slots.weight === undefined ? {} : { weight: normals[slots.weight] }),
    ...(condition === undefined
      ? {}
      : {
          aversion: normals[told],
          logAversion: normals[told + 1],
          costScale: normals[told + 2],
          group: normals[told + 3],
        }),
  };
}
