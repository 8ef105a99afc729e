import { describe, expect, test } from "vitest";
import { hestonPaths } from "./paths.ts";
import { hestonExpiry } from "./price.ts";
import type { BatesParams, HestonParams } from "./params.ts";

const paths = 65536;

function estimate(values: ArrayLike<number>): { mean: number; fourErrors: number } {
  const n = values.length;
  let [sum, squares] = [0, 0];
  for (let p = 0; p < n; p++) {
    sum += values[p];
    squares += values[p] ** 2;
  }
  const mean = sum / n;
  return { mean, fourErrors: 4 * Math.sqrt((squares / n - mean * mean) / n) };
}

const equity: HestonParams = { v0: 0.04, kappa: 1.5, theta: 0.05, nu: 0.5, rho: -0.7 };
/** Andersen (2008), case II: Feller's condition broken by a factor of 20. */
const wild: HestonParams = { v0: 0.04, kappa: 0.3, theta: 0.04, nu: 0.9, rho: -0.5 };
const jumps: BatesParams = { ...equity, lambda: 2, jumpMean: -0.08, jumpStdDev: 0.1 };

describe.each([
  ["Heston", equity],
  ["Heston far beyond Feller's condition", wild],
  ["Bates", jumps],
])("paths of %s", (_, params) => {
  const years = [0.1, 0.5, 1];
  const { logPrices } = hestonPaths(params, years, { paths, seed: 5, steps: 192 });

  test("are a martingale", () => {
    for (const x of logPrices) {
      const { mean, fourErrors } = estimate(x.map(Math.exp));
      expect(Math.abs(mean - 1)).toBeLessThan(fourErrors);
    }
  });

  test("give the Fourier prices of vanillas at every date", () => {
    for (const [date, x] of logPrices.entries()) {
      const expiry = hestonExpiry(params, years[date]);
      for (const z of [-1, -0.3, 0.3, 0.8]) {
        const k = z * 0.2 * Math.sqrt(years[date]);
        const strike = Math.exp(k);
        const sign = k >= 0 ? 1 : -1;
        const { mean, fourErrors } = estimate(
          x.map((v) => Math.max(0, sign * (Math.exp(v) - strike))),
        );
        expect(Math.abs(mean - expiry.otmPrice(k))).toBeLessThan(fourErrors);
        expect(fourErrors).toBeLessThan(0.006);
      }
    }
  });
});

test("a forward start is the mean of Heston's price over the law of the variance at its start", () => {
  // 2κθ/ν² = 1, so that the variance's law is a Poisson mixture of Gammas of whole shapes 1, 2, …
  const params: HestonParams = { v0: 0.06, kappa: 2, theta: 0.09, nu: 0.6, rho: -0.6 };
  const [start, end] = [0.5, 1];
  // with the price at the start as numeraire, κ falls by ρν and κθ stays
  const kappa = params.kappa - params.rho * params.nu;
  const scale = (params.nu ** 2 * -Math.expm1(-kappa * start)) / (2 * kappa);
  const noncentrality = (params.v0 * Math.exp(-kappa * start)) / scale;
  const density = (v: number): number => {
    let weight = Math.exp(-noncentrality - v / scale) / scale;
    let sum = 0;
    for (let n = 0; n < 200; n++) {
      sum += weight;
      weight *= ((noncentrality / (n + 1)) * (v / scale)) / (n + 1);
    }
    return sum;
  };
  const step = 0.001;
  let [exact, mass] = [0, 0];
  for (let i = 0; i < 2000; i++) {
    const v = (i + 0.5) * step;
    const price = hestonExpiry({ ...params, v0: v }, end - start).otmPrice(-0.1);
    exact += density(v) * price * step;
    mass += density(v) * step;
  }
  expect(mass).toBeCloseTo(1, 4);
  const { logPrices } = hestonPaths(params, [start, end], { paths, seed: 2, steps: 192 });
  const { mean, fourErrors } = estimate(
    Float64Array.from(logPrices[0], (x, p) =>
      Math.max(0, Math.exp(x - 0.1) - Math.exp(logPrices[1][p])),
    ),
  );
  expect(Math.abs(mean - exact)).toBeLessThan(fourErrors);
  expect(fourErrors).toBeLessThan(0.0015);
});
