/**
 * Reading from the store, always as of a time.
 *
 * Every read takes `asOf`, and no row comes back that was not known then: knownMs ≤ asOf. Where an observation
 * was stored more than once, the last version known by then counts. `ingestedBy` besides leaves out what this
 * store took in later, so that a study can be repeated on the data it had.
 *
 * Readers take no lock. They see the commits that were in the journal when they were opened or last refreshed.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { InputError } from "../../num/errors.ts";
import { formatInstant } from "../dayCount.ts";
import { makeQuoteSet, type OptionType, type QuoteSet, type QuoteUnit } from "../quote.ts";
import { followCompactions } from "./compact.ts";
import { type Database, openDatabase, readColumns, sqlNumber, sqlText } from "./database.ts";
import { checkStore } from "./folder.ts";
import { type Commit, liveFiles, readJournal, type StoredFile } from "./journal.ts";
import { columnsOf, type Kind, kinds, type RowOf } from "./kinds.ts";

/** The moment as of which to read. */
export interface AsOf {
  /** Milliseconds since 1970 UTC: rows that became known later do not exist. */
  readonly asOf: number;
  /** Rows that this store took in later do not exist either. */
  readonly ingestedBy?: number;
}

/** Which rows. */
export interface RowQuery extends AsOf {
  readonly underlying?: string;
  readonly venue?: string;
  /** Bounds of eventMs: from ≤ eventMs < to. */
  readonly from?: number;
  readonly to?: number;
  /** The instrument or the series, in kinds that have one. */
  readonly name?: string;
}

/** Which chain. */
export interface ChainQuery extends AsOf {
  readonly underlying: string;
  readonly venue?: string;
  /** Rows up to this much older than the newest one belong to the same chain. */
  readonly windowMs?: number;
}

/** One number through time. */
export interface Series {
  readonly eventMs: Float64Array;
  readonly knownMs: Float64Array;
  /** NaN where the row has none. */
  readonly values: Float64Array;
}

/** Columns of a kind that hold numbers. */
export type NumberColumn<K extends Kind> = {
  [C in keyof RowOf<K>]: RowOf<K>[C] extends number | null ? C : never;
}[keyof RowOf<K>] &
  string;

/** Defaults of reading. */
export const readerDefaults = { windowMs: 15 * 60_000 } as const;

/** The files that a reader sees, and the last commit whose rows count. */
export interface StoreView {
  readonly folder: string;
  readonly files: readonly StoredFile[];
  readonly seq: number;
}

/** A store opened for reading. */
export interface StoreReader {
  readonly folder: string;
  readonly database: Database;
  commits(): readonly Commit[];
  files(): readonly StoredFile[];
  /** Does something with the files as they are, and again when a compaction took one of them away meanwhile. */
  withView<T>(action: (view: StoreView) => Promise<T>): Promise<T>;
  /** Rows by time, then name; each observation once. */
  rows<K extends Kind>(kind: K, query: RowQuery): Promise<RowOf<K>[]>;
  /** A column through time; use `name` where a kind has several instruments. */
  series<K extends Kind>(kind: K, column: NumberColumn<K>, query: RowQuery): Promise<Series>;
  /** The newest chain that was known.
   *
   * Throws  InputError when there is none, or when two venues have one and none is named
   */
  chain(query: ChainQuery): Promise<QuoteSet>;
  /** Times of the chains: each first event after a pause as long as the window. */
  chainTimes(
    query: ChainQuery & { readonly from?: number; readonly to?: number },
  ): Promise<number[]>;
  /** Looks at the journal again. */
  refresh(): void;
  free(): void;
}

/** Opens a store for reading.
 *
 * Throws  InputError when there is none or it is damaged; UnsupportedError without DuckDB
 */
