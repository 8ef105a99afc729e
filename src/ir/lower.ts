/**
 * From expression trees to a graph: the outputs of one stage in SSA form.
 *
 * Nodes are emitted in depth-first order from the outputs, so what no output needs never appears. A node
 * whose op and inputs repeat an earlier node's is that node (hash-consing); operands of `add` and `mul`
 * are compared without regard to order. Iterative, so that a long unrolled recurrence cannot overflow the stack.
 */
import type { Expr } from "./expr.ts";
import { bodyOf, inputsOf } from "./expr.ts";
import type { Graph, Node } from "./node.ts";

/** The graph that computes `outputs`, in order. */
export function lower(outputs: readonly Expr[]): Graph {
  const nodes: Node[] = [];
  const byKey = new Map<string, number>();
  const done = new Map<Expr, number>();
  const emit = (expr: Expr): number => {
    const inputs = inputsOf(expr).map((input) => done.get(input)!);
    const key = keyOf(expr, inputs);
    const known = byKey.get(key);
    if (known === undefined) {
      byKey.set(key, nodes.length);
      return nodes.push(nodeOf(expr, inputs)) - 1;
    }
    const earlier = nodes[known];
    if (earlier.label === undefined && expr.label !== undefined)
      nodes[known] = { ...earlier, label: expr.label };
    return known;
  };
  const pending: Expr[] = [];
  for (const output of outputs) {
    pending.push(output);
    while (pending.length > 0) {
      const expr = pending[pending.length - 1];
      if (!done.has(expr)) {
        const missing = inputsOf(expr).filter((input) => !done.has(input));
        if (missing.length > 0) {
          pending.push(...missing.reverse());
          continue;
        }
        done.set(expr, emit(expr));
      }
      pending.pop();
    }
  }
  return { nodes, outputs: outputs.map((output) => done.get(output)!) };
}

function keyOf(expr: Expr, inputs: readonly number[]): string {
  const body = bodyOf(expr);
  switch (body.op) {
    case "const":
      return `const ${Object.is(body.value, -0) ? "-0" : body.value}`;
    case "param":
      return `param ${body.offset}`;
    case "paramAt":
      return `paramAt ${body.offset} ${body.length} ${body.column}`;
    case "table":
    case "state":
    case "noise":
    case "observed":
      return `${body.op} ${body.index}`;
    case "element":
      return `element ${inputs[0]} ${body.row}`;
    case "dense":
      return `dense ${inputs[0]} ${body.weight} ${body.bias} ${body.outputs}`;
    case "add":
    case "mul":
      return `${body.op} ${Math.min(...inputs)} ${Math.max(...inputs)}`;
    default:
      return `${body.op} ${inputs.join(" ")}`;
  }
}

function nodeOf(expr: Expr, inputs: readonly number[]): Node {
  const { extent, size, label } = expr;
  const base = { extent, size, ...(label === undefined ? {} : { label }) };
  const body = bodyOf(expr);
  const [a, b, c] = inputs;
  switch (body.op) {
    case "const":
      return { ...base, op: body.op, value: body.value };
    case "param":
      return { ...base, op: body.op, offset: body.offset };
    case "paramAt": {
      const { op, offset, length, column } = body;
      return { ...base, op, offset, length, column };
    }
    case "table":
      return { ...base, op: body.op, column: body.index };
    case "state":
    case "noise":
    case "observed":
      return { ...base, op: body.op, index: body.index };
    case "select":
      return { ...base, op: body.op, a, b, c };
    case "stack":
      return { ...base, op: body.op, parts: inputs };
    case "element":
      return { ...base, op: body.op, a, row: body.row };
    case "dense": {
      const { op, weight, bias } = body;
      return { ...base, op, a, inputs: body.a.size, weight, bias };
    }
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "max":
    case "min":
      return { ...base, op: body.op, a, b };
    default:
      return { ...base, op: body.op, a };
  }
}
