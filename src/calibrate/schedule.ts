/**
 * How a fit spends its simulation: phases of Levenberg-Marquardt iterations, from few paths to many.
 *
 * Early iterations move far and need little accuracy; the last ones work on residuals whose Monte Carlo error is
 * well below the half spreads. The Jacobian needs far fewer paths than the residuals throughout.
 */

import type { LossTail } from "./spreadLoss.ts";

/** Iterations on the same paths. */
export interface Phase {
  readonly iterations: number;
  readonly residualPaths: number;
  readonly jacobianPaths: number;
  /** Steps of the time grid as a share of the model's: different grids keep the grid from becoming part of the model. */
  readonly gridShare: number;
  /** The same for the Jacobian's paths, where it is less. */
  readonly jacobianGridShare?: number;
  /** The phase ends early after two iterations in a row that lower the loss by less than this share. */
  readonly enough: number;
  /** Whether quotes far outside their spreads still pull, or are let go so that their neighbours fit. */
  readonly tail: LossTail;
}

/** Phases of a cold fit. */
export const coldSchedule: readonly Phase[] = [
  {
    iterations: 8,
    residualPaths: 4096,
    jacobianPaths: 512,
    gridShare: 0.6,
    enough: 0.01,
    tail: "linear",
  },
  {
    iterations: 10,
    residualPaths: 16384,
    jacobianPaths: 512,
    gridShare: 0.8,
    enough: 0.01,
    tail: "linear",
  },
  {
    iterations: 7,
    residualPaths: 32768,
    jacobianPaths: 1024,
    gridShare: 1,
    enough: 0.005,
    tail: "logarithmic",
  },
];

/** Phases of a cold fit of a chain whose half spreads are of the size of a coarse grid's error: the same on half the
 * steps of a grid twice as fine, and a last one on all of them. */
export const fineSchedule: readonly Phase[] = [
  ...coldSchedule.map((phase, i) => ({
    ...phase,
    gridShare: phase.gridShare / 2,
    iterations: i + 1 < coldSchedule.length ? phase.iterations : 5,
  })),
  {
    iterations: 4,
    residualPaths: 32768,
    jacobianPaths: 1024,
    gridShare: 1,
    jacobianGridShare: 0.5,
    enough: 0.001,
    tail: "logarithmic",
  },
];

/** Phases after a warm start from a model of a nearby time. */
export const warmSchedule: readonly Phase[] = [
  {
    iterations: 3,
    residualPaths: 8192,
    jacobianPaths: 512,
    gridShare: 0.8,
    enough: 0.02,
    tail: "linear",
  },
  {
    iterations: 3,
    residualPaths: 32768,
    jacobianPaths: 1024,
    gridShare: 1,
    enough: 0.02,
    tail: "logarithmic",
  },
];

/** Iterations of a schedule when no phase ends early. */
export const iterationsOf = (schedule: readonly Phase[]): number =>
  schedule.reduce((sum, phase) => sum + phase.iterations, 0);

/** Half spread (decimal volatility) above which the schedule's paths are enough, and the most they are multiplied by. */
const comfortableHalfSpreadVol = 0.008;
const mostPathsFactor = 2;

/** Half spread below which what is measured after the fit needs more paths still, and all of it finer steps. */
const tightHalfSpreadVol = 0.0025;
const mostMeasuredFactor = 4;

/** How many times more paths tightly quoted chains need: Monte Carlo error must stay below their half spreads.
 *
 * Shape  halfSpreadVol [quote], decimal → 1 or 2
 */
export function pathsFactor(halfSpreadVol: Float64Array): number {
  return median(halfSpreadVol) >= comfortableHalfSpreadVol ? 1 : mostPathsFactor;
}

/** How many times more paths the measurements of such a chain need.
 *
 * Shape  halfSpreadVol [quote], decimal → 1, 2 or 4
 */
export function measuredFactor(halfSpreadVol: Float64Array): number {
  return median(halfSpreadVol) >= tightHalfSpreadVol
    ? pathsFactor(halfSpreadVol)
    : mostMeasuredFactor;
}

/** How many times finer the time grid of such a chain should be: its error is of the order of a tenth of a vol point.
 *
 * Shape  halfSpreadVol [quote], decimal → 1 or 2
 */
export function gridFactor(halfSpreadVol: Float64Array): number {
  return median(halfSpreadVol) >= tightHalfSpreadVol ? 1 : 2;
}

function median(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1];
}

/** The schedule with its last phase on `factor` times the paths. */
export const withMorePaths = (schedule: readonly Phase[], factor: number): readonly Phase[] =>
  schedule.map((phase, i) =>
    i + 1 < schedule.length ? phase : { ...phase, residualPaths: phase.residualPaths * factor },
  );
