/** One program per op, with the op on path values in step, observe and row, and on uniform values in step. */
import type { Expr, Num } from "../../src/ir/index.ts";
import {
  abs,
  add,
  defineProgram,
  div,
  exp,
  log,
  max,
  min,
  mul,
  neg,
  normCdf,
  reciprocal,
  round,
  scalar,
  select,
  sigmoid,
  silu,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  tanh,
} from "../../src/ir/index.ts";
import type { CorpusSource } from "./source.ts";
import { unevenGrid } from "./source.ts";

/** Every op of one argument; those that need a positive argument get e^x. */
const unaryOps: { readonly [name: string]: (x: Expr) => Expr } = {
  neg,
  exp: (x) => exp(mul(0.5, x)),
  log: (x) => log(add(0.3, square(x))),
  sqrt: (x) => sqrt(exp(x)),
  tanh,
  sigmoid,
  softplus,
  silu,
  normCdf,
  abs,
  reciprocal: (x) => reciprocal(add(1.5, square(x))),
  square,
};

const binaryOps: { readonly [name: string]: (x: Num, y: Num) => Expr } = {
  add,
  sub,
  mul,
  div: (x, y) => div(x, add(2, square(y))),
  max,
  min,
};

function opProgram(name: string, op: (x: Expr, y: Expr) => Expr): CorpusSource {
  const program = defineProgram({
    name: `op ${name}`,
    params: { a: scalar(), b: scalar() },
    factors: 1,
    initialNormals: 1,
    stepTables: ["dt", "sqrtDt"],
    rowTables: ["k"],
    init: ({ p, z }) => ({ x: mul(p.a, z[0]), y: op(p.a, p.b) }),
    step: ({ p, s, z, t }) => ({
      x: sum(mul(0.5, s.x), mul(op(s.y, s.x), t.dt), mul(mul(p.b, t.sqrtDt), z[0])),
      y: sum(mul(0.7, s.y), mul(op(p.b, t.dt), 0.2), mul(0.1, op(s.x, p.a)), mul(0.3, z[0])),
    }),
    observe: ({ p, s }) => ({ u: op(s.x, s.y), v: op(p.a, s.x) }),
    row: ({ o, t, p }) => sum(op(o.u, t.k), op(p.b, o.v), mul(o.u, o.v)),
  });
  return {
    program,
    params: { a: 0.7, b: -0.45 },
    makePlan: (paths) => ({
      steps: 3,
      stepTables: unevenGrid(3, 1.2),
      dates: [1, 3],
      rowDate: [0, 1, 1],
      rowTables: [[0.2, -0.4, 0.9]],
      paths,
    }),
  };
}

/** Uniform values where a value per path is expected: they are broadcast. */
const broadcast: CorpusSource = {
  program: defineProgram({
    name: "uniform states, observations and rows",
    params: { a: scalar(), b: scalar() },
    factors: 1,
    stepTables: ["dt"],
    rowTables: ["k"],
    init: ({ p }) => ({ x: p.a, y: 1 }),
    step: ({ p, s, z, t }) => ({ x: mul(p.b, exp(t.dt)), y: sum(s.x, s.y, mul(p.a, z[0])) }),
    observe: ({ p, s }) => ({ u: square(p.a), v: mul(s.x, s.y), w: 3 }),
    row: ({ o, t }) => sum(o.u, mul(t.k, o.v), o.w),
  }),
  params: { a: 0.6, b: 1.2 },
  makePlan: (paths) => ({
    steps: 3,
    stepTables: [[0.1, 0.3, 0.2]],
    dates: [1, 2, 3],
    rowDate: [0, 1, 1, 2],
    rowTables: [[1, -0.5, 0.3, 2]],
    paths,
  }),
};

/** Nothing observed depends on the paths, and the row is a number of the plan. */
const uniformRow: CorpusSource = {
  program: defineProgram({
    name: "a row that is uniform",
    params: { a: scalar() },
    factors: 1,
    rowTables: ["k"],
    init: () => ({ x: 0 }),
    step: ({ s, z }) => ({ x: add(s.x, z[0]) }),
    observe: ({ s }) => ({ x: s.x }),
    row: ({ p, t }) => mul(exp(p.a), t.k),
  }),
  params: { a: 0.3 },
  makePlan: (paths) => ({
    steps: 2,
    stepTables: [],
    dates: [2],
    rowDate: [0, 0],
    rowTables: [[1, 2]],
    paths,
  }),
};

/** Rounding of what no parameter moves: its derivative is 1 by convention, which no difference would see. */
const rounded: CorpusSource = {
  program: defineProgram({
    name: "rounded normals",
    params: { a: scalar() },
    factors: 1,
    stepTables: ["dt"],
    rowTables: ["k"],
    init: () => ({ x: 0 }),
    step: ({ p, s, z, t }) => ({ x: sum(s.x, mul(p.a, round(mul(3, z[0]))), round(t.dt)) }),
    observe: ({ s }) => ({ x: s.x }),
    row: ({ o, t }) => mul(t.k, o.x),
  }),
  params: { a: 0.3 },
  makePlan: (paths) => ({
    steps: 2,
    stepTables: [[1.5, 2.5]],
    dates: [2],
    rowDate: [0, 0],
    rowTables: [[1, 2]],
    paths,
  }),
};

const chosen = (x: Expr, y: Expr): Expr => select(sub(x, y), mul(x, tanh(y)), sub(y, mul(2, x)));

/** One program per elementwise op, and the broadcasts. */
export const opPrograms: readonly CorpusSource[] = [
  broadcast,
  uniformRow,
  rounded,
  ...Object.entries(unaryOps).map(([name, op]) =>
    opProgram(name, (x, y) => add(op(x), mul(0.5, op(y)))),
  ),
  ...Object.entries(binaryOps).map(([name, op]) => opProgram(name, op)),
  opProgram("select", chosen),
];
