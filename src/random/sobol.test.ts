import { describe, expect, it } from "vitest";
import {
  fillSobol,
  plainCoordinate,
  SOBOL_DIMENSIONS,
  type SobolCoordinate,
  scrambledCoordinate,
  sobolDirections,
} from "./sobol.ts";

function points(coordinate: SobolCoordinate, count: number, first = 0): number[] {
  const words = new Uint32Array(count);
  fillSobol(coordinate, words, first);
  return Array.from(words, (word) => word / 2 ** 32);
}

/** Number of points in each cell of the elementary grid 2^a × 2^b. */
function cellCounts(x: readonly number[], y: readonly number[], a: number, b: number): number[] {
  const counts = Array.from({ length: 2 ** (a + b) }, () => 0);
  x.forEach((_, i) => {
    counts[Math.floor(x[i] * 2 ** a) * 2 ** b + Math.floor(y[i] * 2 ** b)] += 1;
  });
  return counts;
}

describe("Sobol' sequence", () => {
  it("begins with the ten points that Joe and Kuo print for three dimensions", () => {
    // "Notes on generating Sobol' sequences" (August 2008), first ten points.
    const printed = [
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
      [0.1875, 0.3125, 0.9375],
      [0.6875, 0.8125, 0.4375],
    ];
    for (const d of [0, 1, 2]) {
      expect(points(plainCoordinate(d), 10)).toEqual(printed.map((row) => row[d]));
    }
  });

  it.each([
    // scipy.stats.qmc.Sobol(2560, scramble=False, bits=32), SciPy 1.17.1, point 12345 times 2^32.
    [0, 2752774144],
    [1, 3493593088],
    [2, 688652288],
    [7, 486801408],
    [100, 2317090816],
    [777, 396623872],
    [1111, 1318846464],
    [2047, 3151757312],
    [2559, 642514944],
  ])("agrees with SciPy on point 12345 of dimension %i", (dimension, word) => {
    const out = new Uint32Array(1);
    fillSobol(plainCoordinate(dimension), out, 12345);
    expect(out[0]).toBe(word);
  });

  it("continues a run from any point", () => {
    const coordinate = scrambledCoordinate(5, 3);
    expect(points(coordinate, 100, 37)).toEqual(points(coordinate, 137).slice(37));
  });

  it("puts one point in every interval of a dyadic partition, in every dimension, scrambled or not", () => {
    for (const d of [0, 1, 50, 300, 1500, SOBOL_DIMENSIONS - 1]) {
      for (const coordinate of [plainCoordinate(d), scrambledCoordinate(d, 77)]) {
        const cells = new Set(points(coordinate, 1024).map((x) => Math.floor(x * 1024)));
        expect(cells.size).toBe(1024);
      }
    }
  });

  it("is a (0, 10, 2)-net in its first two dimensions, and stays one when scrambled", () => {
    for (const make of [plainCoordinate, (d: number) => scrambledCoordinate(d, 5)]) {
      const x = points(make(0), 1024);
      const y = points(make(1), 1024);
      for (let a = 0; a <= 10; a++) {
        expect(cellCounts(x, y, a, 10 - a).every((count) => count === 1)).toBe(true);
      }
    }
  });

  it("scrambles a fixed point to a uniform one over seeds", () => {
    const n = 4000;
    const cells = Array.from({ length: 20 }, () => 0);
    for (let seed = 0; seed < n; seed++) {
      const x = points(scrambledCoordinate(3, seed), 1, 6)[0];
      cells[Math.floor(20 * x)] += 1;
    }
    const chiSquare = cells.reduce((sum, c) => sum + (c - n / 20) ** 2 / (n / 20), 0);
    // 99.9 % point of chi-square with 19 degrees of freedom, Abramowitz and Stegun table 26.8.
    expect(chiSquare).toBeLessThan(43.82);
  });

  it("gives different scrambles to different seeds and dimensions, the same to the same", () => {
    const base = points(scrambledCoordinate(4, 9), 8);
    expect(points(scrambledCoordinate(4, 9), 8)).toEqual(base);
    expect(points(scrambledCoordinate(4, 10), 8)).not.toEqual(base);
    expect(points(scrambledCoordinate(5, 9), 8)).not.toEqual(base);
  });

  it("holds at least 2048 dimensions and refuses others", () => {
    expect(SOBOL_DIMENSIONS).toBeGreaterThanOrEqual(2048);
    for (const d of [-1, 0.5, SOBOL_DIMENSIONS]) {
      expect(() => sobolDirections(d)).toThrow(/dimension: expected 0 to/);
    }
  });
});
