/**
 * What a fit is worth: model volatilities beside quotes, shares inside bid-ask, errors by expiry.
 */
import { impliedTotalStdDev } from "../formulas/index.ts";
import type { Chain, CleanQuote, Expiry } from "../market/index.ts";
import type { ExpiryFit, QuoteFit } from "./fitDocument.ts";

/** Prices [quote] of the out-of-the-money options per unit forward, in the order of the chain's quotes. */
export interface ModelPrices {
  readonly price: Float64Array;
  readonly standardError: Float64Array;
}

/** Every quote of the chain beside the model.
 *
 * Shape   model arrays [quote] in chain order → one record a quote
 * A price without a volatility (below intrinsic by Monte Carlo noise) counts as volatility 0: far outside, never NaN.
 */
export function compareQuotes(chain: Chain, model: ModelPrices): QuoteFit[] {
  let i = 0;
  return chain.expiries.flatMap((expiry) =>
    expiry.quotes.map((quote) => {
      const fit = compareQuote(expiry, quote, model.price[i], model.standardError[i]);
      i += 1;
      return fit;
    }),
  );
}

function compareQuote(
  expiry: Expiry,
  quote: CleanQuote,
  price: number,
  standardError: number,
): QuoteFit {
  const sqrtT = Math.sqrt(expiry.yearsToExpiry);
  const stdDev = price > 0 ? impliedTotalStdDev(price, quote.logMoneyness) : Number.NaN;
  const modelVol = Number.isFinite(stdDev) ? stdDev / sqrtT : 0;
  return {
    instrument: quote.instrument,
    expiryMs: expiry.expiryMs,
    strike: quote.strike,
    logMoneyness: quote.logMoneyness,
    bidVol: quote.bidVol,
    askVol: quote.askVol,
    midVol: quote.midVol,
    modelVol,
    standardErrorVol: standardError / quote.vega,
    spreads: (modelVol - quote.midVol) / quote.halfSpreadVol,
  };
}

/** Is the model's volatility inside the quote's bid and ask? */
export const isInside = (fit: QuoteFit): boolean =>
  fit.modelVol >= fit.bidVol && fit.modelVol <= fit.askVol;

/** Share, errors and the worst quote of a set of comparisons. */
export function summarise(fits: readonly QuoteFit[]) {
  const rms = (f: (q: QuoteFit) => number) => Math.sqrt(mean(fits.map((q) => f(q) ** 2)));
  const worst = fits.reduce((a, b) => (Math.abs(b.spreads) > Math.abs(a.spreads) ? b : a));
  return {
    insideShare: mean(fits.map((q) => (isInside(q) ? 1 : 0))),
    rmseVolPoints: 100 * rms((q) => q.modelVol - q.midVol),
    rmseSpreads: rms((q) => q.spreads),
    standardErrorVolPoints: 100 * rms((q) => q.standardErrorVol),
    worst: { instrument: worst.instrument, spreads: worst.spreads },
  };
}

/** The summary of each expiry of the chain. */
export function summariseExpiries(chain: Chain, fits: readonly QuoteFit[]): ExpiryFit[] {
  return chain.expiries.map((expiry) => {
    const own = fits.filter((q) => q.expiryMs === expiry.expiryMs);
    const { insideShare, rmseVolPoints, standardErrorVolPoints } = summarise(own);
    return {
      expiry: new Date(expiry.expiryMs).toISOString(),
      yearsToExpiry: expiry.yearsToExpiry,
      forward: expiry.forward,
      quotes: own.length,
      insideShare,
      rmseVolPoints,
      standardErrorVolPoints,
    };
  });
}

/** Mean |difference of two model volatilities| in units of each quote's half spread. */
export function meanShiftSpreads(a: readonly QuoteFit[], b: readonly QuoteFit[]): number {
  return mean(
    a.map((q, i) => Math.abs(q.modelVol - b[i].modelVol) / (0.5 * (q.askVol - q.bidVol))),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
