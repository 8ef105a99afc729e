/**
 * The benchmark program: log-price and log-volatility, a network of 3-H-H-4 tanh, 100 steps, four maturities of five calls.
 */
import {
  add,
  defineProgram,
  exp,
  max,
  mlp,
  mul,
  type Plan,
  type Program,
  softplus,
  square,
  sub,
  tanh,
} from "../src/engine.ts";

export const steps = 100;
export const strikes = [0.8, 0.9, 1, 1.1, 1.2];
export const dates = [25, 50, 75, 100];

/** The program for hidden layers of `width`. */
export function gradientProgram(width: number): Program {
  return defineProgram({
    name: `benchmark, width ${width}`,
    params: { net: mlp({ inputs: 3, hidden: [width, width], outputs: 4, activation: "tanh" }) },
    factors: 2,
    stepTables: ["dt", "sqrtDt", "time"],
    rowTables: ["strike"],
    init: () => ({ x: 0, v: -1.5 }),
    step: ({ p, s, z, t }) => {
      const [a, b, c, d] = p.net([s.x, s.v, t.time]);
      const sigma = softplus(add(s.v, a));
      const noise = add(mul(tanh(b), z[0]), mul(0.7, z[1]));
      return {
        x: add(s.x, sub(mul(sigma, mul(t.sqrtDt, z[0])), mul(0.5, mul(square(sigma), t.dt)))),
        v: add(s.v, add(mul(c, t.dt), mul(d, mul(t.sqrtDt, noise)))),
      };
    },
    observe: ({ s }) => ({ forward: exp(s.x) }),
    row: ({ o, t }) => max(sub(o.forward, t.strike), 0),
  });
}

/** Its plan. */
export function gradientPlan(paths: number): Plan {
  const dt = 1 / steps;
  const column = (f: (i: number) => number) => Array.from({ length: steps }, (_, i) => f(i));
  return {
    steps,
    stepTables: [column(() => dt), column(() => Math.sqrt(dt)), column((i) => i * dt)],
    dates,
    rowDate: dates.flatMap((_, d) => strikes.map(() => d)),
    rowTables: [dates.flatMap(() => strikes)],
    paths,
  };
}
