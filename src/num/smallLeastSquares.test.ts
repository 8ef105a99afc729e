import { describe, expect, test } from "vitest";
import { type SmallProblem, smallLeastSquares } from "./smallLeastSquares.ts";

/** Moré, Garbow & Hillstrom (1981), problem 1. */
const rosenbrock: SmallProblem = {
  parameters: 2,
  residuals: 2,
  evaluate([x, y], r, j) {
    r[0] = 10 * (y - x * x);
    r[1] = 1 - x;
    j?.set([-20 * x, 10, -1, 0]);
  },
};

/** Moré, Garbow & Hillstrom (1981), problem 8 (Bard): least sum of squares 8.21487e-3. */
const bard: SmallProblem = (() => {
  const y = [
    0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39,
  ];
  return {
    parameters: 3,
    residuals: 15,
    evaluate([a, b, c], r, j) {
      y.forEach((value, i) => {
        const u = i + 1;
        const v = 15 - i;
        const w = Math.min(u, v);
        const d = v * b + w * c;
        r[i] = value - (a + u / d);
        j?.set([-1, (u * v) / (d * d), (u * w) / (d * d)], 3 * i);
      });
    },
  };
})();

describe("smallLeastSquares", () => {
  test("finds Rosenbrock's minimum from the standard start", () => {
    const fit = smallLeastSquares(rosenbrock, Float64Array.of(-1.2, 1), { iterations: 200 });
    expect(fit.cost).toBeLessThan(1e-20);
    expect(fit.converged).toBe(true);
    expect(fit.theta[0]).toBeCloseTo(1, 8);
  });

  test("reaches the published least sum of squares of Bard's problem", () => {
    const fit = smallLeastSquares(bard, Float64Array.of(1, 1, 1));
    expect(2 * fit.cost).toBeCloseTo(8.21487e-3, 7);
  });

  test("says that it did not converge when it ran out of iterations", () => {
    const fit = smallLeastSquares(rosenbrock, Float64Array.of(-1.2, 1), { iterations: 3 });
    expect(fit.converged).toBe(false);
    expect(fit.iterations).toBe(3);
  });

  test("steps back from points without a value", () => {
    const logarithm: SmallProblem = {
      parameters: 1,
      residuals: 1,
      evaluate([x], r, j) {
        r[0] = Math.log(x) + 5;
        j?.set([1 / x]);
      },
    };
    const fit = smallLeastSquares(logarithm, Float64Array.of(1));
    expect(fit.theta[0]).toBeCloseTo(Math.exp(-5), 9);
  });

  test("leaves a parameter without effect where it was", () => {
    const idle: SmallProblem = {
      parameters: 2,
      residuals: 1,
      evaluate([x], r, j) {
        r[0] = x - 3;
        j?.set([1, 0]);
      },
    };
    const fit = smallLeastSquares(idle, Float64Array.of(0, 7));
    expect(Array.from(fit.theta)).toEqual([expect.closeTo(3, 9), 7]);
  });
});
