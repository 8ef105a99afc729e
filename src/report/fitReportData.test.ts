import { expect, test } from "vitest";
import type { FitResult } from "../calibrate/index.ts";
import type { Slice, Surface } from "../surface/index.ts";
import { fitReportData } from "./fitReportData.ts";
import { testReport } from "./testReport.ts";

const { document, quotes } = testReport;
/** A surface whose volatility is 20 % + k + T, to tell every point apart. */
const volAt = (k: number, years: number): number => 0.2 + k + years;
const surface = {
  years: Float64Array.of(0.08, 0.33),
  domain: { yearsMin: 1e-4, yearsMax: 0.33 },
  impliedVol: volAt,
  slice: (years: number) =>
    ({ years, impliedVol: (k: number) => volAt(k, years) }) as Partial<Slice> as Slice,
} as Partial<Surface> as Surface;

function dataOf(reach: number) {
  // The second expiry is quoted `reach` times as far as the first.
  const stretched = quotes.map((quote, i) =>
    i < 3 ? quote : { ...quote, logMoneyness: reach * quote.logMoneyness },
  );
  const result = {
    document,
    quotes: stretched,
    surface,
    history: [],
    maps: [],
    model: { config: { hidden: [16, 16], gridSteps: 64, maxJumps: 2 }, theta: new Float64Array(5) },
  } as unknown as FitResult;
  return fitReportData(result, document, { source: "a.csv" });
}

test("a smile is the surface's, a little longer than its quotes", () => {
  const { smiles } = dataOf(1);
  const [first] = smiles;
  expect(first.expiry).toBe("2026-03-27");
  expect(first.logMoneyness[0]).toBeCloseTo(-0.1 - 0.08 * 0.2, 12);
  expect(first.logMoneyness.at(-1)).toBeCloseTo(0.1 + 0.08 * 0.2, 12);
  first.logMoneyness.forEach((k, i) => expect(first.vol[i]).toBeCloseTo(volAt(k, 0.08), 12));
  expect(new Set(first.standardError)).toEqual(new Set([0.0004]));
});

test("the grid shows the surface where there are quotes, and nothing elsewhere", () => {
  const { surfaceGrid } = dataOf(3);
  const { logMoneyness, years, vol } = surfaceGrid;
  expect([years[0], years.at(-1)]).toEqual([0.08, 0.33]);
  const shown = (row: readonly number[]) => row.filter((v) => Number.isFinite(v)).length;
  // ± 0.116 of ± 0.348 at the first date, all of it at the last, more and more between.
  expect(shown(vol[0]) / logMoneyness.length).toBeCloseTo(1 / 3, 1);
  expect(shown(vol[vol.length - 1])).toBe(logMoneyness.length);
  vol.slice(1).forEach((row, j) => expect(shown(row)).toBeGreaterThanOrEqual(shown(vol[j])));
  years.forEach((t, j) =>
    logMoneyness.forEach((k, i) => {
      if (Number.isFinite(vol[j][i])) expect(vol[j][i]).toBeCloseTo(volAt(k, t), 12);
    }),
  );
});

test("settings of the caller stand beside those of the fit", () => {
  const { settings } = dataOf(1);
  expect(settings).toMatchObject({ source: "a.csv", "hidden layers": "16 × 16", parameters: "5" });
});
