import { describe, expect, it } from "vitest";
import { blackOtm } from "../formulas/index.ts";
import { InputError } from "../num/errors.ts";
import { clean } from "./clean.ts";
import type { CleanOptions } from "./cleanOptions.ts";
import { MS_PER_DAY, yearsBetween } from "./dayCount.ts";
import { fingerprint } from "./chain.ts";
import { countReasons, type DropReason } from "./dropped.ts";
import { makeQuoteSet, type OptionType, type RawQuote } from "./quote.ts";

const asOfMs = Date.UTC(2026, 0, 2, 8);
const FORWARD = 100;
const SPREAD = 0.02;

interface Change {
  readonly forward?: number;
  readonly days?: number;
  readonly unit?: RawQuote["unit"];
  readonly discount?: number;
}

/** Volatility that the quotes are built from: a smile, so that a wrong strike is seen. */
const smile = (strike: number): number => 0.6 + 0.3 * Math.log(strike / FORWARD) ** 2;

/** A quote whose bid and ask are exact Black prices of smile ± half of SPREAD. */
function quote(type: OptionType, strike: number, change: Change = {}): RawQuote {
  const { forward = FORWARD, days = 30, unit = "coin", discount = 1 } = change;
  const expiryMs = asOfMs + days * MS_PER_DAY;
  const k = Math.log(strike / forward);
  const rootYears = Math.sqrt(yearsBetween(asOfMs, expiryMs));
  const intrinsic = Math.max((type === "call" ? 1 : -1) * (1 - strike / forward), 0);
  const scale = unit === "currency" ? discount * forward : 1;
  const side = (vol: number): number =>
    unit === "vol" ? vol : scale * (blackOtm(k, vol * rootYears) + intrinsic);
  return {
    instrument: `X-${days}-${strike}-${type}`,
    underlying: "X",
    type,
    strike,
    expiryMs,
    asOfMs,
    unit,
    bid: side(smile(strike) - SPREAD / 2),
    ask: side(smile(strike) + SPREAD / 2),
    mark: null,
    markIv: null,
    forward,
    discount: unit === "currency" ? null : 1,
    openInterest: null,
  };
}

const STRIKES = [70, 80, 90, 95, 100, 105, 110, 120, 130];
const bothTypes = (change?: Change): RawQuote[] =>
  STRIKES.flatMap((strike) => [quote("call", strike, change), quote("put", strike, change)]);
const otmOnly = (change?: Change): RawQuote[] =>
  STRIKES.map((strike) => quote(strike >= FORWARD ? "call" : "put", strike, change));
const cleaned = (quotes: readonly RawQuote[], options?: CleanOptions) =>
  clean(makeQuoteSet("made.csv", quotes), options);

