/**
 * A program compiled: the functions of its four stages, and `run`, which sends the blocks of a chunk through them.
 *
 *   job forward    all steps on two alternating frames; observations kept, row moments summed
 *   job gradient   forward with every step's frame kept (the tape), then the sweep back; parameter cotangents summed
 *   job noise      quasi-random normals of the block (sobolKernel.ts)
 *   job jacobian   the same tape; for each date and observed component one sweep back with parameter cotangents
 *                  kept path by path, contracted with each row's own derivative by that component
 */
import type { Graph, Program } from "../../ir/node.ts";
import { activityOf, type ActiveInputs } from "./activity.ts";
import type { StageBases } from "./cluster.ts";
import type {
  CompiledProgram,
  DenseAccumulator,
  ProgramShape,
  ScratchLayout,
  StageBackwardFunctions,
  StageFunctions,
  Stages,
} from "./compiledProgram.ts";
import { type DenseKernels, denseKernels } from "./dense.ts";
import { thetaAddress } from "./header.ts";
import { get, op, v128Load, v128Store } from "./instructions.ts";
import { type FunctionBuilder, type ModuleBuilder, moduleBuilder } from "./moduleBuilder.ts";
import { emitRun } from "./run.ts";
import { type DenseKernel, rowBytes, type Schedule, schedule } from "./schedule.ts";
import { emitBackward } from "./stageBackward.ts";
import { emitForward, type WeightAddresses } from "./stageForward.ts";
import { vectorBytes } from "./vector.ts";

const caches = {
  narrow: new WeakMap<Program, CompiledProgram>(),
  wide: new WeakMap<Program, CompiledProgram>(),
};

/** Largest memory a module may import: 4 GiB less one page. */
export const maximumPages = 65535;

/** Compiles a program, for an engine that fuses the halves of vectors (`wide`) or one that does not.
 *
 * The same object comes back for the same program.
 */
export function compileProgram(program: Program, wide: boolean): CompiledProgram {
  const cache = caches[wide ? "wide" : "narrow"];
  const known = cache.get(program) ?? compile(program, wide);
  cache.set(program, known);
  return known;
}

function compile(program: Program, wide: boolean): CompiledProgram {
  const { states, observed } = activityOf(program);
  const plan = (graph: Graph, activeInputs: ActiveInputs, keepCostly = false): Schedule =>
    schedule(graph, { keepCostly, activeInputs });
  const stages: Stages = {
    init: plan(program.init, []),
    step: plan(program.step, states, true),
    observe: plan(program.observe, states),
    row: program.row && plan(program.row, observed),
  };
  const denseAccumulators = listAccumulators(stages);
  const denseSlots = denseAccumulators.reduce((n, d) => n + d.outputs * (d.inputs + 1), 0);
  const { transposedAddress, dataAddress } = placeParameters(program, denseAccumulators);
  const shape = {
    program,
    stages,
    denseAccumulators,
    denseSlots,
    frameBytes: (program.stateNames.length + stages.step.frameRows) * rowBytes,
    scratchLayout: layOutScratch(program, stages),
    transposedAddress,
    dataAddress,
    hasRowDense: program.row !== undefined && hasDense(program.row),
  };
  const builder = moduleBuilder(supportsRelaxedSimd(), wide);
  emitProgram(builder, shape);
  const modules = new Map<boolean, WebAssembly.Module>();
  const module = (shared: boolean): WebAssembly.Module => {
    const known =
      modules.get(shared) ??
      new WebAssembly.Module(builder.bytes({ shared, initialPages: 1, maximumPages }));
    modules.set(shared, known);
    return known;
  };
  return { ...shape, pool: builder.pool(), module };
}

const hasDense = (graph: Graph): boolean => graph.nodes.some((node) => node.op === "dense");

function listAccumulators(stages: Stages): DenseAccumulator[] {
  const found: DenseAccumulator[] = [];
  let slot = 0;
  for (const stage of [stages.init, stages.step, stages.observe, stages.row]) {
    for (const node of stage?.graph.nodes ?? []) {
      if (node.op !== "dense") continue;
      if (found.some((d) => d.weight === node.weight && d.bias === node.bias)) continue;
      found.push({
        weight: node.weight,
        bias: node.bias,
        inputs: node.inputs,
        outputs: node.size,
        slot,
      });
      slot += node.size * (node.inputs + 1);
    }
  }
  return found;
}

function placeParameters(program: Program, dense: readonly DenseAccumulator[]) {
  let address = align(thetaAddress + 4 * program.paramCount);
  const transposedAddress = new Map<number, number>();
  for (const { weight, inputs, outputs } of dense) {
    transposedAddress.set(weight, address);
    address = align(address + 4 * inputs * outputs);
  }
  return { transposedAddress, dataAddress: address };
}

/** Next multiple of 64 bytes. */
export const align = (address: number): number => (address + 63) & ~63;

