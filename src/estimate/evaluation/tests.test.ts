import { describe, expect, it } from "vitest";
import { philoxNormals, philoxUniforms } from "../../random/normals.ts";
import {
  berkowitz,
  chiSquareTail,
  christoffersenIndependence,
  dieboldMariano,
  kolmogorovSmirnov,
  kupiec,
} from "./tests.ts";

describe("chiSquareTail", () => {
  it("has the printed 5 % points of tables", () => {
    // Abramowitz & Stegun, Table 26.8
    expect(chiSquareTail(3.84146, 1)).toBeCloseTo(0.05, 6);
    expect(chiSquareTail(5.99146, 2)).toBeCloseTo(0.05, 6);
    expect(chiSquareTail(7.81473, 3)).toBeCloseTo(0.05, 6);
  });
});

describe("kupiec", () => {
  it("has the non-rejection regions of Kupiec's table at 95 %", () => {
    // Kupiec (1995) as in P. Jorion, Value at Risk, 3rd ed. (2007), table 6-2: first and last count not rejected
    const table = [
      [510, 0.01, 2, 10],
      [1000, 0.01, 5, 16],
      [255, 0.05, 7, 20],
      [510, 0.05, 17, 35],
      [1000, 0.05, 38, 64],
    ] as const;
    for (const [days, p, first, last] of table) {
      const rejected = (count: number) =>
        kupiec(
          Array.from({ length: days }, (_, i) => i < count),
          p,
        ).pValue < 0.05;
      expect([first - 1, first, last, last + 1].map(rejected)).toEqual([true, false, false, true]);
    }
  });
});

describe("tests under their hypothesis", () => {
  it("reject one time in twenty at 5 %", () => {
    const runs = 400;
    const counts = { ks: 0, berkowitz: 0, dm: 0 };
    for (let run = 0; run < runs; run++) {
      const pit = philoxUniforms(5, run, 400);
      if (kolmogorovSmirnov(pit).pValue < 0.05) counts.ks += 1;
      if (berkowitz(pit).pValue < 0.05) counts.berkowitz += 1;
      const a = philoxNormals(6, run, 400);
      const b = philoxNormals(7, run, 400);
      if (dieboldMariano(a, b).pValue < 0.05) counts.dm += 1;
    }
    // four standard errors of a binomial share
    const slack = 4 * Math.sqrt((0.05 * 0.95) / runs);
    for (const count of Object.values(counts)) {
      expect(Math.abs(count / runs - 0.05)).toBeLessThan(slack + 0.01);
    }
  });

  it("see what is wrong", () => {
    const u = philoxUniforms(5, 0, 800);
    const narrow = u.map((p) => 0.5 + 0.7 * (p - 0.5));
    expect(kolmogorovSmirnov(narrow).pValue).toBeLessThan(1e-3);
    expect(berkowitz(narrow).pValue).toBeLessThan(1e-3);
    const clustered = Array.from({ length: 600 }, (_, i) => i % 100 < 5);
    expect(christoffersenIndependence(clustered).pValue).toBeLessThan(1e-6);
    expect(kupiec(clustered, 0.01).pValue).toBeLessThan(1e-3);
    const z = philoxNormals(6, 0, 800);
    expect(
      dieboldMariano(
        z.map((x) => x + 0.2),
        new Float64Array(800),
      ).mean,
    ).toBeGreaterThan(0.1);
  });
});
