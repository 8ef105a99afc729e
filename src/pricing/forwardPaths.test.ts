import { expect, test } from "vitest";
import { blackOtm } from "../formulas/index.ts";
import { pathsGivenVolatility } from "./forwardPaths.ts";
import { poissonQuantile } from "./poisson.ts";

/** Mean and four standard errors of it. */
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

const paths = 65536;
const law = (x: number, w: number) => ({
  logForward: new Float64Array(paths).fill(x),
  totalVariance: new Float64Array(paths).fill(w),
});

test("prices given a deterministic variance are Black's, at each date and from one to the next", () => {
  const { logPrices } = pathsGivenVolatility([0.2, 1], [law(0, 0.02), law(0, 0.09)], 3);
  const put = Float64Array.from(logPrices[1], (x) => Math.max(0, Math.exp(-0.1) - Math.exp(x)));
  const spot = estimate(put);
  expect(Math.abs(spot.mean - blackOtm(-0.1, 0.3))).toBeLessThan(spot.fourErrors);
  // from the first date on the variance is 0.07
  const forward = estimate(
    Float64Array.from(logPrices[0], (x, p) =>
      Math.max(0, Math.exp(logPrices[1][p]) - Math.exp(x + 0.05)),
    ),
  );
  expect(Math.abs(forward.mean - blackOtm(0.05, Math.sqrt(0.07)))).toBeLessThan(forward.fourErrors);
  expect(forward.fourErrors).toBeLessThan(0.004);
});

test("a variance that falls by a rounding is none, and moves nothing", () => {
  const { logPrices } = pathsGivenVolatility([1, 2], [law(0, 0.04), law(0, 0.04 - 1e-12)], 3);
  expect(Array.from(logPrices[1].subarray(0, 9))).toEqual(Array.from(logPrices[0].subarray(0, 9)));
});

test("as many laws as dates are asked for", () => {
  expect(() => pathsGivenVolatility([1, 2], [law(0, 0.04)], 1)).toThrow(
    /expected 2, at least 1, got 1/,
  );
});

test("Poisson quantiles are the smallest numbers whose distribution reaches u", () => {
  // P(N ≤ n) at mean 2: e⁻² (1, 3, 5, 19/3)
  const e = Math.exp(-2);
  const edges = [e, 3 * e, 5 * e, (19 / 3) * e];
  for (const [n, edge] of edges.entries()) {
    expect(poissonQuantile(2, edge * (1 - 1e-12))).toBe(n);
    expect(poissonQuantile(2, edge * (1 + 1e-12))).toBe(n + 1);
  }
  expect(poissonQuantile(0, 0.999)).toBe(0);
});
