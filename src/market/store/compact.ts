/**
 * Many small files of a partition become one: for stores that are written to every minute.
 *
 * The rows stay as they are, with the commit, time and source that brought them. The merged file is published
 * first; then one line of the journal puts it in the place of the small ones; then those are removed. So a
 * reader sees the old files or the new one, and a crash leaves a state that the next writer tidies up. A reader
 * that was opened before follows by the journal when it finds a file gone (`followCompactions`).
 */
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { InternalError } from "../../num/errors.ts";
import { sqlText } from "./database.ts";
import { publish, UNFINISHED } from "./durable.ts";
import { partitionFolder } from "./folder.ts";
import type { Commit, StoredFile } from "./journal.ts";

/** What to merge. */
export interface CompactOptions {
  /** A file below this size is small. */
  readonly smallBytes?: number;
  /** Small files that a partition must have to be worth it. */
  readonly minFiles?: number;
}

/** Defaults of compaction. */
const compactDefaults = { smallBytes: 4e6, minFiles: 8 } as const;

/** A merged file and the ones that it replaces. */
export interface Merged {
  readonly file: StoredFile;
  readonly replaces: readonly StoredFile[];
}

/** Small files that belong together, by partition. */
export function smallFiles(
  live: readonly StoredFile[],
  options: CompactOptions = {},
): StoredFile[][] {
  const { smallBytes, minFiles } = { ...compactDefaults, ...options };
  const small = live.filter(({ bytes }) => bytes < smallBytes);
  return [...Map.groupBy(small, placeOf).values()].filter(
    (files) => files.length >= Math.max(2, minFiles),
  );
}

/** Writes and publishes the file that holds all rows of the others. */
export async function mergeFiles(
  connection: DuckDBConnection,
  folder: string,
  seq: number,
  index: number,
  replaces: readonly StoredFile[],
): Promise<Merged> {
  const path = `${placeOf(replaces[0])}/${String(seq).padStart(8, "0")}-${index}.parquet`;
  const whole = join(folder, path);
  const inputs = replaces.map((file) => sqlText(join(folder, file.path))).join(", ");
  const read = `read_parquet([${inputs}], hive_partitioning = false, union_by_name = true)`;
  try {
    await connection.run(
      `COPY (SELECT * FROM ${read} ORDER BY "eventMs", seq, source)
       TO ${sqlText(whole + UNFINISHED)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const counted = await connection.runAndReadAll(
      `SELECT count(*) FROM read_parquet(${sqlText(whole + UNFINISHED)})`,
    );
    const rows = replaces.reduce((sum, file) => sum + file.rows, 0);
    if (Number(counted.getRows()[0][0]) !== rows) {
      throw new InternalError(
        `compaction of ${placeOf(replaces[0])} lost rows; nothing was changed`,
      );
    }
    publish(whole + UNFINISHED, whole);
    const bytes = readFileSync(whole);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { file: { ...boundsOf(replaces), path, rows, bytes: bytes.length, sha256 }, replaces };
  } catch (error) {
    rmSync(whole + UNFINISHED, { force: true });
    rmSync(whole, { force: true });
    throw error;
  }
}

function boundsOf(
  files: readonly StoredFile[],
): Omit<StoredFile, "path" | "rows" | "bytes" | "sha256"> {
  const [{ kind, venue, underlying, partition }] = files;
  const least = (of: (file: StoredFile) => number): number =>
    files.reduce((min, file) => Math.min(min, of(file)), Infinity);
  const most = (of: (file: StoredFile) => number): number => -least((file) => -of(file));
  return {
    kind,
    venue,
    underlying,
    partition,
    firstEventMs: least((file) => file.firstEventMs),
    lastEventMs: most((file) => file.lastEventMs),
    firstKnownMs: least((file) => file.firstKnownMs),
    lastKnownMs: most((file) => file.lastKnownMs),
  };
}

/** The same files after the compactions among the commits, of which some may hold rows of later commits too. */
export function followCompactions(
  files: readonly StoredFile[],
  commits: readonly Commit[],
): StoredFile[] {
  let followed = [...files];
  for (const { replaces = [], files: added } of commits) {
    const names = new Set(replaces);
    const places = new Set(followed.filter(({ path }) => names.has(path)).map(placeOf));
    if (places.size === 0) continue;
    followed = [
      ...followed.filter(({ path }) => !names.has(path)),
      ...added.filter((file) => places.has(placeOf(file))),
    ];
  }
  return followed;
}

const placeOf = ({ kind, venue, underlying, partition }: StoredFile): string =>
  partitionFolder(kind, venue, underlying, partition);
