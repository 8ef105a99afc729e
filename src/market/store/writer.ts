/**
 * Writing to the store: rows of one or more sources become Parquet files, and then one line of the journal.
 *
 * `commit` returns when everything is on the disk, and not before; what it returned for is never lost to a crash.
 * Sources are told apart by their fingerprints, so that the same file is not taken in twice.
 */
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { InputError } from "../../num/errors.ts";
import { formatInstant } from "../dayCount.ts";
import { type CompactOptions, type Merged, mergeFiles, smallFiles } from "./compact.ts";
import { sqlText, storedColumns, waitingType } from "./database.ts";
import { makeFolder, publish, UNFINISHED } from "./durable.ts";
import { partitionFolder, prepareFolder, sweep } from "./folder.ts";
import {
  appendCommit,
  type Commit,
  cutTornLine,
  liveFiles,
  readJournal,
  type StoredFile,
} from "./journal.ts";
import { columnsOf, type Kind, kindNames, partitionOf, type RowGroup } from "./kinds.ts";
import { type Owner, takeLock } from "./writerLock.ts";

/** Rows of one file or of one reply, all or nothing. */
export interface SourceRows {
  readonly name: string;
  readonly fingerprint: string;
  readonly format: string;
  readonly groups: readonly RowGroup[];
}

/** What was found and mended when the store was opened. */
export interface Recovery {
  readonly abandonedBy: Owner | null;
  /** Bytes of a line that was never finished. */
  readonly tornBytes: number;
  /** Files without a commit. */
  readonly swept: readonly string[];
}

/** The one writer of a store. */
export interface StoreWriter {
  readonly folder: string;
  readonly recovery: Recovery;
  /** True when a source with this fingerprint is in the store, or in a commit under way. */
  has(fingerprint: string): boolean;
  /** Stores the rows, all or nothing. Commits that are called for at once happen one after the other.
   *
   * Throws  InputError when a row has no time, or was known before it happened
   */
  commit(sources: readonly SourceRows[]): Promise<Commit>;
  /** Merges small files of a partition; null when there was nothing to do. Waits its turn among the commits. */
  compact(options?: CompactOptions): Promise<Commit | null>;
  /** Waits for commits under way and gives the store back. */
  free(): Promise<void>;
}

/** How to open a store. */
export interface WriterOptions {
  /** Clock of `ingestedMs`. */
  readonly now?: () => number;
}

/** Opens a store for writing, and makes it where there is none.
 *
 * Throws  InputError when another process writes, or the folder is no store; UnsupportedError without DuckDB
 */
export async function openWriter(
  folder: string,
  options: WriterOptions = {},
): Promise<StoreWriter> {
  const { now = Date.now } = options;
  prepareFolder(folder);
  const lock = await takeLock(folder, now());
  const { connection } = lock.database;
  try {
    const journal = readJournal(folder);
    cutTornLine(folder, journal);
    const live = new Set(liveFiles(journal.commits).map(({ path }) => path));
    const swept = sweep(folder, live);
    const known = new Set(
      journal.commits.flatMap(({ sources }) => sources.map(({ fingerprint }) => fingerprint)),
    );
    let seq = journal.commits.length;
    let queue: Promise<unknown> = Promise.resolve();
    const store = async (sources: readonly SourceRows[]): Promise<Commit> => {
      const ingestedMs = now();
      const files = await writeFiles(connection, folder, { seq: seq + 1, ingestedMs }, sources);
      const commit: Commit = {
        seq: seq + 1,
        ingestedMs,
        sources: sources.map(({ name, fingerprint, format, groups }) => ({
          name,
          fingerprint,
          format,
          rows: groups.reduce((sum, { rows }) => sum + rows.length, 0),
        })),
        files,
      };
      appendCommit(folder, commit);
      seq++;
      return commit;
    };
    const compact = async (compactOptions: CompactOptions): Promise<Commit | null> => {
      const places = smallFiles(liveFiles(readJournal(folder).commits), compactOptions);
      if (places.length === 0) return null;
      const merged: Merged[] = [];
      for (const [index, files] of places.entries()) {
        merged.push(await mergeFiles(connection, folder, seq + 1, index, files));
      }
      const replaces = merged.flatMap((one) => one.replaces.map(({ path }) => path));
      const files = merged.map(({ file }) => file);
      const commit: Commit = { seq: seq + 1, ingestedMs: now(), sources: [], files, replaces };
      appendCommit(folder, commit);
      seq++;
      for (const path of replaces) removeQuietly(join(folder, path));
      return commit;
    };
    return {
      folder,
      recovery: { abandonedBy: lock.abandonedBy, tornBytes: journal.torn, swept },
      has: (fingerprint) => known.has(fingerprint),
      commit(sources) {
        for (const source of sources) checkRows(source);
        for (const { fingerprint } of sources) known.add(fingerprint);
        const committed = queue.then(() => store(sources));
        queue = committed.catch(() => {
          for (const { fingerprint } of sources) known.delete(fingerprint);
        });
        return committed;
      },
      compact(compactOptions = {}) {
        const compacted = queue.then(() => compact(compactOptions));
        queue = compacted.catch(() => undefined);
        return compacted;
      },
      async free() {
        await queue;
        lock.free();
      },
    };
  } catch (error) {
    lock.free();
    throw error;
  }
}

