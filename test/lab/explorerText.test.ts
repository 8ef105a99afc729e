/** What the explorer shows agrees with the library to the last digit, and what a reader types is understood or refused in words. */
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blackPrice, forwardDelta, premiumAdjustedDelta } from "../../src/formulas/index.ts";
import { type OptionTerms, quantityOf, withQuantity } from "../../src/formulas/index.ts";
import { shown } from "../../lab/src/sections/explorer/fields.ts";
import { numberOf, refusal } from "../../lab/src/sections/explorer/reading.ts";
import { roundTrip } from "../../lab/src/sections/explorer/roundTrip.ts";

const month: OptionTerms = {
  type: "call",
  spot: 60_000,
  forward: 60_300,
  strike: 62_000,
  years: 30 / 365,
  vol: 0.52,
  discount: 1,
};

const text = (terms: OptionTerms, quantity: Parameters<typeof quantityOf>[1]): string => {
  const answer = quantityOf(terms, quantity);
  return answer.ok ? shown(quantity, answer.value) : answer.code;
};

test("52 % for 30 days shows w = 0.022225 and comes back as 52.00 %", () => {
  const trip = roundTrip(month, "vol");
  expect(trip).toMatchObject({
    thereText: "w = 0.022225",
    backText: "σ = 52.00 %",
    isSame: true,
  });
});

test("every number shown is the library's, to the last digit, over a sweep of options", () => {
  const option = fc.record({
    type: fc.constantFrom("call" as const, "put" as const),
    forward: fc.double({ min: 0.5, max: 1e5, noNaN: true }),
    years: fc.double({ min: 0.002, max: 5, noNaN: true }),
    vol: fc.double({ min: 0.03, max: 2, noNaN: true }),
    z: fc.double({ min: -3.5, max: 3.5, noNaN: true }),
  });
  fc.assert(
    fc.property(option, ({ type, forward, years, vol, z }) => {
      const s = vol * Math.sqrt(years);
      const strike = forward * Math.exp(z * s);
      const terms: OptionTerms = { ...month, type, forward, years, vol, strike };
      const price = blackPrice(type, { forward, strike, yearsToExpiry: years, vol });
      expect(text(terms, "price")).toBe(shown("price", price));
      expect(text(terms, "coinPrice")).toBe(shown("coinPrice", price / forward));
      expect(text(terms, "totalVariance")).toBe(shown("totalVariance", vol * vol * years));
      expect(text(terms, "annualVariance")).toBe(shown("annualVariance", vol * vol));
      const k = Math.log(strike / forward);
      expect(text(terms, "delta")).toBe(shown("delta", forwardDelta(type, k, s)));
      expect(text(terms, "adjustedDelta")).toBe(
        shown("adjustedDelta", premiumAdjustedDelta(type, k, s)),
      );
    }),
    { seed: 3, numRuns: 500 },
  );
});

test("digits that are typed are the digits that are shown back", () => {
  const typed = [
    ["vol", "48.31"],
    ["totalVariance", "0.031250"],
    ["days", "45"],
    ["strike", "58500"],
    ["logMoneyness", "-0.10000"],
    ["delta", "0.2500"],
    ["adjustedDelta", "0.2500"],
    ["price", "3100.00"],
    ["coinPrice", "0.0500000"],
    ["spot", "61000"],
    ["carry", "4.500"],
  ] as const;
  for (const [quantity, digits] of typed) {
    const scale = quantity === "vol" || quantity === "carry" ? 100 : 1;
    const answer = withQuantity(month, quantity, numberOf(digits) / scale);
    if (!answer.ok) throw new Error(answer.reason);
    expect(text(answer.terms, quantity)).toBe(digits);
  }
});

test.each([
  ["62,000", 62_000],
  ["1,234,567.5", 1_234_567.5],
  ["62 000", 62_000],
  ["0,52", 0.52],
  ["52 %", 52],
  ["−0.1", -0.1],
  [".5", 0.5],
  ["2e-3", 0.002],
])("reads %s as %d", (typed, value) => expect(numberOf(typed)).toBe(value));

test.each(["", "abc", "1.2.3", "12,34,5", "1e", "--3", "0x10", "Infinity"])(
  "does not take %j for a number",
  (typed) => expect(numberOf(typed)).toBeNaN(),
);

test.each([
  ["price", 61_000, /never worth more than the forward, 60300/],
  ["price", -1, /worth at least 0/],
  ["coinPrice", 2, /never worth more than the forward, 1\.00000/],
  ["coinPrice", 0, /0 is the least this call can be worth/],
  ["delta", 1.2, /No strike has a forward delta/],
  ["delta", -0.3, /the delta of a call is above 0/i],
  ["adjustedDelta", 0.97, /exceeds the largest premium-adjusted delta/],
  ["vol", -5, /Implied volatility must be zero or more/],
  ["days", 0, /Days must be more than zero/],
  ["logMoneyness", 1e5, /too large or too small/],
] as const)("refuses %s = %d in words", (quantity, value, words) => {
  const answer = withQuantity(month, quantity, value);
  expect(answer.ok).toBe(false);
  if (!answer.ok) expect(refusal(answer, quantity, month)).toMatch(words);
});

const file = new URL("../../../shared/reference/black.json", import.meta.url);
describe.skipIf(!existsSync(file))("on reference/black.json (skipped if absent)", () => {
  test("shows the reference's digits", () => {
    const cases: readonly Readonly<Record<string, number>>[] = JSON.parse(
      readFileSync(file, "utf8"),
    ).black;
    let checked = 0;
    for (const c of cases.filter(({ T, sigma }) => T > 0 && sigma > 0)) {
      const terms = { ...month, forward: c.F, strike: c.K, years: c.T, vol: c.sigma };
      for (const type of ["call", "put"] as const) {
        if (Math.abs(c[type]) < 1e-9 * c.F) continue;
        expect(text({ ...terms, type }, "price")).toBe(shown("price", c[type]));
        expect(text({ ...terms, type }, "delta")).toBe(shown("delta", c[`delta_${type}`]));
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(100);
  });
});
