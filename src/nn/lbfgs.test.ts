import { describe, expect, it } from "vitest";
import { gramOfRows, matrixTimes, solvePositiveDefinite } from "../num/linearAlgebra.ts";
import { philoxNormals } from "../random/normals.ts";
import { lbfgs } from "./lbfgs.ts";
import type { Evaluation } from "./objective.ts";
import { strongWolfe } from "./strongWolfe.ts";

/** Extended Rosenbrock function (Moré, Garbow and Hillstrom (1981), no. 21): minimum 0 at ones. */
function rosenbrock(x: Float64Array): Evaluation {
  const gradient = new Float64Array(x.length);
  let value = 0;
  for (let k = 0; k < x.length; k += 2) {
    const a = x[k + 1] - x[k] ** 2;
    const b = 1 - x[k];
    value += 100 * a * a + b * b;
    gradient[k] = -400 * a * x[k] - 2 * b;
    gradient[k + 1] = 200 * a;
  }
  return { value, gradient };
}

describe("lbfgs", () => {
  it.each([2, 100])("finds the minimum of Rosenbrock's function in %i variables", async (n) => {
    const theta0 = Float64Array.from({ length: n }, (_, k) => (k % 2 === 0 ? -1.2 : 1));
    const result = await lbfgs({ objective: rosenbrock, theta0 });
    expect(result.status).toBe("converged");
    expect(result.theta.every((x) => Math.abs(x - 1) < 1e-8)).toBe(true);
    expect(result.evaluations).toBeLessThan(100);
  });

  it("solves a quadratic to the answer of Cholesky", async () => {
    const n = 20;
    const a = gramOfRows(philoxNormals(1, 0, n * 30), n, 30);
    const b = philoxNormals(2, 0, n);
    const answer = solvePositiveDefinite(a, n, b) as Float64Array;
    const result = await lbfgs({
      theta0: new Float64Array(n),
      objective: (x) => {
        const ax = matrixTimes(a, x, n, n);
        return {
          value: x.reduce((sum, value, k) => sum + value * (0.5 * ax[k] - b[k]), 0),
          gradient: ax.map((value, k) => value - b[k]),
        };
      },
    });
    expect(result.status).toBe("converged");
    result.theta.forEach((x, k) => expect(Math.abs(x - answer[k])).toBeLessThan(1e-7));
  });

  it("lowers the value in every iteration, and stops at its limit or when aborted", async () => {
    const theta0 = Float64Array.of(-1.2, 1);
    const limited = await lbfgs({ objective: rosenbrock, theta0, iterations: 7 });
    expect(limited.status).toBe("iterationLimit");
    expect(limited.history).toHaveLength(7);
    const values = [24.2, ...limited.history.map((record) => record.value)];
    values.slice(1).forEach((value, i) => expect(value).toBeLessThan(values[i]));
    const abort = new AbortController();
    const aborted = await lbfgs({
      objective: rosenbrock,
      theta0,
      signal: abort.signal,
      onIteration: ({ iteration }) => {
        if (iteration === 7) abort.abort();
      },
    });
    expect(aborted.status).toBe("aborted");
    expect(aborted.theta).toEqual(limited.theta);
  });

  it("keeps away from points where the objective is not finite", async () => {
    // x - ln x, minimum at 1; the first step from 0.05 is to 1.05, from 30 below zero in the end.
    for (const start of [0.05, 1e-4, 30]) {
      const result = await lbfgs({
        theta0: Float64Array.of(start),
        objective: ([x]) => ({ value: x - Math.log(x), gradient: Float64Array.of(1 - 1 / x) }),
      });
      expect(result.theta[0]).toBeCloseTo(1, 7);
    }
  });

  it("stalls with a status when the gradient has the wrong sign", async () => {
    const result = await lbfgs({
      theta0: Float64Array.of(2),
      objective: ([x]) => ({ value: x * x, gradient: Float64Array.of(-2 * x) }),
    });
    expect(result.status).toBe("stalled");
    expect(result.theta[0]).toBe(2);
  });

  it("refuses bad options and starts", async () => {
    const theta0 = Float64Array.of(-1.2, 1);
    const run = (extra: object) => lbfgs({ objective: rosenbrock, theta0, ...extra });
    await expect(run({ memory: 0 })).rejects.toThrow(/memory: expected/);
    await expect(run({ iterations: 1.5 })).rejects.toThrow(/iterations: expected/);
    await expect(run({ theta0: Float64Array.of(Number.NaN, 0) })).rejects.toThrow(/finite value/);
  });
});

describe("strongWolfe", () => {
  // J. J. Moré and D. J. Thuente, ACM TOMS 20 (1994), eq. (5.1): minimum at √2 for β = 2.
  const phi = (step: number) => ({
    step,
    value: -step / (step * step + 2),
    slope: (step * step - 2) / (step * step + 2) ** 2,
  });

  it.each([1e-3, 0.1, 1, 10, 1e3])("meets both conditions from the first step %d", (first) => {
    const found = strongWolfe(phi, phi(0), first);
    if (found === undefined) throw new Error("no step");
    expect(found.value).toBeLessThanOrEqual(1e-4 * found.step * phi(0).slope);
    expect(Math.abs(found.slope)).toBeLessThanOrEqual(0.9 * Math.abs(phi(0).slope));
  });

  it("finds nothing uphill", () => {
    const up = (step: number) => ({ step, value: step, slope: -1 });
    expect(strongWolfe(up, up(0), 1)).toBeUndefined();
  });
});
