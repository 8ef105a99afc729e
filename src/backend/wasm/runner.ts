/**
 * A program and a plan on a piece of memory: fills in slots and parameters, runs jobs, adds up the chunks.
 */
import { InputError, UnsupportedError } from "../../num/errors.ts";
import { sobolDraws, sobolNoise } from "../../random/index.ts";
import type {
  Gradient,
  Jacobian,
  PathNoise,
  Plan,
  RowMeans,
  Runner,
  SobolPoints,
} from "../backend.ts";
import { checkCotangents, checkNoise, checkPlan, checkTheta } from "../planCheck.ts";
import type { CompiledProgram } from "./compiledProgram.ts";
import { type HeaderField, headerAddress, thetaAddress } from "./header.ts";
import { type Layout, layOut } from "./layout.ts";
import { giveBackMemory, takeMemory } from "./memoryPool.ts";
import { poolAddress } from "./moduleBuilder.ts";
import { type Job, job } from "./run.ts";
import { blockPaths } from "./schedule.ts";
import { drawBytes, hasDirections, writeDraws } from "./sobolKernel.ts";
import { canShareMemory, newRunnerId, runOnAll, untilLoaded, workers } from "./threads.ts";
import { type Tangent, type UniformRun, uniformRun } from "./uniform.ts";

interface Machine {
  readonly compiled: CompiledProgram;
  readonly plan: Plan;
  readonly layout: Layout;
  readonly buffer: ArrayBufferLike;
  readonly uniform: {
    readonly init: UniformRun;
    readonly step: UniformRun;
    readonly observe: UniformRun;
    readonly row: UniformRun | undefined;
  };
  readonly run: (name: Job, chunks: number) => void;
}

const noTables: readonly ArrayLike<number>[] = [];

/** Makes a runner; `threads` above 1 needs memory that can be shared. */
export async function wasmRunner(
  compiled: CompiledProgram,
  plan: Plan,
  requested: number,
): Promise<Runner> {
  checkPlan(compiled.program, plan);
  const threads = canShareMemory() ? Math.max(1, Math.min(requested, plan.paths / 64)) : 1;
  const layout = layOut(compiled, plan, threads);
  const shared = threads > 1;
  const memory = takeMemory(layout.pages, shared);
  new Int32Array(memory.buffer, layout.address.control, 2).fill(0);
  const module = compiled.module(shared);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const runExport = instance.exports.run as (job: number, thread: number, threads: number) => void;
  const team = await workers(threads - 1);
  const runner = newRunnerId();
  for (const worker of team)
    worker.post({ kind: "load", runner, module, memory, control: layout.address.control });
  const control = new Int32Array(memory.buffer, layout.address.control, 2);
  await untilLoaded(team, control);
  const { stages } = compiled;
  let isFreed = false;
  const machine: Machine = {
    compiled,
    plan,
    layout,
    buffer: memory.buffer,
    uniform: {
      init: uniformRun(stages.init),
      step: uniformRun(stages.step),
      observe: uniformRun(stages.observe),
      row: stages.row && uniformRun(stages.row),
    },
    run(name, chunks) {
      if (isFreed) {
        throw new InputError(
          `${compiled.program.name}: expected a runner in use, got one that was freed. Prepare a new one.`,
        );
      }
      writeHeader(machine, { chunks, blocksPerChunk: Math.ceil(layout.blocks / chunks) });
      runOnAll(runExport, team, control, runner, job[name]);
    },
  };
  initialise(machine);
  return {
    program: compiled.program,
    plan,
    threads,
    setNoise: (noise) => setNoise(machine, noise),
    noise: () => noiseViews(machine),
    drawSobol: (points) => drawSobol(machine, points),
    means: (theta) => means(machine, theta),
    gradient: (theta, cotangents) => gradient(machine, theta, cotangents),
    jacobian: (theta) => jacobian(machine, theta),
    observations: (theta) => observations(machine, theta),
    free() {
      if (isFreed) return;
      isFreed = true;
      for (const worker of team) worker.post({ kind: "free", runner });
      giveBackMemory(memory, shared);
    },
  };
}

function writeHeader(machine: Machine, values: { readonly [K in HeaderField]?: number }): void {
  const words = new Int32Array(machine.buffer);
  for (const [field, value] of Object.entries(values))
    words[headerAddress(field as HeaderField) / 4] = value;
}