/** Removes what is replaced; where a reader holds it open (Windows), the next writer does. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Swept at the next opening.
  }
}

/** Throws an InputError where a row of a source lacks a time. */
export function checkRows({ name, groups }: SourceRows): void {
  for (const { kind, rows } of groups) {
    const required = columnsOf(kind).flatMap(([column, type]) =>
      type === "instant" ? [column] : [],
    );
    for (const [i, row] of rows.entries()) {
      const { eventMs, knownMs } = row;
      if (!isTime(eventMs) || !(knownMs >= eventMs)) {
        const got = `${formatInstant(eventMs)} known at ${formatInstant(knownMs)}`;
        throw new InputError(
          `${name}: expected a time, and one at which it was known that is no earlier, on every ${kind} row, got ${got} on row ${i + 1}. Check the time columns.`,
        );
      }
      const values = row as unknown as Readonly<Record<string, number>>;
      const bad = required.find((column) => !isTime(values[column]));
      if (bad !== undefined) {
        throw new InputError(
          `${name}: expected a time in ${bad} of every ${kind} row, got ${values[bad]} on row ${i + 1}. Check the column.`,
        );
      }
    }
  }
}

/** From 1900 to 2103: microseconds taken for milliseconds are caught, series of the nineteen-twenties are not. */
const isTime = (ms: number): boolean => ms > -2.2e12 && ms < 4.2e12;

/** Rows of one partition within a commit. */
interface Part {
  readonly index: number;
  readonly kind: Kind;
  readonly venue: string;
  readonly underlying: string;
  readonly partition: string;
  rows: number;
  firstEventMs: number;
  lastEventMs: number;
  firstKnownMs: number;
  lastKnownMs: number;
}

/** Writes and publishes the Parquet files of a commit; removes them all when one fails. */
async function writeFiles(
  connection: DuckDBConnection,
  folder: string,
  stamp: { readonly seq: number; readonly ingestedMs: number },
  sources: readonly SourceRows[],
): Promise<StoredFile[]> {
  const written: string[] = [];
  try {
    const files: StoredFile[] = [];
    for (const kind of kindNames) {
      const parts = await appendWaiting(connection, kind, sources);
      for (const part of parts) {
        const place = partitionFolder(part.kind, part.venue, part.underlying, part.partition);
        const path = `${place}/${String(stamp.seq).padStart(8, "0")}-${part.index}.parquet`;
        written.push(path);
        files.push(await writePart(connection, folder, stamp, part, path));
      }
      if (parts.length > 0) await connection.run("DROP TABLE waiting");
    }
    return files;
  } catch (error) {
    await connection.run("DROP TABLE IF EXISTS waiting");
    for (const path of written) {
      rmSync(join(folder, path), { force: true });
      rmSync(join(folder, path + UNFINISHED), { force: true });
    }
    throw error;
  }
}

