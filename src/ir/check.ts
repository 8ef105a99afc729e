/**
 * Is a program well formed? The door through which hand-made and loaded programs enter a backend.
 *
 * Checked: SSA order, indices of parameters, tables, states, normals and observed values, sizes of vectors,
 * extents (recomputed from the inputs), which leaves a stage may read, and one output per state or name.
 * An error names the stage, the node, the user's labels, and the trail of labelled values that lead to it.
 */
import { InputError } from "../num/errors.ts";
import type { StageName } from "./expr.ts";
import type { Extent, Graph, Node, Op, Program } from "./node.ts";
import { isActivation } from "./ops.ts";
import { nodeInputs, printNode } from "./print.ts";

const leavesOf: { readonly [K in StageName]: readonly Op[] } = {
  init: ["const", "param", "noise"],
  step: ["const", "param", "paramAt", "table", "state", "noise"],
  observe: ["const", "param", "state"],
  row: ["const", "param", "table", "observed"],
};

/**
 * Validates a program.
 *
 * Throws    InputError naming the stage, the node and the user's expression
 */
export function checkProgram(program: Program): void {
  checkCounts(program);
  checkParams(program);
  checkStage(program, "init", program.init, program.stateNames.length);
  checkStage(program, "step", program.step, program.stateNames.length);
  checkStage(program, "observe", program.observe, program.observedNames.length);
  if (program.row !== undefined) checkStage(program, "row", program.row, 1);
}

function checkCounts(program: Program): void {
  for (const field of ["factors", "initialNormals", "paramCount"] as const) {
    const value = program[field];
    if (!Number.isInteger(value) || value < 0)
      throw new InputError(
        `${program.name}: expected ${field} to be a non-negative integer, got ${value}. Correct the program.`,
      );
  }
  for (const field of ["stateNames", "observedNames", "stepTables", "rowTables"] as const) {
    const names = program[field];
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      throw new InputError(
        `${program.name}: expected distinct names in ${field}, got "${twice}" twice. Rename one.`,
      );
  }
}

function checkParams(program: Program): void {
  let end = 0;
  for (const { name, offset, shape } of program.params) {
    if (offset !== end)
      throw new InputError(
        `${program.name}: expected parameter ${name} at offset ${end}, got ${offset}. Lay segments out without gaps.`,
      );
    end += shape.reduce((product, extent) => product * extent, 1);
  }
  if (end !== program.paramCount)
    throw new InputError(
      `${program.name}: expected paramCount ${end} (the sum of the segments), got ${program.paramCount}. Correct it.`,
    );
}

function checkStage(program: Program, stage: StageName, graph: Graph, outputs: number): void {
  const where = `${stage} of ${program.name}`;
  for (const [index, node] of graph.nodes.entries()) {
    const fault = faultOf(program, stage, graph, node, index);
    if (fault !== undefined)
      throw new InputError(
        `${where}: expected ${fault}, got ${printNode(graph.nodes, index)}${trail(graph, index)}. Correct this expression.`,
      );
  }
  if (graph.outputs.length !== outputs)
    throw new InputError(
      `${where}: expected ${outputs} outputs, got ${graph.outputs.length}. Give one per name.`,
    );
  for (const output of graph.outputs) {
    const node = graph.nodes[output];
    if (node === undefined || node.extent === "vector")
      throw new InputError(
        `${where}: expected outputs that are uniform or path values, got ${node === undefined ? `node ${output}` : printNode(graph.nodes, output)}. ` +
          "Take one row with element(vector, row).",
      );
  }
}

/** What is wrong with the node, as the words after "expected"; undefined when nothing is. */
function faultOf(
  program: Program,
  stage: StageName,
  graph: Graph,
  node: Node,
  index: number,
): string | undefined {
  const inputs = nodeInputs(node);
  if (inputs.some((input) => !Number.isInteger(input) || input < 0 || input >= index))
    return "inputs that are earlier nodes";
  if (inputs.length === 0 && node.op !== "stack" && !leavesOf[stage].includes(node.op))
    return `a leaf allowed in stage ${stage} (${leavesOf[stage].join(", ")})`;
  const fault = faultOfFields(program, stage, node);
  if (fault !== undefined) return fault;
  const parts = inputs.map((input) => graph.nodes[input]);
  return faultOfShape(node, parts);
}

