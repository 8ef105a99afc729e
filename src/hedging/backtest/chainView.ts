/**
 * A recorded chain as a trader reads it: the forward of an expiry, the prices of an option, the volatility of a strike.
 *
 * The volatility of a strike is that of the mid of its out-of-the-money option; where that has no bid or ask, of its
 * in-the-money twin's mid, then the venue's mark. Nothing quoted is null, never a guess.
 */
import { impliedVol } from "../../formulas/index.ts";
import { type QuoteSet, type RawQuote, yearsBetween } from "../../market/index.ts";
import type { OptionPrices } from "./account.ts";

/** One listed option at one time, in coin. */
export interface ListedOption {
  readonly instrument: string;
  readonly type: "call" | "put";
  readonly strike: number;
  readonly expiryMs: number;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly mark: number | null;
  readonly markIv: number | null;
}

/** A chain by instrument. */
export interface ChainView {
  readonly timeMs: number;
  /** Expiries that have not passed, increasing. */
  readonly expiries: readonly number[];
  forward(expiryMs: number): number | null;
  option(instrument: string): ListedOption | null;
  /** Options of an expiry by strike: [strike] increasing. */
  strikes(expiryMs: number): readonly StrikePair[];
  /** Black's volatility of a strike, decimal. */
  vol(expiryMs: number, strike: number): number | null;
}

/** Call and put of a strike, as listed. */
export interface StrikePair {
  readonly strike: number;
  readonly call: ListedOption | null;
  readonly put: ListedOption | null;
}

/** The view of a chain. */
export function chainView(set: QuoteSet): ChainView {
  const timeMs = set.asOfMs;
  const byExpiry = new Map<number, Map<number, { call?: ListedOption; put?: ListedOption }>>();
  const byName = new Map<string, ListedOption>();
  const forwards = new Map<number, number[]>();
  for (const quote of set.quotes) {
    if (quote.expiryMs <= timeMs) continue;
    const option = listed(quote);
    byName.set(quote.instrument, option);
    const strikes = byExpiry.get(quote.expiryMs) ?? new Map();
    byExpiry.set(quote.expiryMs, strikes);
    strikes.set(quote.strike, { ...strikes.get(quote.strike), [quote.type]: option });
    if (quote.forward !== null) {
      const known = forwards.get(quote.expiryMs);
      if (known === undefined) forwards.set(quote.expiryMs, [quote.forward]);
      else known.push(quote.forward);
    }
  }
  const median = new Map([...forwards].map(([expiry, values]) => [expiry, middle(values)]));
  const forward = (expiryMs: number): number | null => median.get(expiryMs) ?? null;
  return {
    timeMs,
    expiries: [...byExpiry.keys()].toSorted((a, b) => a - b),
    forward,
    option: (instrument) => byName.get(instrument) ?? null,
    strikes: (expiryMs) =>
      [...(byExpiry.get(expiryMs) ?? [])]
        .map(([strike, { call = null, put = null }]) => ({ strike, call, put }))
        .toSorted((a, b) => a.strike - b.strike),
    vol(expiryMs, strike) {
      const f = forward(expiryMs);
      const pair = byExpiry.get(expiryMs)?.get(strike);
      if (f === null || pair === undefined) return null;
      const sides = strike >= f ? [pair.call, pair.put] : [pair.put, pair.call];
      const years = yearsBetween(timeMs, expiryMs);
      for (const side of sides) {
        const found = side === undefined ? null : midVol(side, f, years);
        if (found !== null) return found;
      }
      return sides[0]?.markIv ?? sides[1]?.markIv ?? null;
    },
  };
}

/** Prices to value and trade at: mid of bid and ask, else the mark; null when there is nothing. */
export function optionPrices(option: ListedOption): OptionPrices | null {
  const { bid, ask, mark } = option;
  const mid = bid !== null && ask !== null && bid > 0 ? (bid + ask) / 2 : mark;
  if (mid === null) return null;
  return { bid: bid ?? 0, ask: ask ?? Number.NaN, mid };
}

function listed(quote: RawQuote): ListedOption {
  const { instrument, type, strike, expiryMs, bid, ask, mark, markIv } = quote;
  // 0 is how some sources write that there is no quote
  const quoted = (price: number | null) => (price !== null && price > 0 ? price : null);
  return { instrument, type, strike, expiryMs, bid: quoted(bid), ask: quoted(ask), mark, markIv };
}

function midVol(option: ListedOption, forward: number, yearsToExpiry: number): number | null {
  const { bid, ask, type, strike } = option;
  if (bid === null || ask === null || bid > ask) return null;
  const price = ((bid + ask) / 2) * forward;
  const result = impliedVol({ type, price, forward, strike, yearsToExpiry });
  return result.ok ? result.vol : null;
}

function middle(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
