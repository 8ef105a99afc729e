/**
 * Forward and reverse evaluation of one graph on one path, in float64: the definition of the language.
 */
import type { TapeLayout } from "../../grad/layout.ts";
import type { ReverseTape } from "../../grad/rules.ts";
import { applyReverseRule } from "../../grad/rules.ts";
import type { Node } from "../../ir/node.ts";
import { binaryValue, selectValue, unaryValue } from "../../ir/scalar.ts";

/** What the leaves of a graph read. */
export interface Leaves {
  readonly theta: Float64Array;
  /** Step table at the step, or row table at the row. */
  readonly table: (column: number) => number;
  readonly noise: (index: number) => number;
  readonly state: Float64Array;
  readonly observed: Float64Array;
}

/** Where the adjoints of the leaves of a graph are added. */
export interface LeafAdjoints {
  readonly theta: Float64Array;
  readonly state: Float64Array;
  readonly observed: Float64Array;
}

/** The values of all nodes: [tape position]. */
export function evaluate(layout: TapeLayout, leaves: Leaves): Float64Array {
  const value = new Float64Array(layout.length);
  for (const [index, node] of layout.graph.nodes.entries())
    evaluateNode(node, layout.start[index], layout.start, value, leaves);
  return value;
}

/** The outputs among the values of all nodes. */
export function outputsOf(layout: TapeLayout, value: Float64Array): Float64Array {
  return Float64Array.from(layout.graph.outputs, (output) => value[layout.start[output]]);
}

/** Adds to `into` the adjoints of the leaves, given the values of the nodes and the adjoints of the outputs. */
export function reverse(
  layout: TapeLayout,
  leaves: Leaves,
  value: Float64Array,
  outputAdjoints: ArrayLike<number>,
  into: LeafAdjoints,
): void {
  const { graph, start } = layout;
  const adjoint = new Float64Array(layout.length);
  for (const [i, output] of graph.outputs.entries()) adjoint[start[output]] += outputAdjoints[i];
  const tape: ReverseTape = {
    theta: leaves.theta,
    thetaAdjoint: into.theta,
    table: leaves.table,
    stateAdjoint: into.state,
    observedAdjoint: into.observed,
    start,
    value,
    adjoint,
  };
  for (let index = graph.nodes.length - 1; index >= 0; index--)
    applyReverseRule(graph.nodes[index], start[index], tape);
}

function evaluateNode(
  node: Node,
  at: number,
  start: readonly number[],
  value: Float64Array,
  leaves: Leaves,
): void {
  const { theta } = leaves;
  switch (node.op) {
    case "const":
      value[at] = node.value;
      return;
    case "param":
      value[at] = theta[node.offset];
      return;
    case "paramAt":
      value[at] = theta[node.offset + leaves.table(node.column)];
      return;
    case "table":
      value[at] = leaves.table(node.column);
      return;
    case "state":
      value[at] = leaves.state[node.index];
      return;
    case "noise":
      value[at] = leaves.noise(node.index);
      return;
    case "observed":
      value[at] = leaves.observed[node.index];
      return;
    case "select":
      value[at] = selectValue(value[start[node.a]], value[start[node.b]], value[start[node.c]]);
      return;
    case "stack":
      for (const [r, part] of node.parts.entries()) value[at + r] = value[start[part]];
      return;
    case "element":
      value[at] = value[start[node.a] + node.row];
      return;
    case "dense":
      for (let r = 0; r < node.size; r++) {
        let sum = theta[node.bias + r];
        for (let k = 0; k < node.inputs; k++)
          sum += theta[node.weight + r * node.inputs + k] * value[start[node.a] + k];
        value[at + r] = sum;
      }
      return;
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "max":
    case "min":
      value[at] = binaryValue[node.op](value[start[node.a]], value[start[node.b]]);
      return;
    default:
      for (let r = 0; r < node.size; r++)
        value[at + r] = unaryValue[node.op](value[start[node.a] + r]);
  }
}