function faultOfFields(program: Program, stage: StageName, node: Node): string | undefined {
  const within = (what: string, value: number, end: number): string | undefined =>
    Number.isInteger(value) && value >= 0 && value < end ? undefined : `${what} in 0 … ${end - 1}`;
  const tables = stage === "row" ? program.rowTables : program.stepTables;
  switch (node.op) {
    case "const":
      return typeof node.value === "number" && !Number.isNaN(node.value) ? undefined : "a number";
    case "param":
      return within("an offset", node.offset, program.paramCount);
    case "paramAt":
      return (
        within("an offset", node.offset, program.paramCount) ??
        within("a last offset", node.offset + node.length - 1, program.paramCount) ??
        within("a table column", node.column, tables.length)
      );
    case "table":
      return within("a table column", node.column, tables.length);
    case "state":
      return within("a state index", node.index, program.stateNames.length);
    case "noise": {
      const normals = stage === "init" ? program.initialNormals : program.factors;
      return within("a normal", node.index, normals);
    }
    case "observed":
      return within("an observed index", node.index, program.observedNames.length);
    case "dense":
      return (
        within("a weight offset", node.weight, program.paramCount) ??
        within("a last weight", node.weight + node.size * node.inputs - 1, program.paramCount) ??
        within("a bias offset", node.bias, program.paramCount) ??
        within("a last bias", node.bias + node.size - 1, program.paramCount)
      );
    default:
      return undefined;
  }
}

function faultOfShape(node: Node, parts: readonly Node[]): string | undefined {
  const expected = shapeOf(node, parts);
  if (typeof expected === "string") return expected;
  if (node.extent !== expected.extent || node.size !== expected.size)
    return `extent ${expected.extent} of size ${expected.size}`;
  return undefined;
}

function shapeOf(node: Node, parts: readonly Node[]): { extent: Extent; size: number } | string {
  const scalars = parts.every((part) => part.extent !== "vector");
  switch (node.op) {
    case "const":
    case "param":
    case "paramAt":
    case "table":
      return { extent: "uniform", size: 1 };
    case "state":
    case "noise":
    case "observed":
      return { extent: "path", size: 1 };
    case "stack":
      if (!scalars || parts.length === 0) return "at least one part, none of them a vector";
      return { extent: "vector", size: parts.length };
    case "element":
      if (parts[0].extent !== "vector") return "a vector as input";
      if (!Number.isInteger(node.row) || node.row < 0 || node.row >= parts[0].size)
        return `a row in 0 … ${parts[0].size - 1}`;
      return { extent: "path", size: 1 };
    case "dense":
      if (parts[0].extent !== "vector" || parts[0].size !== node.inputs)
        return `a vector of ${node.inputs} rows as input`;
      return { extent: "vector", size: node.size };
    default:
      if (parts.length === 1 && isActivation(node.op)) return parts[0];
      if (!scalars) return "inputs that are not vectors";
      return { extent: parts.some((part) => part.extent === "path") ? "path" : "uniform", size: 1 };
  }
}

/** The labelled values that use the node, nearest first, the middle left out when there are many. */
function trail(graph: Graph, start: number): string {
  const users: string[] = [];
  let current = start;
  for (let index = start + 1; index < graph.nodes.length; index++) {
    const node = graph.nodes[index];
    if (!nodeInputs(node).includes(current)) continue;
    current = index;
    if (node.label !== undefined) users.push(node.label);
  }
  const shown = users.length > 5 ? [...users.slice(0, 2), "…", ...users.slice(-2)] : users;
  return shown.length === 0 ? "" : `, used by ${shown.join(" ← ")}`;
}
