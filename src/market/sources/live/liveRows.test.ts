import { describe, expect, it } from "vitest";
import { replayMarket } from "../../../../test/deribit/replayMarket.ts";
import { InputError } from "../../../num/errors.ts";
import { FutureTimeError, messageRow, summaryRow } from "./liveRows.ts";

const T = Date.UTC(2026, 2, 28, 12);
const market = replayMarket(T, ["BTC"]);
const [option] = market.names("BTC", "option");
const perpetual = "BTC-PERPETUAL";
const at = { venue: "deribit", receivedMs: T + 40, latestMs: T + 2000 };
const channel = (name: string): string => `ticker.${name}.100ms`;

describe("a row of what was sent", () => {
  it("an option's ticker: prices in coin, volatility as a decimal, known when received", () => {
    const ticker = market.ticker(option, T);
    const group = messageRow(channel(option), ticker, at);
    expect(group).toMatchObject({ kind: "option", venue: "deribit", underlying: "BTC" });
    expect(group.rows).toEqual([
      {
        eventMs: T,
        knownMs: T + 40,
        instrument: option,
        type: "call",
        strike: 72_000,
        expiryMs: Date.UTC(2026, 3, 17, 8),
        unit: "coin",
        bid: ticker.best_bid_price,
        ask: ticker.best_ask_price,
        mark: ticker.mark_price,
        markIv: Number(ticker.mark_iv) / 100,
        forward: ticker.underlying_price,
        discount: 1,
        openInterest: ticker.open_interest,
        exercise: "european",
      },
    ]);
  });

  it("no bid is null, whether it was written as 0 or as null", () => {
    for (const none of [0, null]) {
      const ticker = { ...market.ticker(option, T), best_bid_price: none };
      expect(messageRow(channel(option), ticker, at).rows).toMatchObject([{ bid: null }]);
    }
  });

  it("a perpetual, an index and DVOL", () => {
    const groups = [
      messageRow(channel(perpetual), market.ticker(perpetual, T), at),
      messageRow(
        "deribit_price_index.btc_usd",
        { index_name: "btc_usd", price: 80_000, timestamp: T },
        at,
      ),
      messageRow(
        "deribit_volatility_index.btc_usd",
        { index_name: "btc_usd", volatility: 45.5, timestamp: T },
        at,
      ),
    ];
    expect(groups).toMatchObject([
      { kind: "future", underlying: "BTC", rows: [{ instrument: perpetual, expiryMs: null }] },
      {
        kind: "index",
        underlying: "BTC",
        rows: [{ series: "INDEX", unit: "price", value: 80_000 }],
      },
      { kind: "index", underlying: "BTC", rows: [{ series: "DVOL", unit: "vol", value: 0.455 }] },
    ]);
  });

  it("items of a book summary; combinations are passed over", () => {
    const rows = [option, perpetual, "BTC-CS-27MAR26-70000_80000"].map((name) =>
      summaryRow(
        "summary",
        { ...market.summary(name.includes("CS") ? option : name, T), instrument_name: name },
        at,
      ),
    );
    expect(rows).toMatchObject([{ kind: "option" }, { kind: "future" }, null]);
  });

  it("fields that are new do no harm", () => {
    const ticker = { ...market.ticker(option, T), vanna: 1 };
    expect(messageRow(channel(option), ticker, at).rows).toHaveLength(1);
  });
});

describe("what is refused", () => {
  const sound = market.ticker(option, T);
  const without = (key: string) =>
    Object.fromEntries(Object.entries(sound).filter(([k]) => k !== key));

  it.each(
    Object.keys(sound)
      .filter((key) => /price$|^mark|^open|^time|_name$/.test(key))
      .filter((key) => key !== "index_price"),
  )("an option's ticker without %s", (key) => {
    expect(() => messageRow(channel(option), without(key), at)).toThrow(
      new RegExp(`^ticker.${option}.100ms: expected .* in ${key}, got none`),
    );
  });

  it.each([
    ["a price as a text", { mark_price: "0.1" }, /expected a number in mark_price, got "0.1"/],
    [
      "a negative price",
      { best_ask_price: -0.1 },
      /expected at least 0 in best_ask_price, got -0.1/,
    ],
    ["a volatility as a decimal", { mark_iv: 0.5 }, /expected at least 1 in mark_iv, got 0.5/],
    ["a volatility above all bounds", { mark_iv: 1e6 }, /expected at most 5000 in mark_iv/],
    [
      "a forward of zero",
      { underlying_price: 0 },
      /expected more than 0 in underlying_price, got 0/,
    ],
    [
      "seconds for milliseconds",
      { timestamp: T / 1000 },
      /expected at least 1450000000000 in timestamp/,
    ],
    ["microseconds", { timestamp: T * 1000 }, /expected at most .* in timestamp/],
    [
      "another instrument",
      { instrument_name: perpetual },
      /which was asked for, got BTC-PERPETUAL/,
    ],
    ["an infinite price", { mark_price: Infinity }, /in mark_price/],
  ])("%s", (_, wrong, complaint) => {
    const spoilt = { ...sound, ...wrong };
    expect(() => messageRow(channel(option), spoilt, at)).toThrow(InputError);
    expect(() => messageRow(channel(option), spoilt, at)).toThrow(complaint);
  });

  it.each([null, [], "text", 7, undefined])("%j in place of an object", (data) => {
    expect(() => messageRow(channel(option), data, at)).toThrow(/expected an object, got/);
  });

  it("a time that has not come, told apart from other faults", () => {
    const early = market.ticker(option, T + 2001);
    expect(() => messageRow(channel(option), early, at)).toThrow(FutureTimeError);
    expect(messageRow(channel(option), market.ticker(option, T + 2000), at).rows).toHaveLength(1);
  });

  it("a channel that nobody asked for", () => {
    expect(() => messageRow("quote.BTC", sound, at)).toThrow(/a channel that was asked for/);
  });

  it.each([{}, null, { instrument_name: 5 }])("an item %j of a book summary", (item) => {
    expect(() => summaryRow("summary", item, at)).toThrow(/expected a text in instrument_name/);
  });
});
