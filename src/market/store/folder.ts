/**
 * The store's folder:
 *
 *   store.json                          what this is, and the version of its layout
 *   journal.jsonl                       the commits (journal.ts)
 *   writer.lock, writer.json            who writes (writerLock.ts)
 *   data/kind=option/venue=deribit/underlying=BTC/date=2026-03-28/00000012-0.parquet
 *   runs/<time>-<kind>-<id>.json        the run catalogue (runs.ts)
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../num/errors.ts";
import { makeFolder, writeDurably } from "./durable.ts";
import type { Kind } from "./kinds.ts";

const FORMAT = { format: "volterra-store", schemaVersion: 1 } as const;

/** Makes a store of an absent or empty folder, or checks that it is one.
 *
 * Throws  InputError when the folder holds something else
 */
export function prepareFolder(folder: string): void {
  makeFolder(folder);
  if (isStore(folder)) {
    checkStore(folder);
    return;
  }
  const others = readdirSync(folder).filter((name) => !name.startsWith("store.json."));
  if (others.length > 0) {
    throw new InputError(
      `store ${folder}: expected a store or an empty folder, got a folder with ${others.slice(0, 3).join(", ")}. Choose another with --store.`,
    );
  }
  writeDurably(join(folder, "store.json"), `${JSON.stringify(FORMAT)}\n`);
}

/** True when the folder holds a store. */
export const isStore = (folder: string): boolean => existsSync(join(folder, "store.json"));

/** Checks that a folder is a store of a layout that this version reads.
 *
 * Throws  InputError when it is not
 */
export function checkStore(folder: string): void {
  if (!isStore(folder)) {
    throw new InputError(
      `store ${folder}: expected a market store, got ${existsSync(folder) ? "a folder without store.json" : "no such folder"}. Make one with volterra data import, or choose another with --store.`,
    );
  }
  const text = readFileSync(join(folder, "store.json"), "utf8");
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = text;
  }
  const { format, schemaVersion } = (found ?? {}) as { format?: unknown; schemaVersion?: unknown };
  if (format !== FORMAT.format || schemaVersion !== FORMAT.schemaVersion) {
    throw new InputError(
      `store ${folder}: expected ${JSON.stringify(FORMAT)} in store.json, got ${text.trim().slice(0, 80)}. Use the version of Volterra that wrote it.`,
    );
  }
}

/** Folder of a partition, relative to the store, with slashes. */
export function partitionFolder(
  kind: Kind,
  venue: string,
  underlying: string,
  partition: string,
): string {
  const part = (name: string, value: string): string => `${name}=${encodeURIComponent(value)}`;
  return `data/kind=${kind}/${part("venue", venue)}/${part("underlying", underlying)}/date=${partition}`;
}

/** Removes files under data/ that no commit names: what a crash left, and what was replaced. */
export function sweep(folder: string, live: ReadonlySet<string>): string[] {
  const data = join(folder, "data");
  if (!existsSync(data)) return [];
  const swept = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => path.slice(folder.length + 1).replaceAll("\\", "/"))
    .filter((path) => !live.has(path));
  for (const path of swept) rmSync(join(folder, path), { force: true });
  return swept;
}