function initialise(machine: Machine): void {
  const { compiled, plan, layout, buffer } = machine;
  const { address } = layout;
  new Int32Array(buffer, poolAddress, compiled.pool.length).set(compiled.pool);
  writeHeader(machine, {
    paths: plan.paths,
    blocks: layout.blocks,
    dates: plan.dates.length,
    rows: plan.rowDate.length,
    dateSteps: address.dateSteps,
    rowStart: address.rowStart,
    uniformInit: address.uniformInit,
    uniformStep: address.uniformStep,
    uniformObserve: address.uniformObserve,
    uniformRow: address.uniformRow,
    noise: address.noise,
    initialNoise: address.initialNoise,
    observed: address.observed,
    rowCotangents: address.rowCotangents,
    inversePaths: address.inversePaths,
    moments: address.moments,
    gradients: address.gradients,
    gradientBytes: 8 * layout.gradientLength,
    jacobians: address.jacobians,
    jacobianRowBytes: 4 * layout.jacobianColumnsPadded,
    jacobianChunkBytes: 4 * layout.jacobianColumnsPadded * (plan.rowDate.length + 1),
    scratch: address.scratch,
    scratchBytes: layout.scratchBytes,
    tapeBytes: layout.tapeBytes,
  });
  new Int32Array(buffer, address.dateSteps, plan.dates.length).set(Array.from(plan.dates));
  new Int32Array(buffer, address.rowStart, plan.dates.length + 1).set(layout.rowStart);
  new Float32Array(buffer, address.inversePaths, 1)[0] = 1 / plan.paths;
}

function setNoise(machine: Machine, noise: PathNoise): void {
  checkNoise(machine.compiled.program, machine.plan, noise);
  const own = noiseViews(machine);
  // steps after the last date are not run, so their normals are not read
  own.increments.set(noise.increments.subarray(0, own.increments.length));
  own.initial.set(noise.initial);
}

/** The memory that the kernels read normals from. */
function noiseViews({ compiled, plan, layout, buffer }: Machine): PathNoise {
  const { factors, initialNormals } = compiled.program;
  const { address, steps } = layout;
  return {
    increments: new Float32Array(buffer, address.noise, steps * factors * plan.paths),
    initial: new Float32Array(buffer, address.initialNoise, initialNormals * plan.paths),
  };
}

function drawSobol(machine: Machine, points: SobolPoints): void {
  const { compiled, plan, layout, buffer } = machine;
  const { factors, initialNormals } = compiled.program;
  const { steps, paths } = plan;
  const options = { ...points, steps, factors, initialNormals, paths };
  const draws = sobolDraws(options);
  // steps after the last date have no rows here, and very fine grids no directions: the slow way knows what to do
  if (steps !== layout.steps || !hasDirections(draws)) {
    setNoise(machine, sobolNoise(options));
    return;
  }
  const { address } = layout;
  writeDraws(buffer, address.draws, draws, points.seed, (row) =>
    row < initialNormals
      ? address.initialNoise + 4 * paths * row
      : address.noise + 4 * paths * (row - initialNormals),
  );
  writeHeader(machine, {
    draws: address.draws,
    drawBytes: drawBytes(draws.length),
    firstBlock: (points.first ?? 0) / blockPaths,
  });
  machine.run("noise", layout.chunks);
}

/** Writes parameters, their transposes and the slots of every stage. */
function setTheta(machine: Machine, theta: Float64Array): void {
  const { compiled, plan, layout, buffer, uniform } = machine;
  checkTheta(compiled.program, theta);
  new Float32Array(buffer, thetaAddress, theta.length).set(theta);
  for (const { weight, inputs, outputs } of compiled.denseAccumulators) {
    const transposed = new Float32Array(
      buffer,
      compiled.transposedAddress.get(weight)!,
      inputs * outputs,
    );
    for (let o = 0; o < outputs; o += 1)
      for (let i = 0; i < inputs; i += 1)
        transposed[i * outputs + o] = theta[weight + o * inputs + i];
  }
  const write = (
    run: UniformRun,
    slots: number,
    at: number,
    count: number,
    tables: readonly ArrayLike<number>[],
  ) => {
    const out = new Float32Array(buffer, at, slots * count);
    for (let i = 0; i < count; i += 1) run.values(theta, tables, i, out, i * slots);
  };
  const { stages } = compiled;
  const { address } = layout;
  write(uniform.init, stages.init.slots.length, address.uniformInit, 1, noTables);
  write(uniform.step, stages.step.slots.length, address.uniformStep, layout.steps, plan.stepTables);
  write(uniform.observe, stages.observe.slots.length, address.uniformObserve, 1, noTables);
  if (uniform.row && stages.row)
    write(
      uniform.row,
      stages.row.slots.length,
      address.uniformRow,
      plan.rowDate.length,
      plan.rowTables,
    );
}

