import { describe, expect, test } from "vitest";
import { colourRamp } from "./colours.ts";
import { type AxisKind, escapeText, extent, frame, plotArea } from "./svg.ts";
import { tenorTicks } from "./tenor.ts";

const axis = (kind: AxisKind, low: number, high: number) =>
  ({ label: "", kind, extent: [low, high] }) as const;
const texts = (kind: AxisKind, low: number, high: number): string[] =>
  plotArea(frame(240), axis(kind, low, high), axis("linear", 0, 1)).x.ticks.map((t) => t.text);

describe("an axis", () => {
  test("writes as many digits as its step needs, and a real minus", () => {
    expect(texts("linear", -0.1, 0.1)).toEqual(["−0.10", "−0.05", "0.00", "0.05", "0.10"]);
  });

  test("counts volatility in per cent", () => {
    expect(texts("percent", 0.2, 0.25)).toEqual(["20", "21", "22", "23", "24", "25"]);
  });

  test("names times", () => {
    expect(texts("time", 7 / 365, 2)).toEqual(["1w", "1m", "3m", "6m", "1y", "18m", "2y"]);
  });

  test("puts √years at equal distances", () => {
    const { x } = plotArea(frame(240), axis("time", 0, 4), axis("linear", 0, 1));
    expect(x(1) - x(0)).toBeCloseTo(x(4) - x(1), 10);
  });

  test("grows upwards", () => {
    const { y } = plotArea(frame(240), axis("linear", 0, 1), axis("linear", 0, 1));
    expect(y(1)).toBeLessThan(y(0));
  });
});

test("named times keep their distance, the longest first", () => {
  const place = (years: number) => 100 * years;
  expect(tenorTicks([0, 1], place, 30).map((t) => t.text)).toEqual(["2m", "6m", "1y"]);
});

test("an extent ignores what is not finite and never collapses", () => {
  expect(extent([Number.NaN, 2, 4, Infinity])).toEqual([2, 4]);
  expect(extent([])).toEqual([0, 1]);
  expect(extent([3])).toEqual([2.5, 3.5]);
  expect(extent([0, 10], 0.1)).toEqual([-1, 11]);
});

test("text is safe in attributes and elements", () => {
  expect(escapeText(`<a b="c" d='e'>&`)).toBe("&#60;a b=&#34;c&#34; d=&#39;e&#39;&#62;&#38;");
});

test("colour ramps begin and end at their stops", () => {
  expect(colourRamp("sequential")(0)).toBe("rgb(45,30,90)");
  expect(colourRamp("sequential")(1)).toBe("rgb(250,225,60)");
  expect(colourRamp("diverging")(0.5)).toBe("rgb(225,225,225)");
});
