/**
 * Every trap that data/SOURCES.md names for Deribit chains, on the real file that has it.
 *
 * Expected numbers are the exchange's own (mark prices, bid and ask IVs), those of SOURCES.md, and
 * the term structure computed by another program.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { blackOtm } from "../../formulas/index.ts";
import { normCdf } from "../../num/normal.ts";
import { clean } from "../clean.ts";
import { yearsBetween } from "../dayCount.ts";
import { countReasons } from "../dropped.ts";
import { makeQuoteSet, type RawQuote } from "../quote.ts";
import { readCsvText } from "./csv.ts";
import { deribitEod2021Row } from "./deribitEod2021.ts";
import { loadChainFile, openFile } from "./openFile.ts";

const root = fileURLToPath(new URL("../../../../shared/data/deribit/", import.meta.url));
const missing = !existsSync(root);
const chains = `${root}chains/`;
const snapshot = (stamp: string): string =>
  `${chains}${stamp.slice(0, 4)}-${stamp.slice(4, 6)}/deribit_options_snapshot_${stamp}.csv.gz`;
const quiet = snapshot("20260328T153906Z");

/** Rows of a shared CSV without quotation marks, as records. */
function records(path: string): Record<string, string>[] {
  const [header, ...lines] = gunzipSync(readFileSync(path)).toString().trim().split(/\r?\n/);
  const names = header.split(",").map((name) => name.trim());
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((name, i) => [name, cells[i].trim()]));
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Black price in coin at a volatility, by the forward of the row. */
function coinPrice(quote: RawQuote, vol: number, years: number): number {
  const relativeStrike = quote.strike / (quote.forward ?? Number.NaN);
  const intrinsic = quote.type === "call" ? 1 - relativeStrike : relativeStrike - 1;
  return blackOtm(Math.log(relativeStrike), vol * Math.sqrt(years)) + Math.max(intrinsic, 0);
}

