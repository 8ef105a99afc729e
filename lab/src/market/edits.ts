/**
 * The reader's changes of quotes, as text in an address:
 *
 *   20260130_90000p_52.31_54.1   bid and ask volatility of the put struck at 90,000, expiring that day, in per cent
 *   20260130_95000c_x            the call struck at 95,000 taken away
 *
 * one after the other, with ~ between. What the market does not have is left out when it is read.
 */
import type { LabExpiry, LabMarket, LabQuote } from "./labMarket.ts";

/** Longer lists of changes stay out of the address: browsers cut it. */
export const mostEdits = 60;

/** Lowest and highest volatility of a quote, decimal. */
const volRange = [0.0005, 10] as const;

const dayOf = ({ expiryMs }: LabExpiry): string =>
  new Date(expiryMs).toISOString().slice(0, 10).replaceAll("-", "");
const nameOf = ({ strike, type }: Pick<LabQuote, "strike" | "type">): string =>
  `${Number(strike.toPrecision(10))}${type === "call" ? "c" : "p"}`;
const volText = (vol: number): string => String(Number((100 * vol).toPrecision(8)));

/** What was changed. Null when it is too much for an address. */
export function editsText(before: LabMarket, now: LabMarket): string | null {
  const edits: string[] = [];
  for (const expiry of before.expiries) {
    const later = now.expiries.find(({ expiryMs }) => expiryMs === expiry.expiryMs);
    const quotes = later?.quotes ?? [];
    if (quotes === expiry.quotes) continue;
    const day = dayOf(expiry);
    for (const quote of expiry.quotes) {
      if (!quotes.some(({ id }) => id === quote.id)) edits.push(`${day}_${nameOf(quote)}_x`);
    }
    for (const quote of quotes) {
      const old = expiry.quotes.find(({ id }) => id === quote.id);
      if (old !== undefined && old.bidVol === quote.bidVol && old.askVol === quote.askVol) continue;
      edits.push(`${day}_${nameOf(quote)}_${volText(quote.bidVol)}_${volText(quote.askVol)}`);
    }
  }
  return edits.length > mostEdits ? null : edits.join("~");
}

/** The market with the changes of a text. */
export function withEdits(market: LabMarket, text: string): LabMarket {
  if (text === "") return market;
  const all = text.split("~").slice(0, mostEdits);
  const expiries = market.expiries.map((expiry) => {
    const edits = all.filter((edit) => edit.startsWith(`${dayOf(expiry)}_`));
    return edits.length === 0 ? expiry : { ...expiry, quotes: quotesAfter(expiry, edits) };
  });
  return { ...market, expiries: expiries.filter(({ quotes }) => quotes.length > 0) };
}

function quotesAfter(expiry: LabExpiry, edits: readonly string[]): readonly LabQuote[] {
  const quotes = new Map(expiry.quotes.map((quote) => [nameOf(quote), quote]));
  for (const edit of edits) {
    const [, name, bid, ask] = edit.split("_");
    if (bid === "x") quotes.delete(name);
    const [bidVol, askVol] = [Number(bid) / 100, Number(ask) / 100];
    if (!(bidVol >= volRange[0] && askVol >= bidVol && askVol <= volRange[1])) continue;
    const known = quotes.get(name);
    const changed = known ?? addedQuote(expiry, name);
    if (changed !== null) quotes.set(name, { ...changed, bidVol, askVol, edited: true });
  }
  return [...quotes.values()].sort((a, b) => a.strike - b.strike);
}

/** A quote of the reader's own; null where the strike is none. */
function addedQuote(expiry: LabExpiry, name: string): LabQuote | null {
  const strike = Number(name.slice(0, -1));
  const k = Math.log(strike / expiry.forward);
  if (!(Math.abs(k) < Math.log(5)) || !/[cp]$/.test(name)) return null;
  return ownQuote(expiry, strike, 0, 0);
}

/** A quote that the reader adds: a put below the forward, a call from it on. */
export function ownQuote(
  { expiryMs, forward }: LabExpiry,
  strike: number,
  bidVol: number,
  askVol: number,
): LabQuote {
  const type = strike >= forward ? "call" : "put";
  const day = new Date(expiryMs).toISOString().slice(0, 10);
  return {
    id: `added-${day}-${strike}-${type === "call" ? "C" : "P"}`,
    type,
    strike,
    logMoneyness: Math.log(strike / forward),
    bidVol,
    askVol,
    edited: true,
  };
}
