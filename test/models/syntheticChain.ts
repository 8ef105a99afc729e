/**
 * Chains for tests of models: raw quotes in volatility around a given smile, cleaned like any others.
 */
import { type Chain, clean, makeQuoteSet, type RawQuote } from "../../src/market/index.ts";

/** What a synthetic chain is made of; volatilities decimal, k = ln(K/F). */
export interface SyntheticChain {
  /** Expiries in years, rounded to the minute. */
  readonly years: readonly number[];
  /** Mid volatility. */
  readonly vol: (k: number, years: number) => number;
  readonly halfSpread?: (k: number, years: number) => number;
  /** Strikes of each expiry; by default 11 of them in ±2 standard deviations at 30 %. */
  readonly logMoneyness?: readonly number[] | ((years: number) => readonly number[]);
  readonly forward?: number;
}

const asOfMs = Date.UTC(2026, 0, 5, 8);
const yearMs = 365 * 24 * 3600 * 1000;

/** Log-moneyness at equal steps within ± `deviations` standard deviations of a volatility. */
export function spreadStrikes(years: number, count = 11, deviations = 2, vol = 0.3): number[] {
  const step = (2 * deviations * vol * Math.sqrt(years)) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i - (count - 1) / 2) * step);
}

/** A cleaned chain of quotes around a smile. */
export function syntheticChain(recipe: SyntheticChain): Chain {
  const { forward = 100, halfSpread = () => 0.005, logMoneyness = spreadStrikes } = recipe;
  const quotes = recipe.years.flatMap((t) => {
    const expiryMs = asOfMs + Math.round((t * yearMs) / 60_000) * 60_000;
    const ks = typeof logMoneyness === "function" ? logMoneyness(t) : logMoneyness;
    return ks.map((k): RawQuote => {
      const mid = recipe.vol(k, t);
      const half = halfSpread(k, t);
      const type = k >= 0 ? "call" : "put";
      return {
        instrument: `TEST-${t}-${k}-${type}`,
        underlying: "TEST",
        type,
        strike: forward * Math.exp(k),
        expiryMs,
        asOfMs,
        unit: "vol",
        bid: mid - half,
        ask: mid + half,
        mark: null,
        markIv: null,
        forward,
        discount: 1,
        openInterest: null,
      };
    });
  });
  return clean(makeQuoteSet("synthetic", quotes), { minQuotes: 1, minDelta: 1e-6, maxDelta: 1 })
    .chain;
}
