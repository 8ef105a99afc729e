/** From a configuration to the parts of a hedging program. */

import { deltaHedge, isLinear, noHedge } from "../policies/rules.ts";
import type { HedgeProblem, Policy } from "../problem.ts";
import { type Baseline, baselinesOf, type SkippedBaseline } from "./baselines.ts";
import { type OracleCoverage, oracleOf } from "./oracleCoverage.ts";
import { policyOf, problemOf } from "./parts.ts";
import { type Preparation, type PreparedMarket, unprepared } from "./prepare.ts";
import type { HedgeConfig } from "./schema.ts";

/** What a configuration asks for. */
export interface DeskProblem {
  readonly problem: HedgeProblem;
  /** The rule to learn. */
  readonly policy: Policy;
  readonly baselines: readonly Baseline[];
  /** Baselines that do not apply, with the reason. */
  readonly skipped: readonly SkippedBaseline[];
  /** The baseline that pictures show beside the policy. */
  readonly rule: Policy;
  /** The exact program, or why there is none for this hedge. */
  readonly oracle: OracleCoverage;
  /** What was learned of the market before. */
  readonly preparation: Preparation;
}

/** Builds the parts in a prepared market; without one, in the plain market of a configuration that needs no file.
 *
 * Throws  InputError for parts that do not go together
 */
export function deskProblem(
  config: HedgeConfig,
  { market, preparation }: PreparedMarket = unprepared(config),
): DeskProblem {
  const problem = problemOf(config, market);
  return {
    problem,
    policy: policyOf(config),
    ...baselinesOf(problem, preparation.networks),
    rule: problem.instruments.some(isLinear) ? deltaHedge : noHedge,
    oracle: oracleOf(config),
    preparation,
  };
}
