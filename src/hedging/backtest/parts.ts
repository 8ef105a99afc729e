/** From a configuration to the walk: its settings, its baselines, what it is worth to write down. */
import { deribitFees, feesAt } from "../costs/venueFees.ts";
import type { BacktestConfig } from "./config.ts";
import type { TradingTerms } from "./openTrade.ts";
import { baselineStrategies, type FrictionView, type HedgeStrategy } from "./strategies.ts";
import type { WalkSettings } from "./walkState.ts";

/** Settings of the walk. */
export function walkSettings(config: BacktestConfig): WalkSettings {
  const { underlying, position, hedge, market, policies, log } = config;
  return {
    underlying,
    position,
    openEveryHours: position.everyHours,
    hedgeEveryHours: hedge.everyHours,
    refitEveryHours: market.refitEveryHours,
    retrainEveryHours: market.retrainEveryHours,
    model: market.model,
    maxGapHours: hedge.maxGapHours,
    terms: (timeMs) => termsAt(config, timeMs),
    logged: log ? policies.map(({ name }) => name) : [],
  };
}

/** Fees of a day. */
function termsAt({ hedge, delivery }: BacktestConfig, timeMs: number): TradingTerms {
  const venue = feesAt(deribitFees, timeMs);
  return {
    venue: hedge.taker === undefined ? venue : { ...venue, futureTaker: hedge.taker },
    perpetualHalfSpread: hedge.halfSpread,
    contractSize: hedge.contractSize,
    delivery,
  };
}

/** What bands and Leland's delta are told of costs: today's, which a desk that sets its rules knows. */
export function frictionOf({ hedge, risk }: BacktestConfig): FrictionView {
  const taker = hedge.taker ?? deribitFees[deribitFees.length - 1].futureTaker;
  return {
    costShare: taker + hedge.halfSpread,
    aversion: risk.aversion,
    everyHours: hedge.everyHours,
  };
}

/** The baselines. */
export const baselinesOf = (config: BacktestConfig): readonly HedgeStrategy[] =>
  baselineStrategies(frictionOf(config));
