/**
 * Which values depend on parameters, so that the backward pass goes no further than they do.
 *
 * A state component is active when its start is, or when a step can make it so from components that are; observed
 * values likewise. A market whose dynamics are given has none, and costs nothing on the way back.
 */
import type { Graph, Node, Program } from "../../ir/node.ts";

/** Inputs (state components or observed values) of a stage that depend on parameters: [index]. */
export type ActiveInputs = readonly boolean[];

/** Activity of the inputs of the stages that have any. */
export interface Activity {
  readonly states: ActiveInputs;
  readonly observed: ActiveInputs;
}

/** Follows the parameters through the stages of a program. */
export function activityOf(program: Program): Activity {
  const outputsOf = (graph: Graph, inputs: ActiveInputs): boolean[] => {
    const active = activeNodes(graph, inputs);
    return graph.outputs.map((output) => active[output]);
  };
  let states = outputsOf(program.init, []);
  for (;;) {
    const known = states;
    const next = outputsOf(program.step, known).map((isActive, i) => isActive || known[i]);
    if (next.every((isActive, i) => isActive === known[i])) break;
    states = next;
  }
  return { states, observed: outputsOf(program.observe, states) };
}

/** Does each node of a graph depend on parameters? */
export function activeNodes(graph: Graph, inputs: ActiveInputs): boolean[] {
  const active: boolean[] = [];
  for (const node of graph.nodes) active.push(isActive(node, inputs, active));
  return active;
}

function isActive(node: Node, inputs: ActiveInputs, active: readonly boolean[]): boolean {
  switch (node.op) {
    case "param":
    case "paramAt":
    case "dense":
      return true;
    case "state":
    case "observed":
      return inputs[node.index];
    default:
      return inputsOf(node).some((input) => active[input]);
  }
}

/** Indices of a node's inputs. */
export function inputsOf(node: Node): readonly number[] {
  switch (node.op) {
    case "const":
    case "param":
    case "paramAt":
    case "table":
    case "state":
    case "noise":
    case "observed":
      return [];
    case "stack":
      return node.parts;
    case "select":
      return [node.a, node.b, node.c];
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "max":
    case "min":
      return [node.a, node.b];
    default:
      return [node.a];
  }
}
