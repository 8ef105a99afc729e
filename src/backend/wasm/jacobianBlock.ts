/**
 * One block of a Jacobian. Every row of a date sees a path only through the observed values there, so two passes do:
 * the rows' own derivatives by the observed values, path by path (coefficients), and per observed component one
 * sweep back with the parameters' cotangents kept path by path. Their product, summed over paths, is the Jacobian.
 */
import {
  add,
  below,
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
import type { StageFunctions } from "./compiledProgram.ts";
import { contractFunction } from "./contract.ts";
import type { Code } from "./encode.ts";
import { eachRow, observe } from "./forwardBlock.ts";
import { rowSlotSums } from "./gradientBlock.ts";
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
  v128Store,
  whileLoop,
  zeroMemory,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { blockPaths, rowBytes } from "./schedule.ts";
import {
  newSweep,
  rowBackward,
  startSweep,
  type Sweep,
  sweepInit,
  sweepObserve,
  sweepSteps,
  type SweepTargets,
} from "./sweep.ts";

/** Variables of one date. */
interface DateLocals {
  readonly date: Local;
  readonly dateStep: Local;
  readonly row: Local;
  readonly rowStart: Local;
  readonly rowEnd: Local;
  readonly component: Local;
  readonly coefficients: Local;
  readonly accumulators: Local;
  readonly matrix: Local;
  /** Always 0. */
  readonly zero: Local;
}

/** Defines jacobianBlock(block, scratch, chunk). */
export function jacobianBlock(
  module: ModuleBuilder,
  sizes: Sizes,
  functions: StageFunctions,
  forwardTape: number,
): number {
  const contract = contractFunction(module);
  const { shape } = sizes;
  const rowLength = sizes.program.observedNames.length * rowBytes;
  const fixed = shape.denseSlots + sizes.gradInit + sizes.gradObserve;
  return module.define("jacobianBlock", ["i32", "i32", "i32"], (f) => {
    const [block, scratch, chunk] = f.params;
    const v = dateLocals(f);
    const [gradient] = locals(f, 1);
    const s = newSweep(f, block, scratch);
    const stepColumns = (step: Code): Code => times(step, i32(sizes.gradStep * rowBytes));
    const afterColumns = add(
      addressAdd(get(v.accumulators), fixed * rowBytes),
      stepColumns(totalSteps()),
    );
    const rowTo = {
      seed: header("inversePaths"),
      result: add(get(v.coefficients), times(sub(get(v.row), get(v.rowStart)), i32(rowLength))),
      uniform: rowSlotSums(sizes, gradient, v.row),
      dense: get(v.accumulators),
    };
    const dateMatrix = add(
      header("jacobians"),
      times(get(chunk), header("jacobianChunkBytes")),
      times(get(v.rowStart), header("jacobianRowBytes")),
    );
    f.emit(
      call(forwardTape, get(block), get(scratch), get(chunk)),
      set(v.accumulators, region(scratch, shape.scratchLayout.accumulators)),
      set(v.coefficients, afterColumns),
      set(gradient, add(header("gradients"), times(get(chunk), header("gradientBytes")))),
      whileLoop(below(get(v.date), header("dates")), [
        set(v.dateStep, wordAt(header("dateSteps"), get(v.date))),
        set(v.rowStart, wordAt(header("rowStart"), get(v.date))),
        eachRow(v, rowBackward(sizes, functions, "perPath", { ...v, block, scratch }, rowTo)),
        // the contraction takes rows in pairs: a row of zeros follows the last
        zeroMemory(
          add(get(v.coefficients), times(sub(get(v.rowEnd), get(v.rowStart)), i32(rowLength))),
          i32(rowLength),
        ),
        set(v.matrix, dateMatrix),
        ifThen(
          below(get(v.rowStart), get(v.rowEnd)),
          eachComponent(sizes, v, [
            componentSweep(module, f, sizes, functions, s, v),
            call(
              contract,
              add(get(v.coefficients), times(get(v.component), i32(rowBytes))),
              i32(rowLength),
              sub(get(v.rowEnd), get(v.rowStart)),
              get(v.accumulators),
              add(i32(fixed), times(get(v.dateStep), i32(sizes.gradStep))),
              get(v.matrix),
              header("jacobianRowBytes"),
              region(scratch, shape.scratchLayout.stageScratch),
            ),
          ]),
        ),
        next(v.date),
      ]),
    );
  });
}

function dateLocals(f: FunctionBuilder): DateLocals {
  const [date, dateStep, row, rowStart, rowEnd] = locals(f, 5);
  const [component, coefficients, accumulators, matrix, zero] = locals(f, 5);
  return {
    date,
    dateStep,
    row,
    rowStart,
    rowEnd,
    component,
    coefficients,
    accumulators,
    matrix,
    zero,
  };
}

function eachComponent(sizes: Sizes, v: DateLocals, body: Code): Code {
  return [
    set(v.component, i32(0)),
    whileLoop(below(get(v.component), i32(sizes.program.observedNames.length)), [
      body,
      next(v.component),
    ]),
  ];
}

/** The derivative of one observed component at the date by every parameter, path by path. */
function componentSweep(
  module: ModuleBuilder,
  f: FunctionBuilder,
  sizes: Sizes,
  functions: StageFunctions,
  s: Sweep,
  v: DateLocals,
): Code {
  const { shape } = sizes;
  const column = (index: number): Code => addressAdd(get(v.accumulators), index * rowBytes);
  const fixed = shape.denseSlots + sizes.gradInit + sizes.gradObserve;
  const to: SweepTargets = {
    mode: "perPath",
    init: column(shape.denseSlots),
    observe: column(shape.denseSlots + sizes.gradInit),
    step: (step) => add(column(fixed), times(step, i32(sizes.gradStep * rowBytes))),
    dense: get(v.accumulators),
  };
  const place = {
    block: s.block,
    scratch: s.scratch,
    frame: frameAt(sizes, s.scratch, get(s.step)),
    date: v.date,
  };
  return [
    zeroMemory(get(v.accumulators), i32(shape.denseSlots * rowBytes)),
    oneHot(module, f, sizes, s.scratch, v.component),
    startSweep(sizes, s, get(v.dateStep)),
    observe(sizes, functions, place),
    sweepObserve(sizes, functions, s, to),
    sweepSteps(sizes, functions, s, v.zero, to),
    sweepInit(sizes, functions, s, to),
  ];
}

/** Cotangents of the observed components: one for `component`, zero for the others. */
function oneHot(
  module: ModuleBuilder,
  f: FunctionBuilder,
  sizes: Sizes,
  scratch: Local,
  component: Local,
): Code {
  const rows = region(scratch, sizes.shape.scratchLayout.observedCotangents);
  const [counter, address] = locals(f, 2);
  return [
    zeroMemory(rows, i32(sizes.program.observedNames.length * rowBytes)),
    set(address, add(rows, times(get(component), i32(rowBytes)))),
    countedLoop(counter, blockPaths, 4, [
      v128Store(get(address), module.f32x4(1).halves[0]),
      next(address, 16),
    ]),
  ];
}
