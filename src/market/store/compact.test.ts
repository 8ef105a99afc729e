import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkStoreData } from "./check.ts";
import { exportRows } from "./exportRows.ts";
import { openStore } from "./reader.ts";
import { inFolder, testOption, testSource } from "./testRows.ts";
import { openWriter, type StoreWriter } from "./writer.ts";

const DAY = Date.UTC(2026, 2, 28);
const all = { underlying: "BTC", asOf: Date.UTC(2030, 0) };

/** Commits one row a minute, from one to another. */
async function minutes(writer: StoreWriter, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    const row = testOption({ eventMs: DAY + i * 60_000, bid: i });
    await writer.commit([testSource(`minute ${i}`, [row])]);
  }
}

async function bidsOf(folder: string, ingestedBy?: number): Promise<(number | null)[]> {
  const store = await openStore(folder);
  const rows = await store.rows("option", ingestedBy === undefined ? all : { ...all, ingestedBy });
  store.free();
  return rows.map(({ bid }) => bid);
}

const parquetFiles = (folder: string): string[] =>
  readdirSync(join(folder, "data"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".parquet"),
  );

describe("compaction", () => {
  it("makes one file of a partition's small ones, with the same rows, times and commits", () =>
    inFolder(async (folder) => {
      let now = DAY;
      const writer = await openWriter(folder, { now: () => now++ });
      await minutes(writer, 0, 6);
      // A correction of an earlier row, which counts as long as its commit does.
      await writer.commit([testSource("again", [testOption({ eventMs: DAY, bid: 99 })])]);
      const before = await bidsOf(folder);
      const firstCommits = await bidsOf(folder, DAY + 3);
      const commit = await writer.compact({ minFiles: 2 });
      await writer.free();
      expect(commit).toMatchObject({ seq: 8, sources: [], files: [{ rows: 7 }] });
      expect(parquetFiles(folder)).toHaveLength(1);
      expect(before).toEqual([99, 1, 2, 3, 4, 5]);
      expect(await bidsOf(folder)).toEqual(before);
      expect(await bidsOf(folder, DAY + 3)).toEqual(firstCommits);
      const again = await openWriter(folder);
      expect(again.has("minute 3")).toBe(true);
      expect(again.recovery.swept).toEqual([]);
      await again.free();
    }));

  it("leaves large files and partitions with few files alone", () =>
    inFolder(async (folder) => {
      const writer = await openWriter(folder);
      await minutes(writer, 0, 4);
      expect(await writer.compact({ minFiles: 5 })).toBeNull();
      expect(await writer.compact({ minFiles: 2, smallBytes: 10 })).toBeNull();
      expect(await writer.compact({ minFiles: 2 })).not.toBeNull();
      // What is merged is one file: there is nothing more to merge.
      expect(await writer.compact({ minFiles: 1 })).toBeNull();
      await writer.free();
    }));

  it("a reader that was opened before sees the same rows after it, and none that came later", () =>
    inFolder(async (folder) => {
      const writer = await openWriter(folder);
      await minutes(writer, 0, 4);
      const reader = await openStore(folder);
      await minutes(writer, 4, 6);
      await writer.compact({ minFiles: 2 });
      await minutes(writer, 6, 8);
      await writer.compact({ minFiles: 2 });
      const rows = await reader.rows("option", all);
      expect(rows.map(({ bid }) => bid)).toEqual([0, 1, 2, 3]);
      expect((await reader.series("option", "bid", all)).values).toEqual(
        Float64Array.of(0, 1, 2, 3),
      );
      expect((await reader.chain(all)).asOfMs).toBe(DAY + 3 * 60_000);
      expect(await checkStoreData(reader, all)).not.toContainEqual(
        expect.objectContaining({ type: "damage" }),
      );
      expect(await exportRows(reader, "option", all, join(folder, "..", "out.csv"), "csv")).toBe(4);
      reader.refresh();
      expect(await reader.rows("option", all)).toHaveLength(8);
      reader.free();
      await writer.free();
    }));

  it("a missing file that no compaction explains is an error", () =>
    inFolder(async (folder) => {
      const writer = await openWriter(folder);
      await minutes(writer, 0, 2);
      await writer.free();
      const reader = await openStore(folder);
      rmSync(join(folder, reader.files()[0].path));
      await expect(reader.rows("option", all)).rejects.toThrow();
      expect(await checkStoreData(reader, all)).toContainEqual(
        expect.objectContaining({ type: "damage", detail: "the file is missing" }),
      );
      reader.free();
    }));

  it.each([
    ["before the line of the journal", "journal.jsonl"],
    ["before the small files were removed", "data"],
  ])("a crash %s loses nothing, and the next writer tidies up", (_, kept) =>
    inFolder(async (folder) => {
      const writer = await openWriter(folder);
      await minutes(writer, 0, 4);
      await writer.free();
      const copy = `${folder}-before`;
      cpSync(folder, copy, { recursive: true });
      const compacting = await openWriter(folder);
      await compacting.compact({ minFiles: 2 });
      await compacting.free();
      // What was there before and what the compaction made, together, as the crash left it.
      if (kept === "journal.jsonl") rmSync(join(folder, kept));
      cpSync(join(copy, "data"), join(folder, "data"), { recursive: true });
      if (kept === "journal.jsonl") cpSync(join(copy, kept), join(folder, kept));
      expect(parquetFiles(folder)).toHaveLength(5);
      expect(await bidsOf(folder)).toEqual([0, 1, 2, 3]);
      const next = await openWriter(folder);
      expect(next.recovery.swept).toHaveLength(kept === "data" ? 4 : 1);
      await next.free();
      expect(await bidsOf(folder)).toEqual([0, 1, 2, 3]);
      expect(existsSync(join(folder, "data"))).toBe(true);
      rmSync(copy, { recursive: true });
    }),
  );
});
