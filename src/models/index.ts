/** Models: each a program with a name for every parameter. */
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
