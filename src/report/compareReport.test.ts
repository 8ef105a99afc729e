import { beforeAll, describe, expect, test } from "vitest";
import { compareChain, type ModelComparison } from "../compare/index.ts";
import { failingModel, flatModel, midModel } from "../compare/testModels.ts";
import { clean, makeQuoteSet, type RawQuote } from "../market/index.ts";
import { barPlot } from "./barPlot.ts";
import { compareReport, verdict } from "./compareReport.ts";

const asOfMs = Date.parse("2026-01-05T08:00:00Z");
const quotes = [10, 40, 90, 180].flatMap((day) =>
  [80, 86, 92, 98, 102, 108, 114, 120].map((strike): RawQuote => {
    const vol = 0.5 - 0.2 * Math.log(strike / 100);
    return {
      instrument: `A&B-${day}-${strike}`,
      underlying: "A&B <index>",
      asOfMs,
      expiryMs: asOfMs + day * 86_400_000,
      strike,
      type: strike > 100 ? "call" : "put",
      unit: "vol",
      bid: vol - 0.01,
      ask: vol + 0.01,
      mark: null,
      markIv: null,
      forward: 100,
      discount: 1,
      openInterest: null,
    };
  }),
);
const { chain } = clean(makeQuoteSet("test", quotes), {});
const hostile = { ...midModel, title: `<b onclick="x">` };

describe("a report of a comparison", () => {
  let html = "";
  beforeAll(async () => {
    html = compareReport(await compareChain(chain, [hostile, flatModel, failingModel]), {
      source: "chain.csv",
    });
  });

  test.each(["All models", "Measurement by measurement", "Smiles", "Where each model misses"])(
    "has the section %s, which its navigation reaches",
    (heading) => {
      const id = new RegExp(`<h2 id="([a-z]+)">${heading}</h2>`).exec(html)?.[1];
      expect(html).toContain(`href="#${id}"`);
    },
  );

  test("escapes what comes from outside", () => {
    expect(html).not.toContain("<b onclick");
    expect(html).not.toContain("A&B <index>");
    expect(html).toContain("A&#38;B &#60;index&#62;");
  });

  test("needs no script and nothing from outside the file", () => {
    expect(html).not.toMatch(/<script|https?:\/\/|src=|@import/);
  });

  test("draws every fitted model over every expiry, and lets each be hidden", () => {
    expect(html.match(/class="curve m0" d="M\d/g)?.length).toBeGreaterThanOrEqual(4);
    expect(html.match(/class="curve m1" d="M\d/g)?.length).toBeGreaterThanOrEqual(4);
    expect(html.match(/type="checkbox"/g)).toHaveLength(2);
    expect(html).toContain("body:has(#show-1:not(:checked)) .cards .m1.curve{display:none}");
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("names the model that failed and its reason", () => {
    expect(html).toContain('<span class="failed">FAILING</span>');
    expect(html).toContain("failed: no two quotes agree");
  });

  test("gives every figure a name of its own for its clipping", () => {
    const ids = [...html.matchAll(/<clipPath id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(4);
  });

  test("is the same bytes for the same comparison", async () => {
    const once = await compareChain(chain, [flatModel]);
    expect(compareReport(once)).toBe(compareReport(once));
  });
});

test("the verdict names the winners in and out of sample", () => {
  const row = (title: string, insideShare: number, strikes: number): ModelComparison =>
    ({
      title,
      status: "converged",
      insideShare,
      heldOutStrikeRmseVolPoints: strikes,
      heldOutExpiryRmseVolPoints: null,
      nextSnapshotRmseVolPoints: null,
    }) as ModelComparison;
  expect(verdict([row("A", 0.9, 1), row("B", 0.8, 0.5)])).toBe(
    "In sample A has most quotes inside bid-ask (90.0 %). Out of sample the smallest errors are those of B on held-out strikes (0.50 vp).",
  );
});

describe("bars", () => {
  const bars = [
    { name: "bad", className: "m0", value: 100 },
    { name: "good", className: "m1", value: 1 },
    { name: "fair", className: "m2", value: 2 },
    { name: "none", className: "m3", value: null },
  ];
  const plot = barPlot("Error", bars, { best: "least", format: (v) => `${v} vp` });

  test("stand in the order of merit, those without a value last", () => {
    const names = [...plot.matchAll(/text-anchor="end">(\w+)</g)].map(([, name]) => name);
    expect(names).toEqual(["good", "fair", "bad", "none"]);
  });

  test("have lengths in proportion, and a notch where one is cut at three medians", () => {
    const width = (name: string): number =>
      Number(new RegExp(`>${name}<.*?width="([\\d.]+)"`).exec(plot)?.[1]);
    expect(width("fair") / width("good")).toBeCloseTo(2, 1);
    expect(width("bad") / width("fair")).toBeCloseTo(3, 1);
    expect(plot.match(/class="notch"/g)).toHaveLength(1);
    expect(plot).toContain("100 vp");
  });
});
