/**
 * Simulation against what is known: analytic Heston prices, and the martingale property of log-Euler at every step
 * for networks with random weights. Tolerances are four standard errors, which must themselves be small.
 */
import { describe, expect, test } from "vitest";
import {
  add,
  defineProgram,
  exp,
  initialiseMlp,
  max,
  mlp,
  mul,
  packParams,
  pseudoRandomNoise,
  scalar,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
  wasmBackend,
} from "../src/engine.ts";
import { initialTheta, neuralSdePlan, neuralSdeProgram } from "../src/models/index.ts";

const steps = 200;
const dt = 1 / steps;
const everyStep = (value: number) => Array.from({ length: steps }, () => value);

describe("Heston by full-truncation log-Euler", () => {
  const heston = defineProgram({
    name: "heston",
    params: { v0: scalar(), kappa: scalar(), theta: scalar(), nu: scalar(), rho: scalar() },
    factors: 2,
    stepTables: ["dt", "sqrtDt"],
    rowTables: ["strike"],
    init: ({ p }) => ({ x: 0, v: p.v0 }),
    step: ({ p, s, z, t }) => {
      const variance = max(s.v, 0);
      const vol = mul(sqrt(variance), t.sqrtDt);
      const other = mul(sqrt(sub(1, square(p.rho))), z[1]);
      return {
        x: add(s.x, sub(mul(vol, add(mul(p.rho, z[0]), other)), mul(0.5, mul(variance, t.dt)))),
        v: add(
          add(s.v, mul(mul(p.kappa, sub(p.theta, variance)), t.dt)),
          mul(mul(p.nu, vol), z[0]),
        ),
      };
    },
    observe: ({ s }) => ({ forward: exp(s.x) }),
    row: ({ o, t }) => max(sub(o.forward, t.strike), 0),
  });

  test("prices five strikes within four standard errors of the analytic ones", async () => {
    // kappa 1.5, theta 0.04, nu 0.5, v0 0.04, rho -0.7, r = 0, T = 1: prices from the characteristic function
    const strikes = [0.8, 0.9, 1, 1.1, 1.2];
    const analytic = [0.218573, 0.137132, 0.070243, 0.026047, 0.006914];
    const paths = 65536;
    const plan = {
      steps,
      stepTables: [everyStep(dt), everyStep(Math.sqrt(dt))],
      dates: [steps],
      rowDate: strikes.map(() => 0),
      rowTables: [strikes],
      paths,
    };
    const runner = await wasmBackend.prepare(heston, plan, { threads: 2 });
    runner.setNoise(pseudoRandomNoise({ steps, factors: 2, initialNormals: 0, paths, seed: 11 }));
    const theta = packParams(heston, { v0: 0.04, kappa: 1.5, theta: 0.04, nu: 0.5, rho: -0.7 });
    const { mean, standardError } = runner.means(theta);
    runner.free();
    analytic.forEach((price, i) => {
      expect(Math.abs(mean[i] - price), `strike ${strikes[i]}`).toBeLessThan(4 * standardError[i]);
      expect(standardError[i]).toBeLessThan(7e-4);
    });
  });
});

describe("the martingale property", () => {
  const network = defineProgram({
    name: "random network",
    params: { net: mlp({ inputs: 3, hidden: [16, 16], outputs: 4, activation: "tanh" }) },
    factors: 2,
    stepTables: ["dt", "sqrtDt", "time"],
    init: () => ({ x: 0, v: -1.5 }),
    step: ({ p, s, z, t }) => {
      const [level, drift, size, tilt] = p.net([s.x, s.v, t.time]);
      const sigma = softplus(add(s.v, level));
      const shock = add(mul(tanh(tilt), z[0]), mul(0.7, z[1]));
      return {
        x: add(s.x, sub(mul(sigma, mul(t.sqrtDt, z[0])), mul(0.5, mul(square(sigma), t.dt)))),
        v: add(s.v, add(mul(drift, t.dt), mul(size, mul(t.sqrtDt, shock)))),
      };
    },
    observe: ({ s }) => ({ forward: exp(s.x) }),
    row: ({ o }) => o.forward,
  });

  test.each([1, 2, 3])("E[S] = F at every step, whatever the weights (seed %i)", async (seed) => {
    const paths = 16384;
    const dates = Array.from({ length: steps }, (_, i) => i + 1);
    const plan = {
      steps,
      stepTables: [everyStep(dt), everyStep(Math.sqrt(dt)), dates.map((i) => (i - 1) * dt)],
      dates,
      rowDate: dates.map((_, d) => d),
      rowTables: [],
      paths,
    };
    const runner = await wasmBackend.prepare(network, plan, { threads: 2 });
    runner.setNoise(pseudoRandomNoise({ steps, factors: 2, initialNormals: 0, paths, seed }));
    const theta = initialiseMlp(network, "net", new Float64Array(network.paramCount), seed);
    const { mean, standardError } = runner.means(theta);
    runner.free();
    mean.forEach((forward, i) => {
      expect(Math.abs(forward - 1), `step ${i + 1}`).toBeLessThan(4 * standardError[i]);
      expect(standardError[i]).toBeLessThan(0.01);
    });
  });

  test("holds for the neural SDE's effective forward at every expiry, whatever the weights", async () => {
    const config = {
      yearsToExpiry: [0.02, 0.1, 0.5, 1],
      forwardVol: [0.6, 0.55, 0.5, 0.5],
      gridSteps: 64,
      minStepsPerInterval: 4,
      hidden: [16, 16],
      maxJumps: 0,
      jumpDecayYears: 0.1,
    };
    const program = neuralSdeProgram(config);
    const rows = {
      expiryOf: [0, 1, 2, 3],
      logMoneyness: [-3, -4, -6, -7],
      sign: [1, 1, 1, 1],
      delta: [0, 0, 0, 0],
    };
    const paths = 16384;
    const plan = neuralSdePlan(config, rows, paths);
    const theta = initialTheta(config, program, 3, 0.5);
    initialiseMlp(program, "net", theta, 5);
    const runner = await wasmBackend.prepare(program, plan, { threads: 2 });
    runner.setNoise(
      pseudoRandomNoise({ steps: plan.steps, factors: 2, initialNormals: 2, paths, seed: 9 }),
    );
    // calls struck so low that they are forwards: price = E[e^x] − K
    const { mean, standardError } = runner.means(theta);
    runner.free();
    mean.forEach((price, i) => {
      const forward = price + Math.exp(rows.logMoneyness[i]);
      expect(Math.abs(forward - 1), `expiry ${i}`).toBeLessThan(4 * standardError[i]);
      expect(standardError[i]).toBeLessThan(0.01);
    });
  });
});