export async function openStore(folder: string): Promise<StoreReader> {
  checkStore(folder);
  let { commits } = readJournal(folder);
  let files = liveFiles(commits);
  const database = await openDatabase();
  const select = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
    (await database.connection.runAndReadAll(sql)).getColumns();
  const withView: StoreReader["withView"] = async (action) => {
    for (;;) {
      try {
        return await action({ folder, files, seq: commits.length });
      } catch (error) {
        // A file that is gone without a compaction is damage.
        if (files.every(({ path }) => existsSync(join(folder, path)))) throw error;
        const newer = readJournal(folder).commits.slice(commits.length);
        const followed = followCompactions(files, newer);
        if (followed.every((file) => files.includes(file))) throw error;
        files = followed;
      }
    }
  };
  /** Columns of rows of a query, or null when there are none. */
  const ask = (
    kind: Kind,
    query: RowQuery,
    statement: (sql: string) => string,
  ): Promise<readonly (readonly unknown[])[] | null> => {
    checkAsOf(query);
    return withView((view) => {
      const sql = rowsSql(view, kind, query);
      return sql === null ? Promise.resolve(null) : select(statement(sql));
    });
  };
  return {
    folder,
    database,
    commits: () => commits,
    files: () => files,
    withView,
    async rows(kind, query) {
      const order = kinds[kind].key.map((name) => `"${name}"`).join(", ");
      const columns = await ask(
        kind,
        query,
        (sql) => `SELECT ${readColumns(kind)} FROM (${sql}) ORDER BY "eventMs", ${order}`,
      );
      return columns === null ? [] : toRows(kind, columns);
    },
    async series(kind, column, query) {
      checkColumn(kind, column);
      const columns = await ask(
        kind,
        query,
        (sql) =>
          `SELECT CAST("eventMs" AS DOUBLE), CAST("knownMs" AS DOUBLE), CAST("${column}" AS DOUBLE)
           FROM (${sql}) ORDER BY "eventMs"`,
      );
      const [eventMs, knownMs, values] = columns ?? [];
      return { eventMs: f64(eventMs), knownMs: f64(knownMs), values: f64(values) };
    },
    chain: (query) => withView((view) => readChain(view, query, select)),
    async chainTimes(query) {
      const window = query.windowMs ?? readerDefaults.windowMs;
      const columns = await ask(
        "option",
        query,
        (sql) => `SELECT CAST("eventMs" AS DOUBLE) FROM (
           SELECT "eventMs", lag("eventMs") OVER (ORDER BY "eventMs") AS before
           FROM (SELECT DISTINCT "eventMs" FROM (${sql})))
         WHERE before IS NULL OR "eventMs" - before > ${window} ORDER BY 1`,
      );
      return [...((columns?.[0] ?? []) as readonly number[])];
    },
    refresh() {
      ({ commits } = readJournal(folder));
      files = liveFiles(commits);
    },
    free: () => database.free(),
  };
}

/** SQL of the rows of a query, each observation once; null when no file can hold one.
 *
 * Throws  InputError when asOf is no time
 */
export function rowsSql(
  { folder, files, seq }: StoreView,
  kind: Kind,
  query: RowQuery,
): string | null {
  const chosen = filesFor(files, kind, query);
  if (chosen.length === 0) return null;
  const { asOf, ingestedBy, from, to, name } = query;
  const nameColumn = kinds[kind].key.find((column) => ["instrument", "series"].includes(column));
  if (name !== undefined && nameColumn === undefined) {
    throw new InputError(
      `store: expected no name for ${kind} rows, which have none, got "${name}". Leave it out.`,
    );
  }
  const conditions = [
    `"knownMs" <= ${sqlNumber(asOf)}`,
    // A merged file may hold rows of commits that came after the reader.
    `seq <= ${seq}`,
    ...(ingestedBy === undefined ? [] : [`"ingestedMs" <= ${sqlNumber(ingestedBy)}`]),
    ...(from === undefined ? [] : [`"eventMs" >= ${sqlNumber(from)}`]),
    ...(to === undefined ? [] : [`"eventMs" < ${sqlNumber(to)}`]),
    ...(name === undefined ? [] : [`"${nameColumn}" = ${sqlText(name)}`]),
  ];
  const paths = chosen.map(({ path }) => sqlText(join(folder, path))).join(", ");
  const key = ["venue", "underlying", ...kinds[kind].key, "eventMs"];
  return `SELECT * FROM read_parquet([${paths}], hive_partitioning = false)
    WHERE ${conditions.join(" AND ")}
    QUALIFY row_number() OVER (
      PARTITION BY ${key.map((column) => `"${column}"`).join(", ")}
      ORDER BY "knownMs" DESC, seq DESC, source DESC) = 1`;
}

/** Files that can hold rows of a query. */
function filesFor(
  files: readonly StoredFile[],
  kind: Kind,
  { asOf, venue, underlying, from = -Infinity, to = Infinity }: RowQuery,
): StoredFile[] {
  return files.filter(
    (file) =>
      file.kind === kind &&
      (venue === undefined || file.venue === venue) &&
      (underlying === undefined || file.underlying === underlying) &&
      file.firstKnownMs <= asOf &&
      file.lastEventMs >= from &&
      file.firstEventMs < to,
  );
}

