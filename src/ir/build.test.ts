import { describe, expect, test } from "vitest";
import { InputError, ShapeError } from "../num/errors.ts";
import type { Expr, Program } from "./index.ts";
import {
  add,
  defineProgram,
  element,
  exp,
  max,
  mlp,
  mul,
  named,
  printProgram,
  scalar,
  select,
  sqrt,
  stack,
  sub,
  sum,
  vector,
} from "./index.ts";

function gbm(): Program {
  return defineProgram({
    name: "gbm",
    params: { drift: scalar(), vol: scalar() },
    factors: 1,
    stepTables: ["dt", "sqrtDt"],
    rowTables: ["strike"],
    init: () => ({ x: 0 }),
    step: ({ p, s, z, t }) => {
      const variance = named("variance", mul(mul(p.vol, p.vol), t.dt));
      const drift = sub(mul(p.drift, t.dt), mul(0.5, variance));
      return { x: sum(s.x, drift, mul(mul(p.vol, t.sqrtDt), z[0])) };
    },
    observe: ({ s }) => ({ forward: exp(s.x) }),
    row: ({ o, t }) => max(sub(o.forward, t.strike), 0),
  });
}

describe("tracing", () => {
  test("a program prints as one line per node, constants folded and repeats shared", () => {
    expect(printProgram(gbm())).toMatchInlineSnapshot(`
      "program gbm
      params drift, vol (2)
      normals 0 at the start, 1 per step
      step tables dt, sqrtDt; row tables strike

      init:
        %0 = const 0 : uniform
        return x = %0

      step:
        %0 = state state[0] : path ; s.x
        %1 = param theta[0] : uniform ; p.drift
        %2 = table table[0] : uniform ; t.dt
        %3 = mul %1 %2 : uniform
        %4 = const 0.5 : uniform
        %5 = param theta[1] : uniform ; p.vol
        %6 = mul %5 %5 : uniform
        %7 = mul %6 %2 : uniform ; variance
        %8 = mul %4 %7 : uniform
        %9 = sub %3 %8 : uniform
        %10 = add %0 %9 : path
        %11 = table table[1] : uniform ; t.sqrtDt
        %12 = mul %5 %11 : uniform
        %13 = noise z[0] : path ; z[0]
        %14 = mul %12 %13 : path
        %15 = add %10 %14 : path
        return x = %15

      observe:
        %0 = state state[0] : path ; s.x
        %1 = exp %0 : path
        return forward = %1

      row:
        %0 = observed observed[0] : path ; o.forward
        %1 = table table[0] : uniform ; t.strike
        %2 = sub %0 %1 : path
        %3 = const 0 : uniform
        %4 = max %2 %3 : path
        return row = %4"
    `);
  });

  test("arithmetic of parameters and tables is uniform and meets the path once", () => {
    const { nodes } = gbm().step;
    const extents = nodes.filter((node) => node.op === "mul").map((node) => node.extent);
    expect(extents.filter((extent) => extent === "path")).toHaveLength(1);
  });

  test("what no output needs is not in the graph", () => {
    const program = defineProgram({
      name: "dead",
      params: { used: scalar(), unused: scalar() },
      factors: 2,
      init: () => ({ x: 0 }),
      step: ({ p, s, z }) => {
        exp(mul(p.unused, z[1]));
        return { x: add(s.x, mul(p.used, z[0])) };
      },
      observe: ({ s }) => s,
    });
    expect(program.step.nodes.map((node) => node.op)).toEqual([
      "state",
      "param",
      "noise",
      "mul",
      "add",
    ]);
  });

  test("equal expressions are one node, also with the operands of a sum exchanged", () => {
    const program = defineProgram({
      name: "shared",
      params: {},
      factors: 1,
      init: () => ({ x: 0, y: 0 }),
      step: ({ s, z }) => ({ x: add(s.x, z[0]), y: add(z[0], s.x) }),
      observe: ({ s }) => ({ x: s.x }),
    });
    expect(program.step.outputs[0]).toBe(program.step.outputs[1]);
  });

  test("known conditions and neutral constants leave no node", () => {
    const program = defineProgram({
      name: "folded",
      params: {},
      factors: 0,
      init: () => ({ x: sqrt(4) }),
      step: ({ s }) => ({ x: add(mul(1, s.x), mul(0, select(1, s.x, 3))) }),
      observe: ({ s }) => ({ x: s.x }),
    });
    expect(program.init.nodes).toMatchObject([{ op: "const", value: 2 }]);
    expect(program.step.nodes).toHaveLength(1);
  });

  test("a recurrence of fifty thousand operations does not overflow the stack", () => {
    const program = defineProgram({
      name: "deep",
      params: {},
      factors: 1,
      init: () => ({ x: 0 }),
      step: ({ s, z }) => {
        let x = s.x;
        for (let i = 0; i < 50_000; i++) x = add(mul(x, 0.5), z[0]);
        return { x };
      },
      observe: ({ s }) => ({ x: s.x }),
    });
    expect(program.step.nodes).toHaveLength(100_003);
  });

  test("a network becomes stack, dense and activation nodes over named layers", () => {
    const program = defineProgram({
      name: "net",
      params: {
        a: scalar(),
        net: mlp({ inputs: 2, hidden: [3], outputs: 1, activation: "silu" }),
      },
      factors: 0,
      init: () => ({ x: 0 }),
      step: ({ p, s }) => ({ x: p.net([s.x, p.a])[0] }),
      observe: ({ s }) => ({ x: s.x }),
    });
    expect(program.params).toEqual([
      { name: "a", offset: 0, shape: [] },
      { name: "net.w0", offset: 1, shape: [3, 2] },
      { name: "net.b0", offset: 7, shape: [3] },
      { name: "net.w1", offset: 10, shape: [1, 3] },
      { name: "net.b1", offset: 13, shape: [1] },
    ]);
    expect(program.step.nodes.map((node) => `${node.op} ${node.size}`)).toEqual([
      "state 1",
      "param 1",
      "stack 2",
      "dense 3",
      "silu 3",
      "dense 1",
      "element 1",
    ]);
  });
});

