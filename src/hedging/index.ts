/** Hedging with frictions. */
export {
  type NoTradeBand,
  type Oracle,
  oracleDefaults,
  type OracleGrid,
  type OracleProblem,
  solveOracle,
} from "./oracle.ts";
export { type Vanilla, vanillas } from "./claims/vanillas.ts";
export { proportionalCost } from "./costs/proportional.ts";
export {
  evaluateHedge,
  evaluationDefaults,
  type EvaluationOptions,
  type HedgeEvaluation,
} from "./evaluate.ts";
export { blackScholesMarket } from "./markets/blackScholes.ts";
export { hestonMarket } from "./markets/heston.ts";
export { bandPolicy } from "./policies/band.ts";
export { networkPolicy } from "./policies/network.ts";
export { deltaHedge, lelandHedge, noHedge, whalleyWilmottHedge } from "./policies/rules.ts";
export type {
  Claim,
  Cost,
  Greeks,
  HedgeProblem,
  Market,
  Policy,
  PolicyInputs,
  Risk,
} from "./problem.ts";
export { cvarRisk } from "./risks/cvar.ts";
export { entropicRisk } from "./risks/entropic.ts";
export { meanVarianceRisk, varianceRisk } from "./risks/meanVariance.ts";
export { trainDefaults, type TrainedHedge, trainHedge, type TrainOptions } from "./train.ts";
export {
  deribitFees,
  feesAt,
  fundingRate,
  optionFee,
  type VenueFees,
} from "./costs/venueFees.ts";
export * from "./desk/index.ts";
