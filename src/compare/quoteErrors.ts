/**
 * A surface beside quotes: the error at each, and what the errors of a set of quotes come to.
 *
 * z = k / (σ_ATM √T) places a quote: |z| ≤ 0.5 is at the money, |z| ≥ 1 is a wing; σ_ATM is the mid volatility at
 * the forward, linear in k between the two quotes around it. Errors are model − mid, in volatility; one spread is
 * half a quote's bid-ask spread, so that −1 to 1 is inside.
 */
import type { Chain, Expiry } from "../market/index.ts";
import type { ModelSurface } from "../surface/index.ts";

/** One quote beside the model. Volatilities decimal. */
export interface QuoteError {
  readonly instrument: string;
  readonly expiryMs: number;
  readonly yearsToExpiry: number;
  readonly strike: number;
  readonly logMoneyness: number;
  /** k in at-the-money standard deviations. */
  readonly z: number;
  readonly bidVol: number;
  readonly askVol: number;
  readonly midVol: number;
  /** NaN where the surface has no volatility. */
  readonly modelVol: number;
  /** (modelVol − midVol) / half spread. */
  readonly spreads: number;
}

/** The quote furthest from the model, in spreads. */
export interface WorstQuote {
  readonly instrument: string;
  readonly spreads: number;
  readonly volPoints: number;
}

/** What the errors of some quotes come to; null where there is no quote to measure at. */
export interface ErrorSummary {
  readonly quotes: number;
  /** Quotes at which the surface has no volatility: outside, and in no RMSE. */
  readonly unpriced: number;
  readonly insideShare: number | null;
  readonly rmseVolPoints: number | null;
  readonly rmseSpreads: number | null;
  readonly atmRmseVolPoints: number | null;
  readonly wingRmseVolPoints: number | null;
  readonly worst: WorstQuote | null;
}

/** Where at the money ends and where wings begin, in |z|. */
export const moneyness = { atmBelow: 0.5, wingFrom: 1 } as const;

/** Spreads narrower than this (decimal volatility) count as this wide in errors measured in spreads. */
const narrowestHalfSpreadVol = 1e-6;

/** The errors of a surface at every quote of a chain, in the chain's order. */
export function quoteErrors(surface: ModelSurface, chain: Chain): QuoteError[] {
  return chain.expiries.flatMap((expiry) => {
    const deviation = atmVol(expiry) * Math.sqrt(expiry.yearsToExpiry);
    return expiry.quotes.map((quote): QuoteError => {
      const { instrument, strike, logMoneyness, bidVol, askVol, midVol, halfSpreadVol } = quote;
      const modelVol = volAt(surface, logMoneyness, expiry.yearsToExpiry);
      return {
        instrument,
        expiryMs: expiry.expiryMs,
        yearsToExpiry: expiry.yearsToExpiry,
        strike,
        logMoneyness,
        z: logMoneyness / deviation,
        bidVol,
        askVol,
        midVol,
        modelVol,
        spreads: (modelVol - midVol) / Math.max(halfSpreadVol, narrowestHalfSpreadVol),
      };
    });
  });
}

/** NaN where the surface has none, whatever way it says so. */
export function volAt(surface: ModelSurface, k: number, years: number): number {
  try {
    const vol = surface.impliedVol(k, years);
    return vol >= 0 && vol < Infinity ? vol : Number.NaN;
  } catch {
    // A surface refuses points outside its domain; the quote is then counted as unpriced, which the reader sees.
    return Number.NaN;
  }
}

/** Is the model's volatility inside bid and ask? */
export const isInsideQuote = ({ modelVol, bidVol, askVol }: QuoteError): boolean =>
  modelVol >= bidVol && modelVol <= askVol;

/** Shares, errors and the worst of a set of quotes. */
export function summariseErrors(errors: readonly QuoteError[]): ErrorSummary {
  const priced = errors.filter(({ modelVol }) => !Number.isNaN(modelVol));
  const inside = errors.filter(isInsideQuote).length;
  return {
    quotes: errors.length,
    unpriced: errors.length - priced.length,
    insideShare: errors.length === 0 ? null : inside / errors.length,
    rmseVolPoints: rmseVolPoints(priced),
    rmseSpreads: rms(priced.map(({ spreads }) => spreads)),
    atmRmseVolPoints: rmseVolPoints(priced.filter(({ z }) => Math.abs(z) <= moneyness.atmBelow)),
    wingRmseVolPoints: rmseVolPoints(priced.filter(({ z }) => Math.abs(z) >= moneyness.wingFrom)),
    worst: worstOf(priced),
  };
}

/** Root mean square error in vol points of the quotes that have a model volatility; null when none has. */
export const rmseVolPoints = (errors: readonly QuoteError[]): number | null =>
  rms(
    errors
      .filter(({ modelVol }) => !Number.isNaN(modelVol))
      .map(({ modelVol, midVol }) => 100 * (modelVol - midVol)),
  );

function rms(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
}

function worstOf(errors: readonly QuoteError[]): WorstQuote | null {
  if (errors.length === 0) return null;
  const worst = errors.reduce((a, b) => (Math.abs(b.spreads) > Math.abs(a.spreads) ? b : a));
  const { instrument, spreads, modelVol, midVol } = worst;
  return { instrument, spreads, volPoints: 100 * (modelVol - midVol) };
}

/** Mid volatility at k = 0, linear in k between the quotes around it, flat beyond them. */
export function atmVol({ quotes }: Pick<Expiry, "quotes">): number {
  return midVolAt(quotes, 0);
}

/** Mid volatility at k, linear between the quotes around it, flat beyond them.
 *
 * Shape   quotes by increasing log-moneyness, at least one
 */
export function midVolAt(quotes: Expiry["quotes"], k: number): number {
  const right = quotes.findIndex((quote) => quote.logMoneyness >= k);
  if (right === -1) return quotes[quotes.length - 1].midVol;
  if (right === 0) return quotes[0].midVol;
  const [a, b] = [quotes[right - 1], quotes[right]];
  const share = (k - a.logMoneyness) / (b.logMoneyness - a.logMoneyness);
  return a.midVol + share * (b.midVol - a.midVol);
}
