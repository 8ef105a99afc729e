/**
 * One block forward: init, every step up to the last date, observations, and the rows' moments.
 */
import {
  add,
  below,
  initialNoiseAt,
  locals,
  next,
  noiseAt,
  observedAt,
  pathsStride,
  region,
  rowSlotsAt,
  type Sizes,
  stepSlotsAt,
  storedRows,
  sub,
  times,
  wordAt,
} from "./addresses.ts";
import type { StageFunctions } from "./compiledProgram.ts";
import type { Code } from "./encode.ts";
import { header } from "./header.ts";
import { addressAdd, call, get, i32, type Local, set, whileLoop } from "./instructions.ts";
import type { ModuleBuilder } from "./moduleBuilder.ts";
import { rowBytes } from "./schedule.ts";

/** What a variant of the forward pass does besides observing. */
export interface ForwardVariant {
  /** Keep every step's frame, for the sweep back. */
  readonly keepTape: boolean;
  readonly sumRows: boolean;
}

/** Defines the variant (block, scratch, chunk). */
export function forwardBlock(
  module: ModuleBuilder,
  sizes: Sizes,
  functions: StageFunctions,
  variant: ForwardVariant,
): number {
  const name = `forwardBlock${variant.keepTape ? "_tape" : ""}${variant.sumRows ? "_rows" : ""}`;
  const { scratchLayout } = sizes.shape;
  return module.define(name, ["i32", "i32", "i32"], (f) => {
    const [block, scratch, chunk] = f.params;
    const [frame, nextFrame, step, date, target, row, rowEnd] = locals(f, 7);
    f.emit(
      set(frame, get(scratch)),
      call(
        functions.forward.init,
        region(scratch, scratchLayout.initFrame),
        i32(0),
        i32(0),
        initialNoiseAt(block),
        pathsStride(),
        header("uniformInit"),
        get(frame),
        i32(rowBytes),
      ),
      whileLoop(below(get(date), header("dates")), [
        set(target, wordAt(header("dateSteps"), get(date))),
        whileLoop(below(get(step), get(target)), [
          set(nextFrame, nextFrameOf(sizes, variant, frame, scratch)),
          stepForward(sizes, functions, { block, frame, nextFrame, step }),
          set(frame, get(nextFrame)),
          next(step),
        ]),
        observe(sizes, functions, { block, scratch, frame: get(frame), date }),
        variant.sumRows
          ? rowMoments(sizes, functions, { block, scratch, chunk, date, row, rowEnd })
          : [],
        next(date),
      ]),
    );
  });
}

/** The tape grows; without it two frames take turns. */
function nextFrameOf(sizes: Sizes, variant: ForwardVariant, frame: Local, scratch: Local): Code {
  const { frameBytes } = sizes.shape;
  if (variant.keepTape) return addressAdd(get(frame), frameBytes);
  return sub(add(times(get(scratch), i32(2)), i32(frameBytes)), get(frame));
}

interface StepPlace {
  readonly block: Local;
  readonly frame: Local;
  readonly nextFrame: Local;
  readonly step: Local;
}

function stepForward(sizes: Sizes, functions: StageFunctions, at: StepPlace): Code {
  return call(
    functions.forward.step,
    storedRows(sizes, get(at.frame)),
    get(at.frame),
    i32(rowBytes),
    noiseAt(sizes, get(at.step), at.block),
    pathsStride(),
    stepSlotsAt(sizes, get(at.step)),
    get(at.nextFrame),
    i32(rowBytes),
  );
}

interface DatePlace {
  readonly block: Local;
  readonly scratch: Local;
  readonly frame: Code;
  readonly date: Local;
}

/** Observes the state of `frame` at a date; also refills the stage's frame for its backward pass. */
export function observe(sizes: Sizes, functions: StageFunctions, at: DatePlace): Code {
  return call(
    functions.forward.observe,
    region(at.scratch, sizes.shape.scratchLayout.observeFrame),
    at.frame,
    i32(rowBytes),
    i32(0),
    i32(0),
    header("uniformObserve"),
    observedAt(sizes, get(at.date), at.block),
    pathsStride(),
  );
}

interface RowsPlace {
  readonly block: Local;
  readonly scratch: Local;
  readonly chunk: Local;
  readonly date: Local;
  readonly row: Local;
  readonly rowEnd: Local;
}

function rowMoments(sizes: Sizes, functions: StageFunctions, at: RowsPlace): Code {
  const moments = add(
    header("moments"),
    times(add(times(get(at.chunk), header("rows")), get(at.row)), i32(16)),
  );
  return eachRow(at, rowForward(sizes, functions, at, moments));
}

/** Runs `body` for every row of the date. */
export function eachRow(at: Pick<RowsPlace, "date" | "row" | "rowEnd">, body: Code): Code {
  return [
    set(at.row, wordAt(header("rowStart"), get(at.date))),
    set(at.rowEnd, wordAt(header("rowStart"), addressAdd(get(at.date), 1))),
    whileLoop(below(get(at.row), get(at.rowEnd)), [body, next(at.row)]),
  ];
}

/** One row forward; its moments are added at `moments`. */
export function rowForward(
  sizes: Sizes,
  functions: StageFunctions,
  at: Pick<RowsPlace, "block" | "scratch" | "date" | "row">,
  moments: Code,
): Code {
  if (functions.forward.row === undefined) return [];
  return call(
    functions.forward.row,
    region(at.scratch, sizes.shape.scratchLayout.rowFrame),
    observedAt(sizes, get(at.date), at.block),
    pathsStride(),
    i32(0),
    i32(0),
    rowSlotsAt(sizes, get(at.row)),
    moments,
  );
}
