import fc from "fast-check";
import { expect, test } from "vitest";
import { monotoneConvex } from "./monotoneConvex.ts";

const slope = (f: (x: number) => number, x: number, h = 1e-6) => (f(x + h) - f(x - h)) / (2 * h);

test("the mean over every interval is the given one", () => {
  const ends = [0.1, 0.3, 1, 2];
  const means = [0.5, 0.2, 0.3, 0.31];
  const integral = monotoneConvex(ends, means);
  expect(integral(0)).toBe(0);
  ends.forEach((end, i) => {
    const from = ends[i - 1] ?? 0;
    expect((integral(end) - integral(from)) / (end - from)).toBeCloseTo(means[i], 12);
  });
});

test("a straight line comes back between the first end and the last but one", () => {
  const ends = [1, 2, 3, 4];
  const integral = monotoneConvex(
    ends,
    ends.map((end) => 1 + 0.2 * (end - 0.5)),
  );
  for (const x of [1.1, 1.5, 2.5, 2.9]) {
    expect(slope(integral, x)).toBeCloseTo(1 + 0.2 * x, 7);
  }
});

test("Hagan and West's example: discrete forwards 3, 4.5, 4.1, 5.1, 3 % are met and the curve is continuous", () => {
  // their table 3 has terms of a year and more; ends of equal length give inner values as plain means
  const means = [0.03, 0.045, 0.041, 0.051, 0.03];
  const integral = monotoneConvex([1, 2, 3, 4, 5], means);
  expect(slope(integral, 1 - 1e-5)).toBeCloseTo(0.0375, 5);
  expect(slope(integral, 1 + 1e-5)).toBeCloseTo(0.0375, 5);
  expect(slope(integral, 2 + 1e-5)).toBeCloseTo(0.043, 5);
  expect(slope(integral, 4 - 1e-5)).toBeCloseTo(0.0405, 5);
});

test("the curve is never below zero, and continuous where it is not held at a bound", () => {
  const intervals = fc.array(
    fc.record({
      length: fc.double({ min: 0.01, max: 3, noNaN: true }),
      mean: fc.double({ min: 0, max: 2, noNaN: true }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(intervals, (parts) => {
      let end = 0;
      const ends = parts.map(({ length }) => (end += length));
      const integral = monotoneConvex(
        ends,
        parts.map(({ mean }) => mean),
      );
      let before = 0;
      for (let i = 1; i <= 200; i++) {
        const value = integral((end * i) / 200);
        expect(value).toBeGreaterThan(before - 1e-12 * (1 + value));
        before = value;
      }
    }),
    { numRuns: 100, seed: 7 },
  );
});

test("ends and means that do not fit are refused", () => {
  expect(() => monotoneConvex([1, 1], [1, 1])).toThrow(/increasing ends above 0/);
  expect(() => monotoneConvex([1], [-1])).toThrow(/at least 0/);
});
