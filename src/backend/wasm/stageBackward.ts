/**
 * The backward pass of one stage on one block: phases in reverse, each cluster's adjoint in one fused loop.
 *
 * Cotangents travel in locals inside a cluster and in scratch rows between phases. Whether a row is written for
 * the first time or added to is known when emitting, so nothing is cleared that need not be.
 */
import type { BinaryNode, SelectNode, UnaryNode } from "../../ir/node.ts";
import type { Code } from "./encode.ts";
import { type Cluster, emitCluster, type StageBases } from "./cluster.ts";
import type { DenseKernels, Epilogue } from "./dense.ts";
import { activationSlopeFromValue, binaryAdjoint, unaryAdjoint } from "./elementwise.ts";
import { addressAdd, get, i32, type Local, zeroMemory } from "./instructions.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import {
  asElement,
  asStack,
  type DenseKernel,
  isLeaf,
  type MapKernel,
  resolve,
  rowBytes,
  type Schedule,
} from "./schedule.ts";
import {
  each,
  load,
  loadSplat,
  read,
  type Vector,
  vectorBytes,
  type VectorLocal,
} from "./vector.ts";
import type { WeightAddresses } from "./stageForward.ts";

/** Where cotangents come from and go to. */
export interface BackwardIo {
  /** Rows with the outputs' cotangents, or one float32 for all paths. */
  readonly seed: { readonly kind: "rows" | "splat"; readonly base: Local };
  /** Rows for the cotangents of state or observed inputs. */
  readonly result: Local;
  /** Are results added to what is there, or written? */
  readonly resultMode: "add" | "write";
  /** Cotangents of uniform slots: float64 each (sum) or a row each (perPath). */
  readonly uniformCotangents: Local;
  /** Accumulators of the dense parameters: a vector each (sum) or a row each (perPath). */
  readonly denseAccumulators: Local;
  readonly scratch: Local;
  readonly uniformMode: "sum" | "perPath";
  readonly denseMode: "sum" | "perPath";
}

/** Index of the first accumulator of a dense layer. */
export type DenseSlots = (kernel: DenseKernel) => number;

/** Emits the stage's backward pass into a function. */
export function emitBackward(
  module: ModuleBuilder,
  f: FunctionBuilder,
  plan: Schedule,
  bases: StageBases,
  io: BackwardIo,
  inputCount: number,
  kernels: DenseKernels,
  weights: WeightAddresses,
  denseSlot: DenseSlots,
): void {
  const state: Written = {
    scratch: new Set(),
    slopeDone: new Set(),
    results: new Set(),
    uniform: new Set(),
  };
  const context: Context = { module, f, plan, bases, io, state, kernels, weights, denseSlot };
  for (let phase = plan.phases.length - 1; phase >= 0; phase -= 1) {
    emitClusterAdjoint(context, phase);
    for (const kernel of [...plan.phases[phase].kernels].reverse()) {
      if (kernel.kind === "dense") emitDenseAdjoint(context, kernel);
      else emitMapAdjoint(context, kernel);
    }
  }
  if (io.resultMode === "write") {
    for (let row = 0; row < inputCount; row += 1)
      if (!state.results.has(row)) f.emit(zeroRow(io.result, row));
  }
  if (io.uniformMode === "perPath") {
    for (let slot = 0; slot < plan.differentiableSlots; slot += 1) {
      if (!state.uniform.has(slot)) f.emit(zeroRow(io.uniformCotangents, slot));
    }
  }
}

interface Written {
  readonly scratch: Set<number>;
  readonly slopeDone: Set<number>;
  readonly results: Set<number>;
  readonly uniform: Set<number>;
}

interface Context {
  readonly module: ModuleBuilder;
  readonly f: FunctionBuilder;
  readonly plan: Schedule;
  readonly bases: StageBases;
  readonly io: BackwardIo;
  readonly state: Written;
  readonly kernels: DenseKernels;
  readonly weights: WeightAddresses;
  readonly denseSlot: DenseSlots;
}

const zeroRow = (base: Local, row: number): Code =>
  zeroMemory(addressAdd(get(base), row * rowBytes), i32(rowBytes));

function emitClusterAdjoint(context: Context, phase: number): void {
  const { module, f, plan, bases, io } = context;
  const { graph } = plan;
  emitCluster(module, f, plan, bases, (cluster) => {
    const pending = new Map<number, Vector[]>();
    const contribute = (raw: number, code: Vector) => {
      const index = resolve(graph, raw);
      if (plan.isActive[index])
        pending.set(index, [...(pending.get(index) ?? []), read(cluster.math.keep(code))]);
    };
    graph.outputs.forEach((output, i) => {
      const node = resolve(graph, output);
      const isFree = graph.nodes[node].extent === "uniform" || isLeaf(graph.nodes[node]);
      if (!plan.isActive[node] || (isFree ? phase !== 0 : plan.phaseOf[node] !== phase)) return;
      contribute(
        node,
        io.seed.kind === "splat"
          ? loadSplat(get(io.seed.base))
          : load(...cluster.at(io.seed.base, i)),
      );
    });
    // elements of stored vectors may be outputs: they are no cluster node, so they are flushed below
    for (const index of [...plan.phases[phase].cluster].reverse())
      emitNodeAdjoint(context, cluster, pending, contribute, index);
    for (const [index, parts] of pending) flush(context, cluster, index, sum(parts));
  });
}

