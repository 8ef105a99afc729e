/**
 * The forward of an expiry: the source's own where it has one, else put-call parity.
 *
 * Each Deribit expiry carries its own forward on every row (a future, or an interpolation between
 * futures); the spot index is not a forward, and the difference is the basis.
 */
import {
  boundedDiscount,
  forwardFromCoinParity,
  forwardFromParity,
  type ParityPair,
  weightedMedian,
} from "./forward.ts";
import type { RawQuote } from "./quote.ts";

export interface ExpiryForward {
  readonly forward: number;
  readonly discount: number;
  readonly from: "quoted" | "parity";
}

/** Forward and discount of the quotes of one expiry; null when there is neither a forward nor a
 * strike with both options quoted. */
export function expiryForward(
  quotes: readonly RawQuote[],
  yearsToExpiry: number,
): ExpiryForward | null {
  const forwards = present(quotes.map((quote) => quote.forward));
  const discounts = present(quotes.map((quote) => quote.discount));
  const discount = discounts.length === 0 ? undefined : median(discounts);
  if (forwards.length > 0) {
    const forward = median(forwards);
    return {
      forward,
      discount: discount ?? discountGivenForward(quotes, forward, yearsToExpiry),
      from: "quoted",
    };
  }
  const unit = quotes[0].unit;
  const pairs = unit === "vol" ? [] : parityPairs(quotes);
  if (pairs.length === 0) return null;
  const estimate =
    unit === "coin"
      ? forwardFromCoinParity(pairs)
      : forwardFromParity(pairs, { discount, yearsToExpiry });
  return { forward: estimate.forward, discount: estimate.discount, from: "parity" };
}

/** Strikes at which both options are quoted, with the mids. */
function parityPairs(quotes: readonly RawQuote[]): ParityPair[] {
  const calls = new Map<number, { mid: number; error: number }>();
  for (const quote of quotes) {
    const side = midOf(quote);
    if (quote.type === "call" && side !== null) calls.set(quote.strike, side);
  }
  const pairs: ParityPair[] = [];
  for (const quote of quotes) {
    const put = quote.type === "put" ? midOf(quote) : null;
    const call = put === null ? undefined : calls.get(quote.strike);
    if (put !== null && call !== undefined) {
      pairs.push({
        strike: quote.strike,
        call: call.mid,
        put: put.mid,
        error: call.error + put.error,
      });
    }
  }
  return pairs;
}

function midOf({ bid, ask }: RawQuote): { mid: number; error: number } | null {
  return bid === null || ask === null ? null : { mid: (bid + ask) / 2, error: (ask - bid) / 2 };
}

/** Median of (C − P)/(F − K) over strikes away from the forward; 1 when there are too few. */
function discountGivenForward(
  quotes: readonly RawQuote[],
  forward: number,
  yearsToExpiry: number,
): number {
  if (quotes[0].unit !== "currency") return 1;
  const away = parityPairs(quotes).filter(
    (pair) => Math.abs(forward - pair.strike) > 20 * pair.error,
  );
  if (away.length < 3) return 1;
  const discount = weightedMedian(
    away.map((pair) => (pair.call - pair.put) / (forward - pair.strike)),
    away.map((pair) => Math.abs(forward - pair.strike) / pair.error),
  );
  return boundedDiscount(discount, yearsToExpiry);
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function median(values: readonly number[]): number {
  return weightedMedian(values, new Float64Array(values.length).fill(1));
}
