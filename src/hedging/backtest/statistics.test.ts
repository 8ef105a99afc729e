/** Statistics of trades, on numbers that can be counted by hand. */
import { describe, expect, test } from "vitest";
import { philoxNormals } from "../../random/index.ts";
import { largestFall } from "./closedTrade.ts";
import {
  blockOf,
  blockResamples,
  cvar95,
  entropicLoss,
  interval,
  mean,
  pairedInterval,
  standardDeviation,
} from "./intervals.ts";
import { slopeOf, withVol, type VolSlope } from "./volSlope.ts";

test("the mean loss of the worst twentieth of 1 … 40 is that of the two smallest", () => {
  const profits = Array.from({ length: 40 }, (_, i) => i + 1);
  expect(cvar95(profits)).toBe(-1.5);
  expect(cvar95([3, -2, 5])).toBe(2);
  expect(standardDeviation([1, 3])).toBe(1);
});

test("the entropic loss of two outcomes is the logarithm of their mean exponential, and of a sure one its size", () => {
  expect(entropicLoss(1)([0, -Math.log(3)])).toBeCloseTo(Math.log(2), 12);
  expect(entropicLoss(30)([0.02, 0.02])).toBeCloseTo(-0.02, 12);
});

test("a curve's largest fall is from its highest point before, the start included", () => {
  expect(largestFall([1, 3, -1, 2])).toBe(4);
  expect(largestFall([-1, -2, 1])).toBe(2);
  expect(largestFall([1, 2, 3])).toBe(0);
});

describe("the bootstrap of blocks", () => {
  const day = 86_400_000;

  test("puts trades of seven days into one block", () => {
    expect(blockOf(6.9 * day)).toBe(blockOf(0));
    expect(blockOf(7 * day)).toBe(blockOf(0) + 1);
  });

  test("has the known width for the mean of independent blocks", () => {
    const values = Array.from(philoxNormals(3, 0, 400));
    const resamples = blockResamples([...values.keys()], 1);
    const { value, low, high } = interval(values, resamples, mean);
    const error = standardDeviation(values) / Math.sqrt(values.length);
    expect(value).toBeCloseTo(mean(values), 12);
    // a quantile of 2000 resamples is known to about a twentieth
    expect((high ?? 0) - (low ?? 0)).toBeCloseTo(2 * 1.96 * error, 2);
  });

  test("is wider when trades come in blocks that agree", () => {
    const few = Array.from(philoxNormals(4, 0, 40));
    const values = few.flatMap((value) => Array.from({ length: 10 }, () => value));
    const width = (blocks: number[]) => {
      const { low, high } = interval(values, blockResamples(blocks, 1), mean);
      return (high ?? 0) - (low ?? 0);
    };
    const apart = width(values.map((_, i) => i));
    const together = width(values.map((_, i) => Math.floor(i / 10)));
    expect(together / apart).toBeGreaterThan(2.5);
    expect(together / apart).toBeLessThan(4);
  });

  test("knows a difference on the same trades far better than each of the two", () => {
    const values = Array.from(philoxNormals(5, 0, 200));
    const others = values.map((value) => value - 0.1);
    const resamples = blockResamples([...values.keys()], 1);
    const { value, low, high } = pairedInterval(values, others, resamples, mean);
    expect(value).toBeCloseTo(0.1, 12);
    expect((high ?? 1) - (low ?? 0)).toBeLessThan(1e-9);
  });

  test("has no interval from one block", () => {
    expect(interval([1, 2], blockResamples([7, 7], 1), mean)).toEqual({
      value: 1.5,
      low: null,
      high: null,
    });
  });
});

test("the slope of volatility on price is found, and is 0 until enough was seen", () => {
  const moves = philoxNormals(6, 0, 60);
  let sums: VolSlope | null = null;
  let [price, vol] = [50_000, 0.6];
  for (const [i, z] of moves.entries()) {
    const step = 0.01 * z;
    price *= Math.exp(step);
    vol += -0.8 * step;
    sums = withVol(sums, i * 6 * 3_600_000, price, vol);
    if (i < 15) expect(slopeOf(sums)).toBe(0);
  }
  expect(slopeOf(sums)).toBeCloseTo(-0.8, 8);
  // after a hole of two weeks the jump across it is not a move
  const later = withVol(sums, (60 * 6 + 14 * 24) * 3_600_000, price * 2, vol * 2);
  expect(slopeOf(later)).toBeCloseTo(-0.8, 8);
});
