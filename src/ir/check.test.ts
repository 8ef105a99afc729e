import { describe, expect, test } from "vitest";
import { InputError } from "../num/errors.ts";
import type { Node, Program } from "./index.ts";
import { add, checkProgram, defineProgram, exp, mul, named, scalar } from "./index.ts";

const good = defineProgram({
  name: "good",
  params: { vol: scalar() },
  factors: 1,
  stepTables: ["dt"],
  init: () => ({ x: 0 }),
  step: ({ p, s, z, t }) => {
    const shock = named("shock", mul(mul(p.vol, t.dt), z[0]));
    return { x: named("next", add(s.x, exp(shock))) };
  },
  observe: ({ s }) => ({ x: s.x }),
});

/** The program with the first step node of the given op changed. */
function spoiled(op: Node["op"], change: object): Program {
  const at = good.step.nodes.findIndex((node) => node.op === op);
  const nodes = good.step.nodes.map((node, i) =>
    i === at ? ({ ...node, ...change } as Node) : node,
  );
  return { ...good, step: { ...good.step, nodes } };
}

describe("checkProgram", () => {
  test("accepts what the tracer makes, also after a round trip through JSON", () => {
    expect(() => checkProgram(JSON.parse(JSON.stringify(good)) as Program)).not.toThrow();
  });

  test.each([
    ["param", { offset: 3 }, "an offset in 0 … 0"],
    ["table", { column: 1 }, "a table column in 0 … 0"],
    ["state", { index: -1 }, "a state index in 0 … 0"],
    ["noise", { index: 1 }, "a normal in 0 … 0"],
    ["add", { a: 99 }, "inputs that are earlier nodes"],
    ["mul", { extent: "path" }, "extent uniform of size 1"],
    ["exp", { size: 2 }, "extent path of size 1"],
  ] as const)("refuses a %s node with %o", (op, change, expected) => {
    expect(() => checkProgram(spoiled(op, change))).toThrow(InputError);
    expect(() => checkProgram(spoiled(op, change))).toThrow(expected);
  });

  test("an error shows the node as printed and the labelled values that use it", () => {
    expect(() => checkProgram(spoiled("noise", { index: 1 }))).toThrow(
      "step of good: expected a normal in 0 … 0, got %4 = noise z[1] : path ; z[0], used by shock ← next.",
    );
  });

  test("a table in observe is refused", () => {
    const table: Node = { op: "table", column: 0, extent: "uniform", size: 1 };
    const program = { ...good, observe: { nodes: [table], outputs: [0] } };
    expect(() => checkProgram(program)).toThrow("a leaf allowed in stage observe");
  });

  test("outputs must be as many as names", () => {
    const program = { ...good, observe: { ...good.observe, outputs: [] } };
    expect(() => checkProgram(program)).toThrow("expected 1 outputs, got 0");
  });

  test("parameter segments must fill the vector without gaps", () => {
    expect(() => checkProgram({ ...good, paramCount: 2 })).toThrow("expected paramCount 1");
  });
});
