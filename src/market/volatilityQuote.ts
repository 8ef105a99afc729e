/**
 * One raw quote to one clean quote: bounds, volatilities, and whether it says enough.
 */
import { blackOtm, impliedTotalStdDev } from "../formulas/index.ts";
import { normCdf, normPdf } from "../num/normal.ts";
import type { CleanQuote } from "./chain.ts";
import type { DropReason } from "./dropped.ts";
import type { ExpiryForward } from "./expiryForward.ts";
import type { RawQuote } from "./quote.ts";

/** The settings of `clean` that judge single quotes. */
export interface QuoteLimits {
  readonly minDelta: number;
  readonly maxDelta: number;
  readonly maxSpread: number;
  readonly maxMarkDistance: number;
}

interface Fault {
  readonly reason: DropReason;
  readonly detail: string;
}

/** A row's forward may differ this much from its expiry's. */
const MAX_FORWARD_GAP = 0.03;

/** The clean quote, or why there is none.
 *
 * Units  forward in currency; volatilities decimal, ACT/365
 */
export function volatilityQuote(
  raw: RawQuote,
  { forward, discount }: ExpiryForward,
  yearsToExpiry: number,
  hasTwin: boolean,
  limits: QuoteLimits,
): CleanQuote | Fault {
  const rowForward = raw.forward ?? forward;
  if (Math.abs(rowForward / forward - 1) > MAX_FORWARD_GAP) {
    return {
      reason: "off-forward",
      detail: `forward ${rowForward} on the row, ${forward} in the expiry`,
    };
  }
  const logMoneyness = Math.log(raw.strike / forward);
  const type = logMoneyness >= 0 ? "call" : "put";
  const prices = raw.unit === "vol" ? null : otmPrices(raw, rowForward, discount);
  if (prices !== null && prices.ask <= 0) {
    return {
      reason: "below-intrinsic",
      detail: `ask ${raw.ask} below the intrinsic value at forward ${rowForward}`,
    };
  }
  if (raw.type !== type && hasTwin) {
    return { reason: "in-the-money", detail: `the ${type} of this strike is used` };
  }
  const vols = prices === null ? quotedVols(raw) : impliedVols(raw, prices, yearsToExpiry);
  if ("reason" in vols) return vols;
  const { bidVol, askVol } = vols;
  const midVol = (bidVol + askVol) / 2;
  const stale = staleMark(raw, limits.maxMarkDistance);
  if (stale !== null) return stale;
  if (askVol - bidVol > limits.maxSpread * midVol) {
    const share = ((100 * (askVol - bidVol)) / midVol).toFixed(0);
    return {
      reason: "too-wide",
      detail: `${volText(bidVol)} to ${volText(askVol)}, ${share} % of the mid`,
    };
  }
  const rootYears = Math.sqrt(yearsToExpiry);
  const s = midVol * rootYears;
  const d1 = -logMoneyness / s + s / 2;
  const delta = normCdf(d1);
  if (delta < limits.minDelta || delta > limits.maxDelta) {
    return { reason: "outside-delta-range", detail: `call delta ${delta.toFixed(4)}` };
  }
  return {
    instrument: raw.instrument,
    type,
    strike: raw.strike,
    logMoneyness,
    bidVol,
    askVol,
    midVol,
    bid: blackOtm(logMoneyness, bidVol * rootYears),
    ask: blackOtm(logMoneyness, askVol * rootYears),
    mid: blackOtm(logMoneyness, s),
    vega: normPdf(d1) * rootYears,
    halfSpreadVol: (askVol - bidVol) / 2,
    weight: 1,
  };
}

/** Out-of-the-money prices per unit forward, undiscounted, at the forward of the row. */
interface OtmPrices {
  /** Not positive when the quoted price is below the intrinsic value. */
  readonly bid: number;
  readonly ask: number;
  /** Bound that every such price stays below: 1 for a call, e^k for a put. */
  readonly most: number;
  /** ln(strike / forward of the row). */
  readonly logMoneyness: number;
}

/** Parity takes an in-the-money price to the out-of-the-money one: c − p = 1 − e^k. */
function otmPrices(raw: RawQuote, forward: number, discount: number): OtmPrices {
  const relativeStrike = raw.strike / forward;
  const perForward = raw.unit === "coin" ? 1 : 1 / (discount * forward);
  const intrinsic = Math.max(raw.type === "call" ? 1 - relativeStrike : relativeStrike - 1, 0);
  return {
    bid: (raw.bid ?? 0) * perForward - intrinsic,
    ask: (raw.ask ?? 0) * perForward - intrinsic,
    most: Math.min(1, relativeStrike),
    logMoneyness: Math.log(relativeStrike),
  };
}

interface Vols {
  readonly bidVol: number;
  readonly askVol: number;
}

function impliedVols(raw: RawQuote, prices: OtmPrices, yearsToExpiry: number): Vols | Fault {
  if (prices.bid <= 0) {
    return { reason: "below-intrinsic", detail: `bid ${raw.bid} not above the intrinsic value` };
  }
  if (prices.ask >= prices.most) {
    return {
      reason: "above-maximum",
      detail: `ask ${raw.ask} not below ${raw.type === "call" ? "the forward" : "the strike"}`,
    };
  }
  const rootYears = Math.sqrt(yearsToExpiry);
  const bidVol = impliedTotalStdDev(prices.bid, prices.logMoneyness) / rootYears;
  const askVol = impliedTotalStdDev(prices.ask, prices.logMoneyness) / rootYears;
  // At the very edges rounding can leave a price without a volatility.
  if (!(bidVol > 0))
    return { reason: "below-intrinsic", detail: `no volatility for bid ${raw.bid}` };
  if (!(askVol < Infinity))
    return { reason: "above-maximum", detail: `no volatility for ask ${raw.ask}` };
  return { bidVol, askVol };
}

function quotedVols({ bid, ask }: RawQuote): Vols {
  return { bidVol: bid ?? 0, askVol: ask ?? 0 };
}

/** The mark far outside [bid, ask]: one of the three is old. Marks a little outside are common. */
function staleMark({ bid, ask, mark }: RawQuote, most: number): Fault | null {
  if (mark === null || bid === null || ask === null) return null;
  const distance = Math.max(bid - mark, mark - ask) / (ask - bid);
  if (distance <= most) return null;
  return { reason: "stale-mark", detail: `mark ${mark} outside ${bid} to ${ask}` };
}

function volText(vol: number): string {
  return `${(100 * vol).toFixed(1)} %`;
}
