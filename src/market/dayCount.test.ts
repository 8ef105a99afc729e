import { describe, expect, it } from "vitest";
import { InputError } from "../num/errors.ts";
import { deribitExpiryMs, formatInstant, parseInstant, yearsBetween } from "./dayCount.ts";

const noon = Date.UTC(2026, 2, 27, 12);

describe("parseInstant", () => {
  it.each([
    ["ISO with Z", "2026-03-27T12:00:00Z"],
    ["ISO with an offset", "2026-03-27T15:00:00+03:00"],
    ["ISO without an offset, which is UTC", "2026-03-27T12:00:00"],
    ["a space in place of the T", "2026-03-27 12:00:00+00:00"],
    ["seconds", "1774612800"],
    ["milliseconds", "1774612800000"],
    ["microseconds", "1774612800000000"],
    ["nanoseconds", "1774612800000000000"],
    ["seconds in scientific notation", "1.7746128e9"],
  ])("reads %s", (_, text) => {
    expect(parseInstant(text)).toBe(noon);
  });

  it("puts a date alone at the hour it is given", () => {
    expect(parseInstant("2026-03-27", 12)).toBe(noon);
    expect(parseInstant("20260327", 12)).toBe(noon);
  });

  it.each(["", "soon", "27/03/2026", "2026-13-01", "20261301"])("makes NaN of %j", (text) => {
    expect(parseInstant(text)).toBeNaN();
  });
});

describe("deribitExpiryMs", () => {
  it("is 08:00 UTC of the day, with one or two digits", () => {
    expect(formatInstant(deribitExpiryMs("5JAN26"))).toBe("2026-01-05T08:00:00.000Z");
    expect(formatInstant(deribitExpiryMs("25DEC26"))).toBe("2026-12-25T08:00:00.000Z");
  });

  it.each(["31FEB26", "5FOO26", "2026-01-05", "0JAN26"])("refuses %s", (text) => {
    expect(() => deribitExpiryMs(text)).toThrow(InputError);
  });
});

describe("yearsBetween", () => {
  it("counts actual days over 365, also across a leap day", () => {
    expect(yearsBetween(Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1))).toBe(366 / 365);
  });
});