function clear(machine: Machine, at: number, bytes: number): void {
  new Uint8Array(machine.buffer, at, bytes).fill(0);
}

function clearMoments(machine: Machine): void {
  const { layout, plan } = machine;
  clear(machine, layout.address.moments, 16 * plan.rowDate.length * layout.chunks);
}

function readMeans(machine: Machine, chunks: number): RowMeans {
  const { plan, layout, buffer } = machine;
  const rows = plan.rowDate.length;
  const moments = new Float64Array(buffer, layout.address.moments, 2 * rows * chunks);
  const mean = new Float64Array(rows);
  const standardError = new Float64Array(rows);
  for (let r = 0; r < rows; r += 1) {
    let sum = 0;
    let squares = 0;
    for (let c = 0; c < chunks; c += 1) {
      sum += moments[2 * (c * rows + r)];
      squares += moments[2 * (c * rows + r) + 1];
    }
    mean[r] = sum / plan.paths;
    const variance =
      Math.max(0, squares - plan.paths * mean[r] * mean[r]) / Math.max(1, plan.paths - 1);
    standardError[r] = Math.sqrt(variance / plan.paths);
  }
  return { mean, standardError };
}

function forward(machine: Machine, theta: Float64Array): RowMeans {
  const { layout } = machine;
  setTheta(machine, theta);
  clearMoments(machine);
  machine.run("forward", layout.chunks);
  return readMeans(machine, layout.chunks);
}

function means(machine: Machine, theta: Float64Array): RowMeans {
  requireRows(machine, "means");
  return forward(machine, theta);
}

function requireRows(machine: Machine, where: string): void {
  if (machine.compiled.program.row === undefined) {
    throw new UnsupportedError(
      `${where}: expected a program with rows, got "${machine.compiled.program.name}" without. Give defineProgram a row, or read observations.`,
    );
  }
}

function observations(machine: Machine, theta: Float64Array): Float32Array {
  forward(machine, theta);
  const { plan, compiled, layout, buffer } = machine;
  const count = plan.dates.length * compiled.program.observedNames.length * plan.paths;
  return new Float32Array(buffer, layout.address.observed, count).slice();
}

function gradient(
  machine: Machine,
  theta: Float64Array,
  cotangents: (mean: Float64Array) => Float64Array,
): Gradient {
  requireRows(machine, "gradient");
  const { plan } = machine;
  if (plan.rowDate.length === 1) {
    // the only cotangent is a factor: one pass is enough, and the factor is known after it
    setTheta(machine, theta);
    clearMoments(machine);
    const unit = sweepBack(machine, theta, [1]);
    const result = readMeans(machine, machine.layout.chunks);
    const seeds = cotangents(result.mean);
    checkCotangents(plan, seeds);
    return { ...result, gradient: unit.map((g) => g * (seeds[0] / plan.paths)) };
  }
  const result = forward(machine, theta);
  const seeds = cotangents(result.mean);
  checkCotangents(plan, seeds);
  // scaled so that float32 neither over- nor underflows, undone in float64
  const scale = seeds.reduce((most, seed) => Math.max(most, Math.abs(seed)), 0) || 1;
  const scaled = Array.from(seeds, (seed) => seed / scale);
  const gradient = sweepBack(machine, theta, scaled).map((g) => g * (scale / plan.paths));
  return { ...result, gradient };
}

/** Sum over the paths of Σ cotangent[row] d row / d theta. */
function sweepBack(
  machine: Machine,
  theta: Float64Array,
  rowCotangents: readonly number[],
): Float64Array {
  const { layout, buffer } = machine;
  new Float32Array(buffer, layout.address.rowCotangents, rowCotangents.length).set(rowCotangents);
  clear(machine, layout.address.gradients, 8 * layout.gradientLength * layout.chunks);
  machine.run("gradient", layout.chunks);
  const out = new Float64Array(theta.length);
  pullBack(machine, theta, sumGradients(machine, layout.chunks), out, 0, layout.steps);
  return out;
}

function sumGradients(machine: Machine, chunks: number): Float64Array {
  const { layout, buffer } = machine;
  const all = new Float64Array(buffer, layout.address.gradients, layout.gradientLength * chunks);
  const totals = new Float64Array(layout.gradientLength);
  for (let c = 0; c < chunks; c += 1)
    for (let i = 0; i < totals.length; i += 1) totals[i] += all[c * totals.length + i];
  return totals;
}

