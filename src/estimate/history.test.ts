import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { readSource, type RowGroup } from "../market/store/index.ts";
import type { RowOf } from "../market/store/kinds.ts";
import { assembleHistory } from "./history.ts";
import { makeSeries, seriesOf } from "./series.ts";
import { termFactor } from "./termFactors.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function bars(closes: readonly number[], intervalMs = HOUR, instrument = "XUSDT"): RowGroup {
  const rows = closes.map(
    (close, i): RowOf<"bar"> => ({
      eventMs: i * intervalMs,
      knownMs: (i + 1) * intervalMs,
      instrument,
      intervalMs,
      open: close,
      high: close,
      low: close,
      close,
      volume: null,
    }),
  );
  return { kind: "bar", venue: "v", underlying: "X", rows };
}

function macro(name: string, points: readonly (readonly [number, number])[]): RowGroup {
  const rows = points.map(
    ([knownMs, value]): RowOf<"macro"> => ({
      eventMs: knownMs - DAY,
      knownMs,
      series: name,
      unit: "index",
      intervalMs: DAY,
      value,
      open: null,
      high: null,
      low: null,
      volume: null,
    }),
  );
  return { kind: "macro", venue: "macro", underlying: name, rows };
}

const closes = Array.from({ length: 24 * 10 }, (_, i) => 100 + Math.sin(i));

