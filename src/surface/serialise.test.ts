import { describe, expect, it } from "vitest";
import { InputError, UnsupportedError } from "../num/errors.ts";
import { buildSurface } from "./build.ts";
import { surfaceFromJson, surfaceToJson } from "./serialise.ts";
import { surfaceColumns, surfaceCsv, surfaceTable } from "./table.ts";
import { hestonMixtures } from "./testMixtures.ts";

const heston = { kappa: 1.5, theta: 0.05, nu: 0.6, rho: -0.8, v0: 0.04 };
const surface = buildSurface(hestonMixtures([0.02, 0.1, 0.4, 1], 512, heston));

describe("surfaces as JSON", () => {
  it("come back with the same bits", () => {
    const again = surfaceFromJson(JSON.parse(JSON.stringify(surfaceToJson(surface))));
    for (const t of [0.001, 0.02, 0.07, 0.4, 0.9]) {
      for (let k = -0.2; k < 0.1; k += 0.0137) {
        expect(again.callPrice(k, t)).toBe(surface.callPrice(k, t));
        expect(again.density(k, t)).toBe(surface.density(k, t));
      }
      expect(again.impliedVol(-0.01, t)).toBe(surface.impliedVol(-0.01, t));
    }
    expect(again.parts).toEqual(surface.parts);
  });

  it("are refused when they are something else or damaged", () => {
    const json = surfaceToJson(surface);
    expect(() => surfaceFromJson(null)).toThrow(InputError);
    expect(() => surfaceFromJson({ ...json, version: 2 })).toThrow(UnsupportedError);
    expect(() => surfaceFromJson({ ...json, atoms: [1, 2, 3, 4] })).toThrow(/damaged/);
    expect(() => surfaceFromJson({ ...json, mass: 3 })).toThrow(/damaged/);
  });
});

describe("surfaceTable", () => {
  const rows = surfaceTable(surface, [-0.1, 0, 30], [0.1, 0.5]);

  it("has one row per date and strike, without a volatility where there is none", () => {
    expect(rows.map((r) => [r.years, r.k])).toEqual(
      [0.1, 0.5].flatMap((t) => [-0.1, 0, 30].map((k) => [t, k])),
    );
    expect(rows[0].impliedVol).toBe(surface.impliedVol(-0.1, 0.1));
    expect(rows[2].impliedVol).toBeNull();
    expect(rows[2].callPrice).toBe(0);
  });

  it("prints as CSV with empty fields for nulls", () => {
    const lines = surfaceCsv(rows).trimEnd().split("\n");
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe(surfaceColumns.join(","));
    expect(lines[3].split(",")[3]).toBe("");
  });
});
