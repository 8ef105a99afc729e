/**
 * What the optimisers of this folder have in common: objectives, how a run is watched, how it ended.
 *
 * Optimisers never throw because they do not converge: they return the best point with a status.
 */
import { InputError, NumericalError, ShapeError } from "../num/errors.ts";

/** Value and gradient of an objective at a point. */
export interface Evaluation {
  readonly value: number;
  /** [param] */
  readonly gradient: Float64Array;
}

/** An objective of a parameter vector [param]; `iteration` counts from 1 and may choose a batch. */
export type Objective = (theta: Float64Array, iteration: number) => Evaluation;

/** How a run is watched and stopped; `R` is what it says about each iteration. */
export interface Watch<R> {
  /** Called after every iteration; a promise is awaited. */
  readonly onIteration?: (record: R) => void | Promise<void>;
  /** Aborting ends the run after the iteration under way, with the best point so far. */
  readonly signal?: AbortSignal;
}

/** Reports an iteration; with a signal also lets the event loop turn, since else no one could abort.
 *
 * Returns  whether the run shall go on
 */
export async function reportAndContinue<R>(watch: Watch<R>, record: R): Promise<boolean> {
  await watch.onIteration?.(record);
  if (watch.signal === undefined) return true;
  await new Promise((resolve) => setTimeout(resolve, 0));
  return !watch.signal.aborted;
}

/** Checks a limit on iterations at the door. */
export function checkIterations(where: string, iterations: number): void {
  if (!Number.isInteger(iterations) || iterations < 0) {
    throw new InputError(
      `${where}: iterations: expected a whole number of at least 0, got ${iterations}. Correct the option.`,
    );
  }
}

/** Checks the first evaluation of a run, which every later one resembles. */
export function checkStart(where: string, theta: Float64Array, start: Evaluation): void {
  if (start.gradient.length !== theta.length) {
    throw new ShapeError(
      `${where}: gradient [param]: expected ${theta.length} elements as in theta0, got ${start.gradient.length}. Return the whole gradient.`,
    );
  }
  if (!isFiniteEvaluation(start)) {
    throw new NumericalError(
      `${where}: expected a finite value and gradient at theta0, got the value ${start.value}. Start elsewhere.`,
      theta,
    );
  }
}

/** Whether a value and its whole gradient are finite. */
export function isFiniteEvaluation({ value, gradient }: Evaluation): boolean {
  return Number.isFinite(value) && gradient.every(Number.isFinite);
}

/** Scalar product. */
export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** Largest absolute element. */
export function largest(x: Float64Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]));
  return most;
}
