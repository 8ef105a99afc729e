/** Hedging with frictions. */
export { tradingClock } from "./clock.ts";
export { halfSpread, type HalfSpread } from "./costs/halfSpread.ts";
export { type Impact, impactCost } from "./costs/impact.ts";
export { proportionalCost } from "./costs/proportional.ts";
export { deribitOptionTick, type Tick } from "./costs/tick.ts";
export { venueFutureFee, venueOptionFee } from "./costs/venue.ts";
export { deribitFees, feesAt, fundingRate, optionFee, type VenueFees } from "./costs/venueFees.ts";
export {
  evaluateHedge,
  evaluationDefaults,
  type EvaluationOptions,
  type HedgeEvaluation,
  type InstrumentSums,
  type LossSample,
  sampleLosses,
} from "./evaluate.ts";
export {
  type IndifferenceOptions,
  type IndifferencePrice,
  indifferencePrice,
} from "./indifference.ts";
export { datedFuture, type FutureTerms } from "./instruments/datedFuture.ts";
export { listedOption, type ListedOption } from "./instruments/listedOption.ts";
export { perpetual, type PerpetualTerms } from "./instruments/perpetual.ts";
export { spotInstrument, type Terms } from "./instruments/spot.ts";
export { optionPriceDefaults, type OptionPriceOptions, type PricedOption } from "./optionLesson.ts";
export { withOptionPrices } from "./optionPrices.ts";
export type { OptionPriceReport } from "./optionTwins.ts";
export { hestonVarianceSwap, type VarianceSwapTerms } from "./instruments/hestonVarianceSwap.ts";
export { type HedgePaths, hedgePaths, pathsDefaults, type PathsOptions } from "./paths.ts";
export {
  type GreekColumns,
  policyAt,
  type PolicyAnswer,
  type PolicyQuery,
  stateNames,
} from "./query.ts";
export { type BlackScholesMarket, blackScholesMarket } from "./markets/blackScholes.ts";
export {
  historicalDefaults,
  type HistoricalMarket,
  historicalMarket,
} from "./markets/historical.ts";
export {
  type NeuralSdeMarket,
  neuralSdeMarket,
  neuralSdeMarketDefaults,
} from "./markets/neuralSde.ts";
export {
  type RoughBergomiMarket,
  roughBergomiMarket,
  roughBergomiMarketDefaults,
} from "./markets/roughBergomi.ts";
export { type HestonMarket, hestonMarket, hestonMarketDefaults } from "./markets/heston.ts";
export {
  type NoTradeBand,
  type Oracle,
  oracleDefaults,
  type OracleGrid,
  type OracleProblem,
  solveOracle,
} from "./oracle.ts";
export { bandDefaults, type BandOptions, bandPolicy } from "./policies/band.ts";
export { firstTradeHead } from "./policies/firstTradeHead.ts";
export { recurrentDefaults, type RecurrentOptions, recurrentPolicy } from "./policies/recurrent.ts";
export { networkDefaults, type NetworkOptions, networkPolicy } from "./policies/network.ts";
export {
  deltaHedge,
  deltaVegaHedge,
  lelandHedge,
  minimumVarianceDelta,
  noHedge,
  whalleyWilmottHedge,
} from "./policies/rules.ts";
export type * from "./problem.ts";
export {
  type Asian,
  asian,
  averageDefaults,
  type AverageOptions,
  type Barrier,
  barrier,
  type BarrierKind,
  deliveryAverage,
  type Digital,
  digital,
  type ForwardStart,
  forwardStart,
  type Lookback,
  lookback,
  type Vanilla,
  vanilla,
  type VarianceSwap,
  varianceSwap,
} from "../payoffs/index.ts";
export { cvarRisk } from "./risks/cvar.ts";
export { entropicRisk } from "./risks/entropic.ts";
export { type Disutility, monotoneMeanVarianceRisk, oceRisk } from "./risks/oce.ts";
export { type ArbitrageReport, removeDrift, statisticalArbitrage } from "./statisticalArbitrage.ts";
export { meanVarianceRisk, varianceRisk } from "./risks/meanVariance.ts";
export {
  continueTraining,
  type Lesson,
  trainDefaults,
  type TrainedHedge,
  trainHedge,
  type TrainOptions,
  type TrainProgress,
} from "./train.ts";
export {
  type BestSoFar,
  startDefaults,
  type StartOptions,
  startTraining,
  type TrainingState,
} from "./trainingState.ts";
export * from "./desk/index.ts";
export * from "./backtest/index.ts";
export * from "./explain/index.ts";
