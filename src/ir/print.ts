/**
 * Programs as text: one line per node, for reading, for errors and for golden files.
 *
 *   %3 = mul %1 %2 : path ; label
 */
import type { Graph, Node, Program } from "./node.ts";

/** Indices of the nodes that a node reads, in order. */
export function nodeInputs(node: Node): readonly number[] {
  if (node.op === "stack") return node.parts;
  if ("c" in node) return [node.a, node.b, node.c];
  if ("b" in node) return [node.a, node.b];
  return "a" in node ? [node.a] : [];
}

/** The fields of a node beside its inputs, as printed. */
function attributes(node: Node): readonly (string | number)[] {
  switch (node.op) {
    case "const":
      return [Object.is(node.value, -0) ? "-0" : node.value];
    case "param":
      return [`theta[${node.offset}]`];
    case "paramAt":
      return [`theta[${node.offset} … ${node.offset + node.length - 1}]`, `table[${node.column}]`];
    case "table":
      return [`table[${node.column}]`];
    case "state":
      return [`state[${node.index}]`];
    case "noise":
      return [`z[${node.index}]`];
    case "observed":
      return [`observed[${node.index}]`];
    case "element":
      return [`row ${node.row}`];
    case "dense":
      return [`[${node.size}][${node.inputs}]`, `w ${node.weight}`, `b ${node.bias}`];
    default:
      return [];
  }
}

/** One node as a line. */
export function printNode(nodes: readonly Node[], index: number): string {
  const node = nodes[index];
  const inputs = nodeInputs(node).map((input) => `%${input}`);
  const words = [`%${index} =`, node.op, ...inputs, ...attributes(node)];
  const extent = node.extent === "vector" ? `vector ${node.size}` : node.extent;
  const label = node.label === undefined ? "" : ` ; ${node.label}`;
  return `${words.join(" ")} : ${extent}${label}`;
}

/** A graph as lines, its outputs last; `names` are the names of the outputs. */
export function printGraph(graph: Graph, names: readonly string[] = []): string {
  const lines = graph.nodes.map((_, index) => printNode(graph.nodes, index));
  const outputs = graph.outputs.map((output, i) => `${names[i] ?? i} = %${output}`);
  return [...lines, `return ${outputs.join(", ")}`].join("\n");
}

/** A whole program. */
export function printProgram(program: Program): string {
  const { name, params, stateNames, observedNames, stepTables, rowTables } = program;
  const shapes = params.map((segment) => `${segment.name}[${segment.shape.join("][")}]`);
  const stages: [string, Graph | undefined, readonly string[]][] = [
    ["init", program.init, stateNames],
    ["step", program.step, stateNames],
    ["observe", program.observe, observedNames],
    ["row", program.row, ["row"]],
  ];
  const head = [
    `program ${name}`,
    `params ${shapes.join(", ").replaceAll("[]", "")} (${program.paramCount})`,
    `normals ${program.initialNormals} at the start, ${program.factors} per step`,
    `step tables ${stepTables.join(", ") || "none"}; row tables ${rowTables.join(", ") || "none"}`,
  ];
  const bodies = stages.flatMap(([stage, graph, names]) =>
    graph === undefined ? [] : [`\n${stage}:\n${indent(printGraph(graph, names))}`],
  );
  return [...head, ...bodies].join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
