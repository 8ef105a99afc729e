/**
 * Rows of a query as one file of CSV, Parquet or JSON, written whole or not at all.
 *
 * Times are both milliseconds (eventMs) and readable (event, ISO 8601 in UTC); a row also says which commit
 * brought it and when.
 */
import { renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../../num/errors.ts";
import { sqlText } from "./database.ts";
import { makeFolder, UNFINISHED } from "./durable.ts";
import { columnsOf, type Kind, kinds } from "./kinds.ts";
import { rowsSql, type RowQuery, type StoreReader, type StoreView } from "./reader.ts";

export type ExportFormat = "csv" | "parquet" | "json";

/** Writes the rows and returns their number.
 *
 * Throws  InputError when no row matches or the place cannot be written to
 */
export function exportRows(
  store: StoreReader,
  kind: Kind,
  query: RowQuery,
  path: string,
  format: ExportFormat,
): Promise<number> {
  return store.withView((view) => exportView(store, view, kind, query, path, format));
}

async function exportView(
  store: StoreReader,
  view: StoreView,
  kind: Kind,
  query: RowQuery,
  path: string,
  format: ExportFormat,
): Promise<number> {
  const sql = rowsSql(view, kind, query);
  const { connection } = store.database;
  const count =
    sql === null
      ? 0
      : Number((await connection.runAndReadAll(`SELECT count(*) FROM (${sql})`)).getRows()[0][0]);
  if (sql === null || count === 0) {
    throw new InputError(
      `export: expected ${kind} rows in the range, got none. See what there is with volterra data list.`,
    );
  }
  const columns = columnsOf(kind).map(([name]) => `"${name}"`);
  const instant = (name: string): string =>
    `strftime(make_timestamp("${name}Ms" * 1000), '%Y-%m-%dT%H:%M:%S.%gZ') AS ${name}`;
  const order = kinds[kind].key.map((name) => `"${name}"`).join(", ");
  const options = { csv: "csv, HEADER", parquet: "parquet, COMPRESSION zstd", json: "json, ARRAY" };
  const beside = `${path}.${process.pid}${UNFINISHED}`;
  try {
    makeFolder(dirname(path));
    await connection.run(
      `COPY (SELECT ${instant("event")}, ${instant("known")}, "eventMs", "knownMs", venue, underlying, ${columns.join(", ")}, "ingestedMs", seq
        FROM (${sql}) ORDER BY "eventMs", underlying, ${order})
        TO ${sqlText(beside)} (FORMAT ${options[format]})`,
    );
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${path}: expected a place to write to, got ${why}. Choose another with --out.`,
    );
  }
  return count;
}
