/**
 * Known equations are found again, and better with more data: errors of drift, diffusion and correlation over the states
 * that were visited, at 500 and at 2000 steps. Errors fall as n^(−1/2): a factor 2 here.
 *
 * Drift errors are in units of the true diffusion of a step, diffusion errors in logarithms (0.05 is 5 %).
 */
import { describe, expect, test } from "vitest";
import { makeDesign } from "./design.ts";
import type { History } from "./history.ts";
import { learn } from "./learn.ts";
import { stepMoments } from "./predictive.ts";
import { hestonHistory, ouHistory, sabrHistory } from "./testHistory.ts";

interface Truth {
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  readonly rho: number;
}

type Errors = { drift: number; diffusion: number; correlation: number };

const dt = 1 / 365;
const seeds = [1, 2, 3];
const warmUp = 97;

/** Root mean squares over rows, components and seeds. */
async function errorsAt(
  rows: number,
  make: (rows: number, seed: number) => History,
  truth: (state: Float64Array) => Truth,
): Promise<Errors> {
  let [drift, diffusion, correlation, count] = [0, 0, 0, 0];
  let d = 1;
  for (const seed of seeds) {
    const history = make(rows + warmUp, seed);
    d = history.components.length;
    const design = makeDesign(history);
    const model = await learn(design, {
      members: 1,
      folds: 2,
      ridges: [1000, 100],
      iterations: 60,
      hidden: 4,
      learningCurve: false,
    });
    const found = stepMoments(model, design, 0, design.rows);
    for (let r = 0; r < design.rows; r++) {
      const { mean, sd, rho } = truth(design.states.subarray(r * d, (r + 1) * d));
      for (let j = 0; j < d; j++) {
        drift += ((found.mean[r * d + j] - mean[j]) / sd[j]) ** 2;
        diffusion += Math.log(found.sd[r * d + j] / sd[j]) ** 2;
      }
      if (d > 1) correlation += (found.correlation[r * d * d + 1] - rho) ** 2;
      count += 1;
    }
  }
  const root = (sum: number, of: number): number => Math.sqrt(sum / (count * of));
  return {
    drift: root(drift, d),
    diffusion: root(diffusion, d),
    correlation: root(correlation, 1),
  };
}

/** Errors at 2000 steps below bounds, and half of those at 500, give or take. */
async function check(
  make: (rows: number, seed: number) => History,
  truth: (state: Float64Array) => Truth,
  bounds: Errors,
): Promise<void> {
  const few = await errorsAt(500, make, truth);
  const many = await errorsAt(2000, make, truth);
  expect(many.drift).toBeLessThan(bounds.drift);
  expect(many.diffusion).toBeLessThan(bounds.diffusion);
  expect(many.correlation).toBeLessThan(bounds.correlation);
  for (const key of ["drift", "diffusion"] as const) {
    const rate = Math.log(many[key] / few[key]) / Math.log(4);
    expect(rate, `${key} ${few[key]} to ${many[key]}`).toBeLessThan(-0.25);
  }
}

describe("learn finds again", () => {
  test("an Ornstein-Uhlenbeck volatility, whose step is exact", async () => {
    const p = { kappa: 20, theta: -0.5, eta: 1.5, dt };
    const decay = Math.exp(-p.kappa * dt);
    await check(
      (rows, seed) => ouHistory(rows, seed, p),
      ([x]) => ({
        mean: [(1 - decay) * (p.theta - x)],
        sd: [p.eta * Math.sqrt((1 - decay ** 2) / (2 * p.kappa))],
        rho: 0,
      }),
      { drift: 0.12, diffusion: 0.08, correlation: 1 },
    );
  });

  test("Heston's price and volatility", async () => {
    const p = { kappa: 8, theta: 0.5, nu: 1, rho: -0.6, dt, fine: 1 };
    await check(
      (rows, seed) => hestonHistory(rows, seed, p),
      ([, y]) => {
        const v = Math.exp(2 * y);
        return {
          mean: [-0.5 * v * dt, ((0.5 * (p.kappa * (p.theta - v) - 0.5 * p.nu ** 2)) / v) * dt],
          sd: [Math.sqrt(v * dt), 0.5 * (p.nu / Math.sqrt(v)) * Math.sqrt(dt)],
          rho: p.rho,
        };
      },
      { drift: 0.1, diffusion: 0.08, correlation: 0.06 },
    );
  });

  test("a SABR-like price and volatility, though its local volatility is not in the skeleton", async () => {
    const p = { beta: 0.7, alpha0: 0.5, kappa: 4, nu: 1.2, rho: -0.4, dt };
    await check(
      (rows, seed) => sabrHistory(rows, seed, p),
      ([x, y]) => {
        const sigma = Math.exp(y + (p.beta - 1) * x);
        return {
          mean: [-0.5 * sigma ** 2 * dt, p.kappa * (Math.log(p.alpha0) - y) * dt],
          sd: [sigma * Math.sqrt(dt), p.nu * Math.sqrt(dt)],
          rho: p.rho,
        };
      },
      { drift: 0.13, diffusion: 0.14, correlation: 0.08 },
    );
  });
});
