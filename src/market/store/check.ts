/**
 * What is wrong with the data in a store, each finding with its place and count.
 *
 *   damage      a file that is missing or not as it was written
 *   gap         a pause longer than the data's own step explains
 *   duplicate   an observation that was stored twice, with equal or with other values
 *   stale       a value that repeats unchanged, a chain mostly without quotes, data that stop early
 *   outlier     a value that its neighbours do not explain, or that no market produces
 *
 * Findings are facts about the data, not verdicts: a crash is an outlier, a holiday a gap.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InternalError } from "../../num/errors.ts";
import { formatInstant, MS_PER_DAY } from "../dayCount.ts";
import { sqlNumber, sqlText } from "./database.ts";
import { readJournal, type StoredFile } from "./journal.ts";
import { columnsOf, type Kind, kinds } from "./kinds.ts";
import { rowsSql, type RowQuery, type StoreReader, type StoreView } from "./reader.ts";

export type FindingType = "damage" | "gap" | "duplicate" | "stale" | "outlier";

/** One kind of trouble in one place. */
export interface Finding {
  readonly type: FindingType;
  readonly kind: Kind;
  readonly venue: string;
  readonly underlying: string;
  /** Instrument, series or file. */
  readonly name: string;
  readonly count: number;
  /** Time of the first or the worst. */
  readonly at: string;
  readonly detail: string;
}

/** What to check; everything when nothing is named. */
export interface CheckQuery extends RowQuery {
  readonly kind?: Kind;
}

/** Checks a store.
 *
 * Throws  InputError when asOf is no time
 */
export function checkStoreData(store: StoreReader, query: CheckQuery): Promise<Finding[]> {
  return store.withView((view) => checkView(store, view, query));
}

async function checkView(
  store: StoreReader,
  view: StoreView,
  query: CheckQuery,
): Promise<Finding[]> {
  const files = view.files.filter(
    (file) =>
      (query.kind === undefined || file.kind === query.kind) &&
      (query.venue === undefined || file.venue === query.venue) &&
      (query.underlying === undefined || file.underlying === query.underlying) &&
      file.firstKnownMs <= query.asOf,
  );
  const gone = files.filter(({ path }) => !existsSync(join(view.folder, path)));
  if (gone.length > 0 && isCompacted(view.folder, gone)) {
    // `withView` begins again with the files that took their place.
    throw new InternalError("a compaction was not followed");
  }
  const damaged = files.flatMap((file) => damageOf(store.folder, file));
  const broken = new Set(damaged.map(({ name }) => name));
  const sound = files.filter(({ path }) => !broken.has(path));
  const findings = [...damaged];
  const groups = Map.groupBy(sound, (f) => `${f.kind}\n${f.venue}\n${f.underlying}`);
  for (const [, members] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { kind, venue, underlying } = members[0];
    const once = rowsSql({ ...view, files: members }, kind, { ...query, venue, underlying });
    if (once === null) continue;
    const { connection } = store.database;
    await connection.run(`CREATE OR REPLACE TEMP TABLE checked AS ${once}`);
    const ask = async (type: FindingType, statement: string): Promise<void> => {
      const reader = await connection.runAndReadAll(statement);
      for (const [name, count, at, detail] of reader.getRows()) {
        findings.push({
          type,
          kind,
          venue,
          underlying,
          name: String(name),
          count: Number(count),
          at: formatInstant(Number(at)),
          detail: String(detail),
        });
      }
    };
    await ask("gap", gapSql(kind));
    await ask("duplicate", duplicateSql(store.folder, members, kind, query.asOf));
    for (const statement of staleSql(kind, query.asOf)) await ask("stale", statement);
    for (const statement of outlierSql(kind)) await ask("outlier", statement);
    await connection.run("DROP TABLE checked");
  }
  return findings;
}

/** True when files are gone because others took their place. */
function isCompacted(folder: string, gone: readonly StoredFile[]): boolean {
  const replaced = new Set(readJournal(folder).commits.flatMap(({ replaces = [] }) => replaces));
  return gone.some(({ path }) => replaced.has(path));
}