/** Adds the parameter cotangents of summed slots: dense, init, observe, steps and rows. */
function pullBack(
  machine: Machine,
  theta: Float64Array,
  totals: Float64Array,
  out: Float64Array,
  offset: number,
  steps: number,
): void {
  const { tangents, rowTangents } = allTangents(machine, theta);
  pullBackColumns(machine, tangents, totals, 0, out, offset, steps);
  const { compiled, plan, layout } = machine;
  const slots = compiled.stages.row?.differentiableSlots ?? 0;
  for (let r = 0; r < plan.rowDate.length && slots > 0; r += 1)
    scatter(rowTangents[r], totals, layout.jacobianColumns + r * slots, out, offset);
}

interface AllTangents {
  readonly init: readonly Tangent[];
  readonly observe: readonly Tangent[];
  readonly step: readonly (readonly Tangent[])[];
}

function allTangents(
  machine: Machine,
  theta: Float64Array,
): { tangents: AllTangents; rowTangents: readonly (readonly Tangent[])[] } {
  const { plan, layout, uniform, compiled } = machine;
  const hasRowSlots = (compiled.stages.row?.differentiableSlots ?? 0) > 0;
  return {
    tangents: {
      init: uniform.init.tangents(theta, noTables, 1)[0],
      observe: uniform.observe.tangents(theta, noTables, 1)[0],
      step: uniform.step.tangents(theta, plan.stepTables, layout.steps),
    },
    rowTangents: hasRowSlots
      ? uniform.row!.tangents(theta, plan.rowTables, plan.rowDate.length)
      : [],
  };
}

function pullBackColumns(
  machine: Machine,
  tangents: AllTangents,
  columns: ArrayLike<number>,
  first: number,
  out: Float64Array,
  offset: number,
  steps: number,
): void {
  const { compiled } = machine;
  for (const { weight, bias, inputs, outputs, slot } of compiled.denseAccumulators) {
    const weights = inputs * outputs;
    for (let i = 0; i < weights; i += 1) out[offset + weight + i] += columns[first + slot + i];
    for (let i = 0; i < outputs; i += 1)
      out[offset + bias + i] += columns[first + slot + weights + i];
  }
  let column = first + compiled.denseSlots;
  for (const list of [tangents.init, tangents.observe, ...tangents.step.slice(0, steps)]) {
    scatter(list, columns, column, out, offset);
    column += list.length;
  }
}

function scatter(
  tangents: readonly Tangent[],
  columns: ArrayLike<number>,
  first: number,
  out: Float64Array,
  offset: number,
): void {
  for (let slot = 0; slot < tangents.length; slot += 1) {
    const { param, slope } = tangents[slot];
    const cotangent = columns[first + slot];
    for (let i = 0; i < param.length; i += 1) out[offset + param[i]] += slope[i] * cotangent;
  }
}

function jacobian(machine: Machine, theta: Float64Array): Jacobian {
  requireRows(machine, "jacobian");
  const { compiled, plan, layout, buffer } = machine;
  if (compiled.hasRowDense) {
    throw new UnsupportedError(
      `jacobian: expected rows without dense layers, got one in "${compiled.program.name}". Use gradient, or observe the layer's output.`,
    );
  }
  setTheta(machine, theta);
  const chunks = layout.jacobianChunks;
  const rows = plan.rowDate.length;
  const width = layout.jacobianColumnsPadded;
  clear(machine, layout.address.moments, 16 * rows * chunks);
  clear(machine, layout.address.gradients, 8 * layout.gradientLength * chunks);
  clear(machine, layout.address.jacobians, 4 * width * (rows + 1) * chunks);
  machine.run("jacobian", chunks);
  const parts = new Float32Array(buffer, layout.address.jacobians, width * (rows + 1) * chunks);
  const rowTotals = sumGradients(machine, chunks);
  const { tangents, rowTangents } = allTangents(machine, theta);
  const out = new Float64Array(rows * theta.length);
  const columns = new Float64Array(width);
  const rowSlots = compiled.stages.row?.differentiableSlots ?? 0;
  for (let r = 0; r < rows; r += 1) {
    columns.fill(0);
    for (let c = 0; c < chunks; c += 1) {
      const from = (c * (rows + 1) + r) * width;
      for (let q = 0; q < layout.jacobianColumns; q += 1) columns[q] += parts[from + q];
    }
    pullBackColumns(
      machine,
      tangents,
      columns,
      0,
      out,
      r * theta.length,
      plan.dates[plan.rowDate[r]],
    );
    if (rowSlots > 0)
      scatter(
        rowTangents[r],
        rowTotals,
        layout.jacobianColumns + r * rowSlots,
        out,
        r * theta.length,
      );
  }
  return { ...readMeans(machine, chunks), jacobian: out };
}
