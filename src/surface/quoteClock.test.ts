import { describe, expect, test } from "vitest";
import { monotoneConvex } from "../num/monotoneConvex.ts";
import { buildSurface } from "./build.ts";
import { quoteClock } from "./quoteClock.ts";
import { discretise, scaleOf } from "./discretise.ts";
import type { LatticeMeasure } from "./measure.ts";
import type { MixtureNode } from "./mixture.ts";

/** A law of one volatility: total variance w on every path, forward 1. */
const node = (w: number): MixtureNode => ({
  logForward: new Float64Array(64),
  totalVariance: new Float64Array(64).fill(w),
});
const flat = (w: number): LatticeMeasure => {
  const scale = scaleOf(node(w));
  return discretise(node(w), scale, scale.step);
};
const clock = (years: readonly number[], w: readonly number[], expiries: readonly number[]) =>
  quoteClock(years, w.map(flat), expiries);

describe("the quotes' clock", () => {
  test("renames dates so that at-the-money variance is a monotone-convex curve through the expiries", () => {
    // Variance w = T²/10: slow at first, fast later.
    const years = [1, 1.25, 1.5, 1.75, 2];
    const renamed = clock(
      years,
      years.map((t) => 0.1 * t * t),
      [1, 2],
    );
    // forward variance 0.1 to 1, 0.3 to 2: Hagan and West's curve is a parabola from 0.2 at 1, flat at 2
    const gained = monotoneConvex([1, 2], [0.1, 0.3]);
    renamed.forEach((t, n) => expect(gained(t)).toBeCloseTo(0.1 * years[n] ** 2, 4));
  });

  test("leaves linear variance and expiries where they are", () => {
    const years = [0.1, 0.2, 0.3, 0.5, 0.6];
    const renamed = clock(
      years,
      years.map((t) => 0.2 * t),
      [0.1, 0.3, 0.6],
    );
    years.forEach((t, n) => expect(renamed[n]).toBeCloseTo(t, 4));
  });

  test("keeps dates increasing where simulated variance does not", () => {
    const years = [1, 1.2, 1.4, 1.6, 2];
    const w = [0.1, 0.3, 0.25, 0.4, 0.2];
    const renamed = clock(years, w, [1, 2]);
    for (let n = 1; n < years.length; n++) expect(renamed[n]).toBeGreaterThan(renamed[n - 1]);
    expect(renamed[0]).toBe(1);
    expect(renamed[4]).toBe(2);
  });

  test("changes nothing before the first expiry or where variance falls over the interval", () => {
    const years = [0.5, 1, 1.5, 2];
    const w = [0.3, 0.2, 0.15, 0.1];
    expect(Array.from(clock(years, w, [1, 2]))).toEqual(years);
  });

  test("of a surface makes its at-the-money variance such a curve", () => {
    const years = Array.from({ length: 17 }, (_, n) => 0.5 + n / 32);
    const surface = buildSurface({ years, nodes: years.map((t) => node(0.2 * t * t)) }, [0.5, 1]);
    const gained = monotoneConvex([0.5, 1], [0.1, 0.3]);
    for (const t of [0.5, 0.6, 0.71, 0.9, 1]) {
      expect(surface.totalVariance(0, t)).toBeCloseTo(gained(t), 4);
    }
  });
});