const sum = (parts: readonly Vector[]): Vector => parts.reduce((a, b) => each("f32x4.add", a, b));

function emitNodeAdjoint(
  context: Context,
  cluster: Cluster,
  pending: Map<number, Vector[]>,
  contribute: (index: number, code: Vector) => void,
  index: number,
): void {
  const { plan, io, state } = context;
  const node = plan.graph.nodes[index];
  if (node.op === "element" || !plan.isActive[index]) return;
  const row = plan.cotangentRowOf.get(index);
  if (node.op === "stack") {
    asStack(node).parts.forEach((part, i) => {
      if (state.scratch.has(row! + i)) contribute(part, load(...cluster.at(io.scratch, row! + i)));
    });
    return;
  }
  const parts = pending.get(index) ?? [];
  pending.delete(index);
  if (row !== undefined && state.scratch.has(row)) parts.push(load(...cluster.at(io.scratch, row)));
  if (parts.length === 0) return;
  propagate(plan, cluster, contribute, index, cluster.math.keep(sum(parts)));
}

/** Sends the cotangent g of a scalar op to its operands. */
function propagate(
  plan: Schedule,
  cluster: Cluster,
  contribute: (index: number, code: Vector) => void,
  index: number,
  g: VectorLocal,
): void {
  const { graph, isActive } = plan;
  const node = graph.nodes[index];
  const { math } = cluster;
  if (node.op === "select") {
    const { a, b, c } = node as SelectNode;
    if (isActive[b])
      contribute(b, math.whenPositive(read(cluster.value(a)), read(g), math.constant(0)));
    if (isActive[c])
      contribute(c, math.whenPositive(read(cluster.value(a)), math.constant(0), read(g)));
    return;
  }
  const unread = g; // stands for an operand that the rule does not read
  if (node.op in binaryAdjoint) {
    const { op: name, a, b } = node as BinaryNode;
    const rule = binaryAdjoint[name];
    for (const side of ["a", "b"] as const) {
      if (!isActive[side === "a" ? a : b]) continue;
      const reads = side === "a" ? rule.readsA : rule.readsB;
      const va = reads.operands.includes("a") ? cluster.value(a) : unread;
      const vb = reads.operands.includes("b") ? cluster.value(b) : unread;
      const vy = reads.value ? cluster.value(index) : unread;
      contribute(side === "a" ? a : b, rule[side](math, g, va, vb, vy));
    }
    return;
  }
  const { op: name, a } = node as UnaryNode;
  const { reads, rule } = unaryAdjoint[name];
  contribute(
    a,
    rule(
      math,
      g,
      reads.operands.includes("a") ? cluster.value(a) : unread,
      reads.value ? cluster.value(index) : unread,
    ),
  );
}

/** Writes a cotangent that leaves the cluster: to an input, a uniform slot, or a row of another phase. */
function flush(context: Context, cluster: Cluster, index: number, total: Vector): void {
  const { plan, io, state } = context;
  const node = plan.graph.nodes[index];
  if (node.extent === "uniform") {
    const slot = plan.slots.indexOf(index);
    if (io.uniformMode === "perPath") {
      store(cluster, cluster.at(io.uniformCotangents, slot), total, state.uniform.has(slot));
      state.uniform.add(slot);
      return;
    }
    const room = { base: io.scratch, offset: plan.cotangentRows * rowBytes + slot * vectorBytes };
    cluster.sum(total, io.uniformCotangents, 8 * slot, room);
    return;
  }
  if (isLeaf(node)) {
    const row = (node as { index: number }).index;
    store(
      cluster,
      cluster.at(io.result, row),
      total,
      io.resultMode === "add" || state.results.has(row),
    );
    state.results.add(row);
    return;
  }
  const row =
    node.op === "element"
      ? plan.cotangentRowOf.get(asElement(node).a)! + asElement(node).row
      : plan.cotangentRowOf.get(index)!;
  store(cluster, cluster.at(io.scratch, row), total, state.scratch.has(row));
  state.scratch.add(row);
}

function store(
  cluster: Cluster,
  [base, offset]: readonly [Code, number],
  value: Vector,
  add: boolean,
): void {
  const total = add ? each("f32x4.add", load(base, offset), value) : value;
  cluster.math.store(base, total, offset);
}

/** Rows of a vector's cotangent that nothing wrote are zero. Returns false when nothing wrote any. */
function complete(context: Context, first: number, rows: number): boolean {
  const { f, io, state } = context;
  const all = Array.from({ length: rows }, (_, i) => first + i);
  if (!all.some((row) => state.scratch.has(row))) return false;
  for (const row of all.filter((r) => !state.scratch.has(r))) {
    f.emit(zeroRow(io.scratch, row));
    state.scratch.add(row);
  }
  return true;
}

