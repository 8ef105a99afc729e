/**
 * One block of a gradient: the tape and the rows' moments, then one sweep back through all dates with the rows'
 * cotangents.
 *
 * Sums of parameter cotangents, float64, per chunk: dense, init slots, observe slots, [step] slots, [row] slots.
 */
import {
  add,
  frameAt,
  locals,
  next,
  region,
  type Sizes,
  sub,
  times,
  totalSteps,
  wordAt,
} from "./addresses.ts";
import { addLanes } from "./cluster.ts";
import type { StageFunctions } from "./compiledProgram.ts";
import type { Code } from "./encode.ts";
import { eachRow, observe, rowForward } from "./forwardBlock.ts";
import { header } from "./header.ts";
import {
  addressAdd,
  call,
  countedLoop,
  get,
  i32,
  ifThen,
  type Local,
  set,
  whileLoop,
  zeroMemory,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { rowBytes } from "./schedule.ts";
import {
  newSweep,
  rowBackward,
  startSweep,
  sweepInit,
  sweepObserve,
  sweepSteps,
  type SweepTargets,
} from "./sweep.ts";
import { vectorBytes } from "./vector.ts";

/** Defines gradientBlock(block, scratch, chunk). */
export function gradientBlock(
  module: ModuleBuilder,
  sizes: Sizes,
  functions: StageFunctions,
  forwardTape: number,
): number {
  const { shape, program } = sizes;
  const { scratchLayout } = shape;
  return module.define("gradientBlock", ["i32", "i32", "i32"], (f) => {
    const [block, scratch, chunk] = f.params;
    const [date, target, row, rowEnd, gradient] = locals(f, 5);
    const s = newSweep(f, block, scratch);
    const accumulators = region(scratch, scratchLayout.accumulators);
    const observed = region(scratch, scratchLayout.observedCotangents);
    const to = summedTargets(sizes, gradient, accumulators);
    const rowSum = add(header("rowCotangents"), times(get(row), i32(4)));
    const rowTo = {
      seed: rowSum,
      result: observed,
      uniform: rowSlotSums(sizes, gradient, row),
      dense: accumulators,
    };
    const place = { block, scratch, date, row, rowEnd };
    f.emit(
      call(forwardTape, get(block), get(scratch), get(chunk)),
      set(gradient, add(header("gradients"), times(get(chunk), header("gradientBytes")))),
      zeroMemory(accumulators, i32(vectorBytes * shape.denseSlots)),
      startSweep(sizes, s, totalSteps()),
      set(date, header("dates")),
      whileLoop(get(date), [
        next(date, -1),
        zeroMemory(observed, i32(program.observedNames.length * rowBytes)),
        eachRow(place, [
          refillRowFrame(sizes, functions, place),
          rowBackward(sizes, functions, "sum", place, rowTo),
        ]),
        observe(sizes, functions, {
          block,
          scratch,
          frame: frameAt(sizes, scratch, get(s.step)),
          date,
        }),
        sweepObserve(sizes, functions, s, to),
        set(target, i32(0)),
        ifThen(get(date), set(target, wordAt(header("dateSteps"), sub(get(date), i32(1))))),
        sweepSteps(sizes, functions, s, target, to),
      ]),
      sweepInit(sizes, functions, s, to),
      flushDense(f, shape.denseSlots, accumulators, gradient),
    );
  });
}

function summedTargets(sizes: Sizes, gradient: Local, dense: Code): SweepTargets {
  const slot = (index: number): Code => addressAdd(get(gradient), 8 * index);
  const { denseSlots } = sizes.shape;
  const fixed = denseSlots + sizes.gradInit + sizes.gradObserve;
  return {
    mode: "sum",
    init: slot(denseSlots),
    observe: slot(denseSlots + sizes.gradInit),
    step: (step) => add(slot(fixed), times(step, i32(8 * sizes.gradStep))),
    dense,
  };
}

/** Where the cotangents of a row's slots are summed. */
export function rowSlotSums(sizes: Sizes, gradient: Local, row: Local): Code {
  const fixed = sizes.shape.denseSlots + sizes.gradInit + sizes.gradObserve;
  return add(
    addressAdd(get(gradient), 8 * fixed),
    times(totalSteps(), i32(8 * sizes.gradStep)),
    times(get(row), i32(8 * sizes.gradRow)),
  );
}

/** Rows with dense layers read their frame in the backward pass; the moments go where nobody reads them. */
function refillRowFrame(
  sizes: Sizes,
  functions: StageFunctions,
  at: { readonly block: Local; readonly scratch: Local; readonly date: Local; readonly row: Local },
): Code {
  if ((sizes.shape.stages.row?.frameRows ?? 0) === 0) return [];
  return rowForward(
    sizes,
    functions,
    at,
    region(at.scratch, sizes.shape.scratchLayout.stageScratch),
  );
}

/** gradient[slot] += the lanes of each dense accumulator. */
function flushDense(f: FunctionBuilder, slots: number, accumulators: Code, gradient: Local): Code {
  if (slots === 0) return [];
  const [counter, from, to] = locals(f, 3);
  return [
    set(from, accumulators),
    set(to, get(gradient)),
    countedLoop(counter, slots, 1, [addLanes(to, 0, from), next(from, vectorBytes), next(to, 8)]),
  ];
}
