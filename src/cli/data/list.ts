/**
 * `volterra data list`, `show` and `runs`: what is in the store.
 */
import type { Command } from "commander";
import { formatInstant } from "../../market/index.ts";
import {
  columnsOf,
  type Kind,
  listRuns,
  openStore,
  partitionOf,
  readOwner,
  type RowOf,
  type StoredFile,
  type StoreReader,
} from "../../market/store/index.ts";
import { addStoreFlags, kindArgument, shortTime, type StoreFlags, timeFlag } from "./flags.ts";
import { countFlag } from "../chainSource.ts";
import { UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { textTable } from "../textTable.ts";

interface ShowFlags extends StoreFlags {
  readonly venue?: string;
  readonly name?: string;
  readonly day?: string;
  readonly asOf?: number;
  readonly limit: number;
}

/** Adds `list`, `show` and `runs`. */
export function addListVerbs(data: Command, io: CliIo): void {
  addStoreFlags(data.command("list"))
    .description("what is in the store: kinds, venues, underlyings, rows and times")
    .action((flags: StoreFlags) => withStore(flags, (store) => listVerb(store, flags, io)));
  addStoreFlags(
    data.command("show").argument("<kind>", "kind of rows", kindArgument).argument("<underlying>"),
  )
    .description("counts and first rows of one kind on one underlying")
    .option("--venue <name>", "rows of this venue")
    .option("--name <name>", "rows of this instrument or series")
    .option(
      "--day <day>",
      "a day, month or year of events, such as 2026-03-28 (default: the last one)",
    )
    .option("--as-of <time>", "only what was known at this time (default: now)", timeFlag)
    .option("--limit <count>", "rows to print", countFlag, 10)
    .action((kind: Kind, underlying: string, flags: ShowFlags) =>
      withStore(flags, (store) => showVerb(store, kind, underlying, flags, io)),
    );
  addStoreFlags(data.command("runs"))
    .description("the run catalogue: fits, policies and back-tests that were recorded")
    .action((flags: StoreFlags) => runsVerb(flags, io));
}

/** Opens a store for one action. */
export async function withStore<T>(
  flags: StoreFlags,
  action: (store: StoreReader) => Promise<T>,
): Promise<T> {
  const store = await openStore(flags.store);
  try {
    return await action(store);
  } finally {
    store.free();
  }
}

interface ListedGroup {
  readonly kind: Kind;
  readonly venue: string;
  readonly underlying: string;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly firstEvent: string;
  readonly lastEvent: string;
}

async function listVerb(store: StoreReader, flags: StoreFlags, io: CliIo): Promise<void> {
  const groups = Map.groupBy(store.files(), (f) => `${f.kind} ${f.venue} ${f.underlying}`);
  const listed = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, files]) => group(files));
  const owner = readOwner(flags.store);
  if (flags.json) {
    printJson(io, {
      schemaVersion: 1,
      store: flags.store,
      commits: store.commits().length,
      runs: listRuns(flags.store).length,
      writer: owner,
      groups: listed,
    });
    return;
  }
  const rows = listed.map((item) => [
    item.kind,
    item.venue,
    item.underlying,
    String(item.rows),
    String(item.files),
    (item.bytes / 1e6).toFixed(1),
    shortTime(Date.parse(item.firstEvent)),
    shortTime(Date.parse(item.lastEvent)),
  ]);
  const total = listed.reduce((sum, item) => sum + item.rows, 0);
  const header = [
    "kind",
    "venue",
    "underlying",
    "rows",
    "files",
    "MB",
    "first event (UTC)",
    "last",
  ];
  io.stdout(
    `${textTable(header, rows)}\n${total} rows in ${store.commits().length} commits; ${listRuns(flags.store).length} runs\n`,
  );
  if (owner !== null) {
    io.stdout(
      `Written to by process ${owner.pid} on ${owner.host} since ${owner.since} (or it ended without closing)\n`,
    );
  }
}

