import { describe, expect, test } from "vitest";
import { hybridLaw } from "./hybrid.ts";
import { volterraCovariance, type VolterraLaw, volterraLaw } from "./volterra.ts";

/** ∫_0^s of the two kernels by the midpoint rule in v, s − u = s v^{1/(H+½)}: the singularity is gone. */
function covarianceByQuadrature(hurst: number, s: number, t: number): number {
  const points = 200_000;
  const power = 1 / (hurst + 0.5);
  let sum = 0;
  for (let i = 0; i < points; i++) {
    sum += power * (t - s + s * ((i + 0.5) / points) ** power) ** (hurst - 0.5);
  }
  return (2 * hurst * s ** (hurst + 0.5) * sum) / points;
}

/** Cov(Y_i, Y_j) of a law's coefficients. */
function covarianceOf(law: VolterraLaw, i: number, j: number): number {
  const dot = (a: Float64Array) => {
    let sum = 0;
    for (let m = 0; m < law.steps; m++) sum += a[i * law.steps + m] * a[j * law.steps + m];
    return sum;
  };
  return dot(law.driver) + dot(law.residual);
}

const uneven = Float64Array.from({ length: 33 }, (_, i) => (i / 32) ** 2);

describe("the law of the Volterra process", () => {
  test.each([
    [0.07, 0.3, 1],
    [0.07, 0.9, 1],
    [0.2, 0.6, 1],
    [0.45, 0.8, 1],
    [0.02, 0.5, 0.6],
  ])("has the covariance of its integral, H = %d", (hurst, s, t) => {
    const expected = covarianceByQuadrature(hurst, s, t);
    expect(volterraCovariance(hurst, s, t) / expected - 1).toBeCloseTo(0, 7);
    expect(volterraCovariance(hurst, t, s)).toBe(volterraCovariance(hurst, s, t));
  });

  test("has the variance t^{2H} where the two times meet", () => {
    for (const hurst of [0.01, 0.1, 0.3, 0.49]) {
      expect(volterraCovariance(hurst, 0.7, 0.7)).toBeCloseTo(0.7 ** (2 * hurst), 10);
    }
  });

  test.each([0.02, 0.1, 0.4])(
    "is reproduced by its coefficients on an uneven grid, H = %d",
    (hurst) => {
      const law = volterraLaw(hurst, uneven);
      for (let i = 0; i < law.steps; i++) {
        for (let j = 0; j <= i; j++) {
          const expected = volterraCovariance(hurst, uneven[j + 1], uneven[i + 1]);
          const scale = (uneven[i + 1] * uneven[j + 1]) ** hurst;
          expect(Math.abs(covarianceOf(law, i, j) - expected) / scale).toBeLessThan(2e-5);
        }
      }
    },
  );

  test("is Brownian motion itself at H = 1/2", () => {
    const law = volterraLaw(0.5, uneven);
    expect(law.residual.every((r) => Math.abs(r) < 1e-6)).toBe(true);
    for (let i = 0; i < law.steps; i++) {
      expect(law.driver[i * law.steps + i]).toBeCloseTo(Math.sqrt(uneven[i + 1] - uneven[i]), 12);
      expect(law.driver[i * law.steps]).toBeCloseTo(Math.sqrt(uneven[1]), 12);
    }
  });

  test("loses little variance in the hybrid scheme, and none of the correlation with the driver", () => {
    const exact = volterraLaw(0.07, uneven);
    const hybrid = hybridLaw(0.07, uneven);
    expect(hybrid.driver).toEqual(exact.driver);
    for (let i = 1; i < 32; i++) {
      const share = covarianceOf(hybrid, i, i) / covarianceOf(exact, i, i);
      expect(share).toBeLessThan(1);
      expect(share).toBeGreaterThan(0.97);
    }
  });

  test.each([0, -0.1, 0.6, Number.NaN])("refuses H = %d", (hurst) => {
    expect(() => volterraLaw(hurst, uneven)).toThrow(/hurst: expected a number in \(0, 1\/2\]/);
  });

  test("refuses times that do not increase from 0", () => {
    expect(() => volterraLaw(0.1, [0, 0.2, 0.2])).toThrow(/expected increasing times from 0/);
    expect(() => volterraLaw(0.1, [0.1, 0.2])).toThrow(/expected increasing times from 0/);
  });
});
