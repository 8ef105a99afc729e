import { describe, expect, test } from "vitest";
import { deribitFees, feesAt, fundingRate, optionFee } from "./venueFees.ts";

describe("Deribit's fees", () => {
  const now = feesAt(deribitFees, Date.UTC(2026, 0, 5));

  test("of options are 0.0003 of a coin, and an eighth of a small premium", () => {
    expect(optionFee(now, 0.0001, 1)).toBeCloseTo(0.0000125, 15);
    expect(optionFee(now, 0.01, 1)).toBe(0.0003);
    expect(optionFee(now, 0.01, 25)).toBeCloseTo(0.0075, 15);
    // the cap binds below 0.0024
    expect(optionFee(now, 0.0024, 1)).toBeCloseTo(0.0003, 15);
    expect(optionFee(now, 0.00239, 1)).toBeLessThan(0.0003);
  });

  test("are those of the day", () => {
    expect(feesAt(deribitFees, Date.UTC(2020, 5, 1)).futureTaker).toBe(0.00075);
    expect(now.futureTaker).toBe(0.0005);
    expect(() => feesAt(deribitFees, Date.UTC(2010, 0, 1))).toThrow(
      "expected a day from 2019-01-01",
    );
  });

  test("refuse negative sizes", () => {
    expect(() => optionFee(now, -1, 1)).toThrow("premium and contracts >= 0");
  });
});

test("funding is nothing near the index and what exceeds 0.025 % beyond", () => {
  expect(fundingRate(0.0002)).toBe(0);
  expect(fundingRate(0.0006)).toBeCloseTo(0.00035, 15);
  expect(fundingRate(-0.0003)).toBeCloseTo(-0.00005, 15);
});
