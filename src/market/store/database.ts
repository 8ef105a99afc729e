/**
 * DuckDB, the store's query engine: loaded on first use, in memory, with no files of its own.
 *
 * It is an optional peer of this package (70 MB installed), so its absence is an ordinary case with a message.
 */
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { UnsupportedError } from "../../num/errors.ts";
import { type ColumnType, columnsOf, type Kind } from "./kinds.ts";

type DuckDb = typeof import("@duckdb/node-api");

/** Settings of an instance: two threads are plenty for a day of quotes, and nothing is fetched from anywhere. */
const settings = {
  threads: "2",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
} as const;

/** A connection and what it belongs to. */
export interface Database {
  readonly connection: DuckDBConnection;
  free(): void;
}

/** Name of the package, out of a bundler's sight. */
const packageName = "@duckdb/node-api";

/** The DuckDB module.
 *
 * Throws  UnsupportedError with the command that installs it
 */
export async function loadDuckDb(
  load: () => Promise<unknown> = () => import(packageName),
): Promise<DuckDb> {
  try {
    return (await load()) as DuckDb;
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new UnsupportedError(
      `market store: expected the package ${packageName}, got none (${why}). Install it: npm install ${packageName}`,
    );
  }
}

/** Opens an instance in memory. */
export async function openDatabase(): Promise<Database> {
  const { DuckDBInstance } = await loadDuckDb();
  const instance: DuckDBInstance = await DuckDBInstance.create(":memory:", settings);
  const connection = await instance.connect();
  // Rows are sorted where it matters; keeping the order of insertion would only cost memory.
  await connection.run("SET preserve_insertion_order = false");
  return {
    connection,
    free() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text as an SQL literal. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A number as an SQL literal. */
export function sqlNumber(value: number): string {
  if (value === Infinity) return "'infinity'::DOUBLE";
  if (value === -Infinity) return "'-infinity'::DOUBLE";
  return `${value}::DOUBLE`;
}

/** Column of the table that rows wait in before they become Parquet. */
export const waitingType = (type: ColumnType): string =>
  type.startsWith("text") ? "VARCHAR" : "DOUBLE";

/** SELECT list that turns waiting rows into stored ones: instants become whole milliseconds. */
export function storedColumns(kind: Kind): string {
  const columns = columnsOf(kind).map(([name, type]) =>
    type.startsWith("instant") ? `CAST("${name}" AS BIGINT) AS "${name}"` : `"${name}"`,
  );
  return [
    `CAST("eventMs" AS BIGINT) AS "eventMs"`,
    `CAST("knownMs" AS BIGINT) AS "knownMs"`,
    ...columns,
  ].join(", ");
}

/** SELECT list that turns stored rows into values that JavaScript takes without wide integers. */
export function readColumns(kind: Kind): string {
  const columns = columnsOf(kind).map(([name, type]) =>
    type.startsWith("instant") ? `CAST("${name}" AS DOUBLE) AS "${name}"` : `"${name}"`,
  );
  return [
    `CAST("eventMs" AS DOUBLE) AS "eventMs"`,
    `CAST("knownMs" AS DOUBLE) AS "knownMs"`,
    ...columns,
  ].join(", ");
}
