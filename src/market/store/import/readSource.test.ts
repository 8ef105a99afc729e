/** Every kind of file of the shared data, with the counts and the traps that its catalogue states. */
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import type { RowGroup } from "../kinds.ts";
import { readSource } from "./readSource.ts";

const shared = new URL("../../../../../shared/data/", import.meta.url);
const read = async (path: string): Promise<readonly RowGroup[]> =>
  (await readSource(basename(path), readFileSync(new URL(path, shared)), {})).groups;
const summary = (groups: readonly RowGroup[]): string[] =>
  groups.map(
    ({ kind, venue, underlying, rows }) => `${kind} ${venue} ${underlying} ${rows.length}`,
  );
const text = (name: string, content: string, hints = {}) =>
  readSource(name, Buffer.from(content), hints);
const HOUR = 3_600_000;

describe.skipIf(!existsSync(shared))("the shared data (skipped when absent)", () => {
  it.each([
    ["deribit/chains_2021/btc_eod_202106.csv.gz", ["option deribit BTC 12134"]],
    ["deribit/api/order_books_btc_20200521.csv.gz", ["option deribit BTC 326"]],
    [
      "deribit/api/reconstructed/get_order_book.BTC.option.20200521.jsonl.gz",
      ["option deribit BTC 326"],
    ],
    [
      "deribit/api/reconstructed/get_book_summary_by_currency.ETH.option.20260105T092511Z.json.gz",
      ["option deribit ETH 660"],
    ],
    [
      "deribit/api/reconstructed/get_instruments.BTC.option.20260105T092511Z.json.gz",
      ["instrument deribit BTC 626"],
    ],
    ["deribit/api/ticker_btc_perpetual_20250106.json", ["future deribit BTC 1"]],
    ["deribit/api/ticker_btc_perpetual_testnet_2020.json", ["future deribit-testnet BTC 1"]],
    [
      "deribit/api/get_last_trades_option_combo_testnet_20260518.json",
      ["trade deribit-testnet BTC 3"],
    ],
    ["deribit/api/last_trades_btc_2020.json", ["trade deribit BTC 20"]],
    ["deribit/dvol/dvol_btc_daily_close_2022_2025.csv", ["index deribit BTC 1247"]],
    ["deribit/dvol/dvol_btc_daily_2022_2025_ms.json", ["index deribit BTC 1102"]],
    [
      "deribit/futures/perpetual_futures_prices.csv.gz",
      ["future deribit BTC 419", "future deribit ETH 419"],
    ],
    [
      "deribit/derived/atm_term_structure.csv.gz",
      ["term deribit BTC 7261", "term deribit ETH 7261"],
    ],
    ["funding/binance_btcusdt_funding_8h_2021_2026.csv.gz", ["funding unstated BTC 5478"]],
    ["funding/btc_funding_daily_mean_2019_2026.csv.gz", ["funding unstated BTC 2348"]],
    ["spot/ethusdt_1h_2017_2022.csv.gz", ["bar unstated ETH 44225"]],
    ["spot/btcusd_1d_2011_2025.csv.gz", ["bar unstated BTC 5152"]],
    // 277 of 6719 and 584 of 3380 days are blank.
    ["macro/dgs2_2000_2025.csv.gz", ["macro macro DGS2 6442"]],
    ["macro/dxy_2015_2026.csv.gz", ["macro macro DXY 2796"]],
    ["macro/vix_daily_1990_2026.csv.gz", ["macro macro VIX 9235"]],
    ["macro/gspc_close_1927_2024.csv.gz", ["macro macro GSPC 24308"]],
    ["macro/spy_ohlc_2025_2026.csv.gz", ["macro macro SPY 250"]],
    ["equity/spy_chain_20260501_with_rates.csv.gz", ["option yahoo SPY 7722"]],
    ["equity/spy_chain_20190906.csv.gz", ["option yahoo SPY 1706"]],
  ])("%s", async (path, expected) => {
    expect(summary(await read(path))).toEqual(expected);
  });

  it("ETH's quotes of a snapshot count as known ten minutes after the stated time, BTC's at once", async () => {
    const groups = await read(
      "deribit/chains/2026-03/deribit_options_snapshot_20260328T212958Z.csv.gz",
    );
    const delays = groups.map(({ underlying, rows }) => [
      underlying,
      ...new Set(rows.map(({ eventMs, knownMs }) => knownMs - eventMs)),
    ]);
    expect(new Map(delays as [string, number][])).toEqual(
      new Map([
        ["BTC", 0],
        ["ETH", 600_000],
      ]),
    );
  });

  it("a Yahoo chain has the time of its last trade, and expires at the New York close", async () => {
    const [group] = await read("equity/yahoo_202602/AAPL_options.csv.gz");
    if (group.kind !== "option") throw new Error("expected options");
    const [row] = group.rows;
    expect(new Date(row.eventMs).toISOString().slice(0, 16)).toBe("2026-02-11T17:27");
    expect(new Date(row.expiryMs).toISOString()).toBe("2026-02-11T21:00:00.000Z");
    expect([row.exercise, row.unit, row.forward]).toEqual(["american", "currency", null]);
  });
});

