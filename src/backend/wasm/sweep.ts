/**
 * The sweep back through a block's tape: steps, observations and init in reverse, moving the state's cotangent
 * between two buffers and leaving the parameters' cotangents where the job wants them.
 */
import {
  frameAt,
  initialNoiseAt,
  locals,
  below,
  next,
  noiseAt,
  observedAt,
  pathsStride,
  region,
  rowSlotsAt,
  type Sizes,
  stepSlotsAt,
  storedRows,
} from "./addresses.ts";
import type { StageFunctions } from "./compiledProgram.ts";
import type { Code } from "./encode.ts";
import { header } from "./header.ts";
import { call, get, i32, type Local, set, whileLoop, zeroMemory } from "./instructions.ts";
import type { FunctionBuilder } from "./moduleBuilder.ts";
import { rowBytes } from "./schedule.ts";

/** Where a sweep leaves the cotangents of parameters, as addresses. */
export interface SweepTargets {
  readonly mode: "sum" | "perPath";
  readonly init: Code;
  readonly observe: Code;
  readonly step: (step: Code) => Code;
  readonly dense: Code;
}

/** Variables of a sweep under way. */
export interface Sweep {
  readonly block: Local;
  readonly scratch: Local;
  /** The step whose end the cotangent belongs to. */
  readonly step: Local;
  readonly cotangent: Local;
  readonly other: Local;
  readonly swap: Local;
}

export function newSweep(f: FunctionBuilder, block: Local, scratch: Local): Sweep {
  const [step, cotangent, other, swap] = locals(f, 4);
  return { block, scratch, step, cotangent, other, swap };
}

/** Starts at `step` with a state cotangent of zero. */
export const startSweep = (sizes: Sizes, s: Sweep, step: Code): Code => [
  set(s.step, step),
  set(s.cotangent, region(s.scratch, sizes.shape.scratchLayout.stateCotangents[0])),
  set(s.other, region(s.scratch, sizes.shape.scratchLayout.stateCotangents[1])),
  zeroMemory(get(s.cotangent), i32(sizes.program.stateNames.length * rowBytes)),
];

const stageScratch = (sizes: Sizes, s: Sweep): Code =>
  region(s.scratch, sizes.shape.scratchLayout.stageScratch);

/** Steps back from the sweep's step to `target`. */
export function sweepSteps(
  sizes: Sizes,
  functions: StageFunctions,
  s: Sweep,
  target: Local,
  to: SweepTargets,
): Code {
  const frame = frameAt(sizes, s.scratch, get(s.step));
  return whileLoop(below(get(target), get(s.step)), [
    next(s.step, -1),
    call(
      functions[to.mode].step,
      storedRows(sizes, frame),
      frame,
      i32(rowBytes),
      noiseAt(sizes, get(s.step), s.block),
      pathsStride(),
      stepSlotsAt(sizes, get(s.step)),
      get(s.cotangent),
      get(s.other),
      to.step(get(s.step)),
      to.dense,
      stageScratch(sizes, s),
    ),
    set(s.swap, get(s.cotangent)),
    set(s.cotangent, get(s.other)),
    set(s.other, get(s.swap)),
  ]);
}

/** Adds the observed values' cotangents to the state's. */
export function sweepObserve(
  sizes: Sizes,
  functions: StageFunctions,
  s: Sweep,
  to: SweepTargets,
): Code {
  const { scratchLayout } = sizes.shape;
  return call(
    functions[to.mode].observe,
    region(s.scratch, scratchLayout.observeFrame),
    frameAt(sizes, s.scratch, get(s.step)),
    i32(rowBytes),
    i32(0),
    i32(0),
    header("uniformObserve"),
    region(s.scratch, scratchLayout.observedCotangents),
    get(s.cotangent),
    to.observe,
    to.dense,
    stageScratch(sizes, s),
  );
}

/** The end of the sweep: the initial state's dependence on parameters. */
export function sweepInit(
  sizes: Sizes,
  functions: StageFunctions,
  s: Sweep,
  to: SweepTargets,
): Code {
  return call(
    functions[to.mode].init,
    region(s.scratch, sizes.shape.scratchLayout.initFrame),
    i32(0),
    i32(0),
    initialNoiseAt(s.block),
    pathsStride(),
    header("uniformInit"),
    get(s.cotangent),
    get(s.other),
    to.init,
    to.dense,
    stageScratch(sizes, s),
  );
}

/** Where a row's backward pass reads its seed and leaves its results. */
export interface RowTargets {
  readonly seed: Code;
  readonly result: Code;
  readonly uniform: Code;
  readonly dense: Code;
}

/** One row backward. */
export function rowBackward(
  sizes: Sizes,
  functions: StageFunctions,
  mode: "sum" | "perPath",
  at: { readonly block: Local; readonly scratch: Local; readonly date: Local; readonly row: Local },
  to: RowTargets,
): Code {
  const { row } = functions[mode];
  if (row === undefined) return [];
  return call(
    row,
    region(at.scratch, sizes.shape.scratchLayout.rowFrame),
    observedAt(sizes, get(at.date), at.block),
    pathsStride(),
    i32(0),
    i32(0),
    rowSlotsAt(sizes, get(at.row)),
    to.seed,
    to.result,
    to.uniform,
    to.dense,
    region(at.scratch, sizes.shape.scratchLayout.stageScratch),
  );
}
