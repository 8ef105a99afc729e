/**
 * One writer at a time.
 *
 * The lock itself is DuckDB's on a database file that holds nothing: the operating system keeps it and takes it
 * back when the process ends in whatever way, so no lock outlives its owner and none has to be guessed stale.
 * Beside it, `writer.json` says who holds it and since when; found without a held lock, it names a process that
 * ended without closing the store.
 */
import { readFileSync, realpathSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "../../num/errors.ts";
import { type Database, openDatabase, sqlText } from "./database.ts";
import { writeDurably } from "./durable.ts";

/** Who writes. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** What it was started as, for people. */
  readonly command: string;
  /** When it opened the store, ISO 8601. */
  readonly since: string;
  /** When the process itself began, seconds since 1970: tells a process from a later one of the same number. */
  readonly processStartS: number;
}

/** A held lock. */
export interface WriterLock {
  readonly database: Database;
  /** The process that ended without closing the store, when there was one. */
  readonly abandonedBy: Owner | null;
  free(): void;
}

/** Stores that this thread writes to: the operating system does not keep a process from itself. */
const held = new Set<string>();

/** Takes the lock of a store.
 *
 * Throws  InputError naming the process that holds it
 */
export async function takeLock(folder: string, nowMs: number): Promise<WriterLock> {
  const place = realpathSync(folder);
  const me = thisProcess(nowMs);
  const before = readOwner(folder);
  const isMine =
    before?.pid === me.pid &&
    before.host === me.host &&
    Math.abs(before.processStartS - me.processStartS) < 3;
  if (held.has(place) || isMine) throw heldBy(folder, before ?? me);
  held.add(place);
  const database = await openDatabase().catch((error: unknown) => {
    held.delete(place);
    throw error;
  });
  try {
    await attach(folder, database);
    const abandonedBy = readOwner(folder);
    writeDurably(ownerPath(folder), `${JSON.stringify(me)}\n`);
    return {
      database,
      abandonedBy,
      free() {
        rmSync(ownerPath(folder), { force: true });
        database.free();
        held.delete(place);
      },
    };
  } catch (error) {
    database.free();
    held.delete(place);
    throw error;
  }
}

/** Who says that it writes to a store, whether or not it still lives; null when nobody does. */
export function readOwner(folder: string): Owner | null {
  try {
    return JSON.parse(readFileSync(ownerPath(folder), "utf8")) as Owner;
  } catch {
    // Absent, or the moment between two owners.
    return null;
  }
}

async function attach(folder: string, database: Database): Promise<void> {
  const path = join(folder, "writer.lock");
  const sql = `ATTACH ${sqlText(path)} AS writer_lock`;
  try {
    await database.connection.run(sql);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (/lock|being used by another process/i.test(why.replaceAll("writer.lock", ""))) {
      throw heldBy(folder, readOwner(folder));
    }
    // A crash while the empty file was made: it holds nothing, so it is made again.
    rmSync(path, { force: true });
    await database.connection.run(sql);
  }
}

function heldBy(folder: string, owner: Owner | null): InputError {
  const who =
    owner === null
      ? "another process writing to it"
      : `process ${owner.pid} on ${owner.host} (${owner.command}) writing to it since ${owner.since}`;
  return new InputError(
    `store ${folder}: expected to be its only writer, got ${who}. Wait until it ends, or stop it; reading is possible meanwhile.`,
  );
}

const ownerPath = (folder: string): string => join(folder, "writer.json");

function thisProcess(nowMs: number): Owner {
  return {
    pid: process.pid,
    host: hostname(),
    command: ["volterra", ...process.argv.slice(2)].join(" ").slice(0, 200),
    since: new Date(nowMs).toISOString(),
    processStartS: Math.round(Date.now() / 1000 - process.uptime()),
  };
}
