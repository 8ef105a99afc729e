/** From a configuration to a problem in a market, its risk measure and the rule to learn. */
import { tradingClock } from "../clock.ts";
import { bandPolicy } from "../policies/band.ts";
import { firstTradeHead } from "../policies/firstTradeHead.ts";
import { networkPolicy } from "../policies/network.ts";
import { recurrentPolicy } from "../policies/recurrent.ts";
import type { HedgeProblem, Market, Policy, Risk } from "../problem.ts";
import { cvarRisk } from "../risks/cvar.ts";
import { entropicRisk } from "../risks/entropic.ts";
import { meanVarianceRisk, varianceRisk } from "../risks/meanVariance.ts";
import { monotoneMeanVarianceRisk, oceRisk } from "../risks/oce.ts";
import { bookOf } from "./book.ts";
import { instrumentsOf } from "./instruments.ts";
import { straightPieces } from "./straightPieces.ts";
import type { HedgeConfig } from "./schema.ts";
import { horizonDays, tradingDates, yearsOf } from "./units.ts";

/** The problem in a market.
 *
 * Throws  InputError for parts that do not go together
 */
export function problemOf(config: HedgeConfig, market: Market): HedgeProblem {
  const horizonYears = yearsOf(horizonDays(config));
  return {
    market,
    book: bookOf(config),
    instruments: instrumentsOf(config),
    tradingYears: tradingClock({ horizonYears, dates: Math.round(tradingDates(config)) }),
    horizonYears,
    risk: riskOf(config),
    account: config.account,
    condition: config.condition,
  };
}

function riskOf({ risk, market, account }: HedgeConfig): Risk {
  // the aversion at which bands begin where the measure itself has none
  const usual = 100 / (account === "coin" ? 1 : market.spot);
  switch (risk.kind) {
    case "entropic":
      return entropicRisk(risk.aversion);
    case "cvar":
      return cvarRisk(risk.level, usual);
    case "mean-variance":
      return meanVarianceRisk(risk.aversion);
    case "variance":
      return varianceRisk(usual);
    case "monotone-mean-variance":
      return monotoneMeanVarianceRisk(risk.aversion);
    case "oce":
      return oceRisk(straightPieces(risk, usual));
  }
}

/** The rule to learn. */
export function policyOf({ policy }: Pick<HedgeConfig, "policy">): Policy {
  const own = bodyOf(policy);
  return policy.firstTrade ? firstTradeHead(own) : own;
}

function bodyOf(policy: HedgeConfig["policy"]): Policy {
  switch (policy.kind) {
    case "band":
      return bandPolicy({ hidden: policy.hidden });
    case "network":
      return networkPolicy({ hidden: policy.hidden, aroundDelta: policy.aroundDelta });
    case "recurrent":
      return recurrentPolicy({ hidden: policy.hidden, memory: policy.memory });
  }
}
