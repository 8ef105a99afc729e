import { describe, expect, test } from "vitest";
import { referenceBackend } from "../../backend/reference/index.ts";
import { wasmBackend } from "../../backend/wasm/index.ts";
import { quadraticGrid } from "../../sde/index.ts";
import { driverNormals, intervalSlopes, intervalSums } from "./drivers.ts";
import {
  roughBergomiNoise,
  roughBergomiPlan,
  roughBergomiProgram,
  roughBergomiTheta,
} from "./program.ts";
import { quotePrices } from "./quotePrices.ts";
import { volterraLaw, volterraPaths } from "./volterra.ts";

const hurst = 0.1;
const point = { eta: 1.7, rho: -0.7, xi: [0.05, 0.08] };
const years = [0.1, 0.5];
const ks = [-0.2, -0.05, 0, 0.1];
const grid = quadraticGrid(years, { steps: 24, minPerInterval: 8 });
const rows = {
  dateOf: [0, 0, 0, 0, 1, 1, 1, 1],
  logMoneyness: [...ks, ...ks],
  sign: [...ks, ...ks].map((k) => (k > 0 ? 1 : -1)),
};
const paths = 1024;
const noise = () => roughBergomiNoise({ hurst, times: grid.times, paths, seed: 5 });

async function runnerOn(backend: typeof referenceBackend, spot = false, count = paths) {
  const program = roughBergomiProgram({ intervals: 2, spot });
  const plan = roughBergomiPlan(grid, hurst, rows, count);
  return { program, runner: await backend.prepare(program, plan) };
}

/** The same prices without the engine: sums over the paths, not divided by the sample's forward. */
function directPrices() {
  const normals = driverNormals(grid.times, paths / 2, 5);
  const volterra = volterraPaths(volterraLaw(hurst, grid.times), normals);
  const driver = { hurst, times: grid.times, normals, volterra };
  const sums = intervalSums(driver, point.eta, grid.dates);
  const slopes = intervalSlopes(driver, point.eta, grid.dates, new Float64Array(volterra.length));
  const logMoneyness = years.map(() => Float64Array.from(ks));
  return quotePrices({ sums, slopes }, point.rho, point.xi, { logMoneyness });
}

describe("rough Bergomi as a program", () => {
  test("prices as the paths themselves do, up to their Monte Carlo forward", async () => {
    const { program, runner } = await runnerOn(referenceBackend);
    runner.setNoise(noise());
    const { mean } = runner.means(roughBergomiTheta(program, point));
    const direct = directPrices().price;
    mean.forEach((price, i) => expect(Math.abs(price - direct[i])).toBeLessThan(2e-3));
    runner.free();
  });

  test("has the derivatives by η, ρ and ξ that differences of its prices have", async () => {
    const { program, runner } = await runnerOn(referenceBackend);
    runner.setNoise(noise());
    const theta = roughBergomiTheta(program, point);
    const { jacobian } = runner.jacobian(theta);
    theta.forEach((value, q) => {
      const at = (shift: number) => {
        const moved = theta.slice();
        moved[q] = value + shift;
        return runner.means(moved).mean;
      };
      const [up, down] = [at(1e-5), at(-1e-5)];
      up.forEach((price, i) => {
        const difference = (price - down[i]) / 2e-5;
        expect(Math.abs(jacobian[i * theta.length + q] - difference)).toBeLessThan(1e-6);
      });
    });
    runner.free();
  });

  test("gives the same in single precision on WebAssembly", async () => {
    const reference = await runnerOn(referenceBackend);
    const wasm = await runnerOn(wasmBackend);
    const theta = roughBergomiTheta(reference.program, point);
    const shared = noise();
    reference.runner.setNoise(shared);
    wasm.runner.setNoise(shared);
    const [slow, fast] = [reference, wasm].map(({ runner }) => runner.means(theta).mean);
    slow.forEach((price, i) => expect(Math.abs(fast[i] - price)).toBeLessThan(2e-6));
    reference.runner.free();
    wasm.runner.free();
  });

  test("prices alike along the spot's own paths, within four standard errors", async () => {
    const count = 16384;
    const conditional = await runnerOn(wasmBackend, false, count);
    const spot = await runnerOn(wasmBackend, true, count);
    const theta = roughBergomiTheta(spot.program, point);
    const common = { hurst, times: grid.times, paths: count, seed: 8 };
    roughBergomiNoise({ ...common, into: conditional.runner.noise() });
    roughBergomiNoise({ ...common, spot: true, into: spot.runner.noise() });
    const smooth = conditional.runner.means(theta);
    const rough = spot.runner.means(theta);
    rough.mean.forEach((price, i) => {
      const error = Math.hypot(rough.standardError[i], smooth.standardError[i]);
      expect(Math.abs(price - smooth.mean[i])).toBeLessThan(4 * error);
    });
    conditional.runner.free();
    spot.runner.free();
  });

  test("refuses an odd number of paths, arrays of another plan and no intervals", () => {
    expect(() => roughBergomiNoise({ hurst, times: grid.times, paths: 3, seed: 1 })).toThrow(
      /even/,
    );
    const into = { increments: new Float32Array(7), initial: new Float32Array(0) };
    expect(() => roughBergomiNoise({ hurst, times: grid.times, paths: 2, seed: 1, into })).toThrow(
      /Take them from the runner/,
    );
    expect(() => roughBergomiProgram({ intervals: 0 })).toThrow(/positive integer/);
  });
});
