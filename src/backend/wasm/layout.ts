/**
 * Where a plan's data lies in memory.
 */
import { UnsupportedError } from "../../num/errors.ts";
import type { Plan } from "../backend.ts";
import { align, maximumPages } from "./compile.ts";
import type { CompiledProgram } from "./compiledProgram.ts";
import { blockPaths, rowBytes } from "./schedule.ts";
import { drawBytes } from "./sobolKernel.ts";
import { vectorBytes } from "./vector.ts";

const pageBytes = 65536;
const maximumChunks = 32;
/** Jacobians are large: fewer chunks, each with its own copy, and fewer still where a copy is many MB. */
const maximumJacobianChunks = 8;
const leastJacobianChunks = 2;
const comfortableJacobianBytes = 32 * 2 ** 20;

export interface Layout {
  readonly blocks: number;
  readonly chunks: number;
  readonly jacobianChunks: number;
  /** Steps up to the last date: the only ones run. */
  readonly steps: number;
  readonly rowStart: Int32Array;
  /** float64 sums of parameter cotangents: dense, init, observe, [step], [row]. */
  readonly gradientLength: number;
  readonly jacobianColumns: number;
  readonly jacobianColumnsPadded: number;
  readonly address: Readonly<Record<Region, number>>;
  readonly tapeBytes: number;
  readonly scratchBytes: number;
  readonly pages: number;
}

type Region =
  | "dateSteps"
  | "rowStart"
  | "uniformInit"
  | "uniformStep"
  | "uniformObserve"
  | "uniformRow"
  | "noise"
  | "initialNoise"
  | "draws"
  | "observed"
  | "rowCotangents"
  | "inversePaths"
  | "moments"
  | "gradients"
  | "jacobians"
  | "control"
  | "scratch";

/** Lays out the memory of a plan for a number of threads.
 *
 * Throws  UnsupportedError when it needs more than 4 GiB
 */
export function layOut(compiled: CompiledProgram, plan: Plan, threads: number): Layout {
  const { program, stages } = compiled;
  const dates = plan.dates.length;
  const rows = plan.rowDate.length;
  const steps = dates === 0 ? 0 : plan.dates[dates - 1];
  const blocks = plan.paths / blockPaths;
  const { rowStart, longest } = rowsByDate(plan);
  const { init, step, observe, row } = stages;
  const fixedColumns = compiled.denseSlots + init.differentiableSlots + observe.differentiableSlots;
  const jacobianColumns = fixedColumns + steps * step.differentiableSlots;
  const gradientLength = jacobianColumns + rows * (row?.differentiableSlots ?? 0);
  const chunks = chunkCount(blocks, maximumChunks);
  const padded = (jacobianColumns + 3) & ~3;
  const affordable = Math.floor(comfortableJacobianBytes / (4 * padded * (rows + 1)));
  const jacobianChunks = chunkCount(
    blocks,
    Math.min(maximumJacobianChunks, Math.max(leastJacobianChunks, affordable)),
  );
  const tapeBytes = align((steps + 1) * compiled.frameBytes);
  const components = program.observedNames.length;
  const accumulatorBytes = jacobianColumns * rowBytes + (longest + 1) * components * rowBytes;
  const scratchBytes =
    align(
      tapeBytes +
        compiled.scratchLayout.accumulators +
        Math.max(accumulatorBytes, vectorBytes * compiled.denseSlots),
    ) + 4096;

  let next = compiled.dataAddress;
  const take = (bytes: number): number => {
    const at = next;
    next += Math.ceil(bytes / 64) * 64;
    return at;
  };
  const address: Record<Region, number> = {
    control: take(64),
    dateSteps: take(4 * dates),
    rowStart: take(4 * (dates + 1)),
    uniformInit: take(4 * init.slots.length),
    uniformStep: take(4 * steps * step.slots.length),
    uniformObserve: take(4 * observe.slots.length),
    uniformRow: take(4 * rows * (row?.slots.length ?? 0)),
    rowCotangents: take(4 * rows),
    inversePaths: take(4),
    moments: take(16 * rows * chunks),
    gradients: take(8 * gradientLength * Math.max(chunks, jacobianChunks)),
    noise: take(4 * steps * program.factors * plan.paths),
    initialNoise: take(4 * program.initialNormals * plan.paths),
    draws: take(drawBytes(program.initialNormals + program.factors * steps)),
    observed: take(4 * dates * components * plan.paths),
    scratch: take(scratchBytes * threads),
    jacobians: take(4 * padded * (rows + 1) * jacobianChunks),
  };
  const pages = Math.ceil(next / pageBytes) + 1;
  if (pages > maximumPages) {
    throw new UnsupportedError(
      `prepare: expected a plan that fits in 4096 MB, got ${Math.ceil(next / 2 ** 20)} MB for ${plan.paths} paths × ${steps} steps. Use fewer paths and average several runs.`,
    );
  }
  return {
    blocks,
    chunks,
    jacobianChunks,
    steps,
    rowStart,
    gradientLength,
    jacobianColumns,
    jacobianColumnsPadded: padded,
    address,
    tapeBytes,
    scratchBytes,
    pages,
  };
}

const chunkCount = (blocks: number, most: number): number =>
  Math.ceil(blocks / Math.ceil(blocks / Math.min(blocks, most)));

function rowsByDate(plan: Plan) {
  const dates = plan.dates.length;
  const rowStart = new Int32Array(dates + 1);
  for (let r = 0; r < plan.rowDate.length; r += 1) rowStart[plan.rowDate[r] + 1] += 1;
  let longest = 0;
  for (let d = 0; d < dates; d += 1) {
    longest = Math.max(longest, rowStart[d + 1]);
    rowStart[d + 1] += rowStart[d];
  }
  return { rowStart, longest };
}
