/** Arbitrage among quotes against sets with known arbitrage, and the hull against its definition. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { CallQuote } from "./callQuotes.ts";
import { findQuoteArbitrage, isBidAskFeasible, type QuoteArbitrage } from "./quoteArbitrage.ts";

const file = new URL("../../../../shared/reference/arbitrage.json", import.meta.url);

interface ReferenceSet {
  readonly name: string;
  readonly quotes: readonly {
    T: number;
    F: number;
    K: number;
    bid: number;
    ask: number;
    mid: number;
  }[];
  readonly violations_at_mid: readonly QuoteArbitrage[];
  readonly mid_is_arbitrage_free: boolean;
  readonly bid_ask_box_feasible: boolean;
  readonly crossed_quotes: readonly number[];
}

const sets: readonly ReferenceSet[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as { sets: ReferenceSet[] }).sets
  : [];

const callsOf = (set: ReferenceSet): CallQuote[] =>
  set.quotes.map(({ T, F, K, bid, ask, mid }, i) => ({
    name: `quote ${i}`,
    yearsToExpiry: T,
    moneyness: K / F,
    bid: bid / F,
    ask: ask / F,
    mid: mid / F,
  }));

const sorted = (list: readonly QuoteArbitrage[]) =>
  list.toSorted((a, b) => `${a.type}${a.quotes}`.localeCompare(`${b.type}${b.quotes}`));

describe.skipIf(sets.length === 0)("reference sets (skipped: no shared/reference)", () => {
  test.each(sets.map((set) => [set.name, set] as const))("%s", (_, set) => {
    const quotes = callsOf(set);
    const found = sorted(findQuoteArbitrage(quotes));
    const known = sorted(set.violations_at_mid);
    expect(found.map(({ type, quotes: q }) => [type, q])).toEqual(
      known.map(({ type, quotes: q }) => [type, q]),
    );
    found.forEach(({ size }, i) => expect(size).toBeCloseTo(known[i].size, 13));
    expect(found.length === 0).toBe(set.mid_is_arbitrage_free);
    expect(isBidAskFeasible(quotes)).toBe(set.bid_ask_box_feasible);
    const traded = findQuoteArbitrage(quotes, { at: "bid-ask" });
    expect(traded.length === 0).toBe(set.bid_ask_box_feasible);
    expect(traded.filter(({ type }) => type === "crossed").flatMap((one) => one.quotes)).toEqual(
      set.crossed_quotes,
    );
  });
});

const call = (yearsToExpiry: number, moneyness: number, mid: number): CallQuote => ({
  name: `${yearsToExpiry}y ${moneyness}`,
  yearsToExpiry,
  moneyness,
  bid: mid - 0.001,
  ask: mid + 0.001,
  mid,
});

test("a butterfly with one wing at each of two later expiries is found", () => {
  // c_1(1) = 0.11 against the chord of c_2(0.9) = 0.15 and c_3(1.1) = 0.05; no two expiries alone contradict
  const quotes = [
    call(1, 1, 0.11),
    call(2, 0.9, 0.15),
    call(2, 1.5, 0.04),
    call(3, 1.1, 0.05),
    call(3, 0.5, 0.52),
  ];
  const found = findQuoteArbitrage(quotes);
  expect(found).toHaveLength(1);
  expect(found[0].type).toBe("calendar_butterfly");
  expect(found[0].quotes).toEqual([0, 1, 3]);
  expect(found[0].size).toBeCloseTo(0.01, 14);
  // sold at 0.109, bought at 0.151 and 0.051
  expect(findQuoteArbitrage(quotes, { at: "bid-ask" })[0].size).toBeCloseTo(0.008, 14);
});

test("an early call above the last, lower struck, later call is a calendar arbitrage", () => {
  expect(findQuoteArbitrage([call(1, 1.3, 0.06), call(2, 1.2, 0.05)])).toEqual([
    { type: "calendar", quotes: [0, 1], size: expect.closeTo(0.01, 14) },
  ]);
});

test("quotes that are not numbers, and strikes quoted twice, are refused by name", () => {
  expect(() => findQuoteArbitrage([call(1, 1, Number.NaN)])).toThrow(/1y 1: expected/);
  expect(() => findQuoteArbitrage([call(1, 1, 0.1), call(1, 1, 0.1)])).toThrow(/once/);
});