function emitDenseAdjoint(context: Context, kernel: DenseKernel): void {
  const { module, f, plan, bases, io, state, kernels, weights } = context;
  const { a, inputs, size, weight } = kernel.dense;
  const row = plan.cotangentRowOf.get(kernel.result)!;
  if (!complete(context, row, size)) return;
  const slope = kernel.activation && activationSlopeFromValue[kernel.activation];
  if (slope && !state.slopeDone.has(kernel.result)) {
    const value = plan.rowOf.get(kernel.result)!;
    for (let i = 0; i < size; i += 1) {
      emitCluster(module, f, plan, bases, ({ math, at }) => {
        const y = math.keep(load(...at(bases.frame, value + i)));
        const [base, offset] = at(io.scratch, row + i);
        math.store(base, each("f32x4.mul", load(base, offset), slope(math, y)), offset);
      });
    }
  }
  const x = addressAdd(get(bases.frame), plan.rowOf.get(a)! * rowBytes);
  const dy = addressAdd(get(io.scratch), row * rowBytes);
  const slot = context.denseSlot(kernel);
  f.emit(
    io.denseMode === "sum"
      ? kernels.weightSums(
          inputs,
          size,
          x,
          dy,
          addressAdd(get(io.denseAccumulators), slot * vectorBytes),
        )
      : kernels.weightRows(
          inputs,
          size,
          x,
          dy,
          addressAdd(get(io.denseAccumulators), slot * rowBytes),
        ),
  );
  const range = activeRange(plan, a, inputs);
  if (range === undefined) return;
  const target = plan.cotangentRowOf.get(a)! + range.first;
  const isWritten = complete(context, target, range.count);
  const producer = isWritten ? undefined : soleFusedProducer(plan, a);
  const epilogue = dxEpilogue(isWritten, producer);
  if (producer) state.slopeDone.add(producer.result);
  const aside = addressAdd(get(bases.frame), (plan.rowOf.get(a)! + range.first) * rowBytes);
  const shape = {
    inputs: size,
    outputs: range.count,
    bias: false,
    ...(epilogue ? { epilogue } : {}),
  };
  const w = weights.transposed(weight) + 4 * size * range.first;
  f.emit(
    kernels.affine(
      shape,
      dy,
      addressAdd(get(io.scratch), target * rowBytes),
      i32(w),
      i32(0),
      aside,
    ),
  );
  for (let i = 0; i < range.count; i += 1) state.scratch.add(target + i);
}

function dxEpilogue(isWritten: boolean, producer: DenseKernel | undefined): Epilogue | undefined {
  if (isWritten) return { key: "add", accumulate: true, apply: (_, value) => read(value) };
  const slope = producer?.activation && activationSlopeFromValue[producer.activation];
  if (!slope) return undefined;
  return {
    key: `slope_${producer.activation}`,
    apply: (math, value, aside) => each("f32x4.mul", read(value), slope(math, math.keep(aside))),
  };
}

/** The rows of a dense layer's input that need a cotangent: for a stack, from its first to its last active part. */
function activeRange(
  plan: Schedule,
  vector: number,
  size: number,
): { first: number; count: number } | undefined {
  if (!plan.isActive[vector]) return undefined;
  const node = plan.graph.nodes[vector];
  if (node.op !== "stack") return { first: 0, count: size };
  const active = asStack(node).parts.flatMap((part, i) =>
    plan.isActive[resolve(plan.graph, part)] ? [i] : [],
  );
  return { first: active[0], count: active[active.length - 1] - active[0] + 1 };
}

/** The fused dense layer that made `vector`, when only one dense layer reads it. */
function soleFusedProducer(plan: Schedule, vector: number): DenseKernel | undefined {
  const readers = plan.graph.nodes.filter(
    (node) =>
      ("a" in node && node.a === vector) || (node.op === "stack" && node.parts.includes(vector)),
  );
  if (readers.length !== 1) return undefined;
  return plan.phases
    .flatMap((phase) => phase.kernels)
    .find(
      (kernel): kernel is DenseKernel =>
        kernel.kind === "dense" && kernel.activation !== undefined && kernel.result === vector,
    );
}

function emitMapAdjoint(context: Context, kernel: MapKernel): void {
  const { module, f, plan, bases, io, state } = context;
  const { a, size, op: name } = kernel.node;
  const row = plan.cotangentRowOf.get(kernel.result);
  if (row === undefined || !complete(context, row, size) || !plan.isActive[a]) return;
  const { rule } = unaryAdjoint[name];
  const target = plan.cotangentRowOf.get(a)!;
  for (let i = 0; i < size; i += 1) {
    const add = state.scratch.has(target + i);
    emitCluster(module, f, plan, bases, (cluster) => {
      const { math, at } = cluster;
      const g = math.keep(load(...at(io.scratch, row + i)));
      const x = math.keep(load(...at(bases.frame, plan.rowOf.get(a)! + i)));
      const y = math.keep(load(...at(bases.frame, plan.rowOf.get(kernel.result)! + i)));
      store(cluster, at(io.scratch, target + i), rule(math, g, x, y), add);
    });
    state.scratch.add(target + i);
  }
}
