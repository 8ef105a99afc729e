/**
 * From a stream of rows to one `QuoteSet`: one underlying, one snapshot.
 *
 * A file may hold several underlyings (Deribit snapshots: BTC and ETH) and several days (the 2021
 * file: thirty). The caller chooses; when there is a choice and none was made, the error lists it.
 * Rows of another underlying or day are counted, not kept, so memory follows what is asked for.
 */
import { InputError } from "../../num/errors.ts";
import { formatInstant } from "../dayCount.ts";
import { makeQuoteSet, type QuoteSet, type RawQuote } from "../quote.ts";

/** Which part of a file is wanted. */
export interface Selection {
  /** `BTC`, `ETH`, …; needed when the file holds several. */
  readonly underlying?: string;
  /** Beginning of the as-of time in ISO 8601 UTC, such as `2021-06-15`; needed when the file holds several days. */
  readonly day?: string;
  /** Most quotes to keep before refusing the file. */
  readonly maxQuotes?: number;
  /** Most rows to read before refusing the file. */
  readonly maxRows?: number;
}

/** Defaults of reading a file. */
const defaults = {
  maxQuotes: 100_000,
  maxRows: 20_000_000,
  /** Rows of one sweep over a chain may lie this far apart. */
  maxSweepMs: 3_600_000,
} as const;

/** Takes rows one at a time. */
export interface Collector {
  add(quote: RawQuote): void;
  /** As `add`, but a later quote of an instrument replaces the earlier one: for streams of events. */
  update(quote: RawQuote): void;
  finish(): QuoteSet;
}

/** Collector of the selected rows of `source`.
 *
 * Throws  InputError (from `add`) above `maxQuotes` or `maxRows`; (from `finish`) when nothing matches, when several
 *         underlyings or snapshots match, or when a time is not a time
 */
export function collectQuotes(source: string, selection: Selection = {}): Collector {
  const wanted = selection.underlying?.toUpperCase();
  const { maxQuotes = defaults.maxQuotes, maxRows = defaults.maxRows } = selection;
  const underlyings = new Set<string>();
  const days = new Set<string>();
  const kept: RawQuote[] = [];
  const placeOf = new Map<string, number>();
  let rows = 0;
  const isWanted = (quote: RawQuote): boolean => {
    rows++;
    if (rows > maxRows) throw tooMany(source, `${maxRows} rows`, underlyings, days);
    underlyings.add(quote.underlying);
    if (wanted !== undefined && quote.underlying.toUpperCase() !== wanted) return false;
    const instant = formatInstant(quote.asOfMs);
    days.add(instant.slice(0, 10));
    return selection.day === undefined || instant.startsWith(selection.day);
  };
  const keep = (quote: RawQuote): void => {
    if (kept.length >= maxQuotes) throw tooMany(source, `${maxQuotes} quotes`, underlyings, days);
    kept.push(quote);
  };
  return {
    add(quote) {
      if (isWanted(quote)) keep(quote);
    },
    update(quote) {
      if (!isWanted(quote)) return;
      const place = placeOf.get(quote.instrument);
      if (place === undefined) {
        placeOf.set(quote.instrument, kept.length);
        keep(quote);
      } else if (quote.asOfMs >= kept[place].asOfMs) kept[place] = quote;
    },
    finish() {
      checkChoice(source, selection, underlyings, days, kept);
      return makeQuoteSet(source, kept);
    },
  };
}

function tooMany(
  source: string,
  limit: string,
  underlyings: ReadonlySet<string>,
  days: ReadonlySet<string>,
): InputError {
  const seen = `${[...underlyings].sort().slice(0, 8).join(", ")}; ${span([...days].sort())}`;
  return new InputError(
    `${source}: expected one chain of at most ${limit}, got more (so far ${seen}). Choose one underlying and one snapshot, or split the file.`,
  );
}

function checkChoice(
  source: string,
  selection: Selection,
  underlyings: ReadonlySet<string>,
  days: ReadonlySet<string>,
  kept: readonly RawQuote[],
): void {
  const names = [...underlyings].sort().join(", ");
  if (underlyings.size === 0) {
    throw new InputError(
      `${source}: expected option quotes, got no row that is one. Check that the file is complete and holds options.`,
    );
  }
  if (selection.underlying === undefined && underlyings.size > 1) {
    throw new InputError(
      `${source}: expected one underlying, got ${underlyings.size}: ${names}. Choose one, for example --underlying ${[...underlyings].sort()[0]}.`,
    );
  }
  if (days.size === 0) {
    throw new InputError(
      `${source}: expected quotes on ${selection.underlying}, got ${names}. Choose one of those.`,
    );
  }
  const listed = [...days].sort();
  if (kept.length === 0) {
    throw new InputError(
      `${source}: expected quotes of ${selection.day}, got ${span(listed)}. Choose one of those days.`,
    );
  }
  let first = Infinity;
  let last = -Infinity;
  for (const { asOfMs } of kept) {
    if (!Number.isFinite(asOfMs)) {
      throw new InputError(
        `${source}: expected an as-of time on every row, got one that is not a time. Check the time column.`,
      );
    }
    first = Math.min(first, asOfMs);
    last = Math.max(last, asOfMs);
  }
  if (last - first > defaults.maxSweepMs) {
    throw new InputError(
      `${source}: expected one snapshot, got quotes from ${formatInstant(first)} to ${formatInstant(last)}${listed.length > 1 ? ` (${listed.length} days)` : ""}. Choose one, for example --day ${formatInstant(first).slice(0, listed.length > 1 ? 10 : 13)}.`,
    );
  }
}

function span(days: readonly string[]): string {
  return days.length <= 1
    ? (days[0] ?? "no day")
    : `${days.length} days from ${days[0]} to ${days[days.length - 1]}`;
}