function layOutScratch(program: Program, stages: Stages): ScratchLayout {
  let offset = 0;
  const take = (rows: number): number => {
    const at = offset;
    offset += rows * rowBytes;
    return at;
  };
  const { init, step, observe, row } = stages;
  const states = program.stateNames.length;
  return {
    initFrame: take(init.frameRows),
    observeFrame: take(observe.frameRows),
    rowFrame: take((row?.frameRows ?? 0) + 1), // one more for the moments' vectors
    stageScratch: take(Math.max(1, ...[init, step, observe, row].map(backwardRows))),
    stateCotangents: [take(states), take(states)],
    observedCotangents: take(program.observedNames.length),
    accumulators: take(0),
  };
}

/** Scratch rows of a stage's backward pass: cotangents, and a vector for each sum over a uniform slot. */
const backwardRows = (stage: Schedule | undefined): number =>
  stage === undefined
    ? 0
    : stage.cotangentRows + Math.ceil((stage.differentiableSlots * vectorBytes) / rowBytes);

/** Does this engine accept relaxed SIMD (fused multiply-add)? Node 22 and current browsers do. */
export function supportsRelaxedSimd(): boolean {
  const probe = moduleBuilder(true);
  probe.define("probe", ["i32"], (f) => {
    const value = v128Load(get(f.params[0]));
    f.emit(v128Store(get(f.params[0]), op("f32x4.relaxed_madd", value, value, value)));
  });
  return WebAssembly.validate(probe.bytes({ shared: false, initialPages: 1, maximumPages: 1 }));
}

function emitProgram(builder: ModuleBuilder, shape: ProgramShape): void {
  const dense = denseKernels(builder);
  const functions: StageFunctions = {
    forward: {
      init: forwardFunction(builder, "initForward", shape.stages.init, dense, shape),
      step: forwardFunction(builder, "stepForward", shape.stages.step, dense, shape),
      observe: forwardFunction(builder, "observeForward", shape.stages.observe, dense, shape),
      row: shape.stages.row && rowForwardFunction(builder, shape.stages.row, dense, shape),
    },
    sum: backwardFunctions(builder, shape, dense, "sum"),
    perPath: backwardFunctions(builder, shape, dense, "perPath"),
  };
  emitRun(builder, shape, functions);
}

const weightAddresses = (shape: ProgramShape): WeightAddresses => ({
  theta: thetaAddress,
  transposed: (weight) => shape.transposedAddress.get(weight)!,
});

/** Parameters: frame, input, inputStride, noise, noiseStride, uniform, then two for the outputs. */
const stageParams = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;

function stageBases(f: FunctionBuilder): StageBases {
  const [frame, input, inputStride, noise, noiseStride, uniform] = f.params;
  return { frame, input, inputStride, noise, noiseStride, uniform };
}

function forwardFunction(
  builder: ModuleBuilder,
  name: string,
  plan: Schedule,
  dense: DenseKernels,
  shape: ProgramShape,
): number {
  return builder.define(name, [...stageParams, "i32", "i32"], (f) => {
    const sink = { kind: "rows", base: f.params[6], stride: f.params[7] } as const;
    emitForward(builder, f, plan, stageBases(f), sink, dense, weightAddresses(shape));
  });
}

function rowForwardFunction(
  builder: ModuleBuilder,
  plan: Schedule,
  dense: DenseKernels,
  shape: ProgramShape,
): number {
  return builder.define("rowForward", [...stageParams, "i32"], (f) => {
    const bases = stageBases(f);
    const room = { base: bases.frame, offset: plan.frameRows * rowBytes };
    emitForward(
      builder,
      f,
      plan,
      bases,
      { kind: "moments", address: f.params[6], room },
      dense,
      weightAddresses(shape),
    );
  });
}

function backwardFunctions(
  builder: ModuleBuilder,
  shape: ProgramShape,
  dense: DenseKernels,
  mode: "sum" | "perPath",
): StageBackwardFunctions {
  const { program, stages } = shape;
  const denseSlot = (kernel: DenseKernel): number =>
    shape.denseAccumulators.find(
      (d) => d.weight === kernel.dense.weight && d.bias === kernel.dense.bias,
    )!.slot;
  // further parameters: seed, result, uniformCotangents, denseAccumulators, scratch
  const define = (
    name: string,
    plan: Schedule,
    inputs: number,
    row: boolean,
    resultMode: "add" | "write",
  ): number =>
    builder.define(
      `${name}Backward_${mode}`,
      [...stageParams, "i32", "i32", "i32", "i32", "i32"],
      (f) => {
        const [, , , , , , seed, result, uniformCotangents, denseAccumulators, scratch] = f.params;
        const io = {
          seed: { kind: row ? "splat" : "rows", base: seed },
          result,
          resultMode,
          uniformCotangents,
          denseAccumulators,
          scratch,
          uniformMode: row ? "sum" : mode,
          denseMode: row ? "sum" : mode,
        } as const;
        emitBackward(
          builder,
          f,
          plan,
          stageBases(f),
          io,
          inputs,
          dense,
          weightAddresses(shape),
          denseSlot,
        );
      },
    );
  const states = program.stateNames.length;
  return {
    init: define("init", stages.init, 0, false, "write"),
    step: define("step", stages.step, states, false, "write"),
    observe: define("observe", stages.observe, states, false, "add"),
    row:
      stages.row &&
      define(
        "row",
        stages.row,
        program.observedNames.length,
        true,
        mode === "sum" ? "add" : "write",
      ),
  };
}
