/**
 * The Tardis `options_chain` CSV: an event stream, one row an update of one Deribit option.
 *
 * Times and expiries are in microseconds, IV in percent, prices in coin, empty when absent. The
 * last row of an instrument counts: choose an hour (`day: "2024-01-01T05"`).
 */
import { parseInstant } from "../dayCount.ts";
import type { RawQuote } from "../quote.ts";
import { columnIndices, numberCell } from "./csv.ts";
import { optionTypeOf, parseDeribitOption } from "./deribitInstrument.ts";

/** Columns that must be there. */
export const tardisColumns = [
  "exchange",
  "symbol",
  "timestamp",
  "type",
  "strike_price",
  "expiration",
  "open_interest",
  "bid_price",
  "ask_price",
  "mark_price",
  "mark_iv",
  "underlying_price",
] as const;

/** Row reader for a header of this kind; rows that are no option yield null. */
export function tardisRow(
  source: string,
  header: readonly string[],
): (cells: readonly string[]) => RawQuote | null {
  const at = columnIndices(source, header, tardisColumns);
  return (cells) => {
    const option = parseDeribitOption(cells[at.symbol]);
    if (option === null) return null;
    const markIv = numberCell(cells[at.mark_iv]);
    return {
      instrument: cells[at.symbol],
      underlying: option.underlying,
      type: optionTypeOf(source, cells[at.type]),
      strike: numberCell(cells[at.strike_price]) ?? Number.NaN,
      expiryMs: parseInstant(cells[at.expiration]),
      asOfMs: parseInstant(cells[at.timestamp]),
      unit: option.unit,
      bid: numberCell(cells[at.bid_price]),
      ask: numberCell(cells[at.ask_price]),
      mark: numberCell(cells[at.mark_price]),
      markIv: markIv === null ? null : markIv / 100,
      forward: numberCell(cells[at.underlying_price]),
      discount: 1,
      openInterest: numberCell(cells[at.open_interest]),
    };
  };
}
