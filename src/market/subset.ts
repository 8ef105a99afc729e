/**
 * A chain from a chain: fewer quotes, or other volatilities at the same strikes.
 *
 * Everything in a chain has been cleaned, and so has a part of it; what is new here is only the weight, which is
 * scaled to mean 1 again.
 */
import { blackOtm } from "../formulas/index.ts";
import { InputError } from "../num/errors.ts";
import { normPdf } from "../num/normal.ts";
import type { Chain, CleanQuote, Expiry, UnbrandedChain } from "./chain.ts";
import { cleanDefaults } from "./cleanOptions.ts";

/** The chain of the quotes for which `keep` is true; an expiry without any goes.
 *
 * Throws  InputError when no quote is left
 */
export function subsetChain(
  chain: Chain,
  keep: (quote: CleanQuote, expiry: Expiry, index: number) => boolean,
): Chain {
  const expiries = chain.expiries
    .map((expiry) => ({
      ...expiry,
      quotes: expiry.quotes.filter((quote, index) => keep(quote, expiry, index)),
    }))
    .filter(({ quotes }) => quotes.length > 0);
  if (expiries.length === 0) {
    throw new InputError(
      `subset: expected at least one quote of ${chain.underlying} to be kept, got none. Keep more.`,
    );
  }
  return withMeanWeight(chain, expiries, (quote) => quote.weight);
}

/** Bid and ask as volatilities, decimal. */
export interface VolQuote {
  readonly bidVol: number;
  readonly askVol: number;
}

/** The chain with other volatilities at its strikes; prices, vegas and weights follow.
 *
 * Throws  InputError unless 0 < bid ≤ ask, finite, at every quote
 */
export function requoteChain(
  chain: Chain,
  volsOf: (quote: CleanQuote, expiry: Expiry, index: number) => VolQuote,
): Chain {
  const expiries = chain.expiries.map((expiry) => ({
    ...expiry,
    quotes: expiry.quotes.map((quote, index) =>
      requoted(quote, expiry, volsOf(quote, expiry, index)),
    ),
  }));
  const floor = cleanDefaults.weightFloorVol;
  return withMeanWeight(chain, expiries, (quote) => 1 / Math.max(quote.halfSpreadVol, floor) ** 2);
}

function requoted(
  quote: CleanQuote,
  { yearsToExpiry }: Expiry,
  { bidVol, askVol }: VolQuote,
): CleanQuote {
  if (!(bidVol > 0 && askVol >= bidVol && askVol < Infinity)) {
    throw new InputError(
      `requote: ${quote.instrument}: expected 0 < bid ≤ ask, got ${bidVol} and ${askVol}. Pass volatilities as decimals.`,
    );
  }
  const k = quote.logMoneyness;
  const rootYears = Math.sqrt(yearsToExpiry);
  const midVol = (bidVol + askVol) / 2;
  const s = midVol * rootYears;
  return {
    ...quote,
    bidVol,
    askVol,
    midVol,
    bid: blackOtm(k, bidVol * rootYears),
    ask: blackOtm(k, askVol * rootYears),
    mid: blackOtm(k, s),
    vega: normPdf(-k / s + s / 2) * rootYears,
    halfSpreadVol: (askVol - bidVol) / 2,
  };
}

function withMeanWeight(
  { underlying, asOfMs }: Chain,
  expiries: readonly Expiry[],
  weightOf: (quote: CleanQuote) => number,
): Chain {
  const weights = expiries.flatMap(({ quotes }) => quotes.map(weightOf));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const chain: UnbrandedChain = {
    underlying,
    asOfMs,
    expiries: expiries.map((expiry) => ({
      ...expiry,
      quotes: expiry.quotes.map((quote) => ({ ...quote, weight: weightOf(quote) / mean })),
    })),
  };
  return chain as Chain;
}
