/** The report of a back-test: the numbers that its figures draw, and its words. */
import { beforeAll, describe, expect, test } from "vitest";
import { testChains, testMoments } from "../hedging/backtest/testHistory.ts";
import {
  type BacktestDocument,
  baselinesOf,
  type ClosedTrade,
  readBacktestConfig,
  startOfWalk,
  summarise,
  walker,
  walkSettings,
} from "../hedging/index.ts";
import { binCounts, cumulativeProfit } from "./backtestFigures.ts";
import { backtestReport, backtestVerdict } from "./backtestReport.ts";

const config = readBacktestConfig(`
version: 1
underlying: BTC
position: { days: 7, daysTolerance: 2 }
market: { model: black-scholes }
`);

describe("a report of a back-test", () => {
  const trades: ClosedTrade[] = [];
  let document: BacktestDocument | undefined;
  beforeAll(async () => {
    const step = walker(walkSettings(config), baselinesOf(config), []);
    let state = startOfWalk;
    for (const moment of await testMoments(testChains({ days: 22, everyHours: 12 }))) {
      const taken = await step(state, moment);
      state = taken.state;
      trades.push(...taken.closed);
    }
    document = summarise(state, trades, [], {
      underlying: "BTC",
      splitMs: null,
      reference: "delta",
      seed: 1,
      aversion: 30,
      settings: config,
    });
  });

  test("says who lost least and whether that is more than chance", () => {
    if (document === undefined) throw new Error("no document");
    const text = backtestVerdict(document);
    const least = document.test.strategies.toSorted(
      (a, b) => a.entropic.value - b.entropic.value,
    )[0];
    expect(text).toContain(`Smallest entropic loss: ${least.name}`);
    expect(text).toMatch(/beyond the 95 % interval/);
  });

  test("holds a table, figures and a log, and nothing from outside", () => {
    if (document === undefined) throw new Error("no document");
    const html = backtestReport(document, trades, "a <week>");
    for (const id of ["table", "curves", "spread", "costs", "log", "settings"]) {
      expect(html).toContain(`<h2 id="${id}">`);
    }
    expect(html).toContain("a &#60;week&#62;");
    expect(html).not.toMatch(/NaN|undefined|https?:|<script/);
    expect(backtestReport(document, trades, "a <week>")).toBe(html);
  });

  test("adds profits up in the order of expiries, and ends at their sum", () => {
    const curve = cumulativeProfit(trades.toReversed(), "delta");
    const sum = trades.reduce(
      (total, { results }) =>
        total + (results.find(({ strategy }) => strategy === "delta")?.pnlShare ?? Number.NaN),
      0,
    );
    expect(curve[curve.length - 1].total).toBeCloseTo(sum, 12);
    expect(curve.map(({ timeMs }) => timeMs)).toEqual(
      trades.map(({ trade }) => trade.expiryMs).toSorted((a, b) => a - b),
    );
    for (const { below } of curve) expect(below).toBeGreaterThanOrEqual(0);
  });

  test("counts every trade in a bin, those beyond the axis at its ends", () => {
    const counts = binCounts([-9, 0, 0.01, 5, 99], [0, 10]);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(5);
    expect(counts[0]).toBe(3);
    expect(counts[counts.length - 1]).toBe(1);
    expect(counts[12]).toBe(1);
  });

  test("is written for a walk without a trade as well", () => {
    const empty = summarise(startOfWalk, [], [], {
      underlying: "BTC",
      splitMs: 0,
      reference: "delta",
      seed: 1,
      aversion: 30,
      settings: config,
    });
    const html = backtestReport(empty, [], "nothing");
    expect(html).toContain("No trade was closed in the test.");
    expect(html).not.toMatch(/NaN|undefined/);
  });
});
