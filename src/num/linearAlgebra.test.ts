import { describe, expect, it } from "vitest";
import {
  choleskyInPlace,
  choleskySolve,
  gramOfColumns,
  gramOfRows,
  matrixTimes,
  solvePositiveDefinite,
  transpose,
  transposeTimes,
} from "./linearAlgebra.ts";

/** Entries in (-1, 1) from a linear congruence: num/ may not import the generators of random/. */
function entries(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** The definition, by three loops. */
function plainProduct(a: Float64Array, b: Float64Array, n: number, m: number, p: number) {
  return Float64Array.from({ length: n * p }, (_, at) => {
    const i = Math.floor(at / p);
    let sum = 0;
    for (let k = 0; k < m; k++) sum += a[i * m + k] * b[k * p + (at % p)];
    return sum;
  });
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i])), 0);
}

// Sizes on both sides of the kernel's two and four rows.
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 30];

describe("Gram matrices", () => {
  it.each(SIZES)("equal the products by definition with %i rows", (rows) => {
    for (const columns of [1, 2, 5, 17]) {
      const a = entries(rows * columns, rows + 100 * columns);
      const t = transpose(a, rows, columns);
      const byRows = plainProduct(a, t, rows, columns, rows);
      const byColumns = plainProduct(t, a, columns, rows, columns);
      expect(largestDifference(gramOfRows(a, rows, columns), byRows)).toBeLessThan(1e-13);
      expect(largestDifference(gramOfColumns(a, rows, columns), byColumns)).toBeLessThan(1e-13);
    }
  });

  it("are empty for no rows and zero for no columns", () => {
    expect(gramOfRows(new Float64Array(0), 0, 3)).toHaveLength(0);
    expect([...gramOfRows(new Float64Array(0), 2, 0)]).toEqual([0, 0, 0, 0]);
  });
});

describe("products with vectors", () => {
  it("equal the products by definition", () => {
    const a = entries(7 * 5, 1);
    const x = entries(5, 2);
    const y = entries(7, 3);
    expect(largestDifference(matrixTimes(a, x, 7, 5), plainProduct(a, x, 7, 5, 1))).toBeLessThan(
      1e-14,
    );
    expect(largestDifference(transposeTimes(a, y, 7, 5), plainProduct(y, a, 1, 7, 5))).toBeLessThan(
      1e-14,
    );
  });
});

describe("Cholesky", () => {
  it.each(SIZES)("has a factor whose square is the matrix, for size %i", (n) => {
    const a = gramOfRows(entries(n * (n + 3), n), n, n + 3);
    for (let i = 0; i < n; i++) a[i * n + i] += 0.1;
    const factor = a.slice();
    expect(choleskyInPlace(factor, n)).toBe(true);
    const lower = factor.map((x, at) => (at % n > Math.floor(at / n) ? 0 : x));
    const square = plainProduct(lower, transpose(lower, n, n), n, n, n);
    expect(largestDifference(square, a)).toBeLessThan(1e-13 * n);
  });

  it("reads and writes the lower triangle only", () => {
    const a = Float64Array.of(4, 99, 98, 2, 5, 97, 2, 3, 6);
    expect(choleskyInPlace(a, 3)).toBe(true);
    // L of [[4, 2, 2], [2, 5, 3], [2, 3, 6]] by hand: [[2], [1, 2], [1, 1, 2]].
    expect([...a]).toEqual([2, 99, 98, 1, 2, 97, 1, 1, 2]);
  });

  it("solves the Hilbert system of order 6, whose inverse has the published first row", () => {
    // First row of the inverse of the 6 × 6 Hilbert matrix (MATLAB, invhilb(6)).
    const firstRow = [36, -630, 3360, -7560, 7560, -2772];
    const n = 6;
    const hilbert = Float64Array.from(
      { length: n * n },
      (_, at) => 1 / ((at % n) + Math.floor(at / n) + 1),
    );
    const e1 = Float64Array.of(1, 0, 0, 0, 0, 0);
    const x = solvePositiveDefinite(hilbert, n, e1) as Float64Array;
    // Condition number 1.5e7 times 1e-16, with room.
    x.forEach((value, i) => expect(Math.abs(value / firstRow[i] - 1)).toBeLessThan(1e-8));
  });

  it("solves a system of 61 unknowns to a small residual", () => {
    const n = 61;
    const a = gramOfRows(entries(n * 80, 4), n, 80);
    const x = entries(n, 9);
    const factor = a.slice();
    choleskyInPlace(factor, n);
    const solved = choleskySolve(factor, n, matrixTimes(a, x, n, n));
    expect(largestDifference(solved, x)).toBeLessThan(1e-9);
  });

  it("reports matrices that are not positive definite, or hold NaN", () => {
    expect(choleskyInPlace(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
    expect(choleskyInPlace(Float64Array.of(Number.NaN), 1)).toBe(false);
    expect(choleskyInPlace(Float64Array.of(0), 1)).toBe(false);
    expect(solvePositiveDefinite(Float64Array.of(-1), 1, Float64Array.of(1))).toBeUndefined();
  });

  it("refuses sizes that do not fit", () => {
    expect(() => choleskyInPlace(new Float64Array(5), 2)).toThrow(/expected 4 elements, got 5/);
    expect(() => matrixTimes(new Float64Array(6), new Float64Array(2), 2, 3)).toThrow(
      /x \[columns\]: expected 3 elements, got 2/,
    );
  });
});
