/**
 * Can a neural SDE be trained through its simulation?
 *
 * dx = −½σ² dt + σ dW with σ(t, x) = 0.2·exp(tanh(network(t, x))): a learned local volatility. The targets are
 * Black prices on a skewed smile, σ(K) = 0.2 − 0.1 ln K + 0.3 (ln K)², half a year ahead.
 *
 * Prints the root mean square price error in basis points of the forward: from 20.4 to 0.7 in ten iterations.
 */
import { defineProgram, initialiseMlp, mlp, packParams } from "../src/engine.ts";
import { exp, max, mul, sobolNoise, square, sub, sum, tanh, wasmBackend } from "../src/engine.ts";

const model = defineProgram({
  name: "neural local volatility",
  params: { net: mlp({ inputs: 2, hidden: [16, 16], outputs: 1, activation: "tanh" }) },
  factors: 1,
  stepTables: ["dt", "sqrtDt", "time"],
  rowTables: ["strike"],
  init: () => ({ x: 0 }),
  step: ({ p, s, z, t }) => {
    const sigma = mul(0.2, exp(tanh(p.net([t.time, mul(5, s.x)])[0])));
    const variance = mul(square(sigma), t.dt);
    return { x: sum(s.x, mul(-0.5, variance), mul(mul(sigma, t.sqrtDt), z[0])) };
  },
  observe: ({ s }) => ({ spot: exp(s.x) }),
  row: ({ o, t }) => max(sub(o.spot, t.strike), 0),
});

const strikes = [0.8, 0.9, 1, 1.1, 1.2];
const targets = [0.20639, 0.12058, 0.05637, 0.02052, 0.00613];
const steps = 24;
const paths = 2048;
const dt = new Float64Array(steps).fill(0.5 / steps);
const plan = {
  steps,
  stepTables: [dt, dt.map(Math.sqrt), dt.map((_, i) => (0.5 * i) / steps)],
  dates: [steps],
  rowDate: strikes.map(() => 0),
  rowTables: [strikes],
  paths,
};
const times = Float64Array.from({ length: steps + 1 }, (_, i) => (0.5 * i) / steps);
const runner = await wasmBackend.prepare(model, plan);
runner.setNoise(sobolNoise({ steps, factors: 1, initialNormals: 0, paths, seed: 1, times }));
const theta = initialiseMlp(model, "net", packParams(model, {}), 1, { lastScale: 0.1 });
for (let iteration = 0; iteration <= 10; iteration++) {
  const { mean, jacobian } = runner.jacobian(theta);
  const misses = mean.map((value, row) => targets[row] - value);
  console.log(`${iteration}: ${((1e4 * Math.hypot(...misses)) / Math.sqrt(5)).toFixed(1)}`);
  // Towards the smallest step that removes every miss to first order, row by row (Kaczmarz 1937).
  const step = theta.map(() => 0);
  for (let i = 0; i < 400; i++) {
    const row = i % strikes.length;
    const slope = jacobian.subarray(row * theta.length, (row + 1) * theta.length);
    const left = misses[row] - slope.reduce((sum, g, k) => sum + g * step[k], 0);
    const square = slope.reduce((sum, g) => sum + g * g, 0);
    for (const [k, g] of slope.entries()) step[k] += (left * g) / square;
  }
  for (const [k, change] of step.entries()) theta[k] += change;
}
runner.free();
