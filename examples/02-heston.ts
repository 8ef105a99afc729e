/**
 * How fast does a Monte Carlo price approach the model's, and what does one gradient cost?
 *
 * Heston (1993), full truncation Euler (Lord, Koekkoek & van Dijk 2010), in units of the forward:
 *   dx = −½v dt + √v dW₁,   dv = κ(θ − v) dt + ν√v (ρ dW₁ + √(1−ρ²) dW₂).
 * One reverse sweep gives the derivatives of a weighted sum of prices by all five parameters.
 *
 * Prints the call at strike 1 with its standard error for four path counts, then the gradient of that price:
 * a higher v₀ or θ raises it, a higher ν lowers it.
 */
import { defineProgram, packParams, scalar } from "../src/engine.ts";
import { sobolNoise, unpackParams, wasmBackend } from "../src/engine.ts";
import { add, exp, max, mul, sqrt, square, sub, sum } from "../src/engine.ts";

const heston = defineProgram({
  name: "Heston",
  params: { v0: scalar(), kappa: scalar(), theta: scalar(), nu: scalar(), rho: scalar() },
  factors: 2,
  stepTables: ["dt", "sqrtDt"],
  rowTables: ["strike"],
  init: ({ p }) => ({ x: 0, v: p.v0 }),
  step: ({ p, s, z, t }) => {
    const v = max(s.v, 0);
    const shock = mul(sqrt(v), t.sqrtDt);
    const w2 = add(mul(p.rho, z[0]), mul(sqrt(sub(1, square(p.rho))), z[1]));
    const pull = mul(mul(p.kappa, t.dt), sub(p.theta, v));
    return {
      x: sum(s.x, mul(mul(-0.5, v), t.dt), mul(shock, z[0])),
      v: sum(s.v, pull, mul(mul(p.nu, shock), w2)),
    };
  },
  observe: ({ s }) => ({ spot: exp(s.x) }),
  row: ({ o, t }) => max(sub(o.spot, t.strike), 0),
});

const steps = 100;
const dt = new Float64Array(steps).fill(1 / steps);
const stepTables = [dt, dt.map(Math.sqrt)];
const times = Float64Array.from({ length: steps + 1 }, (_, i) => i / steps);
const theta = packParams(heston, { v0: 0.04, kappa: 1.5, theta: 0.05, nu: 0.5, rho: -0.7 });
for (const paths of [256, 1024, 4096, 16384]) {
  const plan = { steps, stepTables, dates: [100], rowDate: [0], rowTables: [[1]], paths };
  const runner = await wasmBackend.prepare(heston, plan);
  runner.setNoise(sobolNoise({ steps, factors: 2, initialNormals: 0, paths, seed: 1, times }));
  const { mean, standardError, gradient } = runner.gradient(theta, () => Float64Array.of(1));
  console.log(`${paths} paths: ${mean[0].toFixed(5)} ± ${standardError[0].toFixed(5)}`);
  if (paths === 16384) console.log(unpackParams(heston, gradient));
  runner.free();
}
