/**
 * The contract of a table that can be imported: told by its columns, read row by row.
 */
import { InputError } from "../../../num/errors.ts";
import { MS_PER_DAY, parseInstant } from "../../dayCount.ts";
import type { RowGroup } from "../kinds.ts";

/** What a file does not say about itself. */
export interface Hints {
  readonly venue?: string;
  readonly underlying?: string;
}

/** Receives the rows of one file. */
export interface TableReader {
  row(cells: readonly string[]): void;
  groups(): RowGroup[];
}

/** A table of a known kind. */
export interface StoreTable {
  readonly name: string;
  matches(header: readonly string[]): boolean;
  open(source: string, header: readonly string[], hints: Hints): TableReader;
}

/** Venue where none is stated. */
export const UNSTATED = "unstated";

/** Asset and quote currency in a file's name (btcusdt_1h.csv, dvol_btc.json), for files that do not name them inside.
 *
 * Throws  InputError when neither the name nor the hints say it
 */
export function assetOf(source: string, hints: Hints): { underlying: string; pair: string } {
  const pair = /(?<![a-z])([a-z]{2,5})(usdt|usdc|usd)(?![a-z])/i.exec(source);
  const word = /(?<![a-z])(btc|eth|sol|xrp)(?![a-z])/i.exec(source);
  const underlying = (hints.underlying ?? pair?.[1] ?? word?.[1])?.toUpperCase();
  if (underlying === undefined) {
    throw new InputError(
      `${source}: expected an asset in the columns or in the file's name (btcusdt_1h.csv), got none. Say --underlying BTC.`,
    );
  }
  const quote = pair === null ? "" : pair[2].toUpperCase();
  return { underlying, pair: underlying + quote };
}

/** Time in a cell.
 *
 * Throws  InputError naming the row and the cell
 */
export function timeCell(source: string, row: number, text: string): number {
  const ms = parseInstant(text);
  if (Number.isFinite(ms)) return ms;
  throw new InputError(
    `${source}: expected a time on row ${row}, got "${text}". Write ISO 8601 or seconds since 1970.`,
  );
}

/** Number in a cell, null where it is empty or NA.
 *
 * Throws  InputError naming the row and the cell
 */
export function valueCell(source: string, row: number, text: string | undefined): number | null {
  if (text === undefined || text === "" || text === "NA" || text === "." || text === "-")
    return null;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new InputError(
    `${source}: expected a number on row ${row}, got "${text}". Mend the cell or leave it empty.`,
  );
}

/** As `valueCell` where there must be one. */
export function needCell(source: string, row: number, text: string | undefined): number {
  const value = valueCell(source, row, text);
  if (value !== null) return value;
  throw new InputError(
    `${source}: expected a number on row ${row}, got an empty cell. Mend the row or leave it out.`,
  );
}

/** Length of a bar: the usual time from one row to the next. */
export function usualStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, i) => time - times[i]);
  const sorted = steps.filter((step) => step > 0).sort((a, b) => a - b);
  if (sorted.length === 0) return MS_PER_DAY;
  // Times of funding are off by some milliseconds.
  return Math.round(sorted[sorted.length >> 1] / 60_000) * 60_000;
}

/** Close of the New York exchanges on a date: 16:00 there, 20:00 UTC in summer and 21:00 in winter. */
export function newYorkCloseMs(date: string): number {
  const midnight = parseInstant(date.slice(0, 10));
  const year = new Date(midnight).getUTCFullYear();
  const sunday = (month: number, nth: number): number => {
    const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
    return Date.UTC(year, month, 1 + ((7 - first) % 7) + 7 * (nth - 1));
  };
  // Since 2007 summer time runs from the second Sunday of March to the first of November.
  const isSummer = midnight >= sunday(2, 2) && midnight < sunday(10, 1);
  return midnight + (isSummer ? 20 : 21) * 3_600_000;
}
