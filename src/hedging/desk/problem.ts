/** From a configuration to the parts of a hedging program. */
import { vanilla } from "../../payoffs/index.ts";
import { tradingClock } from "../clock.ts";
import { proportionalCost } from "../costs/proportional.ts";
import { spotInstrument } from "../instruments/spot.ts";
import { blackScholesMarket } from "../markets/blackScholes.ts";
import { hestonMarket } from "../markets/heston.ts";
import type { OracleProblem } from "../oracle.ts";
import { bandPolicy } from "../policies/band.ts";
import { networkPolicy } from "../policies/network.ts";
import { deltaHedge, lelandHedge, noHedge, whalleyWilmottHedge } from "../policies/rules.ts";
import type { BookLine, HedgeProblem, Market, Policy, Risk } from "../problem.ts";
import { cvarRisk } from "../risks/cvar.ts";
import { entropicRisk } from "../risks/entropic.ts";
import { meanVarianceRisk, varianceRisk } from "../risks/meanVariance.ts";
import { strikeOf } from "./checkConfig.ts";
import type { HedgeConfig } from "./schema.ts";

/** What a configuration asks for. */
export interface DeskProblem {
  readonly problem: HedgeProblem;
  /** The rule to learn. */
  readonly policy: Policy;
  readonly baselines: readonly Policy[];
  /** The exact program, or why there is none for this hedge. */
  readonly oracle: CoveredOracle | { readonly reason: string };
}

/** The exact program of one option; `scale` options have `scale` times its price. */
interface CoveredOracle {
  readonly problem: OracleProblem;
  readonly scale: number;
}

/** Builds the parts. */
export function deskProblem(config: HedgeConfig): DeskProblem {
  const { rebalancing, position } = config;
  const yearsToExpiry = position[0].days / 365;
  const problem: HedgeProblem = {
    market: marketOf(config),
    book: bookOf(config, yearsToExpiry),
    instruments: [
      spotInstrument({
        costs: [proportionalCost(proportionalShare(config))],
        closesAtHorizon: rebalancing.closesAtExpiry,
      }),
    ],
    tradingYears: tradingClock({
      horizonYears: yearsToExpiry,
      dates: Math.round((24 * position[0].days) / rebalancing.everyHours),
    }),
    horizonYears: yearsToExpiry,
    risk: riskOf(config),
  };
  return {
    problem,
    policy: policyOf(config),
    baselines: [noHedge, deltaHedge, lelandHedge, whalleyWilmottHedge],
    oracle: oracleOf(config, problem),
  };
}

/** What is owed: the position with its sign turned, straddles as calls and puts. */
function bookOf({ position, market }: HedgeConfig, expiryYears: number): BookLine[] {
  return position.flatMap(({ type, quantity, strike }): BookLine[] => {
    const terms = { strike: strikeOf(strike, market.spot), expiryYears };
    const types = type === "straddle" ? (["call", "put"] as const) : [type];
    return types.map((own) => ({ payoff: vanilla({ type: own, ...terms }), quantity: -quantity }));
  });
}

function marketOf({ market }: HedgeConfig): Market {
  switch (market.kind) {
    case "black-scholes":
      return blackScholesMarket(market);
    case "heston":
      return hestonMarket({ spot: market.spot, params: market, stepsPerDate: market.stepsPerDate });
  }
}

function riskOf({ risk, market }: HedgeConfig): Risk {
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

function policyOf({ policy }: HedgeConfig): Policy {
  const { hidden } = policy;
  return typeof hidden === "number" ? bandPolicy({ hidden }) : networkPolicy({ hidden });
}

/** All proportional costs of the one instrument. */
const proportionalShare = ({ instruments }: HedgeConfig): number =>
  instruments[0].costs.reduce((sum, { share }) => sum + share, 0);

/** The oracle covers one vanilla option in Black-Scholes with proportional cost and entropic risk.
 *
 * Costs and claims grow alike, so that n options at risk aversion a are worth n times one at n a.
 */
function oracleOf(config: HedgeConfig, problem: HedgeProblem): DeskProblem["oracle"] {
  const { market, position, risk, rebalancing } = config;
  const [line] = position;
  if (market.kind !== "black-scholes") return { reason: `the market is ${market.kind}` };
  if (risk.kind !== "entropic") return { reason: `the risk is ${risk.kind}` };
  if (position.length > 1 || line.type === "straddle") {
    return { reason: "the position is more than one option" };
  }
  const share = proportionalShare(config);
  const scale = Math.abs(line.quantity);
  return {
    scale,
    problem: {
      spot: market.spot,
      strike: strikeOf(line.strike, market.spot),
      type: line.type,
      vol: market.vol,
      yearsToExpiry: problem.horizonYears,
      dates: problem.tradingYears.length,
      proportionalCost: share,
      riskAversion: risk.aversion * scale,
      unwindCost: rebalancing.closesAtExpiry ? share : 0,
      sold: line.quantity < 0 ? 1 : -1,
    },
  };
}