function group(files: readonly StoredFile[]): ListedGroup {
  const { kind, venue, underlying } = files[0];
  const sum = (value: (file: StoredFile) => number): number =>
    files.reduce((total, file) => total + value(file), 0);
  const first = files.reduce((time, file) => Math.min(time, file.firstEventMs), Infinity);
  const last = files.reduce((time, file) => Math.max(time, file.lastEventMs), -Infinity);
  return {
    kind,
    venue,
    underlying,
    rows: sum(({ rows }) => rows),
    files: files.length,
    bytes: sum(({ bytes }) => bytes),
    firstEvent: formatInstant(first),
    lastEvent: formatInstant(last),
  };
}

async function showVerb(
  store: StoreReader,
  kind: Kind,
  underlying: string,
  flags: ShowFlags,
  io: CliIo,
): Promise<void> {
  const asOf = flags.asOf ?? Date.now();
  const own = store.files().filter((f) => f.kind === kind && f.underlying === underlying);
  const last = own.reduce((time, file) => Math.max(time, file.lastEventMs), -Infinity);
  const day = flags.day ?? (own.length === 0 ? undefined : partitionOf(kind, last));
  const bounds = day === undefined ? {} : dayBounds(day);
  const { venue, name } = flags;
  const rows = await store.rows(kind, { underlying, venue, name, asOf, ...bounds });
  const times = new Set(rows.map(({ eventMs }) => eventMs)).size;
  const shown = rows.slice(0, flags.limit);
  if (flags.json) {
    printJson(io, {
      schemaVersion: 1,
      kind,
      underlying,
      day,
      rows: rows.length,
      times,
      head: shown,
    });
    return;
  }
  io.stdout(`${kind} ${underlying} ${day ?? ""}: ${rows.length} rows at ${times} times\n`);
  if (shown.length > 0) io.stdout(`${rowTable(kind, shown)}\n`);
}

/** Beginning and end of a day, a month or a year. */
function dayBounds(day: string): { from: number; to: number } {
  const [, year, month, date] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(day) ?? [];
  if (year === undefined) {
    throw new UsageError(`--day: expected 2026, 2026-03 or 2026-03-28, got "${day}".`);
  }
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(date ?? 1)];
  const to =
    date !== undefined
      ? Date.UTC(y, m, d + 1)
      : month !== undefined
        ? Date.UTC(y, m + 1, 1)
        : Date.UTC(y + 1, 0, 1);
  return { from: Date.UTC(y, m, d), to };
}

function rowTable<K extends Kind>(kind: K, rows: readonly RowOf<K>[]): string {
  const columns = columnsOf(kind);
  const cell = (value: unknown, isTime: boolean): string => {
    if (value === null || value === undefined) return "";
    if (isTime) return shortTime(Number(value));
    return typeof value === "number" ? String(Number(value.toPrecision(8))) : String(value);
  };
  return textTable(
    ["event (UTC)", ...columns.map(([name]) => name.replace(/Ms$/, ""))],
    rows.map((row) => {
      const values = row as unknown as Readonly<Record<string, unknown>>;
      return [
        shortTime(row.eventMs),
        ...columns.map(([name, type]) => cell(values[name], type.startsWith("instant"))),
      ];
    }),
  );
}

function runsVerb(flags: StoreFlags, io: CliIo): void {
  const runs = listRuns(flags.store);
  if (flags.json) {
    printJson(io, { schemaVersion: 1, runs });
    return;
  }
  if (runs.length === 0) {
    io.stdout("No runs are recorded. volterra fit --store records each fit.\n");
    return;
  }
  const rows = runs.map((run) => [
    run.id,
    run.name,
    run.status,
    run.seed === null ? "" : String(run.seed),
    run.dataFingerprint,
  ]);
  io.stdout(`${textTable(["run", "name", "status", "seed", "data"], rows)}\n`);
}
