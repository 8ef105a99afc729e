/** Pulling from an exchange that misbehaves, over HTTP on the loopback interface. */
import { afterEach, describe, expect, it } from "vitest";
import {
  type Replay,
  type ReplayOptions,
  startReplay,
} from "../../../../test/deribit/replayServer.ts";
import { compareWithTruth } from "../../../../test/deribit/storedTruth.ts";
import { InputError } from "../../../num/errors.ts";
import { NetworkError } from "../../sources/live/request.ts";
import { openStore, type StoreReader } from "../reader.ts";
import { inFolder } from "../testRows.ts";
import { openWriter } from "../writer.ts";
import { pullDeribit, type PullOptions, type PullReport } from "./pullDeribit.ts";
import { pullParts } from "./pullParts.ts";

const DAY = 86_400_000;
let replay: Replay | undefined;
afterEach(async () => {
  await replay?.close();
  replay = undefined;
});

async function start(options: ReplayOptions = {}): Promise<Replay> {
  replay = await startReplay({ tickMs: 1e6, ...options });
  return replay;
}

async function pull(
  folder: string,
  exchange: Replay,
  options: Partial<PullOptions> = {},
): Promise<PullReport> {
  const writer = await openWriter(folder);
  try {
    return await pullDeribit(writer, {
      currencies: ["BTC"],
      baseUrl: exchange.baseUrl,
      timeoutMs: 1000,
      retryPauseMs: 5,
      ...options,
    });
  } finally {
    await writer.free();
  }
}

async function reading<T>(folder: string, action: (store: StoreReader) => Promise<T>): Promise<T> {
  const store = await openStore(folder);
  try {
    return await action(store);
  } finally {
    store.free();
  }
}

const callsOf = (exchange: Replay): string[] => exchange.calls.map(({ method }) => method);
const everything = { parts: pullParts, fromMs: Date.now() - 5 * DAY } as const;

describe("a pull", () => {
  it("stores every part as the exchange said it, and what is not over is left out", () =>
    inFolder(async (folder) => {
      const exchange = await start({ currencies: ["BTC", "ETH"] });
      const report = await pull(folder, exchange, {
        ...everything,
        currencies: ["BTC", "ETH"],
        fromMs: Date.now() - DAY / 2,
      });
      expect(report).toMatchObject({ failed: [], refused: [], known: 0, interrupted: false });
      expect(report.rows).toMatchObject({ option: 24, future: 4, instrument: 28 });
      const { compared, wrong } = await reading(folder, (s) =>
        compareWithTruth(s, exchange.market),
      );
      expect(wrong).toEqual([]);
      // The terms of contracts are not compared there.
      const total = Object.values(report.rows).reduce((sum, count) => sum + count, 0);
      expect(compared).toBe(total - 28);
      await reading(folder, async (store) => {
        const bars = await store.rows("index", { name: "DVOL", asOf: Infinity });
        expect(bars.every(({ knownMs }) => knownMs <= Date.now())).toBe(true);
        const perpetual = await store.rows("instrument", {
          name: "BTC-PERPETUAL",
          asOf: Infinity,
        });
        expect(perpetual).toMatchObject([
          { contract: "future", expiryMs: null, contractSize: 10, takerCommission: 0.0003 },
        ]);
      });
    }));

  it("done again stores what is new and asks for no window that is whole", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      const first = await pull(folder, exchange, everything);
      const before = exchange.calls.length;
      const again = await pull(folder, exchange, everything);
      const asked = exchange.calls.slice(before);
      // New are the quotes and the index price of now; all history and all terms are there.
      expect(Object.keys(again.rows).sort()).toEqual(["future", "index", "option"]);
      expect(again.rows.index).toBe(1);
      expect(again.known).toBeGreaterThan(100);
      expect(first.rows.trade).toBeGreaterThan(4 * 144 * 3);
      const days = asked.filter(({ method }) => method === "get_last_trades_by_currency_and_time");
      expect(
        days.every(({ params }) => Number(params.start_timestamp) > Date.now() - 2 * DAY),
      ).toBe(true);
      await reading(folder, async (store) => {
        const trades = await store.rows("trade", { asOf: Infinity });
        const stored = store.files().reduce((sum, f) => sum + (f.kind === "trade" ? f.rows : 0), 0);
        expect(stored).toBe(trades.length);
      });
    }));

  it("pages of DVOL and funding that are cut short are asked for to their beginning", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      await pull(folder, exchange, {
        parts: ["dvol", "funding"],
        dvolStep: "1m",
        fromMs: Date.now() - 2 * DAY,
      });
      await reading(folder, async (store) => {
        const minutes = await store.series("index", "value", { name: "DVOL", asOf: Infinity });
        const steps = new Set(minutes.eventMs.slice(1).map((ms, i) => ms - minutes.eventMs[i]));
        expect([...steps]).toEqual([60_000]);
        expect(minutes.eventMs.length).toBeGreaterThan(2 * 1440);
        const hours = await store.series("funding", "rate", { asOf: Infinity });
        expect(new Set(hours.eventMs.slice(1).map((ms, i) => ms - hours.eventMs[i]))).toEqual(
          new Set([3_600_000]),
        );
      });
    }));

  it("terms that change are stored again, with the time from which they are known", () =>
    inFolder(async (folder) => {
      let size = 1;
      const exchange = await start({
        editItem: (method, item) =>
          method === "get_instruments" && String(item.instrument_name).endsWith("-C")
            ? { ...item, contract_size: size }
            : item,
      });
      await pull(folder, exchange, { parts: ["instruments"] });
      size = 2;
      const report = await pull(folder, exchange, { parts: ["instruments"] });
      expect(report.rows).toEqual({ instrument: 6 });
      expect(report.known).toBe(8);
    }));
});

