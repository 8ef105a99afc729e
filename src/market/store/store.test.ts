import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError, UnsupportedError } from "../../num/errors.ts";
import { checkStoreData } from "./check.ts";
import { loadDuckDb } from "./database.ts";
import { openStore } from "./reader.ts";
import { listRuns, recordRun } from "./runs.ts";
import { inFolder, testOption, testSource } from "./testRows.ts";
import { openWriter } from "./writer.ts";

const DAY = Date.UTC(2026, 2, 28);
const all = { underlying: "BTC", asOf: Date.UTC(2030, 0) };

/** Writes sources, one commit each. */
async function fill(folder: string, ...fingerprints: readonly string[]): Promise<void> {
  const writer = await openWriter(folder, { now: () => DAY });
  for (const [i, fingerprint] of fingerprints.entries()) {
    await writer.commit([testSource(fingerprint, [testOption({ eventMs: DAY + i * 1000 })])]);
  }
  await writer.free();
}

async function count(folder: string): Promise<number> {
  const store = await openStore(folder);
  const rows = await store.rows("option", all);
  store.free();
  return rows.length;
}

const dataFiles = (folder: string): string[] =>
  readdirSync(join(folder, "data"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.includes("."),
  );

describe("a store", () => {
  it("gives back every field of a row, with null and NaN as they were", () =>
    inFolder(async (folder) => {
      const row = testOption({ bid: null, ask: Number.NaN, openInterest: 12.5, eventMs: DAY + 7 });
      const writer = await openWriter(folder);
      await writer.commit([testSource("a", [row])]);
      await writer.free();
      const store = await openStore(folder);
      expect(await store.rows("option", all)).toEqual([row]);
      store.free();
    }));

  it("puts rows of several days into files of their own, in folders that say what they hold", () =>
    inFolder(async (folder) => {
      const writer = await openWriter(folder);
      const days = [0, 1, 2].map((day) => testOption({ eventMs: DAY + day * 86_400_000 }));
      const { files } = await writer.commit([testSource("a", days)]);
      await writer.free();
      expect(files.map(({ path, rows }) => [path, rows])).toEqual(
        ["28", "29", "30"].map((day, i) => [
          `data/kind=option/venue=deribit/underlying=BTC/date=2026-03-${day}/00000001-${i}.parquet`,
          1,
        ]),
      );
    }));

  it("knows the sources it has, also after it was opened again", () =>
    inFolder(async (folder) => {
      await fill(folder, "a");
      const writer = await openWriter(folder);
      expect([writer.has("a"), writer.has("b")]).toEqual([true, false]);
      await writer.free();
    }));

  it("refuses a row without a time and keeps nothing of its commit", () =>
    inFolder(async (folder) => {
      await fill(folder, "a");
      const writer = await openWriter(folder);
      for (const bad of [
        { eventMs: Number.NaN },
        { knownMs: DAY - 1e9 },
        { expiryMs: Number.NaN },
      ]) {
        const source = testSource("b", [testOption(), testOption(bad)]);
        expect(() => writer.commit([source])).toThrow(InputError);
      }
      expect(writer.has("b")).toBe(false);
      await writer.free();
      expect(await count(folder)).toBe(1);
    }));

  it("refuses a folder that holds something else", () =>
    inFolder(async (folder) => {
      mkdirSync(folder);
      writeFileSync(join(folder, "thesis.doc"), "");
      await expect(openWriter(folder)).rejects.toThrow(
        /expected a store or an empty folder, got .*thesis/,
      );
      await expect(openStore(folder)).rejects.toThrow(
        /expected a market store, got a folder without/,
      );
      await expect(openStore(join(folder, "no"))).rejects.toThrow(/got no such folder/);
    }));

  it("has one writer at a time; a second is told who it is, and readers go on", () =>
    inFolder(async (folder) => {
      await fill(folder, "a");
      const writer = await openWriter(folder, { now: () => DAY });
      await expect(openWriter(folder)).rejects.toThrow(
        new RegExp(`only writer, got process ${process.pid} on .* since 2026-03-28T00:00:00.000Z`),
      );
      expect(await count(folder)).toBe(1);
      await writer.free();
      await (await openWriter(folder)).free();
    }));
});

describe("after a crash", () => {
  it("an unfinished line of the journal is ignored by readers and cut by the next writer", () =>
    inFolder(async (folder) => {
      await fill(folder, "a", "b");
      const journal = join(folder, "journal.jsonl");
      const whole = readFileSync(journal, "utf8");
      for (const torn of [whole.slice(0, 40), `${"\0".repeat(20)}\n`]) {
        appendFileSync(journal, torn);
        expect(await count(folder)).toBe(2);
        const writer = await openWriter(folder);
        expect(writer.recovery.tornBytes).toBe(torn.length);
        await writer.free();
        expect(readFileSync(journal, "utf8")).toBe(whole);
      }
      await fill(folder, "c");
      expect(await count(folder)).toBe(2);
    }));

  it("files without a commit are ignored by readers and swept by the next writer", () =>
    inFolder(async (folder) => {
      await fill(folder, "a");
      const [kept] = dataFiles(folder);
      const whole = join(folder, "data", kept);
      for (const name of ["00000002-0.parquet", "00000002-1.parquet.tmp"]) {
        writeFileSync(join(whole, "..", name), "half");
      }
      expect(await count(folder)).toBe(1);
      const writer = await openWriter(folder);
      expect(writer.recovery.swept).toHaveLength(2);
      await writer.free();
      expect(dataFiles(folder)).toEqual([kept]);
    }));

  it("the next writer says whose store it takes over", () =>
    inFolder(async (folder) => {
      await fill(folder, "a");
      const owner = {
        pid: 4242,
        host: "elsewhere",
        command: "volterra data watch",
        since: "2026-03-28",
        processStartS: 1,
      };
      writeFileSync(join(folder, "writer.json"), JSON.stringify(owner));
      const writer = await openWriter(folder);
      expect(writer.recovery.abandonedBy).toEqual(owner);
      await writer.free();
      expect(existsSync(join(folder, "writer.json"))).toBe(false);
    }));

  it("a damaged lock file is made again", () =>
    inFolder(async (folder) => {
      await fill(folder, "a");
      writeFileSync(join(folder, "writer.lock"), "x".repeat(5000));
      await fill(folder, "b");
      expect(await count(folder)).toBe(1);
    }));
});

describe("gaps", () => {
  it("of what a watch sampled every minute are those above five minutes; bars beside it are a series of their own", () =>
    inFolder(async (folder) => {
      // Two instruments, each at milliseconds of its own, with half an hour missing.
      const minutes = [...Array(20).keys(), ...Array.from({ length: 20 }, (_, i) => i + 50)];
      const options = minutes.flatMap((minute) =>
        ["C", "P"].map((letter, i) =>
          testOption({
            eventMs: DAY + minute * 60_000 + 17 * i,
            instrument: `BTC-26JUN26-80000-${letter}`,
          }),
        ),
      );
      const dvol = (eventMs: number, intervalMs: number) => ({
        eventMs,
        knownMs: eventMs + intervalMs,
        series: "DVOL",
        unit: "vol",
        intervalMs,
        value: 0.5 + eventMs / 1e15,
        open: null,
        high: null,
        low: null,
      });
      const rows = [
        ...minutes.map((minute) => dvol(DAY + minute * 60_000, 0)),
        ...[-3, -2, -1].map((day) => dvol(DAY + day * 86_400_000, 86_400_000)),
      ];
      const writer = await openWriter(folder);
      const groups = [{ kind: "index" as const, venue: "deribit", underlying: "BTC", rows }];
      await writer.commit([testSource("a", options)]);
      await writer.commit([{ name: "b", fingerprint: "b", format: "test", groups }]);
      await writer.free();
      const store = await openStore(folder);
      const gaps = (await checkStoreData(store, { ...all, asOf: DAY + 86_400_000 })).filter(
        ({ type }) => type === "gap",
      );
      store.free();
      const at = new Date(DAY + 19 * 60_000).toISOString();
      expect(gaps).toMatchObject([
        { kind: "index", name: "DVOL sampled", count: 1, at },
        { kind: "option", count: 1, at: expect.stringContaining(at.slice(0, 16)) as unknown },
      ]);
    }));
});

describe("damage", () => {
  it("to a whole line of the journal is an error that names it", () =>
    inFolder(async (folder) => {
      await fill(folder, "a", "b");
      const journal = join(folder, "journal.jsonl");
      writeFileSync(journal, readFileSync(journal, "utf8").replace('"rows":1', '"rows":2'));
      await expect(openStore(folder)).rejects.toThrow(
        /journal\.jsonl:1: expected a commit with its checksum/,
      );
    }));

  it("to a data file is found by the check, with its rows", () =>
    inFolder(async (folder) => {
      await fill(folder, "a", "b");
      const [first] = dataFiles(folder).sort();
      const path = join(folder, "data", first);
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] ^= 1;
      writeFileSync(path, bytes);
      const store = await openStore(folder);
      const findings = await checkStoreData(store, { asOf: DAY + 86_400_000 });
      store.free();
      expect(
        findings.map(({ type, name, count: rows, detail }) => [type, name, rows, detail]),
      ).toEqual([["damage", `data/${first}`, 1, "its content changed after it was written"]]);
    }));
});

describe("the run catalogue", () => {
  it("returns what was recorded, newest first, while another process writes", () =>
    inFolder(async (folder) => {
      const writer = await openWriter(folder);
      const run = {
        kind: "fit",
        name: "svi",
        config: { a: 1 },
        dataFingerprint: "0f",
        seed: 1,
        status: "converged",
        results: { rmse: 0.2 },
      } as const;
      recordRun(folder, run, DAY);
      recordRun(folder, { ...run, seed: 2 }, DAY + 1000);
      await writer.free();
      expect(listRuns(folder).map(({ seed }) => seed)).toEqual([2, 1]);
      expect(listRuns(folder)[1]).toMatchObject({ ...run, recorded: "2026-03-28T00:00:00.000Z" });
    }));
});

describe("without DuckDB", () => {
  it("the message has the command that installs it", async () => {
    const load = (): Promise<unknown> => Promise.reject(new Error("Cannot find package"));
    const loading = loadDuckDb(load);
    await expect(loading).rejects.toThrow(UnsupportedError);
    await expect(loading).rejects.toThrow(/npm install @duckdb\/node-api/);
  });
});