describe.skipIf(missing)("Deribit snapshots (skipped when the shared data are absent)", () => {
  it.each(["BTC", "ETH"])(
    "1: the forward of a %s expiry is its own, not the drifting index",
    async (underlying) => {
      const { chain } = await loadChainFile(quiet, { underlying });
      const rows = records(`${root}derived/atm_term_structure.csv.gz`).filter(
        (row) =>
          row.currency === underlying && quiet.includes(row.snapshot_file.replace(".csv", "")),
      );
      expect(chain.expiries.length).toBeGreaterThan(10);
      for (const expiry of chain.expiries) {
        const row = rows.find((r) => Number(r.expiry_ms) === expiry.expiryMs);
        expect(expiry.forwardFrom).toBe("quoted");
        expect(expiry.forward).toBeCloseTo(Number(row?.forward_usd), 3);
        expect(expiry.yearsToExpiry).toBeCloseTo(Number(row?.t_years_act365), 7);
      }
      const last = chain.expiries[chain.expiries.length - 1];
      const index = Number(rows[0].index_usd);
      expect(last.forward / index).toBeGreaterThan(1.01);
    },
  );

  it("1: parity among the quotes finds the same forward within a basis point or two", async () => {
    const set = await openFile(quiet, { underlying: "BTC" });
    const blind = set.quotes.map((quote) => ({ ...quote, forward: null }));
    const parity = clean(makeQuoteSet("without forwards", blind)).chain;
    const quoted = clean(set).chain;
    for (const [i, expiry] of quoted.expiries.entries()) {
      expect(parity.expiries[i].forwardFrom).toBe("parity");
      expect(Math.abs(parity.expiries[i].forward / expiry.forward - 1)).toBeLessThan(5e-4);
    }
  });

  it("2: marks are Black prices on ACT/365 to 08:00 UTC, which the file's years miss", async () => {
    const set = await openFile(quiet, { underlying: "BTC" });
    const errors = (yearLength: number): number[] =>
      set.quotes.flatMap((quote) => {
        const years = yearsBetween(set.asOfMs, quote.expiryMs) * (365 / yearLength);
        if (years < 10 / 365 || quote.mark === null || quote.markIv === null) return [];
        return [Math.abs(coinPrice(quote, quote.markIv, years) - quote.mark)];
      });
    expect(median(errors(365))).toBeLessThan(1e-5);
    expect(median(errors(365.25))).toBeGreaterThan(3 * median(errors(365)));
  });

  it("3: an empty field is no quote: on 13 January 333 of 622 BTC rows have no bid and 333 no ask", async () => {
    const set = await openFile(snapshot("20260113T092145Z"), { underlying: "BTC" });
    expect(set.quotes).toHaveLength(622);
    expect(set.quotes.filter((q) => q.bid === null)).toHaveLength(333);
    expect(set.quotes.filter((q) => q.ask === null)).toHaveLength(333);
    const { chain, dropped } = clean(set);
    expect(countReasons(dropped).get("missing")).toBeGreaterThanOrEqual(333);
    expect(chain.expiries.every((expiry) => expiry.quotes.length >= 5)).toBe(true);
  });

  it("3: the second emptiest file still has a chain", async () => {
    const { chain } = await loadChainFile(snapshot("20260612T075931Z"), { underlying: "BTC" });
    expect(chain.expiries.length).toBeGreaterThan(3);
  });

  it("4: marks outside [bid, ask] do not cost a quote, and nothing is crossed or repeated", async () => {
    const set = await openFile(quiet, { underlying: "BTC" });
    const outside = set.quotes.filter(
      ({ bid, ask, mark }) =>
        bid !== null && ask !== null && mark !== null && (mark < bid || mark > ask),
    );
    expect(outside.length).toBeGreaterThan(0);
    const reasons = countReasons(clean(set).dropped);
    for (const reason of ["crossed", "duplicate", "stale-mark"] as const) {
      expect(reasons.has(reason)).toBe(false);
    }
  });

  it("5: expiries on index_price have no future but do have a forward", async () => {
    const may = `${chains}2026-05/`;
    const path = `${may}${readdirSync(may)[0]}`;
    const onIndex = records(path).filter((row) => row.underlying_name === "index_price");
    expect(onIndex.length).toBeGreaterThan(0);
    expect(onIndex.every((row) => row.futures_price === "")).toBe(true);
    const set = await openFile(path, { underlying: onIndex[0].currency });
    const names = new Set(onIndex.map((row) => row.instrument_name));
    const quotes = set.quotes.filter((quote) => names.has(quote.instrument));
    expect(quotes.length).toBeGreaterThan(0);
    expect(quotes.every((quote) => (quote.forward ?? 0) > 0)).toBe(true);
  });

  it("6: the delta of the filter is N(d1), as the exchange's, not the coin-adjusted one", async () => {
    const deltas = new Map(records(quiet).map((row) => [row.instrument_name, Number(row.delta)]));
    const set = await openFile(quiet, { underlying: "BTC" });
    const gap = (adjust: boolean): number =>
      median(
        set.quotes.flatMap((quote) => {
          const years = yearsBetween(set.asOfMs, quote.expiryMs);
          if (quote.type === "put" || quote.markIv === null || quote.mark === null || years < 0.1) {
            return [];
          }
          const s = quote.markIv * Math.sqrt(years);
          const d1 = Math.log((quote.forward ?? 0) / quote.strike) / s + s / 2;
          const delta = normCdf(d1) - (adjust ? quote.mark : 0);
          return [Math.abs(delta - (deltas.get(quote.instrument) ?? Number.NaN))];
        }),
      );
    expect(gap(false)).toBeLessThan(0.002);
    expect(gap(true)).toBeGreaterThan(0.02);
  });

  it("7: rows come in any order; quotes leave by expiry and log-moneyness", async () => {
    const set = await openFile(quiet, { underlying: "BTC" });
    for (const quote of set.quotes) {
      expect(quote.instrument.split("-")[2]).toBe(String(quote.strike));
    }
    const sorted = (values: readonly number[]): boolean =>
      values.every((value, i) => i === 0 || value > values[i - 1]);
    expect(sorted(set.quotes.map((quote) => quote.expiryMs + quote.strike))).toBe(false);
    const { chain } = clean(set);
    expect(sorted(chain.expiries.map((expiry) => expiry.expiryMs))).toBe(true);
    for (const expiry of chain.expiries) {
      expect(sorted(expiry.quotes.map((quote) => quote.logMoneyness))).toBe(true);
      expect(expiry.quotes.every((q) => (q.type === "call") === q.logMoneyness >= 0)).toBe(true);
    }
    const reversed = makeQuoteSet("reversed", set.quotes.toReversed());
    expect(reversed.fingerprint).toBe(set.fingerprint);
  });

  it("8: the clock is the timestamp column, to the microsecond's millisecond", async () => {
    const { asOfMs } = await openFile(quiet, { underlying: "ETH" });
    expect(asOfMs).toBe(Math.floor(Date.parse(records(quiet)[0].timestamp)));
  });

  it("every fortieth file loads, for both underlyings, and accounts for every row", async () => {
    const files = readdirSync(chains).flatMap((month) =>
      readdirSync(chains + month).map((name) => `${chains}${month}/${name}`),
    );
    for (const path of files.filter((_, i) => i % 40 === 0)) {
      for (const underlying of ["BTC", "ETH"]) {
        const { chain, dropped, read } = await loadChainFile(path, { underlying });
        const used = chain.expiries.reduce((total, expiry) => total + expiry.quotes.length, 0);
        expect(used + dropped.length).toBe(read);
        expect(used).toBeGreaterThan(60);
        for (const quote of chain.expiries.flatMap((expiry) => expiry.quotes)) {
          const numbers = Object.values(quote).filter((value) => typeof value === "number");
          expect(numbers.every(Number.isFinite)).toBe(true);
          expect(quote.bidVol).toBeGreaterThan(0);
          expect(quote.askVol).toBeGreaterThan(quote.bidVol);
        }
      }
    }
  });
});

