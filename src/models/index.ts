/** Models. `classicalModels` lists those that `fit` a chain on their own; the neural SDE is fitted by calibrate/. */
export {
  failedFit,
  type Model,
  type ModelFit,
  type ModelOptions,
  type ModelStatus,
} from "./model.ts";
export {
  initialTheta,
  type JumpTerms,
  jumpTerms,
  type NeuralSdeConfig,
  neuralSdeDefaults,
  neuralSdeGrid,
  neuralSdeNodePlan,
  neuralSdePlan,
  neuralSdeProgram,
  type OptionRows,
} from "./neuralSde.ts";
export { type LearnedMap, learnedMaps } from "./neuralSdeMaps.ts";
