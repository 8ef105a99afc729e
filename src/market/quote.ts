/**
 * Raw quotes: what a source says, before any judgement.
 *
 * A price is tagged with its unit, because the same column name means coin on Deribit, dollars at an
 * equity venue and volatility in a surface file:
 *
 *   coin      premium in the underlying coin: undiscounted currency price / forward
 *   currency  discounted premium in the strike's currency
 *   vol       annualised implied volatility as a decimal, ACT/365
 *
 * `null` means that the source has no quote. Zero, NaN and negative numbers are kept as they are:
 * `clean` drops them and says why.
 */
import { InputError } from "../num/errors.ts";
import { fingerprintOfLines } from "./fingerprint.ts";

export type OptionType = "call" | "put";
export type QuoteUnit = "coin" | "currency" | "vol";

/** One row of a source. */
export interface RawQuote {
  readonly instrument: string;
  /** What the option is on: `BTC`, `ETH`, `SPX`. */
  readonly underlying: string;
  readonly type: OptionType;
  readonly strike: number;
  readonly expiryMs: number;
  /** When the quote was read. */
  readonly asOfMs: number;
  /** Unit of `bid`, `ask` and `mark`. */
  readonly unit: QuoteUnit;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly mark: number | null;
  /** Implied volatility of the mark, decimal. */
  readonly markIv: number | null;
  /** Forward of this expiry when the row was read, in the strike's currency. */
  readonly forward: number | null;
  /** Discount factor to expiry, when the source gives one. */
  readonly discount: number | null;
  readonly openInterest: number | null;
}

/** Quotes of one underlying at one time. */
export interface QuoteSet {
  /** File name or address, for messages. */
  readonly source: string;
  readonly underlying: string;
  readonly asOfMs: number;
  readonly quotes: readonly RawQuote[];
  /** 16 hexadecimal digits; the same quotes in another order have the same fingerprint. */
  readonly fingerprint: string;
}

/** Wraps quotes of one underlying; the as-of time is the latest of theirs.
 *
 * Throws  InputError when there are no quotes or they are on several underlyings
 */
export function makeQuoteSet(source: string, quotes: readonly RawQuote[]): QuoteSet {
  if (quotes.length === 0) {
    throw new InputError(
      `${source}: expected option quotes, got none. Check that the file is complete.`,
    );
  }
  const underlying = quotes[0].underlying;
  const other = quotes.find((quote) => quote.underlying !== underlying);
  if (other !== undefined) {
    throw new InputError(
      `${source}: expected quotes on one underlying, got ${underlying} and ${other.underlying}. Filter the quotes first.`,
    );
  }
  let asOfMs = -Infinity;
  for (const quote of quotes) asOfMs = Math.max(asOfMs, quote.asOfMs);
  return { source, underlying, asOfMs, quotes, fingerprint: rawFingerprint(quotes) };
}

/** 16 hexadecimal digits over every field of raw quotes that cleaning can depend on. */
function rawFingerprint(quotes: readonly RawQuote[]): string {
  const lines = quotes.map(
    (q) =>
      `${q.underlying}|${q.type}|${q.strike}|${q.expiryMs}|${q.asOfMs}|${q.unit}|${q.bid}|${q.ask}|${q.mark}|${q.forward}|${q.discount}`,
  );
  return fingerprintOfLines(lines.sort());
}