describe.skipIf(missing)("Deribit June 2021 (skipped when the shared data are absent)", () => {
  const path = `${root}chains_2021/btc_eod_202106.csv.gz`;

  it("holds thirty days and asks for one", async () => {
    await expect(openFile(path)).rejects.toThrow(/2021-06-01T04:00.* \(30 days\).*2021-06-01/);
  });

  it("writes no quote as 0, which is not a price: 2650 bids and 3064 asks over the month", async () => {
    const quotes: RawQuote[] = [];
    readCsvText("June", gunzipSync(readFileSync(path)).toString(), (header) => {
      const quoteOf = deribitEod2021Row("June", header);
      return (cells) => quotes.push(quoteOf(cells));
    });
    expect(quotes).toHaveLength(12_134);
    expect(quotes.filter((quote) => quote.bid === null)).toHaveLength(2650);
    expect(quotes.filter((quote) => quote.ask === null)).toHaveLength(3064);
  });

  it("is at 04:00 UTC, which the file writes as midnight in New York", async () => {
    const { asOfMs } = await openFile(path, { day: "2021-06-22" });
    expect(new Date(asOfMs).toISOString()).toMatch(/^2021-06-22T04:00/);
  });

  it("has mark IV in percent and a forward on each row, which differ within an expiry", async () => {
    const set = await openFile(path, { day: "2021-06-22" });
    const { chain } = clean(set);
    const marks = new Map(set.quotes.map((quote) => [quote.instrument, quote.markIv]));
    const gaps = chain.expiries.flatMap((expiry) =>
      expiry.quotes.map((q) => Math.abs(q.midVol - (marks.get(q.instrument) ?? Number.NaN))),
    );
    expect(median(gaps)).toBeLessThan(0.015);
    const [expiry] = chain.expiries;
    const forwards = set.quotes.filter((q) => q.expiryMs === expiry.expiryMs).map((q) => q.forward);
    expect(new Set(forwards).size).toBeGreaterThan(1);
  });
});

