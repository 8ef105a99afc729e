/** The files of a recorded history: chains in the order of their times, and what was recorded beside them. */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";
import { basename, join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { readSideSeries, sideKind, type SideSeries } from "../../hedging/index.ts";
import { openFile, type QuoteSet } from "../../market/index.ts";
import { InputError } from "../../num/errors.ts";
import { errorText } from "../exitCodes.ts";

/** A history on disk. */
export interface HistoryFiles {
  /** Chain files; their names hold the time, as those of every recorder do. */
  readonly chains: readonly string[];
  readonly side: SideSeries;
  /** Names and sizes: what a saved walk belongs to. */
  readonly identity: readonly string[];
}

const dataFile = /\.(csv|json|jsonl|parquet)(\.gz)?$/i;
/** As much of a file as its header needs. */
const headBytes = 16_384;

/** Finds and tells apart the files of some paths; folders are searched to the bottom.
 *
 * Throws  InputError when a path is not there, nothing is found, or a file is neither chain nor series
 */
export function historyFiles(paths: readonly string[], underlying: string): HistoryFiles {
  const found = paths.flatMap((path) => {
    if (!existsSync(path)) {
      throw new InputError(
        `hedge backtest: expected a file or a folder, got ${path}, which is not there. Check the path.`,
      );
    }
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => dataFile.test(name))
      .map((name) => join(path, name));
  });
  const files = [...new Set(found)].toSorted((a, b) => basename(a).localeCompare(basename(b)));
  const chains: string[] = [];
  const side: { -readonly [K in keyof SideSeries]: SideSeries[K] } = {
    perpetual: [],
    bars: [],
    funding: [],
  };
  const from: Partial<Record<keyof SideSeries, string>> = {};
  for (const file of files) {
    if (isChain(file)) {
      chains.push(file);
      continue;
    }
    const read = readSideSeries(basename(file), plainText(readFileSync(file)), underlying);
    for (const [kind, points] of Object.entries(read) as [keyof SideSeries, never[]][]) {
      if (kind !== "perpetual" && !basename(file).toUpperCase().includes(underlying)) continue;
      const other = from[kind];
      if (other !== undefined) {
        throw new InputError(
          `hedge backtest: expected one file of ${kind} of ${underlying}, got ${other} and ${basename(file)}. Leave one out.`,
        );
      }
      from[kind] = basename(file);
      side[kind] = points;
    }
  }
  if (chains.length === 0) {
    throw new InputError(
      `hedge backtest: expected option chains (csv, json, parquet, gzipped or not) in ${paths.join(", ")}, got none. Pass their folder.`,
    );
  }
  return {
    chains,
    side,
    identity: files.map((file) => `${basename(file)} ${statSync(file).size}`),
  };
}

/** Chains of one underlying, in order; a damaged file is told to `onLeftOut` and left out. */
export async function* chainsOf(
  files: readonly string[],
  underlying: string,
  onLeftOut: (text: string) => void,
  onRead: (done: number) => void,
): AsyncGenerator<QuoteSet> {
  for (const [i, file] of files.entries()) {
    onRead(i);
    let quotes: QuoteSet | undefined;
    try {
      quotes = await openFile(file, { underlying });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      onLeftOut(errorText(error));
    }
    if (quotes !== undefined) yield quotes;
  }
}

/** Is it a chain? What has the header of a series beside the chains is not. */
function isChain(file: string): boolean {
  const descriptor = openSync(file, "r");
  const bytes = Buffer.alloc(headBytes);
  const read = readSync(descriptor, bytes);
  closeSync(descriptor);
  const header = plainText(bytes.subarray(0, read)).split("\n")[0];
  return sideKind(header.trim().split(",")) === null;
}

/** Text of bytes, gunzipped as far as they go. */
export function plainText(bytes: Buffer): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = isGzip ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
  return plain.toString("utf8");
}
