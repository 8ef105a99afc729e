/**
 * From raw quotes to a chain. Every quote that is not in the chain is in `dropped`, with its reason.
 *
 * In order: what cannot be a quote (missing, zero, crossed, …), the forward of each expiry, no-arbitrage
 * bounds, implied volatilities, and what says too little (wide, far out, too near, lonely expiries).
 *
 * At a strike the out-of-the-money option speaks; its in-the-money twin has the same volatility and a
 * wider quote, so it is dropped, quoted or not. An in-the-money option stands in, through parity, only
 * where the source lists no twin.
 *
 * A price becomes a volatility at the forward of its own row and keeps that volatility at the forward
 * of its expiry (the median of the rows): in a sweep over a chain the forward moves between rows, and
 * at one day to expiry a move of 0.1 % is worth a spread.
 */
import { InputError } from "../num/errors.ts";
import type { Chain, CleanQuote, Expiry, UnbrandedChain } from "./chain.ts";
import { type CleanOptions, type CleanSettings, cleanSettings } from "./cleanOptions.ts";
import { formatInstant, MS_PER_DAY, yearsBetween } from "./dayCount.ts";
import { countReasons, type Dropped, type DropReason } from "./dropped.ts";
import { type ExpiryForward, expiryForward } from "./expiryForward.ts";
import type { QuoteSet, RawQuote } from "./quote.ts";
import { checkVolUnits, screen } from "./screen.ts";
import { volatilityQuote } from "./volatilityQuote.ts";

/** A chain and what was left out of it. */
export interface Cleaned {
  readonly chain: Chain;
  readonly dropped: readonly Dropped[];
  /** Quotes read; those used are in the chain and the others in `dropped`. */
  readonly read: number;
}

/** Chain of the quotes that can be fitted.
 *
 * Units   volatilities decimal, ACT/365; prices per unit forward, undiscounted
 * Throws  InputError when a value cannot come from a market (see `invalidRows`), when volatilities are
 *         in the wrong unit, or when no expiry has enough quotes
 */
export function clean(quoteSet: QuoteSet, options: CleanOptions = {}): Cleaned {
  const settings = cleanSettings(options);
  const dropped: Dropped[] = [];
  const drop = (quote: RawQuote, reason: DropReason, detail: string): void => {
    dropped.push({ instrument: quote.instrument, reason, detail });
  };
  checkVolUnits(quoteSet);
  const groups = byExpiry(
    screen(quoteSet, settings.invalidRows, drop),
    quoteSet.asOfMs,
    settings,
    drop,
  );
  const expiries: Expiry[] = [];
  let bestExpiry = { expiryMs: Number.NaN, quotes: 0 };
  for (const group of groups) {
    const expiry = cleanExpiry(quoteSet, group, settings, drop);
    if (expiry === null) continue;
    if (expiry.quotes.length > bestExpiry.quotes) {
      bestExpiry = { expiryMs: expiry.expiryMs, quotes: expiry.quotes.length };
    }
    if (expiry.quotes.length >= settings.minQuotes) expiries.push(expiry);
    else {
      for (const { instrument } of expiry.quotes) {
        dropped.push({
          instrument,
          reason: "too-few-strikes",
          detail: `${expiry.quotes.length} usable strikes in the expiry, fewer than ${settings.minQuotes}`,
        });
      }
    }
  }
  if (expiries.length === 0) throw nothingLeft(quoteSet, dropped, settings.minQuotes, bestExpiry);
  const chain: UnbrandedChain = {
    underlying: quoteSet.underlying,
    asOfMs: quoteSet.asOfMs,
    expiries: weighted(expiries, settings.weightFloorVol),
  };
  return { chain: chain as Chain, dropped, read: quoteSet.quotes.length };
}

type Drop = (quote: RawQuote, reason: DropReason, detail: string) => void;

interface Group {
  readonly expiryMs: number;
  readonly quotes: readonly RawQuote[];
}

function byExpiry(
  quotes: readonly RawQuote[],
  asOfMs: number,
  settings: CleanSettings,
  drop: Drop,
): Group[] {
  const groups = new Map<number, RawQuote[]>();
  for (const quote of quotes) {
    const days = (quote.expiryMs - asOfMs) / MS_PER_DAY;
    if (!(days > 0)) {
      drop(
        quote,
        "expired",
        `expired ${formatInstant(quote.expiryMs)}, as of ${formatInstant(asOfMs)}`,
      );
    } else if (days < settings.minDays) {
      drop(quote, "too-near", `${days.toFixed(2)} days to expiry, fewer than ${settings.minDays}`);
    } else {
      const group = groups.get(quote.expiryMs);
      if (group === undefined) groups.set(quote.expiryMs, [quote]);
      else group.push(quote);
    }
  }
  return [...groups]
    .map(([expiryMs, group]) => ({ expiryMs, quotes: group }))
    .sort((a, b) => a.expiryMs - b.expiryMs);
}

