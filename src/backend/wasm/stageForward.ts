/**
 * The forward pass of one stage on one block: clusters and dense layers in the order of the schedule.
 */
import type { Code } from "./encode.ts";
import { type Cluster, compute, emitCluster, type StageBases } from "./cluster.ts";
import type { DenseKernels, Epilogue } from "./dense.ts";
import { unaryValue } from "./elementwise.ts";
import {
  addressAdd,
  extractLane,
  f64Load,
  f64Store,
  get,
  i32,
  type Local,
  op,
  set,
  v128Load,
  v128Store,
} from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import {
  asStack,
  type DenseKernel,
  isLeaf,
  type MapKernel,
  resolve,
  type Schedule,
} from "./schedule.ts";

/** Static addresses of the parameters. */
export interface WeightAddresses {
  /** float32 parameters in the order of theta. */
  readonly theta: number;
  /** Transposed weights of the dense layer with this `weight` offset. */
  readonly transposed: (weight: number) => number;
}

/** What becomes of the outputs. */
export type OutputSink =
  | { readonly kind: "rows"; readonly base: Local; readonly stride: Local }
  /** Sum and sum of squares over the block, added to two float64 at `address`. */
  | { readonly kind: "moments"; readonly address: Local };

/** Emits the stage's forward pass into a function. */
export function emitForward(
  module: ModuleBuilder,
  f: FunctionBuilder,
  plan: Schedule,
  bases: StageBases,
  sink: OutputSink,
  dense: DenseKernels,
  weights: WeightAddresses,
): void {
  const { graph } = plan;
  for (const [index, phase] of plan.phases.entries()) {
    for (const kernel of phase.kernels) {
      if (kernel.kind === "dense") f.emit(denseForward(plan, bases, kernel, dense, weights));
      else emitMap(module, f, plan, bases, kernel);
    }
    const isLast = index === plan.phases.length - 1;
    emitCluster(module, f, plan, bases, (cluster) => {
      for (const node of phase.cluster) emitNode(plan, bases, cluster, node);
      graph.outputs.forEach((output, i) => {
        const node = resolve(graph, output);
        const ready =
          graph.nodes[node].extent === "uniform" || isLeaf(graph.nodes[node])
            ? plan.phases.length - 1
            : plan.phaseOf[node];
        if (ready === index || (isLast && ready > index))
          emitOutput(module, f, cluster, sink, i, cluster.value(output));
      });
    });
  }
}

function emitNode(plan: Schedule, bases: StageBases, cluster: Cluster, index: number): void {
  const node = plan.graph.nodes[index];
  if (node.op === "element") return;
  const row = plan.rowOf.get(index);
  if (node.op === "stack") {
    for (const [i, part] of asStack(node).parts.entries()) {
      const [base, offset] = cluster.at(bases.frame, row! + i);
      cluster.emit(v128Store(base, get(cluster.value(part)), offset));
    }
    return;
  }
  const value = cluster.define(index, compute(plan.graph, cluster, index));
  if (row === undefined) return;
  const [base, offset] = cluster.at(bases.frame, row);
  cluster.emit(v128Store(base, get(value), offset));
}

function emitOutput(
  module: ModuleBuilder,
  f: FunctionBuilder,
  cluster: Cluster,
  sink: OutputSink,
  index: number,
  value: Local,
): void {
  if (sink.kind === "rows") {
    const [base, offset] = cluster.at(sink.base, index, sink.stride);
    cluster.emit(v128Store(base, get(value), offset));
    return;
  }
  const sum = f.local("v128");
  const squares = f.local("v128");
  cluster.before([set(sum, module.f32x4(0)), set(squares, module.f32x4(0))]);
  cluster.emit(set(sum, op("f32x4.add", get(sum), get(value))));
  cluster.emit(set(squares, cluster.math.madd(get(value), get(value), get(squares))));
  cluster.after([addLanes(sink.address, 0, sum), addLanes(sink.address, 8, squares)]);
}

/** float64 at address + offset += the four lanes. */
export function addLanes(address: Local, offset: number, vector: Local): Code {
  const lane = (i: number) => op("f64.promote_f32", extractLane(get(vector), i));
  const sum = op("f64.add", op("f64.add", lane(0), lane(1)), op("f64.add", lane(2), lane(3)));
  return f64Store(get(address), op("f64.add", f64Load(get(address), offset), sum), offset);
}

function denseForward(
  plan: Schedule,
  bases: StageBases,
  kernel: DenseKernel,
  dense: DenseKernels,
  weights: WeightAddresses,
): Code {
  const { a, inputs, size, weight, bias } = kernel.dense;
  const row = (node: number) => addressAdd(get(bases.frame), plan.rowOf.get(node)! * 256);
  const { activation } = kernel;
  const epilogue: Epilogue | undefined =
    activation === undefined
      ? undefined
      : { key: activation, apply: (math, value) => unaryValue[activation as "tanh"](math, value) };
  const shape = { inputs, outputs: size, bias: true, ...(epilogue ? { epilogue } : {}) };
  return dense.affine(
    shape,
    row(a),
    row(kernel.result),
    i32(weights.theta + 4 * weight),
    i32(weights.theta + 4 * bias),
    i32(0),
  );
}

function emitMap(
  module: ModuleBuilder,
  f: FunctionBuilder,
  plan: Schedule,
  bases: StageBases,
  kernel: MapKernel,
): void {
  const from = plan.rowOf.get(kernel.node.a)!;
  const to = plan.rowOf.get(kernel.result)!;
  for (let row = 0; row < kernel.node.size; row += 1) {
    emitCluster(module, f, plan, bases, ({ math, at, emit }) => {
      const value = unaryValue[kernel.node.op](
        math,
        math.keep(v128Load(...at(bases.frame, from + row))),
      );
      const [base, offset] = at(bases.frame, to + row);
      emit(v128Store(base, value, offset));
    });
  }
}
