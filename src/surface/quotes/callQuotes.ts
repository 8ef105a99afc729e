/**
 * Quotes in the one unit in which all expiries compare: undiscounted calls per unit of their expiry's forward.
 *
 *   c = C/F,  κ = K/F;  puts by parity: c = p + 1 − κ
 *
 * In these units a surface is free of static arbitrage when there is for each expiry a curve c_T(κ) through the quotes
 * with c_T(0) = 1, convex, non-increasing, ≥ max(1 − κ, 0), and c_S ≤ c_T for S < T (Cousot 2007; Davis & Hobson 2007).
 */
import type { Chain } from "../../market/index.ts";
import { InputError } from "../../num/errors.ts";

/** One quote, as a call. */
export interface CallQuote {
  /** Names it in messages. */
  readonly name: string;
  readonly yearsToExpiry: number;
  /** κ = K/F. */
  readonly moneyness: number;
  /** Undiscounted prices per unit of forward. */
  readonly bid: number;
  readonly ask: number;
  readonly mid: number;
}

/** Quotes of one expiry, by increasing moneyness; `index` is their place in the list that was given. */
export interface CallExpiry {
  readonly yearsToExpiry: number;
  readonly quotes: readonly (CallQuote & { readonly index: number })[];
}

/** The quotes of a chain as calls, expiry by expiry in the chain's order. */
export function callQuotes(chain: Chain): CallQuote[] {
  return chain.expiries.flatMap((expiry) =>
    expiry.quotes.map((quote) => {
      const moneyness = quote.strike / expiry.forward;
      const parity = quote.type === "put" ? 1 - moneyness : 0;
      return {
        name: quote.instrument,
        yearsToExpiry: expiry.yearsToExpiry,
        moneyness,
        bid: quote.bid + parity,
        ask: quote.ask + parity,
        mid: quote.mid + parity,
      };
    }),
  );
}

/** Groups quotes by expiry, by increasing time and moneyness.
 *
 * Throws  InputError for values that are not finite, a moneyness or time that is not positive, a strike quoted twice
 */
export function byExpiry(quotes: readonly CallQuote[]): CallExpiry[] {
  const groups = new Map<number, (CallQuote & { index: number })[]>();
  quotes.forEach((quote, index) => {
    const { name, yearsToExpiry, moneyness, bid, ask, mid } = quote;
    if (!(yearsToExpiry > 0 && moneyness > 0 && [bid, ask, mid].every(Number.isFinite))) {
      throw new InputError(
        `quotes: ${name}: expected positive time and moneyness and finite prices, got T = ${yearsToExpiry}, K/F = ${moneyness}, bid ${bid}, ask ${ask}, mid ${mid}. Clean the quotes first.`,
      );
    }
    const group = groups.get(yearsToExpiry);
    if (group === undefined) groups.set(yearsToExpiry, [{ ...quote, index }]);
    else group.push({ ...quote, index });
  });
  const expiries = [...groups.entries()].sort(([a], [b]) => a - b);
  return expiries.map(([yearsToExpiry, group]) => {
    group.sort((a, b) => a.moneyness - b.moneyness);
    group.forEach(({ name, moneyness }, i) => {
      if (i > 0 && group[i - 1].moneyness === moneyness) {
        throw new InputError(
          `quotes: expected each strike of an expiry once, got ${group[i - 1].name} and ${name}. Keep one of them.`,
        );
      }
    });
    return { yearsToExpiry, quotes: group };
  });
}
