/**
 * What a pull asks Deribit for, part by part, as batches of checked rows.
 *
 *   instruments  get_instruments                       terms of what is listed now
 *   chain        get_book_summary_by_currency option   all options as they are quoted now
 *   futures      get_book_summary_by_currency future   futures and perpetuals now
 *   index        get_index_price                       the index price now
 *   dvol         get_volatility_index_data             bars of the volatility index that are over
 *   funding      get_funding_rate_history              funding of the perpetual, hour by hour
 *   delivery     get_delivery_prices                   what expiries settled at, 08:00 UTC
 *   trades       get_last_trades_by_currency_and_time  trades of options
 *
 * History comes in windows between fixed dates. A window that is over has a name of its own, so that it is
 * asked for once; of one that is under way, the store keeps what is new.
 */
import { InputError } from "../../../num/errors.ts";
import type { Refusal } from "../../sources/live/feed.ts";
import type { Reception } from "../../sources/live/liveRows.ts";
import type { RowGroup, RowOf } from "../kinds.ts";

/** Names of the parts, in the order in which they are asked for. */
export const pullParts = [
  "instruments",
  "chain",
  "futures",
  "index",
  "dvol",
  "funding",
  "delivery",
  "trades",
] as const;

export type PullPart = (typeof pullParts)[number];

/** Width of a bar of DVOL. */
export type DvolStep = "1D" | "1h" | "1m";

/** What a part needs. */
export interface PartContext {
  readonly venue: string;
  readonly currency: string;
  /** Bounds of history. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly dvolStep: DvolStep;
  /** Result of a method, and what is to be known about its reception. */
  readonly ask: (
    method: string,
    query: Readonly<Record<string, string>>,
  ) => Promise<{ readonly result: unknown; readonly at: Reception; readonly sentMs: number }>;
  /** True when the window of this name is in the store. */
  readonly has: (window: string) => boolean;
  readonly refuse: (refusal: Refusal) => void;
}

/** Rows that belong together. */
export interface Batch {
  /** For people. */
  readonly name: string;
  /** Name of a window that is over and whole; null for what is never whole. */
  readonly window: string | null;
  readonly groups: readonly RowGroup[];
}

export type Part = (context: PartContext) => AsyncGenerator<Batch>;

/** A row, or null after the item was refused. */
export function tryRow<T>(
  refuse: PartContext["refuse"],
  source: string,
  message: unknown,
  rowOf: () => T,
): T | null {
  try {
    return rowOf();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    refuse({ reason: "schema", source, detail: error.message, message });
    return null;
  }
}

export const indexGroup = (
  venue: string,
  underlying: string,
  rows: RowOf<"index">[],
): RowGroup => ({
  kind: "index",
  venue,
  underlying,
  rows,
});

export const indexRow = (
  series: string,
  eventMs: number,
  receivedMs: number,
  value: number,
  intervalMs: number,
): RowOf<"index"> => ({
  eventMs,
  knownMs: Math.max(eventMs, receivedMs),
  series,
  unit: "price",
  intervalMs,
  value,
  open: null,
  high: null,
  low: null,
});
