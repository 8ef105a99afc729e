/** Comparison of models on the same chains. */
export {
  compareChain,
  compareDefaults,
  type CompareOptions,
  type CompareProgress,
  type Comparison,
  describeTask,
} from "./compareChain.ts";
export type { CompareCertificate, CompareDocument, ModelComparison } from "./compareDocument.ts";
export {
  type CompareTask,
  compareTask,
  type EvaluateOptions,
  evaluateModel,
  type Evaluation,
  failedComparison,
  type TaskOptions,
} from "./evaluate.ts";
export { type ExoticContract, exoticContracts, type ExoticSet } from "./exotics/contracts.ts";
export {
  compareExotics,
  type ExoticPrice,
  exoticsDefaults,
  type ExoticsComparison,
} from "./exotics/exotics.ts";
export { type HoldOut, holdOutExpiries, holdOutStrikes } from "./holdOut.ts";
export { allModels, modelsNamed } from "./models.ts";
export {
  type ErrorSummary,
  isInsideQuote,
  moneyness,
  type QuoteError,
  quoteErrors,
  summariseErrors,
  volAt,
  type WorstQuote,
} from "./quoteErrors.ts";
export {
  levelOf,
  type Scenario,
  scenarioChain,
  scenarios,
  scenarioSettings,
  sparseChain,
  stressedChain,
} from "./scenario.ts";
export { type ShockSize, shockedVol, stressShock } from "./shock.ts";
export { bootstrapDefaults, type MeanInterval, meanInterval } from "./bootstrap.ts";
export {
  spreadOrder,
  studyDefaults,
  type StudyDocument,
  type StudyGroup,
  type StudyMeasure,
  type StudyOptions,
  type StudyRecord,
  type StudyRow,
  summariseStudy,
} from "./study.ts";
