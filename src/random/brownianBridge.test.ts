import { describe, expect, it } from "vitest";
import { bridgeSplits, splitIncrement } from "./brownianBridge.ts";

/** Columns of the linear map from normals, in the order in which they are drawn, to increments. */
function bridgeMatrix(times: readonly number[], scale?: readonly number[]): Float64Array[] {
  const n = times.length - 1;
  const splits = bridgeSplits(times, scale);
  // One "path" per basis vector: row r of the state holds that row's value on every basis path.
  const rows = Array.from({ length: n }, () => new Float64Array(n));
  rows[0][0] = 1;
  splits.forEach((split, j) => {
    rows[split.middle][j + 1] = 1;
    splitIncrement(split, rows[split.left], rows[split.middle]);
  });
  return rows;
}

const GRIDS: Readonly<Record<string, readonly number[]>> = {
  "one step": [0, 0.3],
  "eight equal steps": Array.from({ length: 9 }, (_, k) => k / 8),
  "37 uneven steps": Array.from({ length: 38 }, (_, k) => (k / 37) ** 1.7 * 2.3),
  "ten geometric steps": [0, ...Array.from({ length: 10 }, (_, k) => 2 ** (k - 12))],
};

describe("Brownian bridge", () => {
  it.each(Object.keys(GRIDS))("is an orthogonal map to unit increments on %s", (name) => {
    const m = bridgeMatrix(GRIDS[name]);
    for (let r = 0; r < m.length; r++) {
      for (let s = 0; s <= r; s++) {
        const dot = m[r].reduce((sum, x, k) => sum + x * m[s][k], 0);
        expect(Math.abs(dot - (r === s ? 1 : 0))).toBeLessThan(1e-14);
      }
    }
  });

  it("makes the first normal the terminal value of the motion", () => {
    const times = GRIDS["37 uneven steps"];
    const m = bridgeMatrix(times);
    const terminal = new Float64Array(m.length);
    m.forEach((row, k) => {
      const scale = Math.sqrt(times[k + 1] - times[k]);
      row.forEach((x, j) => {
        terminal[j] += scale * x;
      });
    });
    expect(terminal[0]).toBeCloseTo(Math.sqrt(2.3), 13);
    terminal.subarray(1).forEach((x) => expect(Math.abs(x)).toBeLessThan(1e-14));
  });

  it("gives W(1/2) the law conditional on W(1) of the textbook: mean half of it, variance 1/4", () => {
    const m = bridgeMatrix([0, 0.5, 1]);
    // W(1/2) = √(1/2) · (first increment) = ½ z0 + ½ z1, by Glasserman, eq. (3.6).
    expect(Math.SQRT1_2 * m[0][0]).toBeCloseTo(0.5, 15);
    expect(Math.SQRT1_2 * m[0][1]).toBeCloseTo(0.5, 15);
  });

  it("splits level by level on an equal grid", () => {
    expect(bridgeSplits(GRIDS["eight equal steps"]).map((s) => s.middle)).toEqual([
      4, 2, 6, 1, 3, 5, 7,
    ]);
  });

  it("is orthogonal, and halves elsewhere, on another scale than the motion's time", () => {
    const times = GRIDS["ten geometric steps"];
    const scale = times.map((_, k) => k);
    const m = bridgeMatrix(times, scale);
    for (let r = 0; r < m.length; r++) {
      for (let s = 0; s <= r; s++) {
        const dot = m[r].reduce((sum, x, k) => sum + x * m[s][k], 0);
        expect(Math.abs(dot - (r === s ? 1 : 0))).toBeLessThan(1e-14);
      }
    }
    // by time the middle of geometric steps is next to the end, by number it is in the middle
    expect(bridgeSplits(times)[0].middle).toBe(9);
    expect(bridgeSplits(times, scale)[0].middle).toBe(5);
    expect(() => bridgeSplits(times, [0, 1])).toThrow(/scale: expected 11 values/);
  });

  it("splits every inner time once, longer intervals first, whole before part", () => {
    for (const times of Object.values(GRIDS)) {
      const splits = bridgeSplits(times);
      const seen = new Set([0, times.length - 1]);
      let last = Number.POSITIVE_INFINITY;
      for (const { left, middle, right } of splits) {
        expect(seen.has(left) && seen.has(right) && !seen.has(middle)).toBe(true);
        seen.add(middle);
        const span = times[right] - times[left];
        expect(span).toBeLessThanOrEqual(last * (1 + 1e-6));
        last = span;
      }
      expect(seen.size).toBe(times.length);
    }
  });

  it("refuses times that repeat, decrease or are not finite", () => {
    expect(() => bridgeSplits([0, 1, 1])).toThrow(/times\[2\]: expected a finite value above/);
    expect(() => bridgeSplits([0, Number.NaN])).toThrow(/times\[1\]/);
    expect(() => bridgeSplits([0])).toThrow(/expected at least 2 values, got 1/);
  });

  it("with a stride makes the coarse grid's motion first, from the same normals", () => {
    const coarse = GRIDS["37 uneven steps"];
    const times = coarse.flatMap((t, k) => (k === 0 ? [t] : [(coarse[k - 1] + 2 * t) / 3, t]));
    const own = bridgeSplits(coarse, coarse.map(Math.sqrt));
    const fine = bridgeSplits(times, times.map(Math.sqrt), 2);
    expect(fine).toHaveLength(73);
    fine.slice(0, 36).forEach((split, n) => {
      expect([split.left, split.middle, split.right].map((i) => i / 2)).toEqual([
        own[n].left,
        own[n].middle,
        own[n].right,
      ]);
      expect(split.cosine).toBeCloseTo(own[n].cosine, 14);
    });
    // the rest halve the coarse steps, each once
    const rest = fine.slice(36).map(({ left, middle, right }) => [middle - left, right - middle]);
    expect(rest).toEqual(rest.map(() => [1, 1]));
    expect(new Set(fine.map(({ middle }) => middle)).size).toBe(73);
    expect(() => bridgeSplits(times, times, 3)).toThrow(/divisor of the 74 steps/);
  });
});
