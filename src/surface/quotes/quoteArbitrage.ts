/**
 * Static arbitrage among quotes: which ones, of what kind, worth how much.
 *
 * Neighbouring quotes are compared in c = C/F and κ = K/F, sold at one price and bought at another: at mids both are the
 * mid, at bid and ask what is found can be traded.
 *
 *   upper_bound           c > 1                              intrinsic           c < 1 − κ or c < 0
 *   call_spread_monotone  c(κ₂) > c(κ₁), κ₁ < κ₂             call_spread_slope   c(κ₁) − c(κ₂) > κ₂ − κ₁
 *   butterfly             c(κ₂) above the chord κ₁κ₃         calendar            c_S(κ) > c_T(κ), S < T
 *   calendar_butterfly    c_S(κ) above the chord of c_T's neighbours of κ, or of two different later expiries
 *   crossed               bid > ask (only at bid and ask)
 *
 * Neighbours do not see everything (a wing may be at each of two later expiries). The complete test is the hull of
 * ceiling.ts: where neighbours are silent and the hull is not, the portfolio of the hull is listed. So the list is empty
 * when and only when the quotes admit an arbitrage-free surface.
 *
 * Source  Carr & Madan (2005); Davis & Hobson (2007); Cousot (2007); Cohen, Reisinger & Wang (2020)
 */
import type { Chain } from "../../market/index.ts";
import { byExpiry, callQuotes, type CallExpiry, type CallQuote } from "./callQuotes.ts";
import { ceilingBreaches } from "./ceiling.ts";

/** Kinds, in the order of reports. */
export const quoteArbitrageTypes = [
  "crossed",
  "upper_bound",
  "intrinsic",
  "call_spread_slope",
  "call_spread_monotone",
  "butterfly",
  "calendar",
  "calendar_butterfly",
] as const;

export type QuoteArbitrageType = (typeof quoteArbitrageTypes)[number];

/** One arbitrage. */
export interface QuoteArbitrage {
  readonly type: QuoteArbitrageType;
  /** Places in the list of quotes: by moneyness within an expiry; across expiries the one sold, then those bought. */
  readonly quotes: readonly number[];
  /** Profit of the portfolio, units of F. */
  readonly size: number;
}

export interface QuoteArbitrageOptions {
  /** mid: sold and bought at the mid. bid-ask: sold at the bid, bought at the ask. */
  readonly at?: "mid" | "bid-ask";
  /** Sizes up to this are rounding, units of F. */
  readonly tolerance?: number;
}

export const quoteArbitrageDefaults = { at: "mid", tolerance: 1e-12 } as const;

/** Finds arbitrage among quotes.
 *
 * Units     prices and sizes per unit of forward, undiscounted
 * Throws    InputError as `byExpiry`
 */
export function findQuoteArbitrage(
  quotes: readonly CallQuote[],
  options: QuoteArbitrageOptions = {},
): QuoteArbitrage[] {
  const { at, tolerance } = { ...quoteArbitrageDefaults, ...options };
  const expiries = byExpiry(quotes);
  const low = quotes.map((quote) => (at === "mid" ? quote.mid : quote.bid));
  const high = quotes.map((quote) => (at === "mid" ? quote.mid : quote.ask));
  const found: QuoteArbitrage[] = [];
  const book = (type: QuoteArbitrageType, indices: readonly number[], size: number): void => {
    if (size > tolerance) found.push({ type, quotes: indices, size });
  };
  quotes.forEach((_, i) => book("crossed", [i], low[i] - high[i]));
  for (const expiry of expiries) compareStrikes(expiry, low, high, book);
  expiries.forEach((later, n) => {
    for (const earlier of expiries.slice(0, n)) compareExpiries(earlier, later, low, high, book);
  });
  if (found.length > 0) return found;
  for (const { sold, bought, size } of ceilingBreaches(expiries, low, high, tolerance)) {
    const own = bought.filter((index) => index >= 0);
    const sameExpiry = own.every((i) => quotes[i].yearsToExpiry === quotes[sold].yearsToExpiry);
    book(sameExpiry ? "butterfly" : "calendar_butterfly", [sold, ...own], size);
  }
  return found;
}

