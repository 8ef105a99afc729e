/**
 * The cleaned chain: what models are calibrated to.
 *
 * Quotes → `clean` → chain → calibration. The brand makes the arrow the only way: a `Chain` cannot be
 * written down, only cleaned into being, so nobody fits to raw quotes by mistake.
 *
 * Prices are undiscounted, out of the money and per unit of the expiry's forward:
 *
 *   k = ln(K/F),   price = N(d1) − e^k N(d2) for k ≥ 0 (call),   e^k N(−d2) − N(−d1) for k < 0 (put),
 *   d1,2 = −k/s ± s/2,   s = σ√T
 */
import { fingerprintOfLines } from "./fingerprint.ts";
import type { OptionType } from "./quote.ts";

declare const cleaned: unique symbol;

/** One strike of one expiry. */
export interface CleanQuote {
  readonly instrument: string;
  readonly type: OptionType;
  readonly strike: number;
  /** ln(strike / forward). */
  readonly logMoneyness: number;
  /** Implied volatilities of bid and ask, decimal. */
  readonly bidVol: number;
  readonly askVol: number;
  /** (bidVol + askVol) / 2: a model is inside the spread when it is within `halfSpreadVol` of this. */
  readonly midVol: number;
  /** Out-of-the-money prices per unit forward at `bidVol`, `askVol` and `midVol`. */
  readonly bid: number;
  readonly ask: number;
  readonly mid: number;
  /** Change of `mid` per 1.0 of volatility. */
  readonly vega: number;
  /** (askVol − bidVol) / 2, as quoted: no floor. */
  readonly halfSpreadVol: number;
  /** 1 / max(half spread, floor)², scaled to mean 1 over the chain. */
  readonly weight: number;
}

/** Quotes of one expiry, by increasing log-moneyness. */
export interface Expiry {
  readonly expiryMs: number;
  /** ACT/365. */
  readonly yearsToExpiry: number;
  readonly forward: number;
  readonly discount: number;
  /** Where the forward came from: the source's own, or put-call parity. */
  readonly forwardFrom: "quoted" | "parity";
  readonly quotes: readonly CleanQuote[];
}

/** Expiries of one underlying at one time, by increasing expiry. Only `clean` makes one. */
export interface Chain {
  readonly [cleaned]: true;
  readonly underlying: string;
  readonly asOfMs: number;
  readonly expiries: readonly Expiry[];
}

/** Everything of a chain but the brand: for `clean` alone. */
export type UnbrandedChain = Omit<Chain, typeof cleaned>;

/** 16 hexadecimal digits over what a fit to this chain can see: quotes, forwards, times. */
export function fingerprint(chain: Chain): string {
  const lines = chain.expiries.flatMap((expiry) =>
    expiry.quotes.map(
      (q) =>
        `${expiry.expiryMs}|${expiry.forward}|${expiry.discount}|${q.type}|${q.strike}|${q.bidVol}|${q.askVol}|${q.weight}`,
    ),
  );
  return fingerprintOfLines([`${chain.underlying}|${chain.asOfMs}`, ...lines]);
}
