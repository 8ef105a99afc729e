/**
 * Order books of Deribit options as CSV: one row a reply of `get_order_book`, flattened.
 *
 * The nested columns (`greeks`, `stats`, `bids`, `asks`) hold Python literals and are not read. An
 * empty side has price 0; IV is in percent; times are milliseconds. A sweep over a chain takes
 * minutes, so each row keeps its own time and forward.
 */
import { parseInstant } from "../dayCount.ts";
import type { RawQuote } from "../quote.ts";
import { columnIndices, numberCell } from "./csv.ts";
import { parseDeribitOption } from "./deribitInstrument.ts";

/** Columns that must be there. */
export const deribitBookColumns = [
  "instrument_name",
  "timestamp",
  "best_bid_price",
  "best_ask_price",
  "mark_price",
  "mark_iv",
  "underlying_price",
  "open_interest",
] as const;

/** Row reader for a header of this kind; rows that are no option yield null. */
export function deribitBookRow(
  source: string,
  header: readonly string[],
): (cells: readonly string[]) => RawQuote | null {
  const at = columnIndices(source, header, deribitBookColumns);
  const quoted = (text: string): number | null => (Number(text) === 0 ? null : numberCell(text));
  return (cells) => {
    const option = parseDeribitOption(cells[at.instrument_name]);
    if (option === null) return null;
    const markIv = numberCell(cells[at.mark_iv]);
    return {
      instrument: cells[at.instrument_name],
      ...option,
      asOfMs: parseInstant(cells[at.timestamp]),
      bid: quoted(cells[at.best_bid_price]),
      ask: quoted(cells[at.best_ask_price]),
      mark: numberCell(cells[at.mark_price]),
      markIv: markIv === null ? null : markIv / 100,
      forward: quoted(cells[at.underlying_price]),
      discount: option.unit === "coin" ? 1 : null,
      openInterest: numberCell(cells[at.open_interest]),
    };
  };
}