describe("clean", () => {
  it.each(["coin", "currency", "vol"] as const)(
    "recovers the volatilities behind %s quotes",
    (unit) => {
      const { chain, dropped, read } = cleaned(otmOnly({ unit }));
      const [expiry] = chain.expiries;
      expect(dropped).toEqual([]);
      expect(read).toBe(STRIKES.length);
      expect(expiry).toMatchObject({ forward: FORWARD, discount: 1, yearsToExpiry: 30 / 365 });
      expect(expiry.quotes.map((q) => q.strike)).toEqual(STRIKES);
      for (const q of expiry.quotes) {
        const s = smile(q.strike) * Math.sqrt(expiry.yearsToExpiry);
        expect(q.logMoneyness).toBeCloseTo(Math.log(q.strike / FORWARD), 14);
        expect(q.bidVol).toBeCloseTo(smile(q.strike) - SPREAD / 2, 6);
        expect(q.askVol).toBeCloseTo(smile(q.strike) + SPREAD / 2, 6);
        expect(q.halfSpreadVol).toBeCloseTo(SPREAD / 2, 6);
        expect(q.mid).toBeCloseTo(blackOtm(q.logMoneyness, s), 8);
        const step = 1e-4;
        const root = Math.sqrt(expiry.yearsToExpiry);
        const up = blackOtm(q.logMoneyness, s + step * root);
        const down = blackOtm(q.logMoneyness, s - step * root);
        expect(q.vega).toBeCloseTo((up - down) / (2 * step), 6);
      }
    },
  );

  it("takes the out-of-the-money option of a strike and drops its twin", () => {
    const { chain, dropped } = cleaned(bothTypes());
    expect(chain.expiries[0].quotes.map((q) => q.type)).toEqual(
      STRIKES.map((strike) => (strike >= FORWARD ? "call" : "put")),
    );
    expect(dropped.every((d) => d.reason === "in-the-money")).toBe(true);
    expect(dropped).toHaveLength(STRIKES.length);
  });

  it("lets an in-the-money option stand in, through parity, where no twin is listed", () => {
    const { chain } = cleaned(STRIKES.map((strike) => quote("call", strike)));
    expect(chain.expiries[0].quotes).toHaveLength(STRIKES.length);
    for (const q of chain.expiries[0].quotes) expect(q.midVol).toBeCloseTo(smile(q.strike), 6);
  });

  it("does not let it stand in for a twin that is listed without a quote", () => {
    const quotes = bothTypes().map((q) =>
      q.strike === 80 && q.type === "put" ? { ...q, bid: null, ask: null } : q,
    );
    expect(cleaned(quotes).chain.expiries[0].quotes.map((q) => q.strike)).not.toContain(80);
  });

  it("finds forward and discount of dollar prices by parity", () => {
    const quotes = bothTypes({ unit: "currency", discount: 0.97 }).map((q) => ({
      ...q,
      forward: null,
    }));
    const [expiry] = cleaned(quotes).chain.expiries;
    expect(expiry.forwardFrom).toBe("parity");
    expect(expiry.forward).toBeCloseTo(FORWARD, 8);
    expect(expiry.discount).toBeCloseTo(0.97, 8);
    for (const q of expiry.quotes) expect(q.midVol).toBeCloseTo(smile(q.strike), 6);
  });

  it("takes the discount from parity when only the forward is known", () => {
    const [expiry] = cleaned(bothTypes({ unit: "currency", discount: 0.96 })).chain.expiries;
    expect(expiry).toMatchObject({ forwardFrom: "quoted" });
    expect(expiry.discount).toBeCloseTo(0.96, 8);
  });

  it("reads each price at the forward of its own row", () => {
    const quotes = STRIKES.map((strike, i) =>
      quote(strike >= 100.2 ? "call" : "put", strike, { forward: FORWARD * (1 + (i - 4) * 2e-4) }),
    );
    const [expiry] = cleaned(quotes).chain.expiries;
    expect(expiry.forward).toBe(FORWARD);
    for (const q of expiry.quotes) expect(q.midVol).toBeCloseTo(smile(q.strike), 6);
  });

  it("gives weights by spread, with mean 1", () => {
    const quotes = otmOnly().map((q) => (q.strike === 90 ? { ...q, bid: (q.bid ?? 0) * 0.95 } : q));
    const all = cleaned(quotes).chain.expiries[0].quotes;
    const mean = all.reduce((total, q) => total + q.weight, 0) / all.length;
    expect(mean).toBeCloseTo(1, 12);
    const [wide] = all.filter((q) => q.strike === 90);
    const [other] = all.filter((q) => q.strike === 110);
    expect(wide.weight / other.weight).toBeCloseTo(
      (other.halfSpreadVol / wide.halfSpreadVol) ** 2,
      9,
    );
  });

  it("spreads maxQuotesPerExpiry over the strikes and keeps both ends", () => {
    const { chain, dropped } = cleaned(otmOnly(), { maxQuotesPerExpiry: 5 });
    expect(chain.expiries[0].quotes.map((q) => q.strike)).toEqual([70, 90, 100, 110, 130]);
    expect(countReasons(dropped)).toEqual(new Map([["thinned", 4]]));
  });

  it("accounts for every quote", () => {
    const near = [quote("call", 100, { days: 1 }), quote("put", 100, { days: 1 })];
    const quotes = [...bothTypes(), ...near, quote("call", 100, { days: 400 })];
    const { chain, dropped, read } = cleaned(quotes);
    const used = chain.expiries.reduce((total, expiry) => total + expiry.quotes.length, 0);
    expect(used + dropped.length).toBe(read);
    expect(countReasons(dropped)).toEqual(
      new Map<DropReason, number>([
        ["in-the-money", 9],
        ["too-near", 2],
        ["too-few-strikes", 1],
      ]),
    );
  });

  const faults: readonly [DropReason, Partial<RawQuote>][] = [
    ["missing", { bid: null }],
    ["missing", { ask: null }],
    ["zero", { bid: 0 }],
    ["crossed", { bid: 0.05, ask: 0.04 }],
    ["locked", { bid: 0.05, ask: 0.05 }],
    ["expired", { expiryMs: asOfMs - 1 }],
    ["too-near", { expiryMs: asOfMs + 1.49 * MS_PER_DAY }],
    ["off-forward", { forward: 104 }],
    ["below-intrinsic", { type: "call", strike: 40, bid: 0.4, ask: 0.5 }],
    ["above-maximum", { ask: 1 }],
    ["too-wide", { bid: 0.01, ask: 0.05 }],
    ["outside-delta-range", { strike: 250, bid: 1e-5, ask: 1.1e-5 }],
  ];
  it.each(faults)("drops a quote as %s, given %j", (reason, change) => {
    const bad = { ...quote("call", 115), instrument: "bad", ...change };
    const { dropped } = cleaned([...otmOnly(), bad]);
    expect(dropped).toMatchObject([{ instrument: "bad", reason }]);
    expect(dropped[0].detail).not.toBe("");
  });

  it("drops a repeated row and keeps the first", () => {
    const { chain, dropped } = cleaned([...otmOnly(), quote("call", 110)]);
    expect(dropped).toMatchObject([{ reason: "duplicate" }]);
    expect(chain.expiries[0].quotes).toHaveLength(STRIKES.length);
  });

  it("drops a far mark only when asked to", () => {
    const quotes = otmOnly().map((q) => (q.strike === 110 ? { ...q, mark: 0.5 } : q));
    expect(cleaned(quotes).dropped).toEqual([]);
    expect(cleaned(quotes, { maxMarkDistance: 1 }).dropped).toMatchObject([
      { reason: "stale-mark" },
    ]);
  });

  it("drops an expiry without a forward and keeps the others", () => {
    const blind = otmOnly({ days: 60 }).map((q) => ({ ...q, forward: null }));
    const { chain, dropped } = cleaned([...otmOnly(), ...blind]);
    expect(chain.expiries).toHaveLength(1);
    expect(countReasons(dropped)).toEqual(new Map([["no-forward", STRIKES.length]]));
  });
});