function damageOf(folder: string, file: StoredFile): Finding[] {
  const path = join(folder, file.path);
  let detail: string | null = null;
  if (!existsSync(path)) detail = "the file is missing";
  else {
    const bytes = readFileSync(path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (bytes.length !== file.bytes) detail = `${bytes.length} bytes instead of ${file.bytes}`;
    else if (sha256 !== file.sha256) detail = "its content changed after it was written";
  }
  if (detail === null) return [];
  const { kind, venue, underlying, rows, firstEventMs } = file;
  return [
    {
      type: "damage",
      kind,
      venue,
      underlying,
      name: file.path,
      count: rows,
      at: formatInstant(firstEventMs),
      detail,
    },
  ];
}

/** A watch samples each instrument at a time of its own: pauses shorter than this are none. */
const SAMPLED_MS = 300_000;

/** SQL of what distinguishes series within a group. */
function nameSql(kind: Kind): string {
  if (kind === "bar") return `instrument || ' ' || CAST("intervalMs" / 60000 AS BIGINT) || ' min'`;
  if (kind === "funding") return "instrument";
  if (kind === "index") {
    // Daily bars, finer ones and what a watch sampled are series of their own.
    return `series || CASE WHEN "intervalMs" = 0 THEN ' sampled' WHEN "intervalMs" < ${MS_PER_DAY}
      THEN ' ' || CAST("intervalMs" / 60000 AS BIGINT) || ' min' ELSE '' END`;
  }
  if (kind === "macro") return "series";
  // Chains come and go with their instruments: their times count, not each contract's.
  return sqlText(kind === "option" ? "chains" : kind);
}

/** Longest pause without a remark, in ms, given the usual step and interval. */
function pauseSql(kind: Kind): string {
  if (kind === "bar" || kind === "funding") return `1.5 * any_value("intervalMs")`;
  // A weekend with a holiday on either side.
  if (kind === "macro") return String(5.5 * MS_PER_DAY);
  if (kind === "index") {
    return `CASE WHEN any_value("intervalMs") = 0 THEN ${SAMPLED_MS} ELSE 1.5 * any_value("intervalMs") END`;
  }
  return `greatest(3 * median(step), ${SAMPLED_MS})`;
}

function gapSql(kind: Kind): string {
  if (kind === "instrument" || kind === "trade") return "SELECT 1, 1, 1, 1 WHERE false";
  const interval = "intervalMs" in kinds[kind].columns ? `"intervalMs"` : `0 AS "intervalMs"`;
  return `WITH times AS (SELECT DISTINCT ${nameSql(kind)} AS name, ${interval}, "eventMs" AS ts FROM checked),
    steps AS (SELECT *, ts - lag(ts) OVER (PARTITION BY name ORDER BY ts) AS step FROM times),
    usual AS (SELECT name, ${pauseSql(kind)} AS pause FROM steps GROUP BY name)
    SELECT name, count(*), arg_max(ts - step, step),
      'longest ' || round(max(step) / 3600000.0, 1) || ' h from here; a pause is above ' || round(any_value(pause) / 3600000.0, 2) || ' h'
    FROM steps JOIN usual USING (name) WHERE step > pause GROUP BY name ORDER BY name`;
}

function duplicateSql(
  folder: string,
  files: readonly StoredFile[],
  kind: Kind,
  asOf: number,
): string {
  const paths = files.map(({ path }) => sqlText(join(folder, path))).join(", ");
  const key = [...kinds[kind].key, "eventMs"].map((name) => `"${name}"`).join(", ");
  const values = columnsOf(kind)
    .map(([name]) => `coalesce(CAST("${name}" AS VARCHAR), '')`)
    .join(" || '|' || ");
  return `WITH twice AS (
      SELECT "eventMs" AS ts, count(*) - 1 AS extra, count(DISTINCT ${values}) > 1 AS differ
      FROM read_parquet([${paths}], hive_partitioning = false)
      WHERE "knownMs" <= ${sqlNumber(asOf)} GROUP BY ${key} HAVING count(*) > 1)
    SELECT CASE WHEN differ THEN 'other values' ELSE 'equal values' END, sum(extra), min(ts),
      CASE WHEN differ THEN 'a read takes the one that was known last' ELSE 'a read takes one of them' END
    FROM twice GROUP BY differ ORDER BY differ`;
}

/** Values that repeat, and chains without quotes. */
function staleSql(kind: Kind, asOf: number): string[] {
  const ends = `SELECT 'end', 1, last, 'the newest row is ' || round((${asOf} - last) / 86400000.0, 1) || ' days older than the as-of time'
    FROM (SELECT max("eventMs") AS last FROM checked) WHERE ${asOf} - last > ${3 * MS_PER_DAY}`;
  // Terms of contracts and trades are kept when they are asked for: they have no pace to fall behind.
  const hasPace = kind !== "instrument" && kind !== "trade";
  const finite = hasPace && Number.isFinite(asOf) ? [ends] : [];
  if (kind === "option") {
    return [
      ...finite,
      `WITH chains AS (
         SELECT "eventMs" AS ts, count(*) AS n, count(*) FILTER (WHERE bid IS NULL AND ask IS NULL) AS bare
         FROM checked GROUP BY "eventMs" HAVING count(*) >= 100)
       SELECT 'chains without quotes', count(*), arg_max(ts, bare / n),
         'worst: ' || max_by(bare, bare / n) || ' of ' || max_by(n, bare / n) || ' options lack both sides'
       FROM chains WHERE bare > 0.25 * n HAVING count(*) > 0`,
    ];
  }
  const value = kind === "bar" ? "close" : kind === "index" || kind === "macro" ? "value" : null;
  if (value === null) return finite;
  return [
    ...finite,
    `WITH series AS (SELECT ${nameSql(kind)} AS name, "eventMs" AS ts, ${value} AS value FROM checked),
      marked AS (SELECT *, CASE WHEN value = lag(value) OVER (PARTITION BY name ORDER BY ts) THEN 0 ELSE 1 END AS fresh FROM series),
      runs AS (SELECT *, sum(fresh) OVER (PARTITION BY name ORDER BY ts) AS run FROM marked),
      lengths AS (SELECT name, run, count(*) AS n, min(ts) AS ts FROM runs GROUP BY name, run HAVING count(*) >= 6)
     SELECT name, count(*), arg_max(ts, n), 'the longest of the runs of an unchanged value has ' || max(n) || ' rows' FROM lengths GROUP BY name ORDER BY name`,
  ];
}

/** Values that stand out or cannot be. */
function outlierSql(kind: Kind): string[] {
  const which = (name: string, condition: string, detail: string): string =>
    `SELECT ${sqlText(name)}, count(*), min("eventMs"), ${detail} FROM checked WHERE ${condition} HAVING count(*) > 0`;
  if (kind === "option") {
    return [
      which("crossed", "bid > ask", "'bid above ask, first ' || arg_min(instrument, \"eventMs\")"),
      which(
        "impossible price",
        "bid < 0 OR ask < 0 OR mark < 0 OR (unit = 'coin' AND type = 'call' AND bid > 1)",
        "'negative, or a call above its coin, first ' || arg_min(instrument, \"eventMs\")",
      ),
      which(
        "mark volatility",
        `"markIv" <= 0.01 OR "markIv" > 5`,
        `'from ' || min("markIv") || ' to ' || max("markIv") || ', first ' || arg_min(instrument, "eventMs")`,
      ),
      `WITH usual AS (SELECT "eventMs", "expiryMs", median(forward) AS middle FROM checked GROUP BY ALL)
       SELECT 'forward', count(*), arg_max(r."eventMs", abs(ln(forward / middle))),
         'furthest from its expiry: ' || round(100 * max(abs(ln(forward / middle))), 2) || ' %'
       FROM checked r JOIN usual USING ("eventMs", "expiryMs")
       WHERE forward > 0 AND middle > 0 AND abs(ln(forward / middle)) > 0.03 HAVING count(*) > 0`,
    ];
  }
  if (kind === "bar") {
    return [
      which(
        "impossible bar",
        "low > least(open, close) OR high < greatest(open, close) OR low <= 0",
        "'low or high does not contain open and close'",
      ),
      jumpSql(kind, "close"),
    ];
  }
  if (kind === "index") return [jumpSql(kind, "value")];
  if (kind === "funding") {
    return [which("rate", "abs(rate) > 0.005", "'largest ' || max(abs(rate)) || ' an interval'")];
  }
  return [];
}

/** Steps of the logarithm beyond fifteen times the usual size (median absolute step). */
function jumpSql(kind: Kind, value: string): string {
  return `WITH logs AS (SELECT ${nameSql(kind)} AS name, "eventMs" AS ts, ln("${value}") AS x FROM checked WHERE "${value}" > 0),
    steps AS (SELECT name, ts, x - lag(x) OVER (PARTITION BY name ORDER BY ts) AS step FROM logs),
    usual AS (SELECT name, median(abs(step)) AS size FROM steps WHERE step <> 0 GROUP BY name)
    SELECT name, count(*), arg_max(ts, abs(step)),
      'largest step ' || round(100 * max_by(step, abs(step)), 2) || ' %, usual ' || round(100 * any_value(size), 3) || ' %'
    FROM steps JOIN usual USING (name) WHERE abs(step) > 15 * size GROUP BY name ORDER BY name`;
}
