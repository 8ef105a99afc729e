/**
 * Every trap that data/SOURCES.md names for equity chains, on the real file that has it.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { MS_PER_DAY } from "../dayCount.ts";
import { countReasons } from "../dropped.ts";
import type { TableFormat } from "./genericTable.ts";
import { loadChainFile, openFile } from "./openFile.ts";

const root = fileURLToPath(new URL("../../../../shared/data/equity/", import.meta.url));
const missing = !existsSync(root);

/** Rows of a shared CSV, in which no cell holds a comma, as records. */
function records(path: string): Record<string, string>[] {
  const text = gunzipSync(readFileSync(path)).toString().replaceAll('"', "");
  const [header, ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
}

describe.skipIf(missing)("SPX volatility files (skipped when the shared data are absent)", () => {
  const path = (day: string): string => `${root}spx_vols/spxVols${day}.csv.gz`;

  it.each([
    ["20130814", 19],
    ["20170519", 35],
    ["20171211", 35],
    ["20171212", 35],
    ["20171213", 35],
  ])(
    "the file of %s has at most %i expiries, dated from that day on ACT/365",
    async (day, most) => {
      const { chain } = await loadChainFile(path(day));
      expect(new Date(chain.asOfMs).toISOString().slice(0, 10).replaceAll("-", "")).toBe(day);
      expect(chain.expiries.length).toBeGreaterThan(most - 4);
      expect(chain.expiries.length).toBeLessThanOrEqual(most);
      for (const expiry of chain.expiries) {
        const days = Math.round((expiry.expiryMs - chain.asOfMs) / MS_PER_DAY);
        expect(expiry.yearsToExpiry).toBe(days / 365);
      }
    },
  );

  it("volatilities on our clock give back the file's call prices, made on years of 365.25 days", async () => {
    const { chain } = await loadChainFile(path("20171213"));
    const rows = records(path("20171213"));
    const callMid = new Map(
      rows.map((row) => [`${row.Expiry}-${row.Strike}`, Number(row.CallMid)]),
    );
    let compared = 0;
    for (const expiry of chain.expiries) {
      for (const quote of expiry.quotes) {
        const parity = quote.type === "call" ? 0 : 1 - quote.strike / expiry.forward;
        const call = expiry.forward * ((quote.bid + quote.ask) / 2 + parity);
        const expected = callMid.get(quote.instrument.split("-").slice(1, 3).join("-"));
        expect(Math.abs(call - (expected ?? Number.NaN))).toBeLessThan(1e-10 * expiry.forward);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(2000);
  });

  it("NA is no quote, and asks near 1000 % in the wing are not used", async () => {
    const rows = records(path("20171213"));
    expect(rows.some((row) => Number(row.Ask) > 9)).toBe(true);
    const set = await openFile(path("20171213"));
    expect(set.quotes.filter((q) => q.bid === null || q.ask === null)).toHaveLength(
      rows.filter((row) => row.Bid === "NA" || row.Ask === "NA").length,
    );
    const { chain } = await loadChainFile(path("20171213"));
    const asks = chain.expiries.flatMap((expiry) => expiry.quotes.map((quote) => quote.askVol));
    expect(Math.max(...asks)).toBeLessThan(1);
  });
});

describe.skipIf(missing)("Yahoo chains (skipped when the shared data are absent)", () => {
  const file = (name: string): string => `${root}yahoo_202602/${name}_options.csv.gz`;
  const format: TableFormat = {
    price: "currency",
    columns: { instrument: "contractSymbol", type: "optionType", expiry: "expirationDate" },
  };
  const load = (name: string) => {
    // There is no time column: the latest trade is the best there is.
    const trades = records(file(name)).map((row) =>
      Date.parse(row.lastTradeDate.replace(" ", "T")),
    );
    const asOf = new Date(Math.max(...trades.filter(Number.isFinite))).toISOString();
    return loadChainFile(file(name), { format: { ...format, asOf, underlying: name } });
  };

  it.each(["SPY", "AAPL", "IBIT"])(
    "%s: parity finds forwards near spot that rise with time",
    async (name) => {
      const { chain } = await load(name);
      const spot = Number(records(file(name))[0].underlyingPrice);
      for (const expiry of chain.expiries) {
        const growth = Math.log(expiry.forward / spot) / Math.max(expiry.yearsToExpiry, 0.1);
        expect(Math.abs(growth)).toBeLessThan(0.06);
        expect(expiry.forwardFrom).toBe("parity");
      }
      const last = chain.expiries[chain.expiries.length - 1];
      expect(last.forward).toBeGreaterThan(chain.expiries[0].forward);
    },
  );

  it("years come from the dates, not from a column that is one day short", async () => {
    const rows = records(file("SPY"));
    expect(Math.min(...rows.map((row) => Number(row.time_to_expire_years)))).toBeLessThan(0);
    const { chain, dropped } = await load("SPY");
    for (const expiry of chain.expiries) {
      const row = rows.find((r) => Date.parse(r.expirationDate) + 20 * 3.6e6 === expiry.expiryMs);
      const days = expiry.yearsToExpiry * 365;
      expect(days - Number(row?.days_to_expire)).toBeGreaterThan(0.5);
    }
    expect(countReasons(dropped).get("too-near")).toBeGreaterThan(0);
  });

  it("crossed quotes are dropped, eight of AAPL's, and zero bids are too", async () => {
    const { dropped, read } = await load("AAPL");
    const reasons = countReasons(dropped);
    expect(reasons.get("crossed")).toBe(8);
    expect((reasons.get("zero") ?? 0) / read).toBeGreaterThan(0.04);
  });

  it("volatilities are implied anew: Yahoo's own 1e-5 is nowhere", async () => {
    const own = records(file("SPY")).map((row) => Number(row.impliedVolatility));
    expect(own.some((vol) => vol > 0 && vol < 1e-4)).toBe(true);
    const { chain } = await load("SPY");
    const vols = chain.expiries.flatMap((expiry) => expiry.quotes.map((quote) => quote.bidVol));
    expect(Math.min(...vols)).toBeGreaterThan(0.05);
  });
});

describe.skipIf(missing)("Other SPY chains (skipped when the shared data are absent)", () => {
  it("2019: '-' and '%' stand in columns that are not read; years on 30/360 are not used", async () => {
    const format: TableFormat = {
      price: "currency",
      underlying: "SPY",
      asOf: "2019-09-06T20:00Z",
      columns: {
        instrument: "Contract Name",
        type: "tipo",
        strike: "Strike",
        bid: "Bid",
        ask: "Ask",
      },
    };
    const path = `${root}spy_chain_20190906.csv.gz`;
    await expect(loadChainFile(path, { format })).rejects.toThrow(/expected an expiry/);
    const { chain, dropped } = await loadChainFile(path, { format, invalidRows: "drop" });
    expect(countReasons(dropped).get("not-a-number")).toBe(
      records(path).filter((row) => row.expiry === "").length,
    );
    expect(chain.expiries[0].yearsToExpiry).toBe(31 / 365);
    expect(chain.expiries[0].forward / 298.05).toBeCloseTo(1, 2);
  });

  it("2026: rates per row become discounts, and the close of Friday is the as-of time", async () => {
    const path = `${root}spy_chain_20260501_with_rates.csv.gz`;
    const { chain, dropped } = await loadChainFile(path, {
      format: {
        price: "currency",
        asOf: "2026-05-01T20:00Z",
        columns: {
          instrument: "contractSymbol",
          type: "option_type",
          underlying: "ticker",
          ratePerYear: "r",
        },
      },
    });
    const [row] = records(path);
    expect(countReasons(dropped).get("zero")).toBe(263);
    for (const { discount, yearsToExpiry, forward } of chain.expiries) {
      expect(-Math.log(discount) / yearsToExpiry).toBeGreaterThan(0.03);
      const carry = Number(row.S) * Math.exp((Number(row.r) - Number(row.q)) * yearsToExpiry);
      expect(forward / carry).toBeCloseTo(1, 1.5);
    }
  });
});
