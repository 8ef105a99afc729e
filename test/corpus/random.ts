/**
 * Random programs: graphs of smooth, bounded operations over every kind of leaf, for property tests.
 *
 * A program is drawn as a list of instructions on a growing list of values (indices wrap around), so that
 * shrinking removes instructions one by one.
 */
import fc from "fast-check";
import type { Expr } from "../../src/ir/index.ts";
import {
  add,
  defineProgram,
  div,
  exp,
  initialiseMlp,
  log,
  mlp,
  mul,
  normCdf,
  packParams,
  reciprocal,
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
  vector,
} from "../../src/ir/index.ts";
import type { CorpusEntry } from "./programs.ts";

/** Smooth operations on three values whose results stay of order one. */
const operations: readonly ((a: Expr, b: Expr, c: Expr) => Expr)[] = [
  (a, b) => mul(0.5, add(a, b)),
  (a, b) => mul(0.5, sub(a, b)),
  (a, b) => mul(tanh(a), b),
  (a, b) => div(a, add(1, square(b))),
  (a) => exp(tanh(a)),
  (a) => log(add(1, square(a))),
  (a) => sqrt(add(1, square(a))),
  (a) => reciprocal(add(1, square(a))),
  (a) => sigmoid(a),
  (a) => softplus(a),
  (a) => silu(a),
  (a) => normCdf(a),
  (a, b, c) => sum(mul(0.2, a), mul(-0.3, b), mul(0.4, c)),
];

type Instruction = readonly [operation: number, a: number, b: number, c: number];
type Network = (inputs: readonly Expr[]) => readonly Expr[];

const instruction: fc.Arbitrary<Instruction> = fc.tuple(
  fc.nat(operations.length + 1),
  fc.nat(30),
  fc.nat(30),
  fc.nat(30),
);
const instructions = fc.array(instruction, { minLength: 1, maxLength: 9 });

function grow(leaves: readonly Expr[], list: readonly Instruction[], net?: Network): Expr[] {
  const values = [...leaves];
  for (const [operation, i, j, k] of list) {
    const [a, b, c] = [i, j, k].map((index) => values[index % values.length]);
    const isChoice = operation === operations.length + 1;
    if (operation < operations.length) values.push(operations[operation](a, b, c));
    // The first leaf is uniform and away from 0: no path crosses the condition.
    else if (isChoice) values.push(select(leaves[0], b, c));
    else if (net !== undefined) values.push(...net([a, b]));
  }
  return values;
}

function last(values: readonly Expr[], back: number): Expr {
  return values[Math.max(0, values.length - 1 - back)];
}

/** Random programs with parameters, networks, tables, random starts, two dates and three rows. */
export const randomProgram: fc.Arbitrary<CorpusEntry> = fc
  .record({ init: instructions, step: instructions, observe: instructions, row: instructions })
  .map((drawn) => {
    const program = defineProgram({
      name: "random",
      params: {
        a: scalar(),
        b: scalar(),
        level: vector(2),
        net: mlp({ inputs: 2, hidden: [3], outputs: 2, activation: "tanh" }),
      },
      factors: 2,
      initialNormals: 1,
      stepTables: ["dt", "which"],
      rowTables: ["k"],
      init: ({ p, z }) => {
        const values = grow([p.a, p.b, z[0]], drawn.init, p.net);
        return { x: last(values, 0), y: last(values, 1) };
      },
      step: ({ p, s, z, t }) => {
        const leaves = [p.a, s.x, s.y, z[0], z[1], t.dt, p.level.at(t.which)];
        const values = grow(leaves, drawn.step, p.net);
        return { x: last(values, 0), y: add(mul(0.5, s.y), mul(0.5, last(values, 1))) };
      },
      observe: ({ p, s }) => {
        const values = grow([p.b, s.x, s.y], drawn.observe, p.net);
        return { u: last(values, 0), v: last(values, 1) };
      },
      row: ({ p, o, t }) => last(grow([p.a, o.u, o.v, t.k], drawn.row), 0),
    });
    const theta = packParams(program, { a: 0.8, b: -0.6, level: [0.3, 1.1] });
    initialiseMlp(program, "net", theta, 5);
    return {
      program,
      theta,
      makePlan: (paths: number) => ({
        steps: 3,
        stepTables: [
          [0.1, 0.2, 0.3],
          [0, 1, 0],
        ],
        dates: [2, 3],
        rowDate: [0, 1, 1],
        rowTables: [[0.5, -0.4, 1.2]],
        paths,
      }),
    };
  });
