/**
 * SPX volatility quotes: one row a strike, with bid and ask as implied volatilities (decimal).
 *
 * `NA` is no quote. `Expiry` is yyyymmdd; `Texp` is a whole number of days over 365.25, which also
 * is the clock of the volatilities (`CallMid` is the mean of the two Black prices on that clock).
 * On the project's ACT/365 clock the same prices have
 *
 *   T = days / 365,   σ = σ_file · √(Texp / T),   days = round(365.25 · Texp)
 *
 * The file has no time of day: as-of and expiry are both put at 21:00 UTC (16:00 in New York in winter).
 */
import { InputError } from "../../num/errors.ts";
import { MS_PER_DAY, parseInstant } from "../dayCount.ts";
import type { RawQuote } from "../quote.ts";
import { columnIndices, numberCell } from "./csv.ts";

/** Columns that must be there. */
export const spxVolsColumns = ["Expiry", "Texp", "Strike", "Bid", "Ask", "Fwd"] as const;

const CLOSE_HOUR_UTC = 21;
const DAYS_PER_FILE_YEAR = 365.25;

/** Row reader for a header of this kind. The option of a row is the out-of-the-money one. */
export function spxVolsRow(
  source: string,
  header: readonly string[],
): (cells: readonly string[]) => RawQuote {
  const at = columnIndices(source, header, spxVolsColumns);
  const quoted = (text: string): number | null => (text === "NA" ? null : numberCell(text));
  return (cells) => {
    const fileYears = Number(cells[at.Texp]);
    const days = Math.round(fileYears * DAYS_PER_FILE_YEAR);
    if (!(Math.abs(fileYears * DAYS_PER_FILE_YEAR - days) < 0.01)) {
      throw new InputError(
        `${source}: expected Texp in whole days over 365.25, got ${cells[at.Texp]}. Use the generic table source for other clocks.`,
      );
    }
    const expiryMs = parseInstant(cells[at.Expiry], CLOSE_HOUR_UTC);
    const clock = Math.sqrt((fileYears * 365) / Math.max(days, 1));
    const vol = (text: string): number | null => {
      const value = quoted(text);
      return value === null ? null : value * clock;
    };
    const strike = numberCell(cells[at.Strike]) ?? Number.NaN;
    const forward = quoted(cells[at.Fwd]);
    const type = forward !== null && strike < forward ? "put" : "call";
    return {
      instrument: `SPX-${cells[at.Expiry]}-${cells[at.Strike]}-${type === "put" ? "P" : "C"}`,
      underlying: "SPX",
      type,
      strike,
      expiryMs,
      asOfMs: expiryMs - days * MS_PER_DAY,
      unit: "vol",
      bid: vol(cells[at.Bid]),
      ask: vol(cells[at.Ask]),
      mark: null,
      markIv: null,
      forward,
      discount: 1,
      openInterest: null,
    };
  };
}
