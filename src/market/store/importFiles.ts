/**
 * Files into the store: read one after the other, committed in batches.
 *
 * A file is stored whole or not at all. While a batch is written, the next files are read; a batch is announced
 * when it is on the disk. A file that cannot be read is reported, and the others go on.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { InputError } from "../../num/errors.ts";
import { fingerprintOfBytes, readSource } from "./import/readSource.ts";
import type { Hints } from "./import/storeTable.ts";
import type { Commit } from "./journal.ts";
import type { SourceRows, StoreWriter } from "./writer.ts";
import { checkRows } from "./writer.ts";

/** How to import. */
export interface ImportOptions extends Hints {
  /** Rows after which a batch is committed. */
  readonly batchRows?: number;
  readonly signal?: AbortSignal;
  /** Before a file is read. */
  readonly onFile?: (path: string, index: number, count: number) => void;
  /** When a batch is on the disk. */
  readonly onCommit?: (commit: Commit) => void;
}

/** What became of each file. */
export interface ImportSummary {
  readonly rows: number;
  readonly commits: number;
  readonly imported: readonly {
    readonly name: string;
    readonly format: string;
    readonly rows: number;
  }[];
  /** Files whose bytes are in the store already. */
  readonly known: readonly string[];
  readonly failed: readonly { readonly path: string; readonly error: string }[];
  /** True when the caller gave up before the last file. */
  readonly interrupted: boolean;
}

/** Defaults of importing. */
export const importDefaults = { batchRows: 100_000 } as const;

const READABLE = /\.(csv|txt|json|jsonl|parquet)(\.gz)?$/i;

/** The files that the paths name, those of folders in alphabetical order.
 *
 * Throws  InputError when a path does not exist or a folder holds nothing that can be read
 */
export function importPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    let isFolder: boolean;
    try {
      isFolder = statSync(path).isDirectory();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InputError(`${path}: expected a file or a folder, got ${why}. Check the path.`);
    }
    if (!isFolder) return [path];
    const found = readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => READABLE.test(name))
      .sort()
      .map((name) => join(path, name));
    if (found.length > 0) return found;
    throw new InputError(
      `${path}: expected CSV, JSON or Parquet files in the folder, got none. Check the path.`,
    );
  });
}

/** Imports files.
 *
 * Throws  what a commit throws, such as a full disk; a damaged file is in `failed`
 */
export async function importFiles(
  writer: StoreWriter,
  paths: readonly string[],
  options: ImportOptions = {},
): Promise<ImportSummary> {
  const { batchRows = importDefaults.batchRows, signal, onFile, onCommit, ...hints } = options;
  const imported: { name: string; format: string; rows: number }[] = [];
  const known: string[] = [];
  const failed: { path: string; error: string }[] = [];
  let commits = 0;
  let batch: SourceRows[] = [];
  let rowsInBatch = 0;
  let underWay: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    await underWay;
    if (batch.length === 0) return;
    const sources = batch;
    batch = [];
    rowsInBatch = 0;
    underWay = writer.commit(sources).then((commit) => {
      commits++;
      for (const { name, format, rows } of commit.sources) imported.push({ name, format, rows });
      onCommit?.(commit);
    });
    // Waited for before the next flush; until then a failure must not count as unhandled.
    underWay.catch(() => undefined);
  };
  for (const [index, path] of paths.entries()) {
    if (signal?.aborted) break;
    onFile?.(path, index, paths.length);
    try {
      const bytes = readFileSync(path);
      const fingerprint = fingerprintOfBytes(bytes);
      if (writer.has(fingerprint) || batch.some((source) => source.fingerprint === fingerprint)) {
        known.push(path);
        continue;
      }
      const source = await readSource(basename(path), bytes, hints);
      checkRows(source);
      batch.push(source);
      for (const { rows } of source.groups) rowsInBatch += rows.length;
    } catch (error) {
      failed.push({ path, error: error instanceof Error ? error.message : String(error) });
    }
    if (rowsInBatch >= batchRows) await flush();
  }
  await flush();
  await underWay;
  return {
    rows: imported.reduce((sum, { rows }) => sum + rows, 0),
    commits,
    imported,
    known,
    failed,
    interrupted: signal?.aborted === true,
  };
}