function cleanExpiry(
  quoteSet: QuoteSet,
  group: Group,
  settings: CleanSettings,
  drop: Drop,
): Expiry | null {
  const yearsToExpiry = yearsBetween(quoteSet.asOfMs, group.expiryMs);
  const forward = expiryForward(group.quotes, yearsToExpiry);
  if (forward === null) {
    for (const quote of group.quotes) {
      drop(quote, "no-forward", "the expiry has no forward and no strike with call and put quoted");
    }
    return null;
  }
  const listed = new Set<string>();
  for (const { expiryMs, type, strike } of quoteSet.quotes) {
    if (expiryMs === group.expiryMs) listed.add(`${type}${strike}`);
  }
  const kept: CleanQuote[] = [];
  for (const quote of group.quotes) {
    const twin = `${quote.type === "call" ? "put" : "call"}${quote.strike}`;
    const result = volatilityQuote(quote, forward, yearsToExpiry, listed.has(twin), settings);
    if ("reason" in result) drop(quote, result.reason, result.detail);
    else kept.push(result);
  }
  kept.sort((a, b) => a.logMoneyness - b.logMoneyness);
  const quotes = thin(kept, settings.maxQuotesPerExpiry, (instrument) => {
    const quote = group.quotes.find((raw) => raw.instrument === instrument);
    if (quote !== undefined)
      drop(quote, "thinned", `more than ${settings.maxQuotesPerExpiry} quotes in the expiry`);
  });
  return { expiryMs: group.expiryMs, yearsToExpiry, ...forwardFields(forward), quotes };
}

function forwardFields({ forward, discount, from }: ExpiryForward) {
  return { forward, discount, forwardFrom: from };
}

function thin(
  quotes: readonly CleanQuote[],
  most: number | undefined,
  onDrop: (instrument: string) => void,
): readonly CleanQuote[] {
  if (most === undefined || quotes.length <= most) return quotes;
  const ranks = new Set(
    Array.from({ length: most }, (_, i) =>
      Math.round((i * (quotes.length - 1)) / Math.max(most - 1, 1)),
    ),
  );
  quotes.forEach((quote, rank) => {
    if (!ranks.has(rank)) onDrop(quote.instrument);
  });
  return quotes.filter((_, rank) => ranks.has(rank));
}

function weighted(expiries: readonly Expiry[], floor: number): Expiry[] {
  const raw = (quote: CleanQuote): number => 1 / Math.max(quote.halfSpreadVol, floor) ** 2;
  const all = expiries.flatMap((expiry) => expiry.quotes);
  const mean = all.reduce((total, quote) => total + raw(quote), 0) / all.length;
  return expiries.map((expiry) => ({
    ...expiry,
    quotes: expiry.quotes.map((quote) => ({ ...quote, weight: raw(quote) / mean })),
  }));
}

function nothingLeft(
  quoteSet: QuoteSet,
  dropped: readonly Dropped[],
  minQuotes: number,
  best: { readonly expiryMs: number; readonly quotes: number },
): InputError {
  const counts = countReasons(dropped);
  const where = `clean: ${quoteSet.source}`;
  const all = quoteSet.quotes.length;
  if (counts.get("expired") === all) {
    return new InputError(
      `${where}: expected an expiry after ${formatInstant(quoteSet.asOfMs)}, got ${all} quotes that have all expired. Pass a later chain, or check the as-of time.`,
    );
  }
  const crossed = counts.get("crossed") ?? 0;
  if (crossed > all / 2) {
    return new InputError(
      `${where}: expected bid below ask, got ${crossed} of ${all} quotes crossed. Check that the bid and ask columns are not exchanged.`,
    );
  }
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).join(", ");
  const got =
    best.quotes > 0 ? `expiry ${day(best.expiryMs)} has ${best.quotes}` : "no expiry has any";
  return new InputError(
    `${where}: expected at least ${minQuotes} usable strikes in some expiry, got fewer: ${got} (dropped: ${reasons}). Lower minQuotes or widen maxSpread, or pass a fuller chain.`,
  );
}

function day(ms: number): string {
  return formatInstant(ms).slice(0, 10);
}