describe("refusals", () => {
  const base = {
    name: "wrong",
    params: { vol: scalar(), level: vector(3) },
    factors: 1,
    stepTables: ["dt", "interval"],
    init: () => ({ x: 0 }),
  } as const;

  test("a value of an earlier stage is refused under the user's names", () => {
    let kept: Expr | undefined;
    const trace = () =>
      defineProgram({
        ...base,
        step: ({ s, z }) => {
          kept = named("shock", mul(s.x, z[0]));
          return { x: kept };
        },
        observe: ({ s }) => ({ y: add(s.x, kept!) }),
      });
    expect(trace).toThrow(InputError);
    expect(trace).toThrow(/got s\.x of stage observe of wrong and shock of stage step of wrong/);
  });

  test("returning a value of an earlier stage unchanged is refused too", () => {
    let kept: Expr | undefined;
    const trace = () =>
      defineProgram({
        ...base,
        step: ({ s }) => {
          kept = s.x;
          return { x: s.x };
        },
        observe: () => ({ y: kept! }),
      });
    expect(trace).toThrow("observe of wrong, y: expected a value of stage observe, got s.x");
  });

  test("a misspelt name is refused when tracing, not only when compiling", () => {
    const trace = () =>
      defineProgram({
        ...base,
        // @ts-expect-error: the table is called dt
        step: ({ s, t }) => ({ x: add(s.x, t.dtt) }),
        observe: ({ s }) => ({ y: s.x }),
      });
    expect(trace).toThrow('expected one of dt, interval, got "dtt"');
  });

  test("a normal beyond the declared factors is refused", () => {
    const trace = () =>
      defineProgram({
        ...base,
        step: ({ s, z }) => ({ x: add(s.x, z[1]) }),
        observe: ({ s }) => ({ y: s.x }),
      });
    expect(trace).toThrow("Raise factors");
  });

  test("a step must return the keys of init", () => {
    const trace = () =>
      defineProgram({
        ...base,
        step: ({ s }) => ({ x: s.x, y: s.x }),
        observe: ({ s }) => ({ y: s.x }),
      });
    expect(trace).toThrow("expected the keys of init (x), got x, y");
  });

  test("a vector is refused where one number per path is needed", () => {
    const trace = () =>
      defineProgram({
        ...base,
        step: ({ s }) => ({ x: exp(stack([s.x, 1])) }),
        observe: ({ s }) => ({ y: s.x }),
      });
    expect(trace).toThrow(ShapeError);
    expect(trace).toThrow("stack(s.x, 1) with 2 rows");
  });

  test("a row outside a vector is refused", () => {
    const trace = () =>
      defineProgram({
        ...base,
        step: ({ s }) => ({ x: element(stack([s.x, 1]), 2) }),
        observe: ({ s }) => ({ y: s.x }),
      });
    expect(trace).toThrow("expected a row in 0 … 1");
  });

  test("only a step table may choose the element of a vector parameter", () => {
    const trace = () =>
      defineProgram({
        ...base,
        step: ({ p, s }) => ({ x: add(s.x, p.level.at(s.x)) }),
        observe: ({ s }) => ({ y: s.x }),
      });
    expect(trace).toThrow("p.level.at: expected a step table (t.…) in stage step, got s.x");
  });

  test("NaN is refused at the operation that receives it", () => {
    expect(() => add(Number.NaN, 1)).toThrow("add: expected a traced value or a number, got NaN");
  });
});
