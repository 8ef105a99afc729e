import { describe, expect, it } from "vitest";
import { InputError } from "../../num/errors.ts";
import { genericTableRow, type TableFormat } from "./genericTable.ts";

const header = [
  "strike",
  "type",
  "expiry",
  "bid",
  "ask",
  "asOf",
  "forward",
  "markIv",
  "ratePerYear",
];
const cells = ["100", "C", "2026-03-27", "0.05", "0.06", "2026-01-02T08:00Z", "101", "55", ""];
const read = (format: TableFormat, change: Record<string, string> = {}) =>
  genericTableRow("f.csv", header, format)(cells.map((cell, i) => change[header[i]] ?? cell));

describe("genericTableRow", () => {
  it("reads every field by its own name", () => {
    expect(read({ price: "coin", vol: "percent", underlying: "BTC" })).toEqual({
      instrument: "BTC-2026-03-27-100-C",
      underlying: "BTC",
      type: "call",
      strike: 100,
      expiryMs: Date.UTC(2026, 2, 27, 8),
      asOfMs: Date.UTC(2026, 0, 2, 8),
      unit: "coin",
      bid: 0.05,
      ask: 0.06,
      mark: null,
      markIv: 0.55,
      forward: 101,
      discount: 1,
      openInterest: null,
    });
  });

  it("divides prices by 100 when they are volatilities in percent, and only then", () => {
    expect(read({ price: "vol", vol: "percent" }, { bid: "54", ask: "56" })).toMatchObject({
      bid: 0.54,
      ask: 0.56,
    });
    expect(read({ price: "coin", vol: "percent" })).toMatchObject({ bid: 0.05 });
  });

  it("takes a written per-cent sign at its word under either unit", () => {
    for (const vol of ["decimal", "percent"] as const) {
      const quote = read({ price: "vol", vol }, { bid: "54%", markIv: "55%" });
      expect(quote.bid).toBeCloseTo(0.54, 14);
      expect(quote.markIv).toBeCloseTo(0.55, 14);
    }
  });

  it("puts a date at 08:00 UTC for coin, 20:00 for others, or where it is told", () => {
    const hour = (format: TableFormat): number => new Date(read(format).expiryMs).getUTCHours();
    expect(hour({ price: "coin" })).toBe(8);
    expect(hour({ price: "currency" })).toBe(20);
    expect(hour({ price: "vol", expiryHourUtc: 21 })).toBe(21);
  });

  it.each(["", "NA", "N/A", "null", "None", "-"])("takes %j for no quote", (text) => {
    expect(read({ price: "coin" }, { bid: text }).bid).toBeNull();
  });

  it("takes 0 for a price, or for no quote when told so", () => {
    expect(read({ price: "coin" }, { bid: "0" }).bid).toBe(0);
    expect(read({ price: "coin", zeroIsMissing: true }, { bid: "0" }).bid).toBeNull();
  });

  it("turns a rate into a discount by ACT/365", () => {
    const format: TableFormat = { price: "currency", expiryHourUtc: 8 };
    expect(read(format, { ratePerYear: "0.05" }).discount).toBeCloseTo(
      Math.exp((-0.05 * 84) / 365),
      12,
    );
    expect(read(format).discount).toBeNull();
  });

  const wrong: readonly [string, unknown, RegExp][] = [
    [
      "an unknown price unit",
      { price: "usd" },
      /expected price to be coin, currency or vol, got usd/,
    ],
    [
      "an unknown volatility unit",
      { price: "vol", vol: "points" },
      /decimal or percent, got points/,
    ],
    ["an unknown field", { price: "coin", columns: { strik: "K" } }, /strike.*, got strik\./],
    [
      "an hour that is none",
      { price: "coin", expiryHourUtc: 24 },
      /expected expiryHourUtc .* got 24/,
    ],
  ];
  it.each(wrong)("refuses %s", (_, format, message) => {
    const reading = (): unknown => genericTableRow("f.csv", header, format as TableFormat);
    expect(reading).toThrow(InputError);
    expect(reading).toThrow(message);
  });
});