describe("clean refuses", () => {
  const change = (strike: number, fields: Partial<RawQuote>): RawQuote[] =>
    otmOnly().map((q) => (q.strike === strike ? { ...q, ...fields } : q));
  const message = (quotes: readonly RawQuote[], options?: CleanOptions): string => {
    try {
      cleaned(quotes, options);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return String(error);
    }
    return "";
  };

  it.each([
    [
      "a price that is NaN",
      { bid: Number.NaN },
      "expected bid to be a non-negative number, got NaN",
    ],
    ["a negative price", { ask: -0.01 }, "expected ask to be a non-negative number, got -0.01"],
    ["a strike of zero", { strike: 0 }, "expected a positive strike, got 0"],
    ["an infinite strike", { strike: Infinity }, "expected a positive strike, got Infinity"],
    ["a forward of zero", { forward: 0 }, "expected forward to be a positive number, got 0"],
    ["an expiry that is no time", { expiryMs: Number.NaN }, "expected an expiry"],
  ])("%s, naming instrument and value", (_, fields, text) => {
    expect(message(change(110, fields))).toContain(`made.csv: X-30-110-call: ${text}`);
    expect(cleaned(change(110, fields), { invalidRows: "drop" }).dropped).toHaveLength(1);
  });

  it("two different quotes of one option", () => {
    const twice = [...otmOnly(), { ...quote("call", 110), bid: 0.001 }];
    expect(message(twice)).toContain("expected one row for the call 110 of 2026-02-01");
  });

  it("volatilities in percent declared as decimals", () => {
    const percent = otmOnly({ unit: "vol" }).map((q) => ({
      ...q,
      bid: 100 * (q.bid ?? 0),
      ask: 100 * (q.ask ?? 0),
    }));
    expect(message(percent)).toMatch(/look like percent: declare the unit/);
  });

  it("decimals declared as percent", () => {
    const tiny = otmOnly().map((q) => ({ ...q, markIv: 0.006 }));
    expect(message(tiny)).toMatch(/look like decimals declared as percent/);
  });

  it("bid and ask exchanged", () => {
    const swapped = otmOnly().map((q) => ({ ...q, bid: q.ask, ask: q.bid }));
    expect(message(swapped)).toContain("expected bid below ask, got 9 of 9 quotes crossed");
  });

  it("an expired chain", () => {
    const late = otmOnly().map((q) => ({ ...q, asOfMs: q.expiryMs + 1 }));
    expect(message(late)).toContain("9 quotes that have all expired");
  });

  it("a single expiry with two quotes", () => {
    expect(message(otmOnly().slice(3, 5))).toContain(
      "expected at least 5 usable strikes in some expiry, got fewer: expiry 2026-02-01 has 2",
    );
  });

  it("no quotes, and quotes on two underlyings", () => {
    expect(message([])).toContain("expected option quotes, got none");
    expect(message([...otmOnly(), { ...quote("call", 110), underlying: "Y" }])).toContain(
      "expected quotes on one underlying, got X and Y",
    );
  });

  it.each([
    [{ minDelta: 0.6 }, "minDelta"],
    [{ maxDelta: Number.NaN }, "maxDelta"],
    [{ minQuotes: 0 }, "minQuotes"],
    [{ maxSpread: -1 }, "maxSpread"],
    [{ maxQuotesPerExpiry: 1.5 }, "maxQuotesPerExpiry"],
  ])("settings that make no sense: %j", (options, name) => {
    expect(message(otmOnly(), options)).toContain(name);
  });
});

describe("fingerprint", () => {
  const base = cleaned(otmOnly()).chain;

  it("does not depend on the order of rows", () => {
    expect(fingerprint(cleaned(otmOnly().reverse()).chain)).toBe(fingerprint(base));
    expect(fingerprint(base)).toMatch(/^[0-9a-f]{16}$/);
  });

  it("changes with a quote and with the filter", () => {
    const moved = otmOnly().map((q) =>
      q.strike === 90 ? { ...q, ask: (q.ask ?? 0) * 1.0001 } : q,
    );
    expect(fingerprint(cleaned(moved).chain)).not.toBe(fingerprint(base));
    expect(fingerprint(cleaned(otmOnly(), { minDelta: 0.2 }).chain)).not.toBe(fingerprint(base));
  });
});
