/**
 * Parameters of one neural SDE carried to another whose expiries differ: the network and the skeleton as they are,
 * the tables of each interval from the interval of the nearest expiry date.
 */
import { neuralSdeProgram } from "../models/neuralSde.ts";
import { InputError } from "../num/errors.ts";
import { segmentLength, type Program } from "../ir/index.ts";
import type { FittedModel } from "./modelFile.ts";

/** Starting parameters from an earlier fit.
 *
 * Shape   expiryMs [expiry] of the new chain → theta [param] of `program`
 * Throws  InputError when the earlier model's network has another shape
 */
export function carriedTheta(
  program: Program,
  expiryMs: readonly number[],
  from: FittedModel,
): Float64Array {
  const source = neuralSdeProgram(from.config);
  const theta = new Float64Array(program.paramCount);
  const nearest = expiryMs.map((date) => nearestIndex(from.expiryMs, date));
  for (const segment of program.params) {
    const old = source.params.find((candidate) => candidate.name === segment.name);
    if (old === undefined || old.shape.length !== segment.shape.length)
      throw mismatch(segment.name);
    const isTable = segment.shape.length === 1 && segment.name.indexOf(".") < 0;
    if (isTable) {
      nearest.forEach((index, i) => {
        theta[segment.offset + i] = from.theta[old.offset + index];
      });
      continue;
    }
    if (segmentLength(old) !== segmentLength(segment)) throw mismatch(segment.name);
    theta.set(from.theta.subarray(old.offset, old.offset + segmentLength(old)), segment.offset);
  }
  return theta;
}

function mismatch(name: string): InputError {
  return new InputError(
    `warm start: expected a model whose network has the same layers, got another shape for "${name}". Fit cold, or with the layers of that model.`,
  );
}

function nearestIndex(values: readonly number[], target: number): number {
  let best = 0;
  values.forEach((value, i) => {
    if (Math.abs(value - target) < Math.abs(values[best] - target)) best = i;
  });
  return best;
}
