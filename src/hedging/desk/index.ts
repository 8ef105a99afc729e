/** How a desk uses deep hedging: configuration, policy files, measurements, what a report shows. */
export type { Baseline, SkippedBaseline } from "./baselines.ts";
export type { HedgeDocument, MeasuredPolicy, OptionPriceSummary } from "./document.ts";
export { exampleConfig, exampleConfigs } from "./example.ts";
export { measureDesk, type MeasureOptions, type MeasureTask } from "./measure.ts";
export type { OracleCoverage } from "./oracleCoverage.ts";
export {
  configFingerprint,
  decodePolicy,
  encodePolicy,
  isPolicyText,
  type PolicyFile,
  type TrainingRecord,
} from "./policyFile.ts";
export { type DeskProblem, deskProblem } from "./problem.ts";
export { type MarketData, noMarketData } from "./marketData.ts";
export {
  type NothingReport,
  type Preparation,
  type PreparedMarket,
  prepareMarket,
  type PrepareOptions,
  preparedBefore,
} from "./prepare.ts";
export { readHedgeConfig, type ReadHedge, readHedgeFiles } from "./readConfig.ts";
export { configVersion, type HedgeConfig, hedgeConfigJsonSchema } from "./schema.ts";
export { studyDesk } from "./study.ts";
export type {
  CostScalePoint,
  FrontierPoint,
  FrontierSeries,
  HedgeStudy,
  StudyMap,
  ProfitSample,
  ShownPath,
} from "./studyDocument.ts";
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
export { type DeskTraining, oppositeConfig, trainDesk } from "./train.ts";
export { type HedgeNow, hedgeNow, type HedgeNowQuery, type QuotedInstrument } from "./hedgeNow.ts";
export { type QuoteSide, twoSidedQuote, type TwoSidedQuote } from "./quote.ts";
export { configReference } from "./configReference.ts";
