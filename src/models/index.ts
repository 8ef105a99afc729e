/** Models. `classicalModels` lists those that `fit` a chain on their own; the neural SDE is fitted by calibrate/. */
import { bates } from "./bates.ts";
import { blackScholes, blackScholesTerm } from "./blackScholes.ts";
import { essvi } from "./essvi.ts";
import { heston } from "./heston.ts";
import { localVol } from "./localVol.ts";
import type { Model } from "./model.ts";
import { roughBergomi } from "./roughBergomi.ts";
import { sabr } from "./sabr.ts";
import { sanos } from "./sanos.ts";
import { ssvi } from "./ssvi.ts";
import { svi } from "./svi.ts";

export { bates } from "./bates.ts";
export {
  blackScholes,
  type BlackScholesParams,
  blackScholesTerm,
  type BlackScholesTermParams,
} from "./blackScholes.ts";
export {
  type EssviExpiry,
  type EssviOptions,
  type EssviParams,
  essvi,
  essviDefaults,
} from "./essvi.ts";
export { heston } from "./heston.ts";
export type { HestonFitOptions } from "./heston/model.ts";
export {
  localVol,
  localVolModelDefaults,
  type LocalVolModelOptions,
  type LocalVolParams,
} from "./localVol.ts";
export {
  failedFit,
  type Model,
  type ModelFit,
  type ModelOptions,
  type ModelStatus,
} from "./model.ts";
export {
  initialTheta,
  type NeuralSdeConfig,
  neuralSdeBridge,
  neuralSdeDefaults,
  neuralSdeGrid,
  neuralSdeNodePlan,
  neuralSdePlan,
  neuralSdeProgram,
  type OptionRows,
} from "./neuralSde.ts";
export { type JumpLaw, jumpLaws, type JumpTerms, jumpTerms } from "./neuralSdeJumps.ts";
export { type LearnedMap, learnedMaps } from "./neuralSdeMaps.ts";
export {
  roughBergomi,
  roughBergomiDefaults,
  type RoughBergomiOptions,
  type RoughBergomiParams,
} from "./roughBergomi.ts";
export { type SabrExpiry, type SabrOptions, type SabrParams, sabr, sabrDefaults } from "./sabr.ts";
export { type SanosExpiry, type SanosOptions, type SanosParams, sanos } from "./sanos.ts";
export { type SsviOptions, type SsviParams, ssvi, ssviDefaults } from "./ssvi.ts";
export { svi, type SviExpiry, type SviParams } from "./svi.ts";

/** Models that `fit` a chain on their own, in the order of tables. Nothing registers itself: add a line here. */
export const classicalModels: readonly Model[] = [
  blackScholes,
  blackScholesTerm,
  sabr,
  svi,
  ssvi,
  essvi,
  sanos,
  heston,
  bates,
  roughBergomi,
  localVol,
];