describe("assembleHistory", () => {
  it("knows a bar's close when the bar ends, and no input before it was known", () => {
    const input = macro("M", [
      [1 * DAY, 1],
      [3 * DAY + 1, 3],
    ]);
    const h = assembleHistory([bars(closes), input], {
      state: ["X"],
      inputs: ["M"],
      toMs: 5 * DAY,
    });
    expect(h.timesMs[0]).toBe(DAY);
    // the bar that opens at 23:00 closes at the grid time
    expect(h.states[0]).toBe(Math.log(closes[23]));
    // known a millisecond after the third day: not before the fourth
    expect([...h.inputs]).toEqual([1, 1, 1, 3]);
  });

  it("does not change its past when the future changes", () => {
    const other = closes.map((close, i) => (i >= 24 * 6 ? close * 3 : close));
    const options = { state: ["X", "X.rv"] };
    const a = assembleHistory([bars(closes)], options);
    const b = assembleHistory([bars(other)], options);
    const rows = a.timesMs.findIndex((time) => time > 6 * DAY);
    expect(b.states.slice(0, 2 * rows)).toEqual(a.states.slice(0, 2 * rows));
    expect(b.states).not.toEqual(a.states);
  });

  it("has the realised volatility of the bars inside the step", () => {
    const h = assembleHistory([bars(closes)], { state: ["X.rv"] });
    const day = 2;
    const row = h.timesMs.indexOf(day * DAY);
    let sum = 0;
    for (let i = 24 * (day - 1); i < 24 * day; i++) sum += Math.log(closes[i] / closes[i - 1]) ** 2;
    expect(h.states[row]).toBeCloseTo(0.5 * Math.log(365 * sum), 12);
  });

  it("marks what is missing and goes on", () => {
    const holed = bars(closes);
    const rows = (holed.rows as readonly RowOf<"bar">[]).filter(
      ({ knownMs }) => knownMs < 4 * DAY - 3 * HOUR || knownMs > 4 * DAY,
    );
    const h = assembleHistory([{ ...holed, rows } as RowGroup], { state: ["X", "X.rv"] });
    const row = h.timesMs.indexOf(4 * DAY);
    expect(h.states[2 * row]).toBeNaN();
    expect(h.states[2 * row + 1]).toBeNaN();
    expect(h.states[2 * row + 2]).not.toBeNaN();
  });

  it("says what is wrong with a source", () => {
    const bad = [...closes];
    bad[30] = -1;
    expect(() => assembleHistory([bars(bad)], { state: ["X"] })).toThrow(
      /X: expected positive values, got -1 at 1970-01-02/,
    );
    expect(() => assembleHistory([bars(closes)], { state: ["Y"] })).toThrow(
      /series Y: expected one of X, X.rv, XUSDT, got "Y"/,
    );
    expect(() =>
      assembleHistory([bars(closes), bars(closes, HOUR, "XUSD")], { state: ["X"] }),
    ).toThrow(/one instrument, got XUSDT, XUSD/);
    expect(() => assembleHistory([bars(closes, DAY)], { state: ["X.rv"] })).toThrow(
      /at most a quarter of the step/,
    );
    expect(() => assembleHistory([bars(closes)], { state: ["X"], everyMs: 7 * HOUR })).toThrow(
      /divides a day/,
    );
    const late = macro("M", [
      [100 * DAY, 1],
      [101 * DAY, 1],
    ]);
    expect(() => assembleHistory([bars(closes), late], { state: ["X", "M"] })).toThrow(
      /3 common times, got 0 \(X 1970-01-01.* to 1970-01-11.*; M 1970-04-11/,
    );
  });
});

describe("makeSeries", () => {
  it("refuses two sources that contradict each other, and takes equal ones once", () => {
    expect(() =>
      makeSeries("X", "price", [
        [1, 100],
        [1, 105],
      ]),
    ).toThrow(/X: expected one value at .*, got 100 and 105/);
    expect(
      makeSeries("X", "price", [
        [2, 7],
        [1, 100],
        [1, 100],
      ]).values,
    ).toEqual(Float64Array.of(100, 7));
    expect(() => makeSeries("X", "price", [[1, Number.NaN]])).toThrow(/on row 1, got 1 and NaN/);
  });
});

describe("termFactor", () => {
  const row = (days: number, atmIv: number, put = 0, call = 0): RowOf<"term"> => ({
    eventMs: 0,
    knownMs: 0,
    expiryMs: days * DAY,
    forward: 1,
    indexPrice: 1,
    atmIv,
    callIv25: call,
    putIv25: put,
    quotes: 1,
    twoSided: 1,
  });

  it("interpolates total variance linearly in time, and does not extrapolate", () => {
    const rows = [row(60, 0.5), row(20, 0.8)];
    const w = (0.75 * 0.64 * 20 + 0.25 * 0.25 * 60) / 30;
    expect(termFactor(rows, "atm", 30)[0][1]).toBeCloseTo(Math.sqrt(w), 14);
    expect(termFactor(rows, "atm", 10)).toEqual([]);
    expect(termFactor(rows, "atm", 90)).toEqual([]);
  });

  it("interpolates the skew linearly", () => {
    const rows = [row(20, 0.5, 0.6, 0.5), row(40, 0.5, 0.6, 0.58)];
    expect(termFactor(rows, "skew", 30)[0][1]).toBeCloseTo(0.06, 14);
  });
});

const shared = new URL("../../../shared/data/", import.meta.url);
const file = (path: string) => new URL(path, shared);

test.skipIf(!existsSync(shared))(
  "the shared files join to five years of days without a gap in price",
  async () => {
    const names = ["btcusdt_1h_2020_2024_utc+3.csv.gz", "btcusdt_1h_2024_2026.csv.gz"];
    const sources = await Promise.all(
      names.map((name) => readSource(name, readFileSync(file(`spot/${encodeURIComponent(name)}`)))),
    );
    const groups = sources.flatMap((source) => source.groups);
    const h = assembleHistory(groups, { state: ["BTC"] });
    expect(new Date(h.timesMs[0]).toISOString()).toBe("2020-10-24T00:00:00.000Z");
    expect(new Date(h.timesMs[h.timesMs.length - 1]).toISOString()).toBe(
      "2026-04-01T00:00:00.000Z",
    );
    expect(h.states.every(Number.isFinite)).toBe(true);
  },
);

test.skipIf(!existsSync(shared))(
  "the shared term structures give 30-day volatilities of both assets",
  async () => {
    const name = "atm_term_structure.csv.gz";
    const { groups } = await readSource(name, readFileSync(file(`deribit/derived/${name}`)));
    for (const asset of ["BTC", "ETH"]) {
      const { values } = seriesOf(groups, `${asset}.atm30d`);
      expect(values.length).toBeGreaterThan(400);
      expect(Math.min(...values)).toBeGreaterThan(0.2);
      expect(Math.max(...values)).toBeLessThan(2);
    }
  },
);
