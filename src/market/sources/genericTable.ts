/**
 * The generic table: a CSV or Parquet file whose columns and units the caller declares.
 *
 * docs/data-formats.md describes it. A column keeps its default name unless it is mapped; the price
 * unit has no default, because guessing between dollars, coin and volatility would be silent and wrong.
 */
import { InputError } from "../../num/errors.ts";
import { parseInstant, yearsBetween } from "../dayCount.ts";
import type { QuoteUnit, RawQuote } from "../quote.ts";
import { columnIndices } from "./csv.ts";
import { optionTypeOf } from "./deribitInstrument.ts";

/** Fields of the generic table; each is also the default column name. */
export const tableFields = [
  "instrument",
  "underlying",
  "type",
  "strike",
  "expiry",
  "asOf",
  "bid",
  "ask",
  "mark",
  "markIv",
  "forward",
  "discount",
  "ratePerYear",
  "openInterest",
] as const;
export type TableField = (typeof tableFields)[number];

/** How to read a generic table. */
export interface TableFormat {
  /** Unit of bid, ask and mark. */
  readonly price: QuoteUnit;
  /** Unit of every volatility in the file: `markIv`, and the prices when `price` is vol. */
  readonly vol?: "decimal" | "percent";
  /** Column of each field, where it is not the field's own name. */
  readonly columns?: Readonly<Partial<Record<TableField, string>>>;
  /** As-of time of the whole file (ISO 8601 or epoch), when it has no such column. */
  readonly asOf?: string;
  /** Underlying of the whole file, when it has no such column. */
  readonly underlying?: string;
  /** Hour UTC at which an expiry written as a date ends: 8 for coin, 20 otherwise. */
  readonly expiryHourUtc?: number;
  /** True when a zero price means that there is no quote. */
  readonly zeroIsMissing?: boolean;
}

const MISSING = new Set(["", "NA", "N/A", "null", "None", "-"]);

/** Row reader for a header of this kind.
 *
 * Throws  InputError when a needed column is missing, or a mapped one is
 */
export function genericTableRow(
  source: string,
  header: readonly string[],
  format: TableFormat,
): (cells: readonly string[]) => RawQuote {
  checkFormat(source, format);
  const at = locate(source, header, format);
  const percent = format.vol === "percent" ? 100 : 1;
  const cell = (cells: readonly string[], field: TableField): string | null => {
    const index = at[field];
    const text = index === undefined ? undefined : cells[index];
    return text === undefined || MISSING.has(text) ? null : text;
  };
  const number = (cells: readonly string[], field: TableField): number | null => {
    const text = cell(cells, field);
    if (text === null) return null;
    // A written per-cent sign outranks the declared unit, by which volatilities are divided later.
    return text.endsWith("%") ? (Number(text.slice(0, -1)) / 100) * percent : Number(text);
  };
  const priceScale = format.price === "vol" ? percent : 1;
  const expiryHour = format.expiryHourUtc ?? (format.price === "coin" ? 8 : 20);
  const price = (cells: readonly string[], field: TableField): number | null => {
    const value = number(cells, field);
    if (value === null || (value === 0 && format.zeroIsMissing === true)) return null;
    return value / priceScale;
  };
  return (cells) => {
    const underlying = cell(cells, "underlying") ?? format.underlying ?? "underlying";
    const strike = number(cells, "strike") ?? Number.NaN;
    const expiry = cell(cells, "expiry") ?? "";
    const markIv = number(cells, "markIv");
    const type = optionTypeOf(source, cell(cells, "type") ?? "");
    const expiryMs = parseInstant(expiry, expiryHour);
    const asOfMs = parseInstant(cell(cells, "asOf") ?? format.asOf ?? "", expiryHour);
    const rate = number(cells, "ratePerYear");
    const rateDiscount = rate === null ? null : Math.exp(-rate * yearsBetween(asOfMs, expiryMs));
    return {
      instrument:
        cell(cells, "instrument") ?? `${underlying}-${expiry}-${strike}-${type[0].toUpperCase()}`,
      underlying,
      type,
      strike,
      expiryMs,
      asOfMs,
      unit: format.price,
      bid: price(cells, "bid"),
      ask: price(cells, "ask"),
      mark: price(cells, "mark"),
      markIv: markIv === null ? null : markIv / percent,
      forward: number(cells, "forward"),
      discount: format.price === "currency" ? (number(cells, "discount") ?? rateDiscount) : 1,
      openInterest: number(cells, "openInterest"),
    };
  };
}

function checkFormat(source: string, format: TableFormat): void {
  const refuse = (name: string, expected: string, got: unknown): never => {
    throw new InputError(
      `${source}: expected ${name} to be ${expected}, got ${String(got)}. See docs/data-formats.md.`,
    );
  };
  // Formats also come from flags and JSON, where the compiler does not look.
  const { price, vol, columns = {}, expiryHourUtc = 0 } = format;
  if (!["coin", "currency", "vol"].includes(price)) refuse("price", "coin, currency or vol", price);
  if (vol !== undefined && !["decimal", "percent"].includes(vol)) {
    refuse("vol", "decimal or percent", vol);
  }
  if (!(expiryHourUtc >= 0 && expiryHourUtc < 24)) {
    refuse("expiryHourUtc", "an hour from 0 to below 24", expiryHourUtc);
  }
  const unknown = Object.keys(columns).find((key) => !tableFields.some((field) => field === key));
  if (unknown !== undefined) refuse("mapped fields", `among ${tableFields.join(", ")}`, unknown);
}

function locate(
  source: string,
  header: readonly string[],
  format: TableFormat,
): Readonly<Partial<Record<TableField, number>>> {
  const name = (field: TableField): string => format.columns?.[field] ?? field;
  const needed: TableField[] = ["type", "strike", "expiry", "bid", "ask"];
  if (format.asOf === undefined) needed.push("asOf");
  if (format.price === "vol") needed.push("forward");
  const mapped = tableFields.filter((field) => format.columns?.[field] !== undefined);
  const demanded = [...new Set([...needed, ...mapped])].map(name);
  columnIndices(source, header, demanded);
  const at: Partial<Record<TableField, number>> = {};
  for (const field of tableFields) {
    const index = header.indexOf(name(field));
    if (index >= 0) at[field] = index;
  }
  return at;
}
