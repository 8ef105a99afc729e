/**
 * Market, policy, costs and profit as one program of the engine.
 *
 * A step runs from one date of the clock to the next. At a trading date the policy sets the positions at the prices of that
 * date and the costs are paid; until the next date positions earn what prices move, less funding. Payoffs see their fixings
 * at the ends of steps and pay at their expiry. The loss at the horizon is what is owed, less gains, plus costs.
 *
 * The market takes its sub-steps inside a step, so that the policy is asked once per date whatever the market needs.
 */
import {
  abs,
  defineProgram,
  type Expr,
  mul,
  type Num,
  type ParamSpec,
  type Program,
  scalar,
  select,
  sub,
  sum,
} from "../ir/index.ts";
import type { Plan } from "../backend/backend.ts";
import { traceStep } from "./advance.ts";
import { checkProblem, type HedgeClock, hedgeClock } from "./clock.ts";
import { type Detail, type Tracer, typicalPosition } from "./moment.ts";
import { observed } from "./settle.ts";
import { initialSlots, initialState, shapeOf } from "./start.ts";
import { asExpr } from "./stateNames.ts";
import { baseColumns, baseTables, tableColumns } from "./tables.ts";
import type { HedgeProblem, Params, PathValues, Policy } from "./problem.ts";

/** A program and the plans it runs on. */
export interface HedgeProgram {
  readonly problem: HedgeProblem;
  readonly policy: Policy;
  readonly program: Program;
  readonly clock: HedgeClock;
  /** Parameters that are learned come first: those of the policy and the risk's thresholds, these in typical spreads. */
  readonly learned: number;
  /** Different pairs of aversion and cost in one run; 1 unless conditioned. */
  readonly groups: number;
  /** With costs of trades, but not of closing, multiplied by `costScale`. `allDates` observes after every step. */
  readonly plan: (paths: number, options?: PlanOptions) => Plan;
  /** What losses are measured from inside the program, so that float32 carries differences. */
  readonly centre: number;
}

export interface PlanOptions {
  readonly costScale?: number;
  readonly aversionScale?: number;
  readonly allDates?: boolean;
}

export interface ProgramOptions {
  /** A typical loss. */
  readonly centre: number;
  readonly detail: Detail;
}

/** Of the spread of what the book may owe, this much is left when it is hedged, about. */
const shareLeft = 0.5;

/** Size of hedged losses, about, in the unit of the account: what one unit of a learned threshold is, so that one rate of
 * learning suits all currencies. */
function typicalSpread(problem: HedgeProblem): number {
  const { market, horizonYears, account } = problem;
  const relative = shareLeft * market.typicalVol * Math.sqrt(horizonYears);
  const price = account === "coin" ? 1 : market.spot0;
  return relative * price * typicalPosition(problem);
}

/** Groups of a conditioned policy by default. */
const defaultGroups = 8;

/** Compiles a problem with a policy.
 *
 * Throws  InputError for a problem that cannot be
 */
export function hedgeProgram(
  problem: HedgeProblem,
  policy: Policy,
  { centre, detail }: ProgramOptions,
): HedgeProgram {
  checkProblem(problem);
  const { market, risk } = problem;
  const clock = hedgeClock(problem);
  const shape = shapeOf(problem, policy);
  const tables = tableColumns(problem, clock);
  const tracer: Tracer = { problem, policy, clock, detail, centre, shape };
  const spread = typicalSpread(problem);
  const groups = problem.condition === undefined ? 1 : (problem.condition.groups ?? defaultGroups);
  const rows = risk.rows.length;
  const selectors = risk.rows.map((_, i) => `row${i}`);
  const learnedSpecs: Record<string, ParamSpec> = {
    ...policy.params(shape),
    ...Object.fromEntries(risk.thresholds.map((name) => [name, scalar()])),
  };
  const program = defineProgram({
    name: `hedge in ${market.name} by ${policy.name}`,
    params: { ...learnedSpecs, ...market.params },
    factors: market.factors * clock.substeps,
    initialNormals: initialSlots(problem).count,
    stepTables: [...baseTables, ...Object.keys(tables)],
    rowTables: [...selectors, "group", "aversionScale"],
    init: ({ p, z }) => initialState(tracer, p as Params, z),
    step: ({ p, s, z, t }) =>
      traceStep(tracer, p as Params, s as PathValues, z, t as unknown as PathValues),
    observe: ({ s }) => observed(tracer, s as PathValues),
    row: ({ p, o, t }) => {
      const seen = o as PathValues;
      const own = t as unknown as PathValues;
      const scale = mul(risk.aversion, own.aversionScale);
      const aversion: Num = problem.condition === undefined ? scale : mul(scale, seen.aversion);
      const thresholds = Object.fromEntries(
        risk.thresholds.map((name) => [name, asExpr(mul(spread, p[name] as Expr))]),
      );
      const terms = risk.rows.map((row, i) => {
        const value = row(seen.excess, thresholds, aversion);
        return rows === 1 ? asExpr(value) : mul(own[selectors[i]], value);
      });
      const total = terms.length === 1 ? terms[0] : sum(...terms);
      const weighted = "weight" in seen ? mul(seen.weight, total) : total;
      if (groups === 1) return weighted;
      return select(sub(0.5, abs(sub(seen.group, own.group))), weighted, 0);
    },
  });
  const learned = program.params
    .filter(({ name }) => name.split(".")[0] in learnedSpecs)
    .reduce((count, { shape: extents }) => count + extents.reduce((a, b) => a * b, 1), 0);
  return {
    problem,
    policy,
    program,
    clock,
    learned,
    groups,
    centre,
    plan: (paths, { costScale = 1, aversionScale = 1, allDates = false } = {}) => ({
      steps: clock.steps,
      stepTables: [...baseColumns(problem, clock, costScale), ...Object.values(tables)],
      dates: allDates ? Int32Array.from({ length: clock.steps }, (_, i) => i + 1) : [clock.steps],
      rowDate: new Int32Array(groups * rows).fill(allDates ? clock.steps - 1 : 0),
      rowTables: [
        ...risk.rows.map((_, i) =>
          Float64Array.from({ length: groups * rows }, (__, r) => (r % rows === i ? 1 : 0)),
        ),
        Float64Array.from({ length: groups * rows }, (_, r) => Math.floor(r / rows)),
        new Float64Array(groups * rows).fill(aversionScale),
      ],
      paths,
    }),
  };
}
