import { describe, expect, test } from "vitest";
import { type OracleProblem, solveOracle } from "./oracle.ts";

const month: OracleProblem = {
  spot: 1,
  strike: 1,
  type: "call",
  vol: 0.2,
  yearsToExpiry: 30 / 365,
  dates: 30,
  proportionalCost: 0,
  riskAversion: 1,
};

/** Coarser than the default, and quicker. */
const quick = { stepsPerDeviation: 4, positionStep: 0.005 };

describe("the oracle", () => {
  /** Dynamic program of another hand, on a grid of 0.005, checked by forward simulation of its policy. */
  const table: readonly (readonly [number, readonly number[]])[] = [
    [1, [0.022878, 0.022984, 0.023369, 0.023484, 0.023484]],
    [10, [0.022936, 0.023106, 0.024003, 0.026309, 0.02822]],
    [100, [0.023534, 0.023746, 0.02525, 0.030051, 0.03498]],
  ];
  const costs = [0, 1e-4, 1e-3, 5e-3, 1e-2];

  test.each(
    table.flatMap(([a, prices]) => prices.map((price, i) => [a, costs[i], price] as const)),
  )("at risk aversion %d and cost %d is worth %d", (riskAversion, proportionalCost, price) => {
    const found = solveOracle({ ...month, riskAversion, proportionalCost }, quick).price;
    expect(Math.abs(found - price)).toBeLessThan(3e-6);
  });

  test("on a finer grid agrees with the refined value 0.0252497", () => {
    const { price, band } = solveOracle({ ...month, riskAversion: 100, proportionalCost: 1e-3 });
    expect(Math.abs(price - 0.0252497)).toBeLessThan(5e-7);
    expect(band(0, 1).low).toBeCloseTo(0.4675, 2);
    expect(band(0, 1).high).toBeCloseTo(0.555, 2);
    expect(band(15, 1).low).toBeCloseTo(0.46, 2);
    expect(band(15, 1).high).toBeCloseTo(0.555, 2);
  });

  test.each([
    [1, 0.52305, 0.023022],
    [10, 0.52482, 0.024453],
    [100, 0.55019, 0.048049],
  ])(
    "with one date and no cost, risk aversion %d, holds %d and is worth %d",
    (riskAversion, position, price) => {
      // the optimum of one variable, by quadrature
      const found = solveOracle(
        { ...month, dates: 1, riskAversion },
        { stepsPerDeviation: 64, positionStep: 0.001 },
      );
      expect(Math.abs(found.firstPosition - position)).toBeLessThan(1.1e-3);
      expect(Math.abs(found.price - price)).toBeLessThan(2e-6);
    },
  );

  test.each([
    [6, 3.9979],
    [7, 3.2901],
    [8, 2.8862],
    [9, 2.6546],
    [10, 2.5216],
  ])("on a spot of 100 at cost 2^-%d and aversion 1 is worth %d", (power, price) => {
    // Buehler et al. (2019), section 5.3, their setting; prices of another hand's program
    const found = solveOracle(
      { ...month, riskAversion: 100, proportionalCost: 2 ** -power },
      quick,
    ).price;
    expect(Math.abs(100 * found - price)).toBeLessThan(2e-4);
  });

  test.each([
    [1e-3, 0.080843],
    [1e-2, 0.085641],
  ])("over a year of 250 dates at cost %d is worth %d", (proportionalCost, price) => {
    const found = solveOracle(
      { ...month, yearsToExpiry: 1, dates: 250, proportionalCost },
      { stepsPerDeviation: 2, positionStep: 0.01, deviations: 5 },
    ).price;
    expect(Math.abs(found - price)).toBeLessThan(3e-6);
  });

  test("with 28 dates over 28 days is worth 0.022576", () => {
    const found = solveOracle(
      { ...month, yearsToExpiry: 28 / 365, dates: 28, proportionalCost: 1e-3 },
      quick,
    );
    expect(Math.abs(found.price - 0.022576)).toBeLessThan(2e-6);
  });

  test("costs more when the position must be sold at the end, and never less than nothing done", () => {
    const problem = { ...month, riskAversion: 100, proportionalCost: 1e-3 };
    const closing = solveOracle({ ...problem, unwindCost: 1e-3 }, quick).price;
    expect(closing).toBeGreaterThan(solveOracle(problem, quick).price + 1e-4);
    // without a trade: (1/a) ln E exp(aZ), by quadrature of the lognormal
    let sum = 0;
    const s = 0.2 * Math.sqrt(30 / 365);
    for (let z = -9; z <= 9; z += 1e-3) {
      const due = Math.max(0, Math.exp(s * z - 0.5 * s * s) - 1);
      sum += (1e-3 * Math.exp(10 * due - 0.5 * z * z)) / Math.sqrt(2 * Math.PI);
    }
    const idle = Math.log(sum) / 10;
    const dear = solveOracle({ ...month, riskAversion: 10, proportionalCost: 0.5 }, quick).price;
    expect(dear).toBeCloseTo(idle, 5);
  });

  test("buyer and seller without cost are one forward apart: a bought call is a sold put and a bought forward", () => {
    // −(S − K)⁺ = −(K − S)⁺ − (S − K): forwards are hedged for nothing.
    const strike = 1.02;
    const call = solveOracle({ ...month, strike, riskAversion: 50, sold: -1 }, quick).price;
    const put = solveOracle(
      { ...month, strike, riskAversion: 50, type: "put", sold: -1 },
      quick,
    ).price;
    expect(call - put).toBeCloseTo(strike - 1, 6);
  });

  test.each([
    ["spot", 0],
    ["strike", Number.NaN],
    ["vol", -0.2],
    ["dates", 2.5],
    ["proportionalCost", -0.001],
    ["riskAversion", 0],
  ])("names what is out of range: %s = %d", (name, value) => {
    expect(() => solveOracle({ ...month, [name]: value })).toThrow(`expected ${name}`);
  });

  test("has bands at its dates only", () => {
    const { band } = solveOracle({ ...month, dates: 2 }, quick);
    expect(() => band(2, 1)).toThrow("expected date in 0 … 1");
  });
});