describe("when a row was known", () => {
  it("a bar is known at its close, whatever the offset of its time", async () => {
    const { groups } = await text(
      "btcusdt_1h.csv",
      "open_time,open,high,low,close\n2021-01-01 03:00:00+03:00,1,2,0.5,1.5\n2021-01-01 04:00:00+03:00,1,2,0.5,1.5\n",
    );
    const [row] = groups[0].rows;
    expect([row.eventMs, row.knownMs]).toEqual([Date.UTC(2021, 0, 1), Date.UTC(2021, 0, 1, 1)]);
    expect(row).toMatchObject({ instrument: "BTCUSDT", intervalMs: HOUR });
  });

  it.each([
    // Winter and summer closes of New York, two hours later.
    ["vix.csv", "date,close\n2025-01-15,20\n", Date.UTC(2025, 0, 15, 23)],
    ["vix.csv", "date,close\n2025-07-15,20\n", Date.UTC(2025, 6, 15, 22)],
    // A yield of a Friday is published on Monday.
    ["x.csv", "date,dgs10\n2025-01-17,4.6\n", Date.UTC(2025, 0, 20, 22)],
    ["x.csv", "date,fng\n2025-01-17,60\n", Date.UTC(2025, 0, 18)],
    ["dvol_btc.csv", "date,dvol_close\n2025-01-17,60\n", Date.UTC(2025, 0, 18)],
  ])("%s %j", async (name, content, known) => {
    const { groups } = await text(name, content);
    expect(groups[0].rows[0].knownMs).toBe(known);
  });

  it("DVOL is kept as a decimal", async () => {
    const { groups } = await text("dvol_btc.csv", "date,dvol_close\n2025-01-17,60\n");
    expect(groups[0].rows[0]).toMatchObject({ series: "DVOL", value: 0.6, unit: "vol" });
  });
});

describe("a file that cannot be used", () => {
  it.each([
    ["x.csv", "a,b,c\n1,2,3\n", /expected the columns of a known table .*got a, b, c/],
    [
      "spot.csv",
      "timestamp,open,high,low,close\n2021-01-01,1,1,1,1\n",
      /expected an asset .*--underlying/,
    ],
    [
      "btcusdt.csv",
      "timestamp,open,high,low,close\nyesterday,1,1,1,1\n",
      /expected a time on row 2, got "yesterday"/,
    ],
    [
      "btcusdt.csv",
      "timestamp,open,high,low,close\n2021-01-01,1,1,,1\n",
      /expected a number on row 2, got an empty cell/,
    ],
    ["vix.csv", "date,close\n2021-01-01,abc\n", /expected a number on row 2, got "abc"/],
    ["x.json", '{"result": [{"a": 1}]}', /expected instrument_name/],
    ["x.json", "{", /expected JSON, got malformed text/],
  ])("%s %j", async (name, content, message) => {
    await expect(text(name, content)).rejects.toThrow(message);
  });

  it("a gzip file that breaks off is refused as a whole", async () => {
    const whole = gzipSync(
      `timestamp,open,high,low,close\n${"2021-01-01 00:00:00,1,1,1,1\n".repeat(5000)}`,
    );
    const half = whole.subarray(0, whole.length >> 1);
    await expect(readSource("btcusdt.csv.gz", half)).rejects.toThrow(/expected whole gzip data/);
  });
});
