/**
 * The Deribit snapshot CSV: a whole inverse option chain, one row an instrument.
 *
 * Prices are in coin, empty when there is no quote; `implied_volatility` is the mark's, as a decimal;
 * `underlying` is the forward of the row's own expiry. Not used: `index_price`, `delta` and `vega`
 * (read minutes later, one call an instrument), `time_to_maturity` (years of 365.25 days) and
 * `futures_price` (empty for expiries without a future).
 */
import { parseInstant } from "../dayCount.ts";
import type { RawQuote } from "../quote.ts";
import { columnIndices, numberCell } from "./csv.ts";
import { optionTypeOf } from "./deribitInstrument.ts";

/** Columns that must be there. */
export const deribitSnapshotColumns = [
  "timestamp",
  "instrument_name",
  "currency",
  "option_type",
  "strike",
  "expiry_datetime",
  "underlying",
  "bid_price",
  "ask_price",
  "mark_price",
  "implied_volatility",
  "open_interest",
] as const;

/** Row reader for a header of this kind.
 *
 * Throws  InputError when a column is missing or an option type is none
 */
export function deribitSnapshotRow(
  source: string,
  header: readonly string[],
): (cells: readonly string[]) => RawQuote {
  const at = columnIndices(source, header, deribitSnapshotColumns);
  // A file has one timestamp and a dozen expiries: parse each text once.
  const instants = new Map<string, number>();
  const instant = (text: string): number => {
    const known = instants.get(text);
    if (known !== undefined) return known;
    const ms = parseInstant(text, 8);
    instants.set(text, ms);
    return ms;
  };
  return (cells) => ({
    instrument: cells[at.instrument_name],
    underlying: cells[at.currency],
    type: optionTypeOf(source, cells[at.option_type]),
    strike: numberCell(cells[at.strike]) ?? Number.NaN,
    expiryMs: instant(cells[at.expiry_datetime]),
    asOfMs: instant(cells[at.timestamp]),
    unit: "coin",
    bid: numberCell(cells[at.bid_price]),
    ask: numberCell(cells[at.ask_price]),
    mark: numberCell(cells[at.mark_price]),
    markIv: numberCell(cells[at.implied_volatility]),
    forward: numberCell(cells[at.underlying]),
    discount: 1,
    openInterest: numberCell(cells[at.open_interest]),
  });
}
