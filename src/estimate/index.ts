/**
 * Learning from history, under P: `volterra/estimate`.
 *
 *   assembleHistory   rows of files or of a store → state and inputs on a uniform grid, nothing known too early
 *   makeDesign        → features and moves, step by step
 *   learn             → an ensemble of neural SDEs, shrunk to a parametric skeleton as the folds choose
 *   forecasts         one step ahead, in closed form
 *   walkForward       evaluation out of sample beside random walk, EWMA, GARCH, HAR and Heston/OU
 *   impulseResponse   how the others answer a shock, with intervals; jointGain, what a joint model earns
 *   monitor           alarms when forecasts stop being right; compareRetraining, when to learn again
 *   simulate          paths from where the history ends, also given that "ETH falls 10 %"
 *
 * docs/history.md says how it works and what it reached.
 */
export { type FittedBaseline, fitBaselines } from "./baselines/index.ts";
export { type Design, featureSetOf, makeDesign, rowAt } from "./design.ts";
export type {
  ComponentEvaluation,
  Coverage,
  ForecastScores,
  ValueAtRisk,
} from "./evaluation/evaluate.ts";
export {
  berkowitz,
  christoffersenIndependence,
  conditionalCoverage,
  dieboldMariano,
  kolmogorovSmirnov,
  kupiec,
  type ScoreDifference,
  type TestResult,
} from "./evaluation/tests.ts";
export { type JointGain, jointGain, type JointGainOptions } from "./evaluation/jointGain.ts";
export {
  type Refit,
  type WalkForward,
  type WalkOptions,
  walkForward,
} from "./evaluation/walkForward.ts";
export { type Ending, endOf } from "./ending.ts";
export type { FeatureOptions } from "./features.ts";
export type { Forecast } from "./forecast.ts";
export {
  assembleHistory,
  checkHistory,
  type Component,
  type ComponentKind,
  componentOf,
  type History,
  historyDefaults,
  type HistoryOptions,
} from "./history.ts";
export {
  type Candidate,
  learn,
  learnDefaults,
  type LearnedModel,
  type LearningCurve,
  type LearnOptions,
  type LearnProgress,
  type Selection,
} from "./learn.ts";
export { decodeLearned, encodeLearned, type LearnedFile } from "./modelFile.ts";
export { forecasts, jointLogScores, type StepMoments, stepMoments } from "./predictive.ts";
export {
  type Alarm,
  type ChangeType,
  type Monitor,
  monitor,
  monitorDefaults,
} from "./regimes/monitor.ts";
export { recalibrate, type RecalibrateOptions } from "./regimes/recalibrate.ts";
export {
  compareRetraining,
  type Decision,
  type PolicyResult,
  retrainingDefaults,
  type RetrainingOptions,
  type RetrainingPolicy,
  type TimedAlarm,
} from "./regimes/retraining.ts";
export {
  type ComponentResponse,
  type ImpulseResponse,
  impulseResponse,
  responseDefaults,
  type ResponseOptions,
} from "./response.ts";
export {
  type RiskPremium,
  riskPremium,
  type RiskPremiumOptions,
  type VarianceCurves,
} from "./riskPremium.ts";
export { makeSeries, type ObservedSeries, seriesNames, seriesOf } from "./series.ts";
export {
  type Condition,
  simulate,
  simulateDefaults,
  type SimulatedPaths,
  type SimulateOptions,
} from "./simulate.ts";
