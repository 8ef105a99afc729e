/** From a configuration to the parts of a hedging program. */
import { tradingClock } from "../clock.ts";
import { blackScholesMarket } from "../markets/blackScholes.ts";
import { hestonMarket } from "../markets/heston.ts";
import { bandPolicy } from "../policies/band.ts";
import { networkPolicy } from "../policies/network.ts";
import { deltaHedge, lelandHedge, noHedge, whalleyWilmottHedge } from "../policies/rules.ts";
import type { HedgeProblem, Market, Policy, Risk } from "../problem.ts";
import { cvarRisk } from "../risks/cvar.ts";
import { entropicRisk } from "../risks/entropic.ts";
import { meanVarianceRisk, varianceRisk } from "../risks/meanVariance.ts";
import { bookOf } from "./book.ts";
import { instrumentsOf } from "./instruments.ts";
import { type OracleCoverage, oracleOf } from "./oracleCoverage.ts";
import type { HedgeConfig } from "./schema.ts";
import { horizonDays, tradingDates, yearsOf } from "./units.ts";

/** What a configuration asks for. */
export interface DeskProblem {
  readonly problem: HedgeProblem;
  /** The rule to learn. */
  readonly policy: Policy;
  readonly baselines: readonly Policy[];
  /** The baseline that pictures show beside the policy. */
  readonly rule: Policy;
  /** The exact program, or why there is none for this hedge. */
  readonly oracle: OracleCoverage;
}

/** Builds the parts.
 *
 * Throws  InputError for parts that do not go together
 */
export function deskProblem(config: HedgeConfig): DeskProblem {
  const horizonYears = yearsOf(horizonDays(config));
  const problem: HedgeProblem = {
    market: marketOf(config),
    book: bookOf(config),
    instruments: instrumentsOf(config),
    tradingYears: tradingClock({ horizonYears, dates: Math.round(tradingDates(config)) }),
    horizonYears,
    risk: riskOf(config),
    account: config.account,
    condition: config.condition,
  };
  return {
    problem,
    policy: policyOf(config),
    ...baselinesOf(problem),
    oracle: oracleOf(config),
  };
}

function marketOf({ market }: HedgeConfig): Market {
  switch (market.kind) {
    case "black-scholes":
      return blackScholesMarket({ spot: market.spot, vol: market.vol, drift: market.driftPerYear });
    case "heston":
    case "bates": {
      const { spot, stepsPerDate, ...params } = market;
      return hestonMarket({ spot, params, stepsPerDate });
    }
  }
}

function riskOf({ risk, market }: HedgeConfig): Risk {
  // the aversion at which bands begin where the measure itself has none
  const usual = 100 / market.spot;
  switch (risk.kind) {
    case "entropic":
      return entropicRisk(risk.aversion);
    case "cvar":
      return cvarRisk(risk.level, usual);
    case "mean-variance":
      return meanVarianceRisk(risk.aversion);
    case "variance":
      return varianceRisk(usual);
  }
}

const policyOf = ({ policy }: HedgeConfig): Policy =>
  policy.kind === "band"
    ? bandPolicy({ hidden: policy.hidden })
    : networkPolicy({ hidden: policy.hidden });

/** Rules that can trade these instruments. */
function baselinesOf({ instruments }: HedgeProblem): Pick<DeskProblem, "baselines" | "rule"> {
  const hasLinear = instruments.some(({ kind }) => kind !== "option" && kind !== "swap");
  return hasLinear
    ? { baselines: [noHedge, deltaHedge, lelandHedge, whalleyWilmottHedge], rule: deltaHedge }
    : { baselines: [noHedge], rule: noHedge };
}
