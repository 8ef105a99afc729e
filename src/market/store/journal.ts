/**
 * The journal: the list of commits, and the only thing that readers trust.
 *
 * One line is one commit: a checksum, a space, a JSON document. A commit names the Parquet files that it adds,
 * all of which were on the disk before the line was. So a file without a line does not exist, a crash at any
 * moment leaves either all of a commit or nothing of it, and an unfinished last line was never acknowledged.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../num/errors.ts";
import { appendDurably } from "./durable.ts";
import type { Kind } from "./kinds.ts";

/** One Parquet file. */
export interface StoredFile {
  /** Relative to the store, with slashes. */
  readonly path: string;
  readonly kind: Kind;
  readonly venue: string;
  readonly underlying: string;
  readonly partition: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly firstEventMs: number;
  readonly lastEventMs: number;
  readonly firstKnownMs: number;
  readonly lastKnownMs: number;
}

/** Where rows came from. */
export interface StoredSource {
  readonly name: string;
  /** SHA-256 of the bytes, for files; what identifies the batch otherwise. */
  readonly fingerprint: string;
  readonly format: string;
  readonly rows: number;
}

/** What one commit did. */
export interface Commit {
  readonly seq: number;
  readonly ingestedMs: number;
  readonly sources: readonly StoredSource[];
  readonly files: readonly StoredFile[];
  /** Paths of earlier files whose rows are all in `files`. */
  readonly replaces?: readonly string[];
}

/** The journal as it was when it was read. */
export interface Journal {
  readonly commits: readonly Commit[];
  /** Length in bytes of the whole lines. */
  readonly length: number;
  /** Bytes of an unfinished line after them. */
  readonly torn: number;
}

const FILE = "journal.jsonl";

/** Reads all commits.
 *
 * Throws  InputError when a whole line is not what was written
 */
export function readJournal(folder: string): Journal {
  const path = join(folder, FILE);
  if (!existsSync(path)) return { commits: [], length: 0, torn: 0 };
  const bytes = readFileSync(path);
  const commits: Commit[] = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(10, start);
    if (end < 0) break;
    const line = bytes.toString("utf8", start, end);
    // After a power cut the tail may hold zeros where the disk had only reserved room.
    if (line.includes("\0") && bytes.indexOf(10, end + 1) < 0) break;
    commits.push(parseLine(path, line, commits.length));
    start = end + 1;
  }
  return { commits, length: start, torn: bytes.length - start };
}

/** Adds a commit; when this returns, it is on the disk. */
export function appendCommit(folder: string, commit: Commit): void {
  const text = JSON.stringify(commit);
  appendDurably(join(folder, FILE), `${checksum(text)} ${text}\n`);
}

/** Cuts an unfinished line off. */
export function cutTornLine(folder: string, journal: Journal): void {
  if (journal.torn === 0) return;
  const handle = openSync(join(folder, FILE), "r+");
  try {
    ftruncateSync(handle, journal.length);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Files that hold rows: those of all commits but the replaced ones. */
export function liveFiles(commits: readonly Commit[]): StoredFile[] {
  const replaced = new Set(commits.flatMap(({ replaces = [] }) => replaces));
  return commits.flatMap(({ files }) => files.filter(({ path }) => !replaced.has(path)));
}

function parseLine(path: string, line: string, index: number): Commit {
  const text = line.slice(17);
  if (line[16] !== " " || checksum(text) !== line.slice(0, 16)) {
    throw new InputError(
      `${path}:${index + 1}: expected a commit with its checksum, got a line that was changed after it was written ("${line.slice(0, 40)}…"). Restore the file from a copy.`,
    );
  }
  const commit = JSON.parse(text) as Commit;
  if (commit.seq !== index + 1) {
    throw new InputError(
      `${path}:${index + 1}: expected commit ${index + 1}, got ${commit.seq}. Lines are missing: restore the file from a copy.`,
    );
  }
  return commit;
}

const checksum = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);
