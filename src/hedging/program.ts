/**
 * Market, policy, costs and profit as one program of the engine.
 *
 * State: the market's, then position, gains, costs and turnover. At a trading date the policy sets the position at the
 * price of that date and the cost is paid; until the next one it earns what the price moves. The loss at expiry is
 * what is owed, less gains, plus costs.
 */
import {
  abs,
  add,
  defineProgram,
  type Expr,
  mul,
  type Num,
  type Program,
  type ParamSpec,
  scalar,
  select,
  sub,
  sum,
} from "../ir/index.ts";
import type { Plan } from "../backend/backend.ts";
import { InputError } from "../num/errors.ts";
import type { HedgeProblem, Policy, PolicyInputs, Values } from "./problem.ts";

/** A program and the plans it runs on. */
export interface HedgeProgram {
  readonly program: Program;
  /** With costs of trades, but not of closing, multiplied by `costScale`. */
  readonly plan: (paths: number, costScale?: number) => Plan;
  /** [step + 1] years */
  readonly times: Float64Array;
  /** What losses are measured from inside the program, so that float32 carries differences. */
  readonly centre: number;
}

const stateNames = ["position", "gains", "costs", "turnover"] as const;

/** Compiles a problem with a policy.
 *
 * `centre` is a typical loss (see `Risk.rows`).
 * Throws  InputError for dates or a horizon out of range
 */
export function hedgeProgram(problem: HedgeProblem, policy: Policy, centre: number): HedgeProgram {
  checkProblem(problem);
  const { market, claim, cost, risk, yearsToExpiry, dates } = problem;
  const substeps = market.stepsPerDate;
  const steps = dates * substeps;
  const dt = yearsToExpiry / steps;
  const thresholds = Object.fromEntries(risk.thresholds.map((name) => [name, scalar()]));
  const params: Record<string, ParamSpec> = { ...policy.params, ...thresholds };
  const weights = risk.rows.map((_, i) => `weight${i}`);
  const program = defineProgram({
    name: `hedge ${claim.name} in ${market.name} by ${policy.name}`,
    params,
    factors: market.factors,
    stepTables: ["dt", "sqrtDt", "years", "trades", "costScale"],
    rowTables: weights,
    init: (): Values => ({ ...market.init(), position: 0, gains: 0, costs: 0, turnover: 0 }),
    step: ({ p, s, z, t }): Values => {
      const state = s as Readonly<Record<string, Expr>>;
      const before = asExpr(market.spot(state), state);
      const wanted = policy.position(inputsOf(problem, state, before, t.years), p);
      const position = substeps === 1 ? wanted : select(sub(t.trades, 0.5), wanted, state.position);
      const traded = abs(sub(position, state.position));
      const next = market.step(state, normalsOf(z, market.factors), { dt: t.dt, sqrtDt: t.sqrtDt });
      const after = market.spot(next as Readonly<Record<string, Expr>>);
      return {
        ...next,
        position,
        gains: add(state.gains, mul(position, sub(after, before))),
        costs: add(state.costs, mul(t.costScale, cost.charge(asExpr(traded, state), before))),
        turnover: add(state.turnover, mul(traded, before)),
      };
    },
    observe: ({ s }): Values => {
      const state = s as Readonly<Record<string, Expr>>;
      const spot = asExpr(market.spot(state), state);
      const closing = problem.closesAtExpiry
        ? cost.charge(asExpr(abs(state.position), state), spot)
        : 0;
      const costs = add(state.costs, closing);
      return {
        loss: add(sub(sub(claim.payoff(spot), centre), state.gains), costs),
        costs,
        turnover: state.turnover,
      };
    },
    row: ({ p, o, t }) => {
      const loss = (o as Readonly<Record<string, Expr>>).loss;
      const own = p as Readonly<Record<string, Expr>>;
      const terms = risk.rows.map((row, i) => {
        const value = row(loss, own, 0);
        return risk.rows.length === 1
          ? value
          : mul((t as Readonly<Record<string, Expr>>)[weights[i]], value);
      });
      return terms.length === 1 ? terms[0] : sum(...terms);
    },
  });
  return {
    program,
    centre,
    times: Float64Array.from({ length: steps + 1 }, (_, i) => i * dt),
    plan: (paths, costScale = 1) => ({
      steps,
      stepTables: stepTables(problem, costScale),
      dates: [steps],
      rowDate: risk.rows.map(() => 0),
      rowTables: risk.rows.map((_, i) => risk.rows.map((__, row) => (row === i ? 1 : 0))),
      paths,
    }),
  };
}

/** [column][step]: Δ, √Δ, years left at the trading date, whether the step begins with a trade, scale of costs. */
function stepTables(problem: HedgeProblem, costScale: number): readonly Float64Array[] {
  const { yearsToExpiry, dates, market } = problem;
  const steps = dates * market.stepsPerDate;
  const dt = yearsToExpiry / steps;
  const column = (f: (step: number) => number) =>
    Float64Array.from({ length: steps }, (_, i) => f(i));
  const dateOf = (step: number) => Math.floor(step / market.stepsPerDate);
  return [
    column(() => dt),
    column(() => Math.sqrt(dt)),
    column((i) => (yearsToExpiry * (dates - dateOf(i))) / dates),
    column((i) => (i % market.stepsPerDate === 0 ? 1 : 0)),
    column(() => costScale),
  ];
}

function checkProblem({ market, yearsToExpiry, dates }: HedgeProblem): void {
  if (!(yearsToExpiry > 0 && Number.isFinite(yearsToExpiry))) {
    throw new InputError(`hedge: expected yearsToExpiry > 0, got ${yearsToExpiry}.`);
  }
  if (!(Number.isInteger(dates) && dates >= 1)) {
    throw new InputError(`hedge: expected dates to be a whole number from 1, got ${dates}.`);
  }
  const taken = stateNames.find((name) => name in market.init());
  if (taken !== undefined) {
    throw new InputError(`hedge: expected a market without a state named ${taken}. Rename it.`);
  }
}

const normalsOf = (z: readonly Expr[], factors: number): readonly Expr[] =>
  Array.from({ length: factors }, (_, i) => z[i]);

/** A value as an expression: numbers become 0·position + number. */
const asExpr = (value: Num, state: Readonly<Record<string, Expr>>): Expr =>
  typeof value === "number" ? (add(mul(0, state.position), value) as Expr) : value;

function inputsOf(
  problem: HedgeProblem,
  state: Readonly<Record<string, Expr>>,
  spot: Expr,
  years: Expr,
): PolicyInputs {
  const { market, claim, cost, risk, yearsToExpiry, dates, spot0, typicalVol } = problem;
  const vol = market.vol(state, years);
  return {
    spot,
    previous: state.position,
    years,
    horizonYears: yearsToExpiry,
    vol,
    typicalDeviation: typicalVol * Math.sqrt(yearsToExpiry),
    spot0,
    greeks: claim.greeks(spot, vol, years),
    greeksAt: (multiple) => claim.greeks(spot, mul(multiple, vol), years),
    costShare: cost.share,
    riskAversion: risk.aversion,
    tradingYears: yearsToExpiry / dates,
  };
}
