/**
 * From a stage's graph to an order of work on blocks of 64 paths.
 *
 * Dense layers cut the graph into phases. Phase k first runs its kernels (dense layers, vector activations),
 * then one fused loop over the block for all its scalar ops (the phase's cluster):
 *
 *   phase 0: cluster │ phase 1: dense, cluster │ phase 2: dense, cluster │ …
 *
 * A value that another phase reads, and every vector, lives in a row of the stage's frame (64 float32, 256 bytes);
 * all else stays in registers. The frame is also what the backward pass reads: costly values that a derivative needs
 * get a row as well, cheap ones are computed again.
 */
import type { DenseNode, ElementNode, Graph, Node, StackNode, UnaryNode } from "../../ir/node.ts";
import { activeNodes, type ActiveInputs, inputsOf } from "./activity.ts";
import {
  binaryAdjoint,
  activationSlopeFromValue,
  type Reads,
  unaryAdjoint,
} from "./elementwise.ts";

/** Bytes of a row: one float32 for each path of a block. */
export const rowBytes = 256;
export const blockPaths = 64;

/** A dense layer, with the activation that its epilogue applies, if any. */
export interface DenseKernel {
  readonly kind: "dense";
  readonly dense: DenseNode;
  /** Node that holds the result: the activation when fused, else the dense node. */
  readonly result: number;
  readonly activation: UnaryNode["op"] | undefined;
}
/** An activation on a vector that is not part of a dense layer's epilogue. */
export interface MapKernel {
  readonly kind: "map";
  readonly node: UnaryNode;
  readonly result: number;
}
export interface Phase {
  readonly kernels: readonly (DenseKernel | MapKernel)[];
  /** Scalar ops and stacks, in node order. */
  readonly cluster: readonly number[];
}

export interface Schedule {
  readonly graph: Graph;
  readonly phases: readonly Phase[];
  readonly phaseOf: Int32Array;
  /** First frame row of each stored node. */
  readonly rowOf: ReadonlyMap<number, number>;
  readonly frameRows: number;
  /** First scratch row of the cotangent of each node that another phase contributes to. */
  readonly cotangentRowOf: ReadonlyMap<number, number>;
  readonly cotangentRows: number;
  /** Uniform nodes that path values read, those that depend on parameters first. */
  readonly slots: readonly number[];
  readonly differentiableSlots: number;
  /** Does the node's value depend on parameters, state or observed values? */
  readonly isActive: readonly boolean[];
}

/** Path leaves: values that are in memory before the stage starts. */
export const isLeaf = (node: Node): boolean =>
  node.op === "state" || node.op === "noise" || node.op === "observed";

/** The node itself, or the part that an element of a stack stands for. */
export function resolve(graph: Graph, index: number): number {
  const node = graph.nodes[index];
  if (node.op !== "element") return index;
  const vector = graph.nodes[node.a];
  return vector.op === "stack" ? resolve(graph, vector.parts[node.row]) : index;
}

/** Options of `schedule`. */
export interface ScheduleOptions {
  /** Keep costly values for the backward pass in the frame (the step), or compute everything again (the rest). */
  readonly keepCostly: boolean;
  readonly activeInputs: ActiveInputs;
}

/** Plans the order of work of one stage. */
export function schedule(graph: Graph, options: ScheduleOptions): Schedule {
  const fused = fusedActivations(graph);
  const phaseOf = assignPhases(graph, fused);
  const isActive = activeNodes(graph, options.activeInputs);
  const { slots, differentiableSlots } = uniformSlots(graph, isActive);
  const phases = listPhases(graph, phaseOf, fused);
  const stored = storedNodes(graph, phaseOf, fused, isActive, options);
  const frame = allocate(graph, stored);
  const cotangents = allocate(graph, cotangentNodes(graph, phaseOf, fused, isActive));
  return {
    graph,
    phases,
    phaseOf,
    rowOf: frame.rowOf,
    frameRows: frame.rows,
    cotangentRowOf: cotangents.rowOf,
    cotangentRows: cotangents.rows,
    slots,
    differentiableSlots,
    isActive,
  };
}

/** dense node → the activation node fused into it. */
function fusedActivations(graph: Graph): Map<number, number> {
  const uses = new Int32Array(graph.nodes.length);
  for (const node of graph.nodes) for (const input of inputsOf(node)) uses[input] += 1;
  const fused = new Map<number, number>();
  graph.nodes.forEach((node, index) => {
    if (node.extent !== "vector" || !("a" in node) || !(node.op in activationSlopeFromValue))
      return;
    if (graph.nodes[node.a].op === "dense" && uses[node.a] === 1) fused.set(node.a, index);
  });
  return fused;
}

function assignPhases(graph: Graph, fused: ReadonlyMap<number, number>): Int32Array {
  const phaseOf = new Int32Array(graph.nodes.length);
  const fusedNodes = new Set(fused.values());
  graph.nodes.forEach((node, index) => {
    const latest = inputsOf(node).reduce((phase, input) => Math.max(phase, phaseOf[input]), 0);
    const ownPhase = node.op === "dense" || (isVectorMap(node) && !fusedNodes.has(index));
    phaseOf[index] = node.extent === "uniform" ? 0 : latest + (ownPhase ? 1 : 0);
  });
  return phaseOf;
}

const isVectorMap = (node: Node): boolean =>
  node.extent === "vector" && node.op !== "stack" && node.op !== "dense";

