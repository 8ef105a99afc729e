/**
 * The market that a page shows: quotes as volatilities, plain data that goes to workers and can be edited.
 *
 * Everything in it came out of the library's `clean`, and goes through it again before a model sees it.
 */
import type { OptionType } from "volterra/market";

export interface LabQuote {
  readonly id: string;
  readonly type: OptionType;
  readonly strike: number;
  /** ln(strike / forward). */
  readonly logMoneyness: number;
  /** Decimal volatilities. */
  readonly bidVol: number;
  readonly askVol: number;
  /** Shown and measured at, but not fitted: what a sparse market does not show. */
  readonly hidden?: boolean;
  /** Changed or added by the reader. */
  readonly edited?: boolean;
}

export interface LabExpiry {
  readonly expiryMs: number;
  readonly yearsToExpiry: number;
  readonly forward: number;
  readonly discount: number;
  /** By increasing strike. */
  readonly quotes: readonly LabQuote[];
}

export interface LabMarket {
  readonly underlying: string;
  readonly asOfMs: number;
  /** What must be said about it: where it is from, what is synthetic, what was dropped. */
  readonly about: string;
  readonly expiries: readonly LabExpiry[];
}

export const midVol = ({ bidVol, askVol }: Pick<LabQuote, "bidVol" | "askVol">): number =>
  (bidVol + askVol) / 2;

export const countQuotes = ({ expiries }: LabMarket): number =>
  expiries.reduce((sum, { quotes }) => sum + quotes.length, 0);

/** "26 Mar 2026" */
export const dateText = (ms: number): string =>
  new Date(ms).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });

/** Log-moneyness at which the smiles of an expiry are drawn: its quotes and a little beyond. */
export function smileGrid({ quotes }: LabExpiry, points = 61): number[] {
  const ks = quotes.map(({ logMoneyness }) => logMoneyness);
  const [low, high] = [Math.min(...ks), Math.max(...ks)];
  const room = 0.12 * Math.max(high - low, 0.02);
  return Array.from(
    { length: points },
    (_, i) => low - room + ((high - low + 2 * room) * i) / (points - 1),
  );
}
