/** Classical processes: geometric Brownian motion, Heston, Ornstein-Uhlenbeck with a random start, conditional Black. */
import {
  add,
  defineProgram,
  div,
  exp,
  log,
  max,
  mul,
  named,
  neg,
  normCdf,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  vector,
} from "../../src/ir/index.ts";
import type { CorpusSource } from "./source.ts";
import { unevenGrid } from "./source.ts";

const gbm = defineProgram({
  name: "geometric Brownian motion",
  params: { rate: scalar(), vol: scalar() },
  factors: 1,
  stepTables: ["dt", "sqrtDt"],
  rowTables: ["strike"],
  init: () => ({ x: 0 }),
  step: ({ p, s, z, t }) => ({
    x: sum(s.x, mul(sub(p.rate, mul(0.5, square(p.vol))), t.dt), mul(mul(p.vol, t.sqrtDt), z[0])),
  }),
  observe: ({ s }) => ({ spot: exp(s.x) }),
  row: ({ o, t }) => max(sub(o.spot, t.strike), 0),
});

const heston = defineProgram({
  name: "Heston, full truncation",
  params: { v0: scalar(), kappa: scalar(), theta: scalar(), nu: scalar(), rho: scalar() },
  factors: 2,
  stepTables: ["dt", "sqrtDt"],
  rowTables: ["strike"],
  init: ({ p }) => ({ x: 0, v: p.v0 }),
  step: ({ p, s, z, t }) => {
    const variance = named("variance", max(s.v, 0));
    const shock = mul(sqrt(variance), t.sqrtDt);
    const rhoBar = sqrt(sub(1, square(p.rho)));
    return {
      x: sum(s.x, mul(mul(-0.5, variance), t.dt), mul(shock, z[0])),
      v: sum(
        s.v,
        mul(mul(p.kappa, t.dt), sub(p.theta, variance)),
        mul(mul(p.nu, shock), add(mul(p.rho, z[0]), mul(rhoBar, z[1]))),
      ),
    };
  },
  observe: ({ s }) => ({ spot: exp(s.x), variance: s.v }),
  row: ({ o, t }) => add(max(sub(o.spot, t.strike), 0), mul(0.1, square(o.variance))),
});

const ornsteinUhlenbeck = defineProgram({
  name: "Ornstein-Uhlenbeck from its stationary law, levels by interval",
  params: { speed: scalar(), size: scalar(), level: vector(3) },
  factors: 1,
  initialNormals: 2,
  stepTables: ["dt", "sqrtDt", "interval"],
  rowTables: ["weight", "shift"],
  init: ({ p, z }) => ({
    y: mul(div(p.size, sqrt(mul(2, p.speed))), z[0]),
    area: mul(0.1, z[1]),
  }),
  step: ({ p, s, z, t }) => ({
    y: sum(
      s.y,
      mul(mul(p.speed, t.dt), sub(p.level.at(t.interval), s.y)),
      mul(mul(p.size, t.sqrtDt), z[0]),
    ),
    area: add(s.area, mul(s.y, t.dt)),
  }),
  observe: ({ p, s }) => ({ y: s.y, energy: mul(p.level.element(1), square(s.area)) }),
  row: ({ p, o, t }) =>
    sum(mul(t.weight, square(o.y)), mul(p.speed, o.energy), exp(sub(o.y, t.shift))),
});

/** Lognormal volatility; the price given its path is Black on an effective forward and variance. */
const conditionalBlack = defineProgram({
  name: "conditional lognormal price",
  params: { volatility: scalar(), speed: scalar(), nu: scalar(), rho: scalar() },
  factors: 1,
  stepTables: ["dt", "sqrtDt"],
  rowTables: ["strike"],
  init: () => ({ y: 0, x: 0, w: 0 }),
  step: ({ p, s, z, t }) => {
    const sigma = named("sigma", mul(p.volatility, exp(s.y)));
    const variance = mul(square(sigma), t.dt);
    const seen = mul(variance, square(p.rho));
    return {
      y: sum(s.y, neg(mul(mul(p.speed, t.dt), s.y)), mul(mul(p.nu, t.sqrtDt), z[0])),
      x: sum(s.x, mul(mul(mul(p.rho, sigma), t.sqrtDt), z[0]), mul(-0.5, seen)),
      w: add(s.w, sub(variance, seen)),
    };
  },
  observe: ({ s }) => ({ x: s.x, w: s.w }),
  row: ({ o, t }) => {
    const deviation = sqrt(o.w);
    const d1 = add(div(sub(o.x, log(t.strike)), deviation), mul(0.5, deviation));
    return sub(mul(exp(o.x), normCdf(d1)), mul(t.strike, normCdf(sub(d1, deviation))));
  },
});

/** The classical processes of the corpus. */
export const processPrograms: readonly CorpusSource[] = [
  {
    program: gbm,
    params: { rate: 0.03, vol: 0.25 },
    makePlan: (paths) => ({
      steps: 5,
      stepTables: unevenGrid(5, 0.5),
      dates: [2, 5],
      rowDate: [0, 0, 1, 1, 1],
      rowTables: [[0.97, 1.03, 0.9, 1.01, 1.12]],
      paths,
    }),
  },
  {
    program: heston,
    params: { v0: 0.04, kappa: 1.5, theta: 0.05, nu: 0.9, rho: -0.7 },
    makePlan: (paths) => ({
      steps: 12,
      stepTables: unevenGrid(12, 1),
      dates: [4, 7, 12],
      rowDate: [0, 1, 1, 2, 2],
      rowTables: [[1.01, 0.95, 1.04, 0.85, 1.1]],
      paths,
    }),
  },
  {
    program: ornsteinUhlenbeck,
    params: { speed: 2.5, size: 0.8, level: [-0.2, 0.3, 0.5] },
    makePlan: (paths) => ({
      steps: 6,
      stepTables: [...unevenGrid(6, 1.5), [0, 0, 2, 1, 1, 2]],
      dates: [1, 4, 6],
      rowDate: [0, 1, 2, 2],
      rowTables: [
        [1, 0.5, -1, 2],
        [0.2, 0.1, 0, -0.3],
      ],
      paths,
    }),
  },
  {
    program: conditionalBlack,
    params: { volatility: 0.3, speed: 1.2, nu: 0.7, rho: -0.6 },
    makePlan: (paths) => ({
      steps: 8,
      stepTables: unevenGrid(8, 0.75),
      dates: [3, 8],
      rowDate: [0, 0, 1, 1],
      rowTables: [[0.95, 1.05, 0.8, 1.2]],
      paths,
    }),
  },
];