/** Whether an arbitrage-free surface passes between every bid and ask.
 *
 * Throws  InputError as `byExpiry`
 */
export function isBidAskFeasible(
  quotes: readonly CallQuote[],
  tolerance: number = quoteArbitrageDefaults.tolerance,
): boolean {
  const ask = quotes.map((quote) => quote.ask);
  const bid = quotes.map((quote) => quote.bid);
  if (quotes.some((q, i) => bid[i] > ask[i] || ask[i] < Math.max(1 - q.moneyness, 0) - tolerance)) {
    return false;
  }
  return ceilingBreaches(byExpiry(quotes), bid, ask, tolerance).length === 0;
}

/** What is wrong with the quotes of a chain, at mids and for a trader. */
export interface ChainArbitrage {
  /** The chain's quotes in its order; `QuoteArbitrage.quotes` count in this list. */
  readonly quotes: readonly CallQuote[];
  readonly atMid: readonly QuoteArbitrage[];
  readonly atBidAsk: readonly QuoteArbitrage[];
  /** Whether some arbitrage-free surface is inside every spread. */
  readonly isBidAskFeasible: boolean;
}

/** Examines the quotes of a chain. */
export function chainArbitrage(chain: Chain, tolerance?: number): ChainArbitrage {
  const quotes = callQuotes(chain);
  const options = tolerance === undefined ? {} : { tolerance };
  return {
    quotes,
    atMid: findQuoteArbitrage(quotes, options),
    atBidAsk: findQuoteArbitrage(quotes, { ...options, at: "bid-ask" }),
    isBidAskFeasible: isBidAskFeasible(quotes, tolerance),
  };
}

type Book = (type: QuoteArbitrageType, indices: readonly number[], size: number) => void;

/** Bounds, slopes and convexity of one expiry. */
function compareStrikes(
  { quotes }: CallExpiry,
  low: readonly number[],
  high: readonly number[],
  book: Book,
): void {
  for (const { index, moneyness } of quotes) {
    book("upper_bound", [index], low[index] - 1);
    book("intrinsic", [index], Math.max(1 - moneyness, 0) - high[index]);
  }
  for (let i = 1; i < quotes.length; i++) {
    const [a, b] = [quotes[i - 1], quotes[i]];
    const pair = [a.index, b.index];
    const width = b.moneyness - a.moneyness;
    book("call_spread_slope", pair, low[a.index] - high[b.index] - width);
    book("call_spread_monotone", pair, low[b.index] - high[a.index]);
  }
  for (let i = 2; i < quotes.length; i++) {
    const [a, b, c] = [quotes[i - 2], quotes[i - 1], quotes[i]];
    const share = (b.moneyness - a.moneyness) / (c.moneyness - a.moneyness);
    const chord = (1 - share) * high[a.index] + share * high[c.index];
    book("butterfly", [a.index, b.index, c.index], low[b.index] - chord);
  }
}

/** Relative distance of moneyness below which two strikes are the same. */
const sameStrike = 1e-12;

/** Each quote of the earlier expiry against the neighbours of its strike in the later one. */
function compareExpiries(
  earlier: CallExpiry,
  later: CallExpiry,
  low: readonly number[],
  high: readonly number[],
  book: Book,
): void {
  let right = 0;
  for (const { index, moneyness } of earlier.quotes) {
    const near = sameStrike * moneyness;
    while (right < later.quotes.length && later.quotes[right].moneyness < moneyness - near) right++;
    const b = later.quotes[right];
    const a = later.quotes[right - 1];
    if (b === undefined) {
      // beyond the last strike the later curve can be no higher than there
      book("calendar", [index, a.index], low[index] - high[a.index]);
    } else if (Math.abs(b.moneyness - moneyness) <= near) {
      book("calendar", [index, b.index], low[index] - high[b.index]);
    } else {
      const from = a ?? { moneyness: 0, index: -1 };
      const share = (moneyness - from.moneyness) / (b.moneyness - from.moneyness);
      const left = a === undefined ? 1 : high[a.index];
      const wings = a === undefined ? [b.index] : [a.index, b.index];
      book(
        "calendar_butterfly",
        [index, ...wings],
        low[index] - (1 - share) * left - share * high[b.index],
      );
    }
  }
}
