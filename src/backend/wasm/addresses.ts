/**
 * Address arithmetic of the block functions: where a block's normals, slots, observations and scratch regions are.
 */
import type { Program } from "../../ir/node.ts";
import type { ProgramShape } from "./compiledProgram.ts";
import type { Code } from "./encode.ts";
import { header } from "./header.ts";
import { addressAdd, get, i32, i32Load, type Local, op, set } from "./instructions.ts";
import type { FunctionBuilder } from "./moduleBuilder.ts";
import { rowBytes } from "./schedule.ts";

/** Counts that the code has baked in. */
export interface Sizes {
  readonly shape: ProgramShape;
  readonly program: Program;
  readonly stepSlots: number;
  readonly rowSlots: number;
  /** Differentiable uniform slots. */
  readonly gradInit: number;
  readonly gradStep: number;
  readonly gradObserve: number;
  readonly gradRow: number;
}

/** Counts of a program's stages. */
export function sizesOf(shape: ProgramShape): Sizes {
  const { stages, program } = shape;
  return {
    shape,
    program,
    stepSlots: stages.step.slots.length,
    rowSlots: stages.row?.slots.length ?? 0,
    gradInit: stages.init.differentiableSlots,
    gradStep: stages.step.differentiableSlots,
    gradObserve: stages.observe.differentiableSlots,
    gradRow: stages.row?.differentiableSlots ?? 0,
  };
}

export const add = (...terms: readonly Code[]): Code => terms.reduce((a, b) => op("i32.add", a, b));
export const sub = (a: Code, b: Code): Code => op("i32.sub", a, b);
export const times = (a: Code, b: Code): Code => op("i32.mul", a, b);
export const below = (a: Code, b: Code): Code => op("i32.lt_u", a, b);
/** local += by */
export const next = (local: Local, by = 1): Code => set(local, addressAdd(get(local), by));
export const locals = (f: FunctionBuilder, count: number): Local[] =>
  Array.from({ length: count }, () => f.local("i32"));

/** The 32-bit word `index` of an array. */
export const wordAt = (base: Code, index: Code): Code => i32Load(add(base, times(index, i32(4))));

/** Steps taken at the last date. */
export const totalSteps = (): Code => wordAt(header("dateSteps"), sub(header("dates"), i32(1)));

/** Distance between rows of the noise or the observations: all paths of one factor or component. */
export const pathsStride = (): Code => times(header("paths"), i32(4));

/** A region of a thread's scratch behind the tape. */
export const region = (scratch: Local, offset: number): Code =>
  add(get(scratch), header("tapeBytes"), i32(offset));

/** The step's frame on the tape. */
export const frameAt = (sizes: Sizes, scratch: Local, step: Code): Code =>
  add(get(scratch), times(step, i32(sizes.shape.frameBytes)));

/** The frame's stored rows, behind its state rows. */
export const storedRows = (sizes: Sizes, frame: Code): Code =>
  addressAdd(frame, sizes.program.stateNames.length * rowBytes);

const blockOffset = (block: Local): Code => times(get(block), i32(rowBytes));

export const noiseAt = (sizes: Sizes, step: Code, block: Local): Code =>
  add(
    header("noise"),
    times(times(step, i32(sizes.program.factors)), pathsStride()),
    blockOffset(block),
  );
export const initialNoiseAt = (block: Local): Code =>
  add(header("initialNoise"), blockOffset(block));
export const observedAt = (sizes: Sizes, date: Code, block: Local): Code =>
  add(
    header("observed"),
    times(times(date, i32(sizes.program.observedNames.length)), pathsStride()),
    blockOffset(block),
  );
export const stepSlotsAt = (sizes: Sizes, step: Code): Code =>
  add(header("uniformStep"), times(step, i32(4 * sizes.stepSlots)));
export const rowSlotsAt = (sizes: Sizes, row: Code): Code =>
  add(header("uniformRow"), times(row, i32(4 * sizes.rowSlots)));
