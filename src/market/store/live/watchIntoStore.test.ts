/**
 * Watching an exchange that misbehaves, over real sockets on the loopback interface: what is stored is compared,
 * row by row, with the functions that the exchange's values come from.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type FaultName, faultNames } from "../../../../test/deribit/replayFaults.ts";
import {
  type Replay,
  type ReplayOptions,
  startReplay,
} from "../../../../test/deribit/replayServer.ts";
import { compareWithTruth } from "../../../../test/deribit/storedTruth.ts";
import { InputError } from "../../../num/errors.ts";
import { NetworkError } from "../../sources/live/request.ts";
import type { Notice } from "../../sources/live/watch.ts";
import { openStore, type StoreReader } from "../reader.ts";
import { inFolder } from "../testRows.ts";
import { openWriter } from "../writer.ts";
import { type StoreWatchOptions, watchIntoStore, type WatchReport } from "./watchIntoStore.ts";

let replay: Replay | undefined;
afterEach(async () => {
  await replay?.close();
  replay = undefined;
});

interface Watched {
  readonly report: WatchReport;
  readonly notices: readonly Notice[];
}

/** Watches until `until` resolves. */
async function watchUntil(
  folder: string,
  exchange: Replay,
  until: (seen: { notices: readonly Notice[]; commits: () => number }) => Promise<void>,
  options: Partial<StoreWatchOptions> = {},
): Promise<Watched> {
  const writer = await openWriter(folder);
  const stop = new AbortController();
  const notices: Notice[] = [];
  let commits = 0;
  const watching = watchIntoStore(writer, {
    currencies: exchange.market.currencies,
    url: exchange.wsUrl,
    heartbeatS: 5,
    timeoutMs: 2000,
    firstPauseMs: 10,
    longestPauseMs: 50,
    flushMs: 60,
    signal: stop.signal,
    onNotice: (notice) => notices.push(notice),
    onCommit: () => commits++,
    ...options,
  });
  // A watch that fails must not leave the test waiting for what will never come.
  const failed = watching.then(() => new Promise<never>(() => undefined));
  try {
    await Promise.race([until({ notices, commits: () => commits }), failed]);
    stop.abort();
    return { report: await watching, notices };
  } finally {
    stop.abort();
    await watching.catch(() => undefined);
    await writer.free();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for a claim to become true. */
async function become(claim: () => boolean, withinMs = 8000): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await pause(10)) if (claim()) return;
  throw new Error(`not within ${withinMs} ms: ${claim}`);
}

async function reading<T>(folder: string, action: (store: StoreReader) => Promise<T>): Promise<T> {
  const store = await openStore(folder);
  try {
    return await action(store);
  } finally {
    store.free();
  }
}

async function start(options: ReplayOptions = {}): Promise<Replay> {
  replay = await startReplay(options);
  return replay;
}

const connected = (notices: readonly Notice[]): number =>
  notices.filter(({ type }) => type === "connected").length;

/** Ends with the connection; the others spoil one message. */
const ending: readonly FaultName[] = ["truncated", "drop"];