describe.skipIf(missing)("Deribit replies (skipped when the shared data are absent)", () => {
  const api = `${root}api/`;
  const stamp = "20260105T092511Z";
  const reply = (method: string): string => `${api}reconstructed/${method}.${stamp}.json.gz`;

  it("the book summary says what the snapshot of its time says", async () => {
    const json = await openFile(reply("get_book_summary_by_currency.BTC.option"), {
      instruments: reply("get_instruments.BTC.option"),
    });
    const csv = await openFile(snapshot(stamp), { underlying: "BTC" });
    const lines = ({ quotes }: typeof json): string[] =>
      quotes
        .map((q) => `${q.instrument} ${q.type} ${q.strike} ${q.expiryMs} ${q.bid} ${q.ask}`)
        .sort();
    expect(lines(json)).toEqual(lines(csv));
    expect(Math.abs(json.asOfMs - csv.asOfMs)).toBeLessThan(1000);
    const withoutInstruments = await openFile(reply("get_book_summary_by_currency.BTC.option"));
    expect(withoutInstruments.fingerprint).toBe(json.fingerprint);
  });

  it("our bid and ask volatilities of an order book are the exchange's own", async () => {
    const path = `${api}reconstructed/get_order_book.BTC.option.20200521.jsonl.gz`;
    const lines = gunzipSync(readFileSync(path)).toString().trim().split("\n");
    const books = new Map<string, Record<string, number>>();
    for (const line of lines) {
      const { result } = JSON.parse(line);
      books.set(result.instrument_name, result);
    }
    const { chain } = await loadChainFile(path);
    const quotes = chain.expiries.flatMap((expiry) => expiry.quotes);
    expect(quotes.length).toBeGreaterThan(80);
    const gaps = quotes.flatMap((quote) => {
      const book = books.get(quote.instrument);
      if (book === undefined) return [Infinity];
      return [
        Math.abs(quote.bidVol - book.bid_iv / 100),
        Math.abs(quote.askVol - book.ask_iv / 100),
      ];
    });
    // Forwards move by up to 0.1 % in the second between the exchange's own IVs and the row.
    expect(median(gaps)).toBeLessThan(1e-3);
    expect(gaps.filter((gap) => gap > 0.02)).toHaveLength(0);
  });

  it("an empty side of an order book is price 0, in JSON and CSV alike: 64 rows have no bid", async () => {
    const json = await openFile(`${api}reconstructed/get_order_book.BTC.option.20200521.jsonl.gz`);
    const csv = await openFile(`${api}order_books_btc_20200521.csv.gz`);
    for (const { quotes } of [json, csv]) {
      expect(quotes).toHaveLength(326);
      expect(quotes.filter((quote) => quote.bid === null)).toHaveLength(64);
      expect(quotes.some((quote) => quote.bid === 0 || quote.ask === 0)).toBe(false);
    }
    expect(csv.fingerprint).toBe(json.fingerprint);
  });

  it("Tardis times are microseconds, IV is percent, and an absent side is empty", async () => {
    const path = `${api}tardis_options_chain_sample_20240101.csv`;
    const set = await openFile(path, { underlying: "BTC" });
    expect(new Date(set.asOfMs).toISOString()).toMatch(/^2024-01-01T00:00:0/);
    const far = set.quotes.find((q) => q.instrument === "BTC-27SEP24-140000-P");
    expect(far).toMatchObject({ bid: 0.0001, ask: null, forward: 46_593.7, unit: "coin" });
    expect(far?.markIv).toBeCloseTo(0.7268, 12);
    expect(far?.expiryMs).toBe(Date.UTC(2024, 8, 27, 8));
  });

  it("the later of two Tardis rows of an instrument counts", async () => {
    const set = await openFile(`${api}tardis_options_chain_sample_20240101.csv`, {
      underlying: "BTC",
    });
    const updated = set.quotes.filter((q) => q.instrument === "BTC-29MAR24-43000-P");
    expect(updated.map((q) => q.asOfMs)).toEqual([1_704_067_200_187]);
    expect(set.quotes).toHaveLength(16);
  });

  it.each([
    "get_instruments_future_any_20250106.json",
    "ticker_btc_perpetual_20250106.json",
    "ticker_btc_perpetual_testnet_2020.json",
    "last_trades_btc_2020.json",
    "get_last_trades_option_combo_testnet_20260518.json",
  ])("%s holds no option quotes and is refused", async (name) => {
    await expect(openFile(api + name)).rejects.toThrow(/expected .*, got /);
  });
});
