/**
 * What can be judged of a quote alone, before any forward: is it there, is it a number, is it crossed.
 *
 * NaN, negative prices and strikes of zero do not come from a market but from a broken file, so they
 * are refused by default: dropping them would fit whatever else the fault has touched. Two different
 * quotes for one option at one time are refused for the same reason; a mere repetition is dropped.
 */
import { InputError } from "../num/errors.ts";
import type { DropReason } from "./dropped.ts";
import { formatInstant } from "./dayCount.ts";
import type { QuoteSet, RawQuote } from "./quote.ts";

interface Fault {
  readonly reason: DropReason;
  readonly detail: string;
}

/** Decimal volatilities above this are percent, and those below the other are decimals over 100. */
const HIGHEST_MEDIAN_VOL = 5;
const LOWEST_MEDIAN_VOL = 0.01;

/** Quotes that pass; the others go to `drop`.
 *
 * Throws  InputError at the first value that no market produces, unless `invalidRows` is drop
 */
export function screen(
  quoteSet: QuoteSet,
  invalidRows: "refuse" | "drop",
  drop: (quote: RawQuote, reason: DropReason, detail: string) => void,
): RawQuote[] {
  const seen = new Map<string, RawQuote>();
  const passed: RawQuote[] = [];
  for (const quote of quoteSet.quotes) {
    const invalid = invalidValue(quote) ?? repetition(quote, seen);
    if (invalid !== null) {
      if (invalid.refuse && invalidRows === "refuse") {
        throw new InputError(
          `clean: ${quoteSet.source}: ${quote.instrument}: ${invalid.detail}. Repair the file, or drop such rows (invalidRows: drop).`,
        );
      }
      drop(quote, invalid.reason, invalid.detail);
      continue;
    }
    const fault = quoteFault(quote);
    if (fault === null) passed.push(quote);
    else drop(quote, fault.reason, fault.detail);
  }
  return passed;
}

/** Refuses volatilities in percent where decimals are declared, and the reverse.
 *
 * Throws  InputError when the median volatility is above 5 (500 %) or below 0.01 (1 %)
 */
export function checkVolUnits(quoteSet: QuoteSet): void {
  const vols: number[] = [];
  for (const quote of quoteSet.quotes) {
    const values = quote.unit === "vol" ? [quote.bid, quote.ask] : [quote.markIv];
    for (const value of values) {
      if (value !== null && value > 0 && Number.isFinite(value)) vols.push(value);
    }
  }
  if (vols.length < 3) return;
  vols.sort((a, b) => a - b);
  const median = vols[vols.length >> 1];
  if (median > HIGHEST_MEDIAN_VOL) {
    throw new InputError(
      `clean: ${quoteSet.source}: expected implied volatilities as decimals, got a median of ${median.toPrecision(4)} (${(100 * median).toPrecision(4)} %). They look like percent: declare the unit (vol: percent).`,
    );
  }
  if (median < LOWEST_MEDIAN_VOL) {
    throw new InputError(
      `clean: ${quoteSet.source}: expected implied volatilities as declared, got a median of ${median.toPrecision(4)} (${(100 * median).toPrecision(2)} %). They look like decimals declared as percent: declare the unit (vol: decimal).`,
    );
  }
}

function invalidValue(quote: RawQuote): (Fault & { readonly refuse: boolean }) | null {
  if (!(quote.strike > 0 && quote.strike < Infinity)) {
    return {
      reason: "bad-strike",
      detail: `expected a positive strike, got ${quote.strike}`,
      refuse: true,
    };
  }
  if (!Number.isFinite(quote.expiryMs)) {
    return {
      reason: "not-a-number",
      detail: "expected an expiry, got a value that is no time",
      refuse: true,
    };
  }
  for (const field of ["bid", "ask", "mark", "forward", "discount"] as const) {
    const value = quote[field];
    if (value === null) continue;
    const positive = field === "forward" || field === "discount";
    if (Number.isFinite(value) && (positive ? value > 0 : value >= 0)) continue;
    return {
      reason: "not-a-number",
      detail: `expected ${field} to be a ${positive ? "positive" : "non-negative"} number, got ${value}`,
      refuse: true,
    };
  }
  return null;
}

function repetition(
  quote: RawQuote,
  seen: Map<string, RawQuote>,
): (Fault & { readonly refuse: boolean }) | null {
  const key = `${quote.type}|${quote.strike}|${quote.expiryMs}`;
  const first = seen.get(key);
  if (first === undefined) {
    seen.set(key, quote);
    return null;
  }
  const same =
    first.bid === quote.bid && first.ask === quote.ask && first.forward === quote.forward;
  const what = `${quote.type} ${quote.strike} of ${formatInstant(quote.expiryMs).slice(0, 10)}`;
  return {
    reason: "duplicate",
    detail: same
      ? `expected one row for the ${what}, got a repetition`
      : `expected one row for the ${what}, got ${first.bid} / ${first.ask} and ${quote.bid} / ${quote.ask}`,
    refuse: !same,
  };
}

function quoteFault(quote: RawQuote): Fault | null {
  const { bid, ask } = quote;
  if (bid === null || ask === null) {
    const sides = bid === null && ask === null ? "bid and ask" : bid === null ? "bid" : "ask";
    return { reason: "missing", detail: `no ${sides}` };
  }
  if (bid === 0 || ask === 0) return { reason: "zero", detail: `bid ${bid}, ask ${ask}` };
  if (bid > ask) return { reason: "crossed", detail: `bid ${bid} above ask ${ask}` };
  if (bid === ask)
    return { reason: "locked", detail: `bid and ask ${bid}: no spread to fit within` };
  return null;
}
