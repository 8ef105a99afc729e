/**
 * Uniform values on the host, in float64: evaluated once per step, date or row into the slots that the kernels read,
 * and differentiated forward, so that the kernels' cotangents of slots become cotangents of parameters.
 *
 * The tangent of a slot is sparse: a slot of a step depends on a handful of parameters.
 */
import { binaryDerivatives, unaryDerivative } from "../../grad/rules.ts";
import type { BinaryNode, Graph, SelectNode, UnaryNode } from "../../ir/node.ts";
import { binaryValue, unaryValue } from "../../ir/scalar.ts";
import type { Schedule } from "./schedule.ts";

/** d value / d theta[param[i]] = slope[i]. */
export interface Tangent {
  readonly param: readonly number[];
  readonly slope: readonly number[];
}

const none: Tangent = { param: [], slope: [] };

/** Values of a stage's slots for one step, date or row. */
export interface UniformRun {
  /** Writes the values of the slots at `offset`. */
  values(
    theta: Float64Array,
    tables: readonly ArrayLike<number>[],
    index: number,
    out: Float32Array,
    offset: number,
  ): void;
  /** Tangents of the differentiable slots at each of `count` indices; those that read the same table values are one.
   *
   * Shape   → [index][slot]
   */
  tangents(
    theta: Float64Array,
    tables: readonly ArrayLike<number>[],
    count: number,
  ): readonly (readonly Tangent[])[];
}

/** Prepares the evaluation of a stage's uniform values. */
export function uniformRun(plan: Schedule): UniformRun {
  const order = uniformOrder(plan.graph, plan.slots);
  const value = new Float64Array(plan.graph.nodes.length);
  const evaluate = (theta: Float64Array, tables: readonly ArrayLike<number>[], index: number) => {
    for (const i of order) value[i] = evaluateNode(plan.graph, i, value, theta, tables, index);
  };
  const differentiable = plan.slots.slice(0, plan.differentiableSlots);
  const inputs = uniformOrder(plan.graph, differentiable);
  const columns = columnsOf(plan.graph, inputs);
  const tangentsAt = (
    theta: Float64Array,
    tables: readonly ArrayLike<number>[],
    index: number,
  ): readonly Tangent[] => {
    evaluate(theta, tables, index);
    const tangent = new Map<number, Tangent>();
    for (const i of inputs)
      if (plan.isActive[i]) tangent.set(i, tangentOf(plan.graph, i, value, tangent, tables, index));
    return differentiable.map((node) => tangent.get(node) ?? none);
  };
  return {
    values(theta, tables, index, out, offset) {
      evaluate(theta, tables, index);
      for (let slot = 0; slot < plan.slots.length; slot += 1)
        out[offset + slot] = value[plan.slots[slot]];
    },
    tangents(theta, tables, count) {
      const known = new Map<string, readonly Tangent[]>();
      return Array.from({ length: count }, (_, index) => {
        const key = columns.map((column) => tables[column][index]).join();
        const found = known.get(key) ?? tangentsAt(theta, tables, index);
        known.set(key, found);
        return found;
      });
    },
  };
}

/** Table columns that some nodes read. */
function columnsOf(graph: Graph, nodes: readonly number[]): number[] {
  const columns = nodes.flatMap((index) => {
    const node = graph.nodes[index];
    return node.op === "table" || node.op === "paramAt" ? [node.column] : [];
  });
  return [...new Set(columns)];
}

/** Uniform nodes that the slots need, inputs first. */
function uniformOrder(graph: Graph, slots: readonly number[]): number[] {
  const needed = new Set<number>();
  const visit = (index: number) => {
    if (needed.has(index)) return;
    const node = graph.nodes[index];
    if ("a" in node) visit(node.a);
    if ("b" in node) visit(node.b);
    if ("c" in node) visit(node.c);
    needed.add(index);
  };
  slots.forEach(visit);
  return [...needed].sort((a, b) => a - b);
}

function evaluateNode(
  graph: Graph,
  index: number,
  value: Float64Array,
  theta: Float64Array,
  tables: readonly ArrayLike<number>[],
  at: number,
): number {
  const node = graph.nodes[index];
  switch (node.op) {
    case "const":
      return node.value;
    case "param":
      return theta[node.offset];
    case "paramAt":
      return theta[node.offset + tables[node.column][at]];
    case "table":
      return tables[node.column][at];
    case "select":
      return value[node.a] > 0 ? value[node.b] : value[node.c];
    default:
      if (node.op in binaryValue) {
        const { op, a, b } = node as BinaryNode;
        return binaryValue[op](value[a], value[b]);
      }
      return unaryValue[(node as UnaryNode).op](value[(node as UnaryNode).a]);
  }
}

function tangentOf(
  graph: Graph,
  index: number,
  value: Float64Array,
  known: ReadonlyMap<number, Tangent>,
  tables: readonly ArrayLike<number>[],
  at: number,
): Tangent {
  const node = graph.nodes[index];
  const tangent = (i: number) => known.get(i) ?? none;
  if (node.op === "param") return { param: [node.offset], slope: [1] };
  if (node.op === "paramAt") return { param: [node.offset + tables[node.column][at]], slope: [1] };
  if (node.op === "select") {
    const { a, b, c } = node as SelectNode;
    return tangent(value[a] > 0 ? b : c);
  }
  if (node.op in binaryDerivatives) {
    const { op, a, b } = node as BinaryNode;
    const [slopeA, slopeB] = binaryDerivatives[op](value[a], value[b]);
    return combine(tangent(a), slopeA, tangent(b), slopeB);
  }
  const { op, a } = node as UnaryNode;
  return combine(tangent(a), unaryDerivative[op](value[a], value[index]), none, 0);
}

function combine(a: Tangent, scaleA: number, b: Tangent, scaleB: number): Tangent {
  const sums = new Map<number, number>();
  for (const [t, scale] of [
    [a, scaleA],
    [b, scaleB],
  ] as const) {
    t.param.forEach((param, i) => {
      sums.set(param, (sums.get(param) ?? 0) + scale * t.slope[i]);
    });
  }
  return { param: [...sums.keys()], slope: [...sums.values()] };
}
