/**
 * The vendor's end-of-day file of June 2021: thirty BTC chains, one a day at 04:00 UTC.
 *
 * Header names stand in square brackets. No quote is written as 0, IV is in percent, and
 * `QUOTE_READTIME` is US Eastern although it does not say so: the clock is `QUOTE_UNIXTIME`, in
 * seconds. `UNDERLYING_PRICE` is the forward at the moment of that row and differs from row to row.
 */
import type { RawQuote } from "../quote.ts";
import { columnIndices, numberCell } from "./csv.ts";
import { optionTypeOf } from "./deribitInstrument.ts";

/** Columns that must be there. */
export const deribitEod2021Columns = [
  "[QUOTE_UNIXTIME]",
  "[INSTRUMENT_NAME]",
  "[BASE_CURRENCY]",
  "[UNDERLYING_PRICE]",
  "[EXPIRY_UNIX]",
  "[OPTION_RIGHT]",
  "[STRIKE]",
  "[BID_PRICE]",
  "[ASK_PRICE]",
  "[OPEN_INTEREST]",
  "[MARK_IV]",
] as const;

/** Row reader for a header of this kind.
 *
 * Throws  InputError when a column is missing or an option type is none
 */
export function deribitEod2021Row(
  source: string,
  header: readonly string[],
): (cells: readonly string[]) => RawQuote {
  const at = columnIndices(source, header, deribitEod2021Columns);
  const quoted = (text: string): number | null => (Number(text) === 0 ? null : numberCell(text));
  return (cells) => {
    const markIv = quoted(cells[at["[MARK_IV]"]]);
    return {
      instrument: cells[at["[INSTRUMENT_NAME]"]],
      underlying: cells[at["[BASE_CURRENCY]"]],
      type: optionTypeOf(source, cells[at["[OPTION_RIGHT]"]]),
      strike: numberCell(cells[at["[STRIKE]"]]) ?? Number.NaN,
      expiryMs: Number(cells[at["[EXPIRY_UNIX]"]]) * 1000,
      asOfMs: Number(cells[at["[QUOTE_UNIXTIME]"]]) * 1000,
      unit: "coin",
      bid: quoted(cells[at["[BID_PRICE]"]]),
      ask: quoted(cells[at["[ASK_PRICE]"]]),
      mark: null,
      markIv: markIv === null ? null : markIv / 100,
      forward: quoted(cells[at["[UNDERLYING_PRICE]"]]),
      discount: 1,
      openInterest: numberCell(cells[at["[OPEN_INTEREST]"]]),
    };
  };
}