describe("an exchange that misbehaves in every way at once", () => {
  it("never gets a wrong row stored", () =>
    inFolder(async (folder) => {
      // One message in eight is spoilt; one connection in a few hundred is torn.
      const mild = faultNames.filter((name) => !ending.includes(name));
      const faults = [...Array.from({ length: 6 }, () => mild).flat(), ...ending];
      const exchange = await start({
        currencies: ["BTC", "ETH"],
        faults,
        faultShare: 0.15,
        tickMs: 20,
        callFault: (method, n) => (method === "get_time" && n === 2 ? "malformed" : undefined),
      });
      const { report } = await watchUntil(
        folder,
        exchange,
        async ({ commits }) => {
          await become(() => exchange.spoilt.size === faultNames.length && commits() > 5, 20_000);
          // Whatever happens to a message, an exchange that recovers is watched again.
          exchange.setFaultShare(0);
          const before = commits();
          await become(() => exchange.connections() === 1 && commits() > before + 2);
        },
        { books: ["BTC-PERPETUAL"], timeoutMs: 300 },
      );
      const { compared, wrong } = await reading(folder, (store) =>
        compareWithTruth(store, exchange.market),
      );
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(100);
      expect(report.counts.sessions).toBeGreaterThan(1);
      expect(report.counts.gaps).toHaveLength(report.counts.sessions - 1);
      expect(report.counts.duplicates).toBeGreaterThan(0);
      expect(report.counts.outOfOrder).toBeGreaterThan(0);
      expect(new Set(report.refused.map(({ reason }) => reason))).toEqual(
        new Set(["malformed", "schema", "future"]),
      );
    }));

  const inData: readonly FaultName[] = [
    "missing",
    "renamed",
    "mistyped",
    "text",
    "negative",
    "stranger",
    "future",
    "seconds",
  ];
  it.each(inData)(
    "when every message is spoilt (%s), nothing is stored and all is counted",
    (fault) =>
      inFolder(async (folder) => {
        const exchange = await start({ faults: [fault], faultShare: 1 });
        const { report } = await watchUntil(folder, exchange, () =>
          become(() => (exchange.spoilt.get(fault) ?? 0) > 60),
        );
        expect(report).toMatchObject({
          commits: 0,
          rows: {},
          counts: { accepted: 0, sessions: 1 },
        });
        const refused = report.refused.reduce((sum, { count }) => sum + count, 0);
        expect(refused).toBe(report.counts.messages);
        // Samples are kept, a few of each kind.
        const lines = readFileSync(join(folder, String(report.quarantine)), "utf8")
          .trim()
          .split("\n");
        expect(lines.length).toBeLessThanOrEqual(20 * report.refused.length);
        expect(JSON.parse(lines[0])).toMatchObject({
          reason: fault === "future" ? "future" : "schema",
          detail: expect.stringMatching(/expected .*, got /) as unknown,
        });
      }),
  );
});

describe("a connection that", () => {
  it("is torn is opened again, and what was missed is asked for", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      const { report, notices } = await watchUntil(folder, exchange, async (seen) => {
        await become(() => seen.commits() > 0);
        exchange.dropAll();
        await become(() => connected(seen.notices) === 2);
      });
      expect(report.counts.gaps).toMatchObject([
        { reason: expect.stringMatching(/closed/) as unknown },
      ]);
      // 12 options and 2 futures; DVOL has a minute bar only when a minute has ended meanwhile.
      expect(report.counts.gaps[0].filledRows).toBeGreaterThanOrEqual(14);
      expect(report.counts.gaps[0].toMs).toBeGreaterThan(report.counts.gaps[0].fromMs);
      expect(notices.map(({ type }) => type)).toEqual(["connected", "disconnected", "connected"]);
      const methods = exchange.calls.map(({ method }) => method);
      expect(methods.filter((m) => m === "get_book_summary_by_currency")).toHaveLength(2);
      // The list of contracts has the fewest credits: it is not asked for again.
      expect(methods.filter((m) => m === "get_instruments")).toHaveLength(1);
    }));

  it("falls silent is given up after two heartbeats and opened again", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      const { notices } = await watchUntil(
        folder,
        exchange,
        async (seen) => {
          await become(() => seen.commits() > 0);
          exchange.mute(true);
          await become(() => seen.notices.some(({ type }) => type === "disconnected"));
          exchange.mute(false);
          await become(() => connected(seen.notices) === 2);
        },
        { heartbeatS: 0.3, timeoutMs: 400 },
      );
      expect(notices[1]).toMatchObject({
        type: "disconnected",
        detail: expect.stringMatching(/^silence for 0\.[6-9] s; trying again/) as unknown,
      });
    }));

  it("asks for a sign of life gets it", () =>
    inFolder(async (folder) => {
      // An exchange that gets no answer to a test_request closes the connection.
      const exchange = await start({ tickMs: 1e6 });
      const { report } = await watchUntil(folder, exchange, () => pause(900), { heartbeatS: 0.2 });
      expect(exchange.calls.filter(({ method }) => method === "test").length).toBeGreaterThan(2);
      expect(report.counts.sessions).toBe(1);
    }));

  it("is refused for too many requests waits for credits and comes back", () =>
    inFolder(async (folder) => {
      const exchange = await start({
        callFault: (method, n) => (method === "subscribe" && n === 0 ? "10028" : undefined),
      });
      const { report } = await watchUntil(folder, exchange, (seen) =>
        become(() => connected(seen.notices) === 1),
      );
      expect(report.counts).toMatchObject({ tooManyRequests: 1, sessions: 1 });
    }));

  it.each(["silence", "malformed", "error", "drop"] as const)(
    "answers the first subscription with %s is tried again",
    (fault) =>
      inFolder(async (folder) => {
        const exchange = await start({
          callFault: (method, n) => (method === "subscribe" && n === 0 ? fault : undefined),
        });
        const { report } = await watchUntil(
          folder,
          exchange,
          (seen) => become(() => connected(seen.notices) === 1),
          { timeoutMs: 300 },
        );
        expect(report.counts.sessions).toBe(1);
      }),
  );
});

