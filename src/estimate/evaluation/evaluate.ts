/**
 * Scores of one-step-ahead forecasts of a component, and the tests a risk desk would ask for.
 */
import {
  berkowitz,
  christoffersenIndependence,
  conditionalCoverage,
  kolmogorovSmirnov,
  kupiec,
  type ScoreDifference,
  type TestResult,
} from "./tests.ts";
import type { Forecast } from "../forecast.ts";

/** Share of outcomes inside a central interval. */
export interface Coverage {
  readonly nominal: number;
  readonly share: number;
}

/** Exceedances of the lower quantile p (losses of who holds the asset): value at risk. */
export interface ValueAtRisk {
  readonly p: number;
  readonly exceedances: number;
  readonly kupiec: TestResult;
  readonly independence: TestResult;
  readonly conditional: TestResult;
}

/** One forecaster on one component. */
export interface ForecastScores {
  readonly name: string;
  /** mean log density per step, nats, in units of the component */
  readonly logScore: number;
  readonly coverage: readonly Coverage[];
  readonly uniformity: TestResult;
  readonly berkowitz: TestResult;
  readonly valueAtRisk: readonly ValueAtRisk[];
  /** the model's score minus this one's; null for the model itself */
  readonly modelGain: ScoreDifference | null;
}

/** All forecasters on one component. */
export interface ComponentEvaluation {
  readonly component: string;
  readonly steps: number;
  readonly model: ForecastScores;
  readonly baselines: readonly ForecastScores[];
  /** name of the baseline with the best log score; null without baselines */
  readonly best: string | null;
  /** [step] log scores of the model */
  readonly logScores: Float64Array;
  /** [step] log scores of the best baseline */
  readonly bestLogScores: Float64Array | null;
  /** [step] probability integral transforms of the model */
  readonly pit: Float64Array;
}

/** Intervals and quantiles that are looked at. */
const evaluationLevels = {
  intervals: [0.5, 0.9, 0.99],
  valueAtRisk: [0.01, 0.05],
} as const;

/** Log scores and probability integral transforms of outcomes under forecasts. */
export interface RawScores {
  /** [step] */
  readonly logs: Float64Array;
  /** [step] */
  readonly pit: Float64Array;
}

/** Scores outcomes. */
export function rawScores(laws: readonly Forecast[], actual: Float64Array): RawScores {
  return {
    logs: actual.map((y, i) => laws[i].logDensity(y)),
    pit: actual.map((y, i) => laws[i].cdf(y)),
  };
}

/** Summarises the scores of one forecaster. */
export function summarise(name: string, { logs, pit }: RawScores): ForecastScores {
  const coverage = evaluationLevels.intervals.map((nominal) => ({
    nominal,
    share: pit.filter((p) => Math.abs(p - 0.5) <= nominal / 2).length / pit.length,
  }));
  const valueAtRisk = evaluationLevels.valueAtRisk.map((p): ValueAtRisk => {
    const hits = Array.from(pit, (value) => value < p);
    return {
      p,
      exceedances: hits.filter(Boolean).length,
      kupiec: kupiec(hits, p),
      independence: christoffersenIndependence(hits),
      conditional: conditionalCoverage(hits, p),
    };
  });
  return {
    name,
    logScore: logs.reduce((sum, log) => sum + log, 0) / logs.length,
    coverage,
    uniformity: kolmogorovSmirnov(pit),
    berkowitz: berkowitz(pit),
    valueAtRisk,
    modelGain: null,
  };
}