function uniformSlots(graph: Graph, isActive: readonly boolean[]) {
  const read = new Set<number>();
  const note = (index: number) => {
    const node = graph.nodes[index];
    if (node.extent === "uniform" && node.op !== "const") read.add(index);
  };
  for (const node of graph.nodes) if (node.extent !== "uniform") inputsOf(node).forEach(note);
  graph.outputs.forEach(note);
  const all = [...read].sort((a, b) => a - b);
  const differentiable = all.filter((i) => isActive[i]);
  return {
    slots: [...differentiable, ...all.filter((i) => !isActive[i])],
    differentiableSlots: differentiable.length,
  };
}

function listPhases(
  graph: Graph,
  phaseOf: Int32Array,
  fused: ReadonlyMap<number, number>,
): Phase[] {
  const count = graph.nodes.reduce(
    (n, node, i) => (node.extent === "uniform" ? n : Math.max(n, phaseOf[i] + 1)),
    1,
  );
  const fusedNodes = new Set(fused.values());
  const phases = Array.from({ length: count }, () => ({
    kernels: [] as (DenseKernel | MapKernel)[],
    cluster: [] as number[],
  }));
  graph.nodes.forEach((node, index) => {
    if (node.extent === "uniform" || isLeaf(node) || fusedNodes.has(index)) return;
    const phase = phases[phaseOf[index]];
    if (node.op === "dense") {
      const result = fused.get(index) ?? index;
      const activation = result === index ? undefined : (graph.nodes[result] as UnaryNode).op;
      phase.kernels.push({ kind: "dense", dense: node, result, activation });
    } else if (isVectorMap(node)) {
      phase.kernels.push({ kind: "map", node: node as UnaryNode, result: index });
    } else if (resolve(graph, index) === index) phase.cluster.push(index);
  });
  return phases;
}

const costly = new Set(["exp", "log", "tanh", "sigmoid", "softplus", "silu", "normCdf"]);

function storedNodes(
  graph: Graph,
  phaseOf: Int32Array,
  fused: ReadonlyMap<number, number>,
  isActive: readonly boolean[],
  options: ScheduleOptions,
): Set<number> {
  const stored = new Set<number>();
  graph.nodes.forEach((node, index) => {
    if (node.extent === "vector" && !fused.has(index)) stored.add(index);
    for (const raw of inputsOf(node)) {
      const input = resolve(graph, raw);
      if (
        isScalarOp(graph.nodes[input]) &&
        node.extent !== "uniform" &&
        phaseOf[input] < phaseOf[index]
      )
        stored.add(input);
    }
  });
  if (options.keepCostly) {
    for (const index of readByDerivatives(graph, isActive))
      if (costly.has(graph.nodes[index].op)) stored.add(index);
  }
  return stored;
}

/** A path value computed in a cluster (elements of stored vectors are read where they are). */
const isScalarOp = (node: Node): boolean =>
  node.extent === "path" && !isLeaf(node) && node.op !== "element";

/** Scalars that the adjoint of some op reads, with all that is computed again to get them. */
function readByDerivatives(graph: Graph, isActive: readonly boolean[]): Set<number> {
  const read = new Set<number>();
  const add = (raw: number) => {
    const index = resolve(graph, raw);
    const node = graph.nodes[index];
    if (!isScalarOp(node) || read.has(index)) return;
    read.add(index);
    if (!costly.has(node.op)) inputsOf(node).forEach(add);
  };
  graph.nodes.forEach((node, index) => {
    if (node.extent !== "path" || !isActive[index]) return;
    for (const { operands, value } of readsOf(node, isActive)) {
      if (value) add(index);
      for (const operand of operands) add((node as { a: number; b: number })[operand]);
    }
    if (node.op === "select") add(node.a);
  });
  return read;
}

function readsOf(node: Node, isActive: readonly boolean[]): readonly Reads[] {
  if (node.op in unaryAdjoint) return [unaryAdjoint[(node as UnaryNode).op].reads];
  if (!(node.op in binaryAdjoint)) return [];
  const binary = node as { op: keyof typeof binaryAdjoint; a: number; b: number };
  const rule = binaryAdjoint[binary.op];
  return [
    ...(isActive[binary.a] ? [rule.readsA] : []),
    ...(isActive[binary.b] ? [rule.readsB] : []),
  ];
}

function cotangentNodes(
  graph: Graph,
  phaseOf: Int32Array,
  fused: ReadonlyMap<number, number>,
  isActive: readonly boolean[],
): Set<number> {
  const nodes = new Set<number>();
  graph.nodes.forEach((node, index) => {
    if (node.extent === "vector" && isActive[index] && !fused.has(index)) nodes.add(index);
    if (node.extent === "uniform") return;
    for (const raw of inputsOf(node)) {
      const input = resolve(graph, raw);
      if (isActive[input] && isScalarOp(graph.nodes[input]) && phaseOf[input] < phaseOf[index])
        nodes.add(input);
    }
  });
  return nodes;
}

function allocate(graph: Graph, nodes: ReadonlySet<number>) {
  const rowOf = new Map<number, number>();
  let rows = 0;
  for (const index of [...nodes].sort((a, b) => a - b)) {
    rowOf.set(index, rows);
    rows += graph.nodes[index].size;
  }
  return { rowOf, rows };
}

/** Narrowing used by the emitters. */
export const asElement = (node: Node): ElementNode => node as ElementNode;
export const asStack = (node: Node): StackNode => node as StackNode;