async function readChain(
  { folder, files, seq }: StoreView,
  query: ChainQuery,
  select: (sql: string) => Promise<readonly (readonly unknown[])[]>,
): Promise<QuoteSet> {
  checkAsOf(query);
  const windowMs = query.windowMs ?? readerDefaults.windowMs;
  const candidates = filesFor(files, "option", query);
  checkChain(folder, files, query, candidates);
  // A file that was known in part by then has an event no earlier than its first: nothing much older can be newest.
  // (Not so when some of its rows are left out for having been stored later.)
  const oldest = candidates.reduce(
    (latest, file) => Math.max(latest, file.firstEventMs),
    -Infinity,
  );
  const from = query.ingestedBy === undefined ? oldest - windowMs : -Infinity;
  const sql = rowsSql({ folder, files: candidates, seq }, "option", { ...query, from });
  const columns = await select(
    `WITH known AS (${sql}), newest AS (SELECT max("eventMs") AS at FROM known)
     SELECT ${readColumns("option")} FROM known, newest
     WHERE "eventMs" > newest.at - ${windowMs} AND "expiryMs" > newest.at
     QUALIFY row_number() OVER (PARTITION BY instrument ORDER BY "eventMs" DESC) = 1
     ORDER BY "expiryMs", strike, type`,
  );
  const rows = toRows("option", columns);
  if (rows.length === 0) throw noChain(folder, files, query);
  return makeQuoteSet(
    `store ${basename(folder)}`,
    rows.map((row) => ({
      instrument: row.instrument,
      underlying: query.underlying,
      type: row.type as OptionType,
      strike: row.strike,
      expiryMs: row.expiryMs,
      asOfMs: row.eventMs,
      unit: row.unit as QuoteUnit,
      bid: row.bid,
      ask: row.ask,
      mark: row.mark,
      markIv: row.markIv,
      forward: row.forward,
      discount: row.discount,
      openInterest: row.openInterest,
    })),
  );
}

function checkChain(
  folder: string,
  files: readonly StoredFile[],
  query: ChainQuery,
  candidates: readonly StoredFile[],
): void {
  if (candidates.length === 0) throw noChain(folder, files, query);
  const venues = [...new Set(candidates.map(({ venue }) => venue))].sort();
  if (venues.length > 1) {
    throw new InputError(
      `store ${folder}: expected ${query.underlying} options of one venue, got ${venues.join(", ")}. Choose with --venue.`,
    );
  }
}

function noChain(folder: string, files: readonly StoredFile[], query: ChainQuery): InputError {
  const options = files.filter(({ kind }) => kind === "option");
  const own = options.filter(({ underlying }) => underlying === query.underlying);
  const first = own.reduce((time, file) => Math.min(time, file.firstKnownMs), Infinity);
  const got =
    own.length === 0
      ? `options on ${[...new Set(options.map(({ underlying }) => underlying))].sort().join(", ") || "nothing"}`
      : `the first one known at ${formatInstant(first)}`;
  return new InputError(
    `store ${folder}: expected a chain on ${query.underlying}${query.venue === undefined ? "" : ` of ${query.venue}`} known by ${formatInstant(query.asOf)}, got ${got}. Choose a later --as-of or another --underlying.`,
  );
}

function checkAsOf({ asOf, ingestedBy }: AsOf): void {
  if (Number.isNaN(asOf) || typeof asOf !== "number" || Number.isNaN(ingestedBy)) {
    throw new InputError(
      `store: expected asOf in milliseconds since 1970, got ${asOf}. Every read says as of when.`,
    );
  }
}

function checkColumn(kind: Kind, column: string): void {
  const numbers = columnsOf(kind)
    .filter(([, type]) => !type.startsWith("text"))
    .map(([name]) => name);
  if (!numbers.includes(column)) {
    throw new InputError(
      `store: expected a column of numbers of ${kind} (${numbers.join(", ")}), got "${column}". Choose one of those.`,
    );
  }
}

function toRows<K extends Kind>(kind: K, columns: readonly (readonly unknown[])[]): RowOf<K>[] {
  const names = ["eventMs", "knownMs", ...columnsOf(kind).map(([name]) => name)];
  const count = columns[0]?.length ?? 0;
  const rows: RowOf<K>[] = [];
  for (let i = 0; i < count; i++) {
    const row: Record<string, unknown> = {};
    for (let c = 0; c < names.length; c++) row[names[c]] = columns[c][i];
    rows.push(row as RowOf<K>);
  }
  return rows;
}

const f64 = (values: readonly unknown[] | undefined): Float64Array =>
  Float64Array.from(values ?? [], (value) => (value === null ? Number.NaN : Number(value)));