/** Puts the rows of a kind into a table in memory, each with the number of its part. */
async function appendWaiting(
  connection: DuckDBConnection,
  kind: Kind,
  sources: readonly SourceRows[],
): Promise<Part[]> {
  const parts = new Map<string, Part>();
  const columns = columnsOf(kind);
  if (!sources.some(({ groups }) => groups.some((g) => g.kind === kind && g.rows.length > 0))) {
    return [];
  }
  const declared = columns.map(([name, type]) => `"${name}" ${waitingType(type)}`);
  await connection.run(
    `CREATE TEMP TABLE waiting (part INTEGER, source INTEGER, "eventMs" DOUBLE, "knownMs" DOUBLE, ${declared.join(", ")})`,
  );
  const appender = await connection.createAppender("waiting");
  const texts = columns.map(([, type]) => waitingType(type) === "VARCHAR");
  const names = columns.map(([name]) => name);
  for (const [sourceIndex, { groups }] of sources.entries()) {
    for (const group of groups) {
      if (group.kind !== kind) continue;
      for (const row of group.rows) {
        const eventMs = Math.round(row.eventMs);
        const knownMs = Math.round(row.knownMs);
        appender.appendInteger(partFor(parts, group, eventMs, knownMs));
        appender.appendInteger(sourceIndex);
        appender.appendDouble(eventMs);
        appender.appendDouble(knownMs);
        const values = row as unknown as Readonly<Record<string, string | number | null>>;
        for (const [c, name] of names.entries()) {
          const value = values[name];
          if (value === null) appender.appendNull();
          else if (texts[c]) appender.appendVarchar(value as string);
          else appender.appendDouble(value as number);
        }
        appender.endRow();
      }
    }
  }
  appender.closeSync();
  return [...parts.values()];
}

/** Number of the part that a row belongs to, whose bounds it widens. */
function partFor(
  parts: Map<string, Part>,
  { kind, venue, underlying }: RowGroup,
  eventMs: number,
  knownMs: number,
): number {
  const partition = partitionOf(kind, eventMs);
  const key = `${venue}\n${underlying}\n${partition}`;
  let part = parts.get(key);
  if (part === undefined) {
    part = {
      index: parts.size,
      kind,
      venue,
      underlying,
      partition,
      rows: 0,
      firstEventMs: eventMs,
      lastEventMs: eventMs,
      firstKnownMs: knownMs,
      lastKnownMs: knownMs,
    };
    parts.set(key, part);
  }
  part.rows++;
  part.firstEventMs = Math.min(part.firstEventMs, eventMs);
  part.lastEventMs = Math.max(part.lastEventMs, eventMs);
  part.firstKnownMs = Math.min(part.firstKnownMs, knownMs);
  part.lastKnownMs = Math.max(part.lastKnownMs, knownMs);
  return part.index;
}

async function writePart(
  connection: DuckDBConnection,
  folder: string,
  { seq, ingestedMs }: { readonly seq: number; readonly ingestedMs: number },
  { index, ...part }: Part,
  path: string,
): Promise<StoredFile> {
  const whole = join(folder, path);
  makeFolder(join(whole, ".."));
  const stamps = [
    `CAST(${ingestedMs} AS BIGINT) AS "ingestedMs"`,
    `CAST(${seq} AS INTEGER) AS seq`,
    "source",
    `${sqlText(part.venue)} AS venue`,
    `${sqlText(part.underlying)} AS underlying`,
  ];
  await connection.run(
    `COPY (SELECT ${storedColumns(part.kind)}, ${stamps.join(", ")} FROM waiting WHERE part = ${index} ORDER BY "eventMs", source)
     TO ${sqlText(whole + UNFINISHED)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  publish(whole + UNFINISHED, whole);
  const bytes = readFileSync(whole);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path, ...part, bytes: bytes.length, sha256 };
}
