/**
 * The reference runner: path by path, everything recomputed, nothing clever.
 *
 * The Jacobian follows the chain rule through what the rows share,
 *
 *   d row/d theta = ∂row/∂theta + Σ_c ∂row/∂observed[c] · d observed[c]/d theta,
 *
 * with one reverse sweep per observed value and date.
 */
import type { Program } from "../../ir/node.ts";
import { InputError } from "../../num/errors.ts";
import { sobolNoise } from "../../random/index.ts";
import type { Gradient, Jacobian, PathNoise, Plan, RowMeans, Runner } from "../backend.ts";
import { checkCotangents, checkNoise, checkTheta } from "../planCheck.ts";
import type { PathRecord, Stages } from "./path.ts";
import { layOutStages, reversePath, reverseRow, rowValues, simulatePath } from "./path.ts";

/** Makes the runner of a checked program and plan. */
export function referenceRunner(program: Program, plan: Plan): Runner {
  const stages = layOutStages(program, plan);
  let noise: PathNoise | undefined;
  let freed = false;
  const begin = (theta: Float64Array): PathNoise => {
    if (freed)
      throw new InputError("runner: expected a live runner, got a freed one. Prepare another.");
    checkTheta(program, theta);
    if (noise !== undefined) return noise;
    throw new InputError(
      `runner: expected noise for ${program.name}, got none. Call setNoise before running.`,
    );
  };
  return {
    program,
    plan,
    threads: 1,
    setNoise(next) {
      checkNoise(program, plan, next);
      noise = next;
    },
    noise() {
      noise ??= {
        increments: new Float32Array(plan.steps * program.factors * plan.paths),
        initial: new Float32Array(program.initialNormals * plan.paths),
      };
      return noise;
    },
    drawSobol(points) {
      const { steps, paths } = plan;
      const { factors, initialNormals } = program;
      noise = sobolNoise({ ...points, steps, factors, initialNormals, paths });
    },
    means: (theta) => rowMeans(stages, theta, begin(theta)),
    gradient: (theta, cotangents) => gradient(stages, theta, begin(theta), cotangents),
    jacobian: (theta) => jacobian(stages, theta, begin(theta)),
    observations: (theta) => observations(stages, theta, begin(theta)),
    free() {
      freed = true;
      noise = undefined;
    },
  };
}

function rowMeans(stages: Stages, theta: Float64Array, noise: PathNoise): RowMeans {
  const { paths } = stages.plan;
  const rows = stages.plan.rowDate.length;
  const values: Float64Array[] = [];
  for (let path = 0; path < paths; path++)
    values.push(rowValues(stages, theta, simulatePath(stages, theta, noise, path)));
  const mean = new Float64Array(rows);
  const standardError = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (const value of values) mean[row] += value[row] / paths;
    let squares = 0;
    for (const value of values) squares += (value[row] - mean[row]) ** 2;
    standardError[row] = Math.sqrt(squares / (paths - 1) / paths);
  }
  return { mean, standardError };
}

function gradient(
  stages: Stages,
  theta: Float64Array,
  noise: PathNoise,
  cotangents: (mean: Float64Array) => Float64Array,
): Gradient {
  const { plan, program } = stages;
  const means = rowMeans(stages, theta, noise);
  const cotangent = cotangents(means.mean);
  checkCotangents(plan, cotangent);
  const total = new Float64Array(program.paramCount);
  for (let path = 0; path < plan.paths; path++) {
    const record = simulatePath(stages, theta, noise, path);
    const observedAdjoint = zeroObservations(record);
    for (let row = 0; row < plan.rowDate.length; row++) {
      const share = cotangent[row] / plan.paths;
      const into = observedAdjoint[plan.rowDate[row]];
      reverseRow(stages, theta, record, row, share, total, into);
    }
    reversePath(stages, theta, noise, path, record, observedAdjoint, total);
  }
  return { ...means, gradient: total };
}

function jacobian(stages: Stages, theta: Float64Array, noise: PathNoise): Jacobian {
  const { plan, program } = stages;
  const params = program.paramCount;
  const total = new Float64Array(plan.rowDate.length * params);
  for (let path = 0; path < plan.paths; path++) {
    const record = simulatePath(stages, theta, noise, path);
    const sweeps = observationSweeps(stages, theta, noise, path, record);
    for (let row = 0; row < plan.rowDate.length; row++) {
      const date = plan.rowDate[row];
      const ofTheta = total.subarray(row * params, (row + 1) * params);
      const ofObserved = new Float64Array(program.observedNames.length);
      reverseRow(stages, theta, record, row, 1 / plan.paths, ofTheta, ofObserved);
      for (const [component, weight] of ofObserved.entries())
        for (let param = 0; param < params; param++)
          ofTheta[param] += weight * sweeps[date][component][param];
    }
  }
  return { ...rowMeans(stages, theta, noise), jacobian: total };
}

/** d observed / d theta on one path: [date][component][param]. */
function observationSweeps(
  stages: Stages,
  theta: Float64Array,
  noise: PathNoise,
  path: number,
  record: PathRecord,
): readonly (readonly Float64Array[])[] {
  return record.observed.map((components, date) =>
    Array.from(components, (_, component) => {
      const seed = zeroObservations(record);
      seed[date][component] = 1;
      const ofTheta = new Float64Array(theta.length);
      reversePath(stages, theta, noise, path, record, seed, ofTheta);
      return ofTheta;
    }),
  );
}

function observations(stages: Stages, theta: Float64Array, noise: PathNoise): Float64Array {
  const { plan, program } = stages;
  const components = program.observedNames.length;
  const all = new Float64Array(plan.dates.length * components * plan.paths);
  for (let path = 0; path < plan.paths; path++) {
    const { observed } = simulatePath(stages, theta, noise, path);
    for (const [date, values] of observed.entries())
      for (const [component, value] of values.entries())
        all[(date * components + component) * plan.paths + path] = value;
  }
  return all;
}

function zeroObservations(record: PathRecord): Float64Array[] {
  return record.observed.map((components) => new Float64Array(components.length));
}
