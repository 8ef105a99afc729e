/**
 * The forward pass of one stage on one block: clusters and dense layers in the order of the schedule.
 */
import type { Code } from "./encode.ts";
import { type Cluster, compute, emitCluster, type Room, type StageBases } from "./cluster.ts";
import type { DenseKernels, Epilogue } from "./dense.ts";
import { unaryValue } from "./elementwise.ts";
import { addressAdd, get, i32, type Local } from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import {
  asStack,
  type DenseKernel,
  isLeaf,
  type MapKernel,
  resolve,
  type Schedule,
} from "./schedule.ts";
import { each, load, read, vectorBytes, type VectorLocal } from "./vector.ts";

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
  /** Sum and sum of squares over the block, added to two float64 at `address`; `room` is for two vectors. */
  | { readonly kind: "moments"; readonly address: Local; readonly room: Room };

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
          emitOutput(cluster, sink, i, cluster.value(output));
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
      cluster.math.store(base, read(cluster.value(part)), offset);
    }
    return;
  }
  const value = cluster.define(index, compute(plan.graph, cluster, index));
  if (row === undefined) return;
  const [base, offset] = cluster.at(bases.frame, row);
  cluster.math.store(base, read(value), offset);
}

function emitOutput(cluster: Cluster, sink: OutputSink, index: number, value: VectorLocal): void {
  if (sink.kind === "rows") {
    const [base, offset] = cluster.at(sink.base, index, sink.stride);
    cluster.math.store(base, read(value), offset);
    return;
  }
  const { base, offset } = sink.room;
  cluster.sum(read(value), sink.address, 0, { base, offset });
  const square = each("f32x4.mul", read(value), read(value));
  cluster.sum(square, sink.address, 8, { base, offset: offset + vectorBytes });
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
    emitCluster(module, f, plan, bases, ({ math, at }) => {
      const value = unaryValue[kernel.node.op](
        math,
        math.keep(load(...at(bases.frame, from + row))),
      );
      const [base, offset] = at(bases.frame, to + row);
      math.store(base, value, offset);
    });
  }
}