describe("clocks that disagree", () => {
  it.each([3_600_000, -3_600_000])(
    "by %i ms are reported; rows keep the exchange's time and are known by the later clock",
    (skewMs) =>
      inFolder(async (folder) => {
        const exchange = await start({ skewMs });
        const beginMs = Date.now();
        const { report, notices } = await watchUntil(folder, exchange, (seen) =>
          become(() => seen.commits() > 1),
        );
        expect(Math.abs(report.counts.skewMs - skewMs)).toBeLessThan(1000);
        expect(notices.find(({ type }) => type === "clock")?.detail).toMatch(
          skewMs > 0 ? /is 3[56]\d\d\.\d s ahead of/ : /is 3[56]\d\d\.\d s behind/,
        );
        expect(report.refused).toEqual([]);
        await reading(folder, async (store) => {
          const { compared, wrong } = await compareWithTruth(store, exchange.market);
          expect([compared > 10, wrong]).toEqual([true, []]);
          for (const row of await store.rows("option", { asOf: Infinity })) {
            expect(row.knownMs).toBeGreaterThanOrEqual(row.eventMs);
            expect(row.knownMs).toBeGreaterThanOrEqual(beginMs + Math.max(0, skewMs) - 1000);
          }
        });
      }),
  );

  it("a clock that is set during the watch is noticed by the first message from the future", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      const { report } = await watchUntil(folder, exchange, async (seen) => {
        await become(() => seen.commits() > 0);
        await pause(1100);
        exchange.setSkew(600_000);
        await become(() => seen.notices.some(({ type }) => type === "clock"));
        const before = seen.commits();
        await become(() => seen.commits() > before + 1);
      });
      expect(new Set(report.refused.map(({ reason }) => reason))).toEqual(new Set(["future"]));
      const newest = await reading(folder, (store) => store.rows("option", { asOf: Infinity }));
      expect(newest.at(-1)?.eventMs).toBeGreaterThan(Date.now() + 500_000);
    }));
});

describe("an order book that is followed", () => {
  it("is asked for anew when a change was lost, and wrong tops are never stored", () =>
    inFolder(async (folder) => {
      const exchange = await start({ faults: ["lost", "missing", "duplicate"], faultShare: 0.1 });
      const { report } = await watchUntil(
        folder,
        exchange,
        (seen) =>
          become(
            () =>
              seen.commits() > 8 &&
              exchange.calls.filter(({ method }) => method === "unsubscribe").length > 3,
          ),
        { books: ["BTC-PERPETUAL"] },
      );
      expect(report.counts.bookGaps).toBeGreaterThan(0);
      expect(report.rows.book).toBeGreaterThan(3);
      const { wrong } = await reading(folder, (store) => compareWithTruth(store, exchange.market));
      expect(wrong).toEqual([]);
    }));
});

describe("a watch that cannot begin", () => {
  it("says that nobody answers, after some attempts", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      await exchange.close();
      const watching = watchUntil(folder, exchange, () => pause(1e6), { firstAttempts: 3 });
      await expect(watching).rejects.toThrow(NetworkError);
      await expect(watching).rejects.toThrow(/expected a connection, got: .*ECONNREFUSED/);
    }));

  it("says at once that the exchange does not know the currency", () =>
    inFolder(async (folder) => {
      const exchange = await start();
      const watching = watchUntil(folder, exchange, () => pause(1e6), { currencies: ["XYZ"] });
      await expect(watching).rejects.toThrow(InputError);
      await expect(watching).rejects.toThrow(
        /get_instruments: .* \(code -32602\)\. Check the currency/,
      );
    }));
});
