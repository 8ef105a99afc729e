/** Neural programs: a neural SDE for each activation, odd widths, no hidden layer, uniform inputs. */
import type { Activation, Program } from "../../src/ir/index.ts";
import {
  add,
  defineProgram,
  exp,
  initialiseMlp,
  max,
  mlp,
  mul,
  packParams,
  scalar,
  square,
  sub,
  sum,
  tanh,
  unpackParams,
} from "../../src/ir/index.ts";
import type { CorpusSource } from "./source.ts";
import { unevenGrid } from "./source.ts";

function neuralSde(activation: Activation, hidden: readonly number[]): Program {
  return defineProgram({
    name: `neural SDE, ${activation}, ${hidden.join("-") || "linear"}`,
    params: {
      vol: scalar(),
      net: mlp({ inputs: 3, hidden, outputs: 3, activation }),
      rho: scalar(),
    },
    factors: 2,
    stepTables: ["dt", "sqrtDt", "time"],
    rowTables: ["strike"],
    init: () => ({ x: 0, y: 0.1 }),
    step: ({ p, s, z, t }) => {
      const [drift, level, size] = p.net([t.time, s.x, s.y]);
      const sigma = mul(p.vol, exp(tanh(add(s.y, level))));
      return {
        x: sum(s.x, mul(mul(-0.5, square(sigma)), t.dt), mul(mul(sigma, t.sqrtDt), z[0])),
        y: sum(
          s.y,
          mul(sub(drift, s.y), t.dt),
          mul(mul(exp(mul(0.3, size)), t.sqrtDt), add(mul(p.rho, z[0]), mul(0.6, z[1]))),
        ),
      };
    },
    observe: ({ s }) => ({ spot: exp(s.x), y: s.y }),
    row: ({ o, t }) => add(max(sub(o.spot, t.strike), 0), mul(0.01, square(o.y))),
  });
}

/** Two networks one after the other, one of them fed with parameters and tables only, one in init. */
const twoNetworks = defineProgram({
  name: "two networks",
  params: {
    a: scalar(),
    clock: mlp({ inputs: 2, hidden: [5], outputs: 2, activation: "softplus" }),
    start: mlp({ inputs: 1, hidden: [4], outputs: 1, activation: "tanh" }),
    net: mlp({ inputs: 4, hidden: [7, 6], outputs: 1, activation: "silu" }),
  },
  factors: 1,
  initialNormals: 1,
  stepTables: ["dt", "sqrtDt"],
  init: ({ p, z }) => ({ x: p.start([z[0]])[0] }),
  step: ({ p, s, z, t }) => {
    const [slope, size] = p.clock([p.a, t.dt]);
    const drift = p.net([s.x, slope, 0.5, z[0]])[0];
    return { x: sum(s.x, mul(drift, t.dt), mul(mul(exp(mul(0.2, size)), t.sqrtDt), z[0])) };
  },
  observe: ({ p, s }) => ({ x: s.x, seen: p.start([s.x])[0] }),
  row: ({ p, o }) => add(square(o.x), mul(p.a, o.seen)),
});

/** The row itself is a network. Backends may refuse its Jacobian (UnsupportedError), not its gradient. */
const networkRow = defineProgram({
  name: "a network in the row",
  params: { vol: scalar(), net: mlp({ inputs: 2, hidden: [4], outputs: 1, activation: "tanh" }) },
  factors: 1,
  stepTables: ["dt", "sqrtDt"],
  rowTables: ["strike"],
  init: () => ({ x: 0 }),
  step: ({ p, s, z, t }) => ({ x: add(s.x, mul(mul(p.vol, t.sqrtDt), z[0])) }),
  observe: ({ s }) => ({ x: s.x }),
  row: ({ p, o, t }) => p.net([o.x, t.strike])[0],
});

function initialised(program: Program, scalars: { readonly [name: string]: number }) {
  const theta = packParams(program, scalars);
  const networks = program.params.filter(({ name }) => name.endsWith(".w0"));
  for (const [i, { name }] of networks.entries())
    initialiseMlp(program, name.slice(0, -".w0".length), theta, 11 + i);
  for (const { name, offset, shape } of program.params)
    if (/\.b\d+$/.test(name))
      for (let i = 0; i < shape[0]; i++) theta[offset + i] = 0.1 * Math.sin(offset + i + 1);
  return unpackParams(program, theta);
}

function neuralEntry(activation: Activation, hidden: readonly number[]): CorpusSource {
  const program = neuralSde(activation, hidden);
  const [dt, sqrtDt] = unevenGrid(6, 0.8);
  return {
    program,
    params: initialised(program, { vol: 0.3, rho: -0.5 }),
    makePlan: (paths) => ({
      steps: 6,
      stepTables: [dt, sqrtDt, dt.map((_, i) => i / 6)],
      dates: [3, 6],
      rowDate: [0, 1, 1],
      rowTables: [[1.02, 0.93, 1.07]],
      paths,
    }),
  };
}

/**
 * A hedge in a given market: the spot depends on no parameter, gains do from the second step on and their square one
 * step later, and one observed value never does.
 */
const givenMarket = defineProgram({
  name: "a hedge in a given market",
  params: { net: mlp({ inputs: 3, hidden: [5], outputs: 1, activation: "tanh" }), cost: scalar() },
  factors: 1,
  stepTables: ["dt", "sqrtDt"],
  rowTables: ["strike"],
  init: () => ({ x: 0, position: 0, gains: 0, late: 0 }),
  step: ({ p, s, z, t }) => {
    const next = add(sub(s.x, mul(0.02, t.dt)), mul(mul(0.2, t.sqrtDt), z[0]));
    const [position] = p.net([s.x, s.position, t.dt]);
    const trade = square(sub(position, s.position));
    return {
      x: next,
      position,
      gains: sum(
        s.gains,
        mul(s.position, sub(exp(next), exp(s.x))),
        mul(-0.01, mul(p.cost, trade)),
      ),
      late: add(mul(0.5, s.late), square(s.gains)),
    };
  },
  observe: ({ s }) => ({ spot: exp(s.x), gains: s.gains, late: s.late }),
  row: ({ o, t }) => sum(max(sub(o.spot, t.strike), 0), mul(-1, o.gains), mul(2, o.late)),
});

/** The neural programs of the corpus. */
export const networkPrograms: readonly CorpusSource[] = [
  neuralEntry("tanh", [8, 8]),
  neuralEntry("silu", [5]),
  neuralEntry("softplus", [7, 3]),
  neuralEntry("sigmoid", [16]),
  neuralEntry("tanh", []),
  {
    program: twoNetworks,
    params: initialised(twoNetworks, { a: 0.4 }),
    makePlan: (paths) => ({
      steps: 4,
      stepTables: unevenGrid(4, 1),
      dates: [4],
      rowDate: [0],
      rowTables: [],
      paths,
    }),
  },
  {
    program: givenMarket,
    params: initialised(givenMarket, { cost: 0.6 }),
    makePlan: (paths) => ({
      steps: 4,
      stepTables: unevenGrid(4, 1),
      dates: [2, 4],
      rowDate: [0, 1, 1],
      rowTables: [[1.01, 0.93, 1.07]],
      paths,
    }),
  },
  {
    program: networkRow,
    params: initialised(networkRow, { vol: 0.3 }),
    makePlan: (paths) => ({
      steps: 2,
      stepTables: unevenGrid(2, 1),
      dates: [1, 2],
      rowDate: [0, 1, 1],
      rowTables: [[0.2, -0.1, 0.4]],
      paths,
    }),
  },
];