describe("an exchange that misbehaves", () => {
  it.each(["10028", "429", "error", "html", "malformed", "silence", "drop"] as const)(
    "%s on the first call of each method is tried again",
    (fault) =>
      inFolder(async (folder) => {
        const exchange = await start({
          // The list of contracts has so few credits that waiting for them takes ten seconds.
          callFault: (method, n) => (n === 0 && method !== "get_instruments" ? fault : undefined),
        });
        const report = await pull(folder, exchange, {
          parts: ["chain", "index", "dvol"],
          timeoutMs: 150,
        });
        expect(report).toMatchObject({ failed: [], refused: [] });
        expect(report.rows).toMatchObject({ option: 12 });
        const { wrong } = await reading(folder, (s) => compareWithTruth(s, exchange.market));
        expect(wrong).toEqual([]);
      }),
  );

  it("items with another schema are refused one by one, counted and kept as samples", () =>
    inFolder(async (folder) => {
      const exchange = await start({
        editItem: (method, item) => {
          const name = String(item.instrument_name);
          if (method !== "get_book_summary_by_currency") return item;
          if (name.endsWith("72000-C")) return { ...item, mark_iv: undefined };
          if (name.endsWith("72000-P")) return { ...item, bid_price: "0.1" };
          return item;
        },
      });
      const report = await pull(folder, exchange, { parts: ["chain"] });
      expect(report.rows).toEqual({ option: 8 });
      expect(report.refused).toMatchObject([
        {
          count: 4,
          sample: expect.stringMatching(/expected a number in mark_iv, got none/) as unknown,
        },
      ]);
      const { wrong } = await reading(folder, (s) => compareWithTruth(s, exchange.market));
      expect(wrong).toEqual([]);
    }));

  it("a window with a refused item is not whole: the next pull asks for it again", () =>
    inFolder(async (folder) => {
      let isSpoilt = true;
      const exchange = await start({
        editItem: (method, item) =>
          isSpoilt && method === "get_funding_rate_history" && Number(item.timestamp) % DAY === 0
            ? { ...item, interest_1h: "a lot" }
            : item,
      });
      const first = await pull(folder, exchange, { parts: ["funding"] });
      expect(first.refused).toMatchObject([{ count: expect.any(Number) as unknown }]);
      isSpoilt = false;
      const again = await pull(folder, exchange, { parts: ["funding"] });
      expect(again.rows.funding).toBeGreaterThan(29);
      expect(again.refused).toEqual([]);
      const hours = await reading(folder, (s) => s.series("funding", "rate", { asOf: Infinity }));
      expect(new Set(hours.eventMs.slice(1).map((ms, i) => ms - hours.eventMs[i]))).toEqual(
        new Set([3_600_000]),
      );
    }));

  it("an exchange that dies in the middle: what was stored stays, and the next pull goes on", () =>
    inFolder(async (folder) => {
      let isDead = true;
      const exchange = await start({
        callFault: (method, n) =>
          isDead && method === "get_last_trades_by_currency_and_time" && n > 12
            ? "drop"
            : undefined,
      });
      const options = { parts: ["trades"] as const, fromMs: Date.now() - 4 * DAY, retries: 1 };
      await expect(pull(folder, exchange, options)).rejects.toThrow(NetworkError);
      const first = await reading(folder, async (s) => s.files().length);
      expect(first).toBeGreaterThan(0);
      isDead = false;
      const before = exchange.calls.length;
      const report = await pull(folder, exchange, options);
      expect(exchange.calls.length - before).toBeLessThan(5 * 10 - 8);
      expect(report.failed).toEqual([]);
      await reading(folder, async (store) => {
        const rows = await store.rows("trade", { asOf: Infinity });
        expect(new Set(rows.map(({ tradeId }) => tradeId)).size).toBe(rows.length);
        expect(rows.length).toBeGreaterThan(4 * 144 * 3);
      });
    }));

  it("stops when the caller does, and says so", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      const stop = new AbortController();
      const report = await pull(folder, exchange, {
        ...everything,
        signal: stop.signal,
        onCommit: ({ seq }) => (seq === 3 ? stop.abort() : undefined),
      });
      expect(report).toMatchObject({ interrupted: true, commits: 3 });
    }));

  it.each([3_600_000, -3_600_000])(
    "clocks %i ms apart: rows are known by the later one",
    (skewMs) =>
      inFolder(async (folder) => {
        const exchange = await start({ skewMs });
        const beginMs = Date.now();
        const report = await pull(folder, exchange, { parts: ["chain", "index"] });
        expect(Math.abs(report.skewMs - skewMs)).toBeLessThan(1000);
        expect(report.refused).toEqual([]);
        const rows = await reading(folder, (s) => s.rows("option", { asOf: Infinity }));
        expect(rows).toHaveLength(12);
        for (const { eventMs, knownMs } of rows) {
          expect(knownMs).toBeGreaterThanOrEqual(Math.max(eventMs, beginMs));
        }
      }),
  );
});

describe("what cannot be pulled", () => {
  it("a currency that the exchange does not list", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      const pulling = pull(folder, exchange, { currencies: ["XYZ"], parts: ["chain", "dvol"] });
      await expect(pulling).rejects.toThrow(InputError);
      await expect(pulling).rejects.toThrow(/get_book_summary_by_currency: expected parameters/);
    }));

  it("one of two currencies: the other is stored, and the report names what is left out", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      const report = await pull(folder, exchange, {
        currencies: ["XYZ", "BTC"],
        parts: ["chain"],
      });
      expect(report.rows).toEqual({ option: 12 });
      expect(report.failed).toMatchObject([{ currency: "XYZ", part: "chain" }]);
    }));

  it("an address where nobody answers, or something else does", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      await expect(
        pull(folder, exchange, { baseUrl: `${exchange.baseUrl}/nowhere` }),
      ).rejects.toThrow(/Method not found|expected a reply/);
      await exchange.close();
      await expect(pull(folder, exchange, { retries: 1 })).rejects.toThrow(/ECONNREFUSED/);
      expect(callsOf(exchange)).not.toContain("get_instruments");
    }));
});
