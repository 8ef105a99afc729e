/** Measures a policy and its baselines on the same paths, and the oracle where there is one. */
import type { Backend } from "../../backend/backend.ts";
import { evaluateHedge } from "../evaluate.ts";
import { solveOracle } from "../oracle.ts";
import { noHedge } from "../policies/rules.ts";
import type { Policy } from "../problem.ts";
import { type HedgeDocument, measuredPolicy, optionPriceSummary } from "./document.ts";
import type { NothingReport } from "./prepare.ts";
import type { DeskProblem } from "./problem.ts";
import type { HedgeConfig } from "./schema.ts";
import { summaryOf } from "./summary.ts";

/** What is measured. */
export interface MeasureTask {
  readonly config: HedgeConfig;
  readonly desk: DeskProblem;
  /** Weights of the policy, [param]. */
  readonly theta: Float64Array;
  readonly fingerprint: string;
}

export interface MeasureOptions {
  readonly threads?: number;
  /** For a conditioned policy: multiples of the risk's aversion and of all costs. */
  readonly aversion?: number;
  readonly costScale?: number;
  /** Called before each policy, with its name. */
  readonly onStep?: (name: string) => void;
}

/** Measures everything.
 *
 * Deterministic but for `cost.seconds`.
 */
export async function measureDesk(
  { config, desk, theta, fingerprint }: MeasureTask,
  backend: Backend,
  { threads = 1, onStep, ...condition }: MeasureOptions = {},
): Promise<HedgeDocument> {
  const began = performance.now();
  const { paths, sets, seed } = config.evaluation;
  const measure = (policy: Policy, weights: Float64Array, problem = desk.problem) => {
    onStep?.(policy.name);
    return evaluateHedge(problem, policy, weights, backend, {
      paths,
      sets,
      seed,
      threads,
      ...condition,
    });
  };
  const policy = measuredPolicy(await measure(desk.policy, theta));
  const baselines = [];
  for (const { rule, problem } of desk.baselines) {
    baselines.push(measuredPolicy(await measure(rule, new Float64Array(0), problem)));
  }
  onStep?.("the exact optimum");
  const oracle = exactOptimum(desk, policy.risk);
  const { isCashInvariant, name } = desk.problem.risk;
  const { nothing, optionPrices } = desk.preparation;
  return {
    schemaVersion: 1,
    name: config.name,
    summary: summaryOf(config),
    currency: unitOf(config),
    price: isCashInvariant ? policy.risk - (nothing?.risk ?? 0) : null,
    standardError: Math.hypot(policy.standardError, nothing?.standardError ?? 0),
    nothing: nothing === null ? null : withoutTheta(nothing),
    fairValue: baselines.find((own) => own.name === noHedge.name)?.mean ?? Number.NaN,
    risk: policy.risk,
    riskMeasure: name,
    oracle,
    oracleHint: "reason" in desk.oracle ? desk.oracle.reason : null,
    policy,
    baselines,
    skippedBaselines: desk.skipped,
    optionPrices: optionPrices.map(optionPriceSummary),
    seed: config.seed,
    configFingerprint: fingerprint,
    paths: paths * sets,
    cost: { seconds: (performance.now() - began) / 1000, threads },
  };
}

/** What a document says of the hedge of nothing: no weights. */
function withoutTheta({ before, ...own }: NothingReport): HedgeDocument["nothing"] {
  if (before === null) return { ...own, before };
  const { theta: _, ...verdict } = before;
  return { ...own, before: verdict };
}

/** Unit of the account. */
const unitOf = ({ account, currency }: HedgeConfig): string =>
  account === "coin" ? "coin" : currency;

function exactOptimum({ oracle }: DeskProblem, risk: number): HedgeDocument["oracle"] {
  if ("reason" in oracle) return null;
  const price = oracle.scale * solveOracle(oracle.problem).price;
  return { price, gapPercent: (100 * (risk - price)) / Math.abs(price) };
}
