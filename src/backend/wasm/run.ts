/**
 * The outer loops, in WebAssembly as well: chunks of a thread, blocks of a chunk, dates and steps of a block.
 *
 * `run(job, thread, threads)` handles chunks thread, thread + threads, …; which blocks form a chunk does not depend on
 * the number of threads, and each chunk has its own sums, so neither do the results.
 */
import type { Program } from "../../ir/node.ts";
import type { ProgramShape, StageFunctions } from "./compile.ts";
import { contractFunction } from "./contract.ts";
import type { Code } from "./encode.ts";
import { header } from "./header.ts";
import {
  addressAdd,
  call,
  countedLoop,
  get,
  i32,
  i32Load,
  ifThen,
  type Local,
  op,
  set,
  v128Load,
  v128Store,
  whileLoop,
  zeroMemory,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { blockPaths, rowBytes } from "./schedule.ts";
import { addLanes } from "./stageForward.ts";

/** What `run` does with the blocks. */
export const job = { forward: 0, gradient: 1, jacobian: 2 } as const;
export type Job = keyof typeof job;

const add = (...terms: readonly Code[]): Code => terms.reduce((a, b) => op("i32.add", a, b));
const times = (a: Code, b: Code): Code => op("i32.mul", a, b);
const next = (local: Local, by = 1): Code => set(local, addressAdd(get(local), by));

/** Counts that the code has baked in. */
interface Sizes {
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

/** Emits the block functions and the exported `run`. */
export function emitRun(
  module: ModuleBuilder,
  shape: ProgramShape,
  functions: StageFunctions,
): void {
  const { stages, program } = shape;
  const sizes: Sizes = {
    shape,
    program,
    stepSlots: stages.step.slots.length,
    rowSlots: stages.row?.slots.length ?? 0,
    gradInit: stages.init.differentiableSlots,
    gradStep: stages.step.differentiableSlots,
    gradObserve: stages.observe.differentiableSlots,
    gradRow: stages.row?.differentiableSlots ?? 0,
  };
  const forward = forwardBlock(module, sizes, functions);
  const gradient = gradientBlock(module, sizes, functions, forward);
  const jacobian = jacobianBlock(module, sizes, functions, forward);
  const plain = forward(false, true);
  module.define(
    "run",
    ["i32", "i32", "i32"],
    (f) => emitChunks(f, { forward: plain, gradient, jacobian }),
    true,
  );
}

function emitChunks(f: FunctionBuilder, blocks: Readonly<Record<Job, number>>): void {
  const [jobCode, thread, threads] = f.params;
  const [chunk, block, end, scratch] = locals(f, 4);
  const each = (name: Job) =>
    ifThen(
      op("i32.eq", get(jobCode), i32(job[name])),
      call(blocks[name], get(block), get(scratch), get(chunk)),
    );
  f.emit(
    set(scratch, add(header("scratch"), times(get(thread), header("scratchBytes")))),
    set(chunk, get(thread)),
    whileLoop(op("i32.lt_u", get(chunk), header("chunks")), [
      set(block, times(get(chunk), header("blocksPerChunk"))),
      set(end, add(get(block), header("blocksPerChunk"))),
      ifThen(op("i32.lt_u", header("blocks"), get(end)), set(end, header("blocks"))),
      whileLoop(op("i32.lt_u", get(block), get(end)), [
        each("forward"),
        each("gradient"),
        each("jacobian"),
        next(block),
      ]),
      set(chunk, add(get(chunk), get(threads))),
    ]),
  );
}

const locals = (f: FunctionBuilder, count: number): Local[] =>
  Array.from({ length: count }, () => f.local("i32"));

/** Distance between rows of the noise or the observations: all paths of one factor or component. */
const pathsStride = (): Code => times(header("paths"), i32(4));
const region = (scratch: Local, offset: number): Code =>
  add(get(scratch), header("tapeBytes"), i32(offset));

/** Address of the step's normals, slots and of the date's observations, for a block. */
const noiseAt = (sizes: Sizes, step: Code, block: Local): Code =>
  add(
    header("noise"),
    times(times(step, i32(sizes.program.factors)), pathsStride()),
    times(get(block), i32(rowBytes)),
  );
const stepSlotsAt = (sizes: Sizes, step: Code): Code =>
  add(header("uniformStep"), times(step, i32(4 * sizes.stepSlots)));
const observedAt = (sizes: Sizes, date: Code, block: Local): Code =>
  add(
    header("observed"),
    times(times(date, i32(sizes.program.observedNames.length)), pathsStride()),
    times(get(block), i32(rowBytes)),
  );
const initialNoiseAt = (block: Local): Code =>
  add(header("initialNoise"), times(get(block), i32(rowBytes)));
const wordAt = (base: Code, index: Code): Code => i32Load(add(base, times(index, i32(4))));
const storedRows = (sizes: Sizes, frame: Code): Code =>
  addressAdd(frame, sizes.program.stateNames.length * rowBytes);

/** (block, scratch, chunk, keepTape, sumRows): init, all steps, observations, row moments. */
function forwardBlock(
  module: ModuleBuilder,
  sizes: Sizes,
  functions: StageFunctions,
): (keepTape: boolean, sumRows: boolean) => number {
  const { scratchLayout, frameBytes } = sizes.shape;
  const index = module.define("forwardBlock", ["i32", "i32", "i32", "i32", "i32"], (f) => {
    const [block, scratch, chunk, keepTape, sumRows] = f.params;
    const [frame, nextFrame, step, date, target, row, rowEnd] = locals(f, 7);
    const { forward } = functions;
    f.emit(
      set(frame, get(scratch)),
      call(
        forward.init,
        region(scratch, scratchLayout.initFrame),
        i32(0),
        i32(0),
        initialNoiseAt(block),
        pathsStride(),
        header("uniformInit"),
        get(frame),
        i32(rowBytes),
      ),
      whileLoop(op("i32.lt_u", get(date), header("dates")), [
        set(target, wordAt(header("dateSteps"), get(date))),
        whileLoop(op("i32.lt_u", get(step), get(target)), [
          // the tape grows; without it two frames take turns
          set(
            nextFrame,
            op("i32.sub", add(times(get(scratch), i32(2)), i32(frameBytes)), get(frame)),
          ),
          ifThen(get(keepTape), set(nextFrame, addressAdd(get(frame), frameBytes))),
          call(
            forward.step,
            storedRows(sizes, get(frame)),
            get(frame),
            i32(rowBytes),
            noiseAt(sizes, get(step), block),
            pathsStride(),
            stepSlotsAt(sizes, get(step)),
            get(nextFrame),
            i32(rowBytes),
          ),
          set(frame, get(nextFrame)),
          next(step),
        ]),
        observe(sizes, functions, { block, scratch, frame, date }),
        forward.row === undefined
          ? []
          : ifThen(get(sumRows), [
              set(row, wordAt(header("rowStart"), get(date))),
              set(rowEnd, wordAt(header("rowStart"), addressAdd(get(date), 1))),
              whileLoop(op("i32.lt_u", get(row), get(rowEnd)), [
                call(
                  forward.row,
                  region(scratch, scratchLayout.rowFrame),
                  observedAt(sizes, get(date), block),
                  pathsStride(),
                  i32(0),
                  i32(0),
                  rowSlotsAt(sizes, get(row)),
                  add(
                    header("moments"),
                    times(add(times(get(chunk), header("rows")), get(row)), i32(16)),
                  ),
                ),
                next(row),
              ]),
            ]),
        next(date),
      ]),
    );
  });
  const wrappers = new Map<string, number>();
  return (keepTape, sumRows) => {
    const key = `forwardBlock_${keepTape}_${sumRows}`;
    const known =
      wrappers.get(key) ??
      module.define(key, ["i32", "i32", "i32"], (f) => {
        const [block, scratch, chunk] = f.params;
        f.emit(
          call(
            index,
            get(block),
            get(scratch),
            get(chunk),
            i32(keepTape ? 1 : 0),
            i32(sumRows ? 1 : 0),
          ),
        );
      });
    wrappers.set(key, known);
    return known;
  };
}

const rowSlotsAt = (sizes: Sizes, row: Code): Code =>
  add(header("uniformRow"), times(row, i32(4 * sizes.rowSlots)));

interface DatePlace {
  readonly block: Local;
  readonly scratch: Local;
  readonly frame: Local;
  readonly date: Local;
}

function observe(
  sizes: Sizes,
  functions: StageFunctions,
  { block, scratch, frame, date }: DatePlace,
): Code {
  return call(
    functions.forward.observe,
    region(scratch, sizes.shape.scratchLayout.observeFrame),
    get(frame),
    i32(rowBytes),
    i32(0),
    i32(0),
    header("uniformObserve"),
    observedAt(sizes, get(date), block),
    pathsStride(),
  );
}

/** Where a sweep back leaves the cotangents of parameters, as addresses. */
interface SweepTargets {
  readonly mode: "sum" | "perPath";
  readonly init: Code;
  readonly observe: Code;
  readonly step: (step: Code) => Code;
  readonly dense: Code;
}

interface Sweep {
  readonly block: Local;
  readonly scratch: Local;
  readonly step: Local;
  readonly cotangent: Local;
  readonly other: Local;
  readonly swap: Local;
}

/** Steps back from `step` to `target`, moving the state's cotangent. */
function sweepSteps(
  sizes: Sizes,
  functions: StageFunctions,
  s: Sweep,
  target: Local,
  to: SweepTargets,
): Code {
  const { scratchLayout, frameBytes } = sizes.shape;
  const frame = () => add(get(s.scratch), times(get(s.step), i32(frameBytes)));
  return whileLoop(op("i32.lt_u", get(target), get(s.step)), [
    next(s.step, -1),
    call(
      functions[to.mode].step,
      storedRows(sizes, frame()),
      frame(),
      i32(rowBytes),
      noiseAt(sizes, get(s.step), s.block),
      pathsStride(),
      stepSlotsAt(sizes, get(s.step)),
      get(s.cotangent),
      get(s.other),
      to.step(get(s.step)),
      to.dense,
      region(s.scratch, scratchLayout.stageScratch),
    ),
    set(s.swap, get(s.cotangent)),
    set(s.cotangent, get(s.other)),
    set(s.other, get(s.swap)),
  ]);
}

function sweepObserve(sizes: Sizes, functions: StageFunctions, s: Sweep, to: SweepTargets): Code {
  const { scratchLayout, frameBytes } = sizes.shape;
  const frame = add(get(s.scratch), times(get(s.step), i32(frameBytes)));
  return call(
    functions[to.mode].observe,
    region(s.scratch, scratchLayout.observeFrame),
    frame,
    i32(rowBytes),
    i32(0),
    i32(0),
    header("uniformObserve"),
    region(s.scratch, scratchLayout.observedCotangents),
    get(s.cotangent),
    to.observe,
    to.dense,
    region(s.scratch, scratchLayout.stageScratch),
  );
}

function sweepInit(sizes: Sizes, functions: StageFunctions, s: Sweep, to: SweepTargets): Code {
  const { scratchLayout } = sizes.shape;
  return call(
    functions[to.mode].init,
    region(s.scratch, scratchLayout.initFrame),
    i32(0),
    i32(0),
    initialNoiseAt(s.block),
    pathsStride(),
    header("uniformInit"),
    get(s.cotangent),
    get(s.other),
    to.init,
    to.dense,
    region(s.scratch, scratchLayout.stageScratch),
  );
}

const startSweep = (sizes: Sizes, s: Sweep): Code => [
  set(s.cotangent, region(s.scratch, sizes.shape.scratchLayout.stateCotangents[0])),
  set(s.other, region(s.scratch, sizes.shape.scratchLayout.stateCotangents[1])),
  zeroMemory(get(s.cotangent), i32(sizes.program.stateNames.length * rowBytes)),
];

function newSweep(f: FunctionBuilder, block: Local, scratch: Local): Sweep {
  const [step, cotangent, other, swap] = locals(f, 4);
  return { block, scratch, step, cotangent, other, swap };
}

/** (block, scratch, chunk): tape, then one sweep back through all dates. */
function gradientBlock(
  module: ModuleBuilder,
  sizes: Sizes,
  functions: StageFunctions,
  forward: (keep: boolean, sum: boolean) => number,
): number {
  const forwardTape = forward(true, false);
  const { shape, program } = sizes;
  return module.define("gradientBlock", ["i32", "i32", "i32"], (f) => {
    const [block, scratch, chunk] = f.params;
    const [date, target, row, rowEnd, gradient, frame] = locals(f, 6);
    const s = newSweep(f, block, scratch);
    const offset = (slots: number): Code => addressAdd(get(gradient), 8 * slots);
    const stepOffset = shape.denseSlots + sizes.gradInit + sizes.gradObserve;
    const accumulators = region(scratch, shape.scratchLayout.accumulators);
    const to: SweepTargets = {
      mode: "sum",
      init: offset(shape.denseSlots),
      observe: offset(shape.denseSlots + sizes.gradInit),
      step: (step) => add(offset(stepOffset), times(step, i32(8 * sizes.gradStep))),
      dense: accumulators,
    };
    const totalSteps = wordAt(header("dateSteps"), op("i32.sub", header("dates"), i32(1)));
    const rowGradient = (index: Code) =>
      add(
        offset(stepOffset),
        times(totalSteps, i32(8 * sizes.gradStep)),
        times(index, i32(8 * sizes.gradRow)),
      );
    f.emit(
      call(forwardTape, get(block), get(scratch), get(chunk)),
      set(gradient, add(header("gradients"), times(get(chunk), header("gradientBytes")))),
      zeroMemory(accumulators, i32(16 * shape.denseSlots)),
      startSweep(sizes, s),
      set(date, header("dates")),
      set(s.step, totalSteps),
      whileLoop(get(date), [
        next(date, -1),
        zeroMemory(
          region(scratch, shape.scratchLayout.observedCotangents),
          i32(program.observedNames.length * rowBytes),
        ),
        set(row, wordAt(header("rowStart"), get(date))),
        set(rowEnd, wordAt(header("rowStart"), addressAdd(get(date), 1))),
        functions.sum.row === undefined
          ? []
          : whileLoop(op("i32.lt_u", get(row), get(rowEnd)), [
              rowFrameAgain(
                module,
                sizes,
                functions,
                scratch,
                get(row),
                observedAt(sizes, get(date), block),
              ),
              call(
                functions.sum.row,
                region(scratch, shape.scratchLayout.rowFrame),
                observedAt(sizes, get(date), block),
                pathsStride(),
                i32(0),
                i32(0),
                rowSlotsAt(sizes, get(row)),
                add(header("rowCotangents"), times(get(row), i32(4))),
                region(scratch, shape.scratchLayout.observedCotangents),
                rowGradient(get(row)),
                accumulators,
                region(scratch, shape.scratchLayout.stageScratch),
              ),
              next(row),
            ]),
        set(frame, add(get(scratch), times(get(s.step), i32(shape.frameBytes)))),
        observe(sizes, functions, { block, scratch, frame, date }),
        sweepObserve(sizes, functions, s, to),
        set(target, i32(0)),
        ifThen(
          get(date),
          set(target, wordAt(header("dateSteps"), op("i32.sub", get(date), i32(1)))),
        ),
        sweepSteps(sizes, functions, s, target, to),
      ]),
      sweepInit(sizes, functions, s, to),
      flushDense(module, f, shape.denseSlots, accumulators, gradient),
    );
  });
}

/** Rows with dense layers read their frame in the backward pass: fill it. The moments go to a place nobody reads. */
function rowFrameAgain(
  _: ModuleBuilder,
  sizes: Sizes,
  functions: StageFunctions,
  scratch: Local,
  row: Code,
  observed: Code,
): Code {
  if (functions.forward.row === undefined || (sizes.shape.stages.row?.frameRows ?? 0) === 0)
    return [];
  return call(
    functions.forward.row,
    region(scratch, sizes.shape.scratchLayout.rowFrame),
    observed,
    pathsStride(),
    i32(0),
    i32(0),
    rowSlotsAt(sizes, row),
    region(scratch, sizes.shape.scratchLayout.stageScratch),
  );
}

/** gradient[slot] += the four lanes of each dense accumulator. */
function flushDense(
  _: ModuleBuilder,
  f: FunctionBuilder,
  slots: number,
  accumulators: Code,
  gradient: Local,
): Code {
  if (slots === 0) return [];
  const vector = f.local("v128");
  const [counter, from, to] = locals(f, 3);
  return [
    set(from, accumulators),
    set(to, get(gradient)),
    countedLoop(counter, slots, 1, [
      set(vector, v128Load(get(from))),
      addLanes(to, 0, vector),
      next(from, 16),
      next(to, 8),
    ]),
  ];
}

/** (block, scratch, chunk): tape and moments, then per date and component a sweep back, path by path. */
function jacobianBlock(
  module: ModuleBuilder,
  sizes: Sizes,
  functions: StageFunctions,
  forward: (keep: boolean, sum: boolean) => number,
): number {
  const forwardTape = forward(true, true);
  const contract = contractFunction(module);
  const { shape, program } = sizes;
  const { scratchLayout } = shape;
  const components = program.observedNames.length;
  const fixedColumns = shape.denseSlots + sizes.gradInit + sizes.gradObserve;
  return module.define("jacobianBlock", ["i32", "i32", "i32"], (f) => {
    const [block, scratch, chunk] = f.params;
    const [
      date,
      dateStep,
      row,
      rowStart,
      rowEnd,
      component,
      columns,
      coefficients,
      accumulators,
      zero,
      frame,
      matrix,
      gradient,
    ] = locals(f, 13);
    const s = newSweep(f, block, scratch);
    const offset = (rows: number): Code => addressAdd(get(accumulators), rows * rowBytes);
    const to: SweepTargets = {
      mode: "perPath",
      init: offset(shape.denseSlots),
      observe: offset(shape.denseSlots + sizes.gradInit),
      step: (step) => add(offset(fixedColumns), times(step, i32(sizes.gradStep * rowBytes))),
      dense: get(accumulators),
    };
    const totalSteps = wordAt(header("dateSteps"), op("i32.sub", header("dates"), i32(1)));
    const rowGradient = add(
      addressAdd(get(gradient), 8 * fixedColumns),
      times(totalSteps, i32(8 * sizes.gradStep)),
      times(get(row), i32(8 * sizes.gradRow)),
    );
    const coefficientRow = add(
      get(coefficients),
      times(op("i32.sub", get(row), get(rowStart)), i32(components * rowBytes)),
    );
    f.emit(
      call(forwardTape, get(block), get(scratch), get(chunk)),
      set(accumulators, region(scratch, scratchLayout.accumulators)),
      set(
        coefficients,
        add(offset(fixedColumns), times(totalSteps, i32(sizes.gradStep * rowBytes))),
      ),
      set(gradient, add(header("gradients"), times(get(chunk), header("gradientBytes")))),
      whileLoop(op("i32.lt_u", get(date), header("dates")), [
        set(dateStep, wordAt(header("dateSteps"), get(date))),
        set(rowStart, wordAt(header("rowStart"), get(date))),
        set(rowEnd, wordAt(header("rowStart"), addressAdd(get(date), 1))),
        set(row, get(rowStart)),
        functions.perPath.row === undefined
          ? []
          : whileLoop(op("i32.lt_u", get(row), get(rowEnd)), [
              call(
                functions.perPath.row,
                region(scratch, scratchLayout.rowFrame),
                observedAt(sizes, get(date), block),
                pathsStride(),
                i32(0),
                i32(0),
                rowSlotsAt(sizes, get(row)),
                header("inversePaths"),
                coefficientRow,
                rowGradient,
                get(accumulators),
                region(scratch, scratchLayout.stageScratch),
              ),
              next(row),
            ]),
        // the contraction takes rows in pairs: a row of zeros follows the last
        zeroMemory(
          add(
            get(coefficients),
            times(op("i32.sub", get(rowEnd), get(rowStart)), i32(components * rowBytes)),
          ),
          i32(components * rowBytes),
        ),
        set(columns, add(i32(fixedColumns), times(get(dateStep), i32(sizes.gradStep)))),
        set(
          matrix,
          add(
            header("jacobians"),
            times(get(chunk), header("jacobianChunkBytes")),
            times(get(rowStart), header("jacobianRowBytes")),
          ),
        ),
        ifThen(op("i32.lt_u", get(rowStart), get(rowEnd)), [
          set(component, i32(0)),
          whileLoop(op("i32.lt_u", get(component), i32(components)), [
            zeroMemory(get(accumulators), i32(shape.denseSlots * rowBytes)),
            oneHot(module, f, sizes, scratch, component),
            startSweep(sizes, s),
            set(s.step, get(dateStep)),
            set(frame, add(get(scratch), times(get(s.step), i32(shape.frameBytes)))),
            observe(sizes, functions, { block, scratch, frame, date }),
            sweepObserve(sizes, functions, s, to),
            sweepSteps(sizes, functions, s, zero, to),
            sweepInit(sizes, functions, s, to),
            call(
              contract,
              add(get(coefficients), times(get(component), i32(rowBytes))),
              i32(components * rowBytes),
              op("i32.sub", get(rowEnd), get(rowStart)),
              get(accumulators),
              get(columns),
              get(matrix),
              header("jacobianRowBytes"),
            ),
            next(component),
          ]),
        ]),
        next(date),
      ]),
    );
  });
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
      v128Store(get(address), module.f32x4(1)),
      next(address, 16),
    ]),
  ];
}
