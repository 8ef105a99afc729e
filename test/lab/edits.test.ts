/** Changes of quotes as text in an address. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editsText, mostEdits, ownQuote, withEdits } from "../../lab/src/market/edits.ts";
import type { LabExpiry, LabMarket, LabQuote } from "../../lab/src/market/labMarket.ts";

const quoteOf = (expiryMs: number, strike: number): LabQuote => ({
  id: `X-${expiryMs}-${strike}`,
  type: strike < 100 ? "put" : "call",
  strike,
  logMoneyness: Math.log(strike / 100),
  bidVol: 0.49,
  askVol: 0.51,
});
const expiryOf = (expiryMs: number): LabExpiry => ({
  expiryMs,
  yearsToExpiry: 0.1,
  forward: 100,
  discount: 1,
  quotes: Array.from({ length: 9 }, (_, i) => quoteOf(expiryMs, 80 + 5 * i)),
});
const market: LabMarket = {
  underlying: "X",
  asOfMs: Date.UTC(2026, 0, 1),
  about: "",
  expiries: [expiryOf(Date.UTC(2026, 0, 30, 8)), expiryOf(Date.UTC(2026, 2, 27, 8))],
};

/** Moves, removals and additions. */
const edit = fc.oneof(
  fc.record({
    kind: fc.constant("move" as const),
    place: fc.nat(17),
    vol: fc.double({ min: 0.1, max: 2, noNaN: true }),
  }),
  fc.record({ kind: fc.constant("remove" as const), place: fc.nat(17) }),
  fc.record({
    kind: fc.constant("add" as const),
    place: fc.nat(1),
    strike: fc.integer({ min: 31, max: 449 }).filter((k) => k % 5 !== 0),
    vol: fc.double({ min: 0.1, max: 2, noNaN: true }),
  }),
);

function edited(
  edits: readonly (typeof edit extends fc.Arbitrary<infer E> ? E : never)[],
): LabMarket {
  return edits.reduce((now, own): LabMarket => {
    const rank = own.kind === "add" ? own.place : Math.floor(own.place / 9);
    const expiries = now.expiries.map((expiry, i) => {
      if (i !== rank) return expiry;
      const at = market.expiries[i].quotes[own.place % 9].id;
      if (own.kind === "remove") {
        const quotes = expiry.quotes.filter(({ id }) => id !== at);
        return quotes.length === 0 ? expiry : { ...expiry, quotes };
      }
      if (own.kind === "move") {
        const quotes = expiry.quotes.map((quote) =>
          quote.id === at
            ? { ...quote, bidVol: own.vol - 0.01, askVol: own.vol + 0.01, edited: true }
            : quote,
        );
        return { ...expiry, quotes };
      }
      if (expiry.quotes.some(({ strike }) => strike === own.strike)) return expiry;
      const added = ownQuote(expiry, own.strike, own.vol - 0.01, own.vol + 0.01);
      return { ...expiry, quotes: [...expiry.quotes, added].sort((a, b) => a.strike - b.strike) };
    });
    return { ...now, expiries };
  }, market);
}

describe("changes of quotes", () => {
  test("come back from their text, to eight digits", () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const wanted = edited(edits);
        const text = editsText(market, wanted) ?? "";
        const found = withEdits(market, text);
        const flat = (own: LabMarket) => own.expiries.flatMap(({ quotes }) => quotes);
        const [a, b] = [flat(found), flat(wanted)];
        expect(a.map(({ id, strike, type }) => [id, strike, type])).toEqual(
          b.map(({ id, strike, type }) => [id, strike, type]),
        );
        a.forEach((quote, i) => {
          expect(Math.abs(quote.bidVol - b[i].bidVol)).toBeLessThan(1e-7);
          expect(Math.abs(quote.askVol - b[i].askVol)).toBeLessThan(1e-7);
        });
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test("without any the text is empty and the market the same", () => {
    expect(editsText(market, market)).toBe("");
    expect(withEdits(market, "")).toBe(market);
  });

  test("too many for an address are none", () => {
    const far = { ...market, expiries: market.expiries.map((e) => ({ ...e, quotes: [] })) };
    expect(editsText(market, far)?.split("~").length).toBe(18);
    const many = Array.from({ length: mostEdits + 1 }, (_, i) => quoteOf(0, 31 + i / 10));
    const wide = { ...market, expiries: [{ ...market.expiries[0], quotes: many }] };
    expect(editsText(market, wide)).toBeNull();
  });

  test.each([
    "nonsense",
    "20260130_80p_nan_3",
    "20260130_80p_60_50",
    "20260130_1000000c_50_51",
    "20260130_-5c_50_51",
    "20990101_80p_50_51",
    "20260130_80p_50",
  ])("that cannot be are left out: %s", (text) => {
    expect(withEdits(market, text).expiries.flatMap(({ quotes }) => quotes)).toEqual(
      market.expiries.flatMap(({ quotes }) => quotes),
    );
  });
});
