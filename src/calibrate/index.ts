/** Calibration of models to option chains. */
export type { Assessment } from "./assess.ts";
export type { CheckpointStore, IterationRecord } from "./checkpoint.ts";
export { isInside } from "./diagnostics.ts";
export {
  fitChain,
  fitDefaults,
  type FitOptions,
  type FitProgress,
  type FitResult,
} from "./fitChain.ts";
export type { DroppedQuote, ExpiryFit, FitDocument, FitStatus, QuoteFit } from "./fitDocument.ts";
export { decodeModel, encodeModel, type FittedModel } from "./modelFile.ts";
export { coldSchedule, type Phase, warmSchedule } from "./schedule.ts";
export { syntheticChain, syntheticChainCsv } from "./syntheticChain.ts";
export {
  neuralSde,
  type NeuralSdeModelOptions,
  type NeuralSdeParams,
  neuralSdeWith,
} from "./neuralSdeModel.ts";
