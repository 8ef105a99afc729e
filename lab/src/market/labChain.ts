/** Between the page's market and the library's chain: for workers, which have the library. */
import {
  type Chain,
  clean,
  countReasons,
  type Dropped,
  makeQuoteSet,
  type RawQuote,
  subsetChain,
} from "volterra/market";
import type { LabMarket, LabQuote } from "./labMarket.ts";

/** Nothing is judged a second time: what the reader drags somewhere is what models are fitted to. */
const openDoor = {
  minDelta: 0,
  maxDelta: 1,
  minDays: 0,
  maxSpread: 100,
  minQuotes: 1,
} as const;

/** The market as a chain. */
export function chainOf(market: LabMarket): Chain {
  const { underlying, asOfMs } = market;
  const quotes = market.expiries.flatMap(({ expiryMs, forward, discount, quotes: own }) =>
    own.map(
      (quote): RawQuote => ({
        instrument: quote.id,
        underlying,
        type: quote.type,
        strike: quote.strike,
        expiryMs,
        asOfMs,
        unit: "vol",
        bid: quote.bidVol,
        ask: quote.askVol,
        mark: null,
        markIv: null,
        forward,
        discount,
        openInterest: null,
      }),
    ),
  );
  return clean(makeQuoteSet("quotes of this page", quotes), openDoor).chain;
}

/** The part of a chain that models may see. */
export function visibleChain(market: LabMarket, chain: Chain): Chain {
  const hidden = new Set(
    market.expiries.flatMap(({ quotes }) => quotes.flatMap((q) => (q.hidden ? [q.id] : []))),
  );
  return hidden.size === 0
    ? chain
    : subsetChain(chain, ({ instrument }) => !hidden.has(instrument));
}

/** A chain as a market; `isHidden` names the quotes that models may not see. */
export function marketOf(
  chain: Chain,
  about: string,
  isHidden: (instrument: string) => boolean = () => false,
): LabMarket {
  return {
    underlying: chain.underlying,
    asOfMs: chain.asOfMs,
    about,
    expiries: chain.expiries.map(({ expiryMs, yearsToExpiry, forward, discount, quotes }) => ({
      expiryMs,
      yearsToExpiry,
      forward,
      discount,
      quotes: quotes.map(
        ({ instrument, type, strike, logMoneyness, bidVol, askVol }): LabQuote => ({
          id: instrument,
          type,
          strike,
          logMoneyness,
          bidVol,
          askVol,
          ...(isHidden(instrument) ? { hidden: true } : {}),
        }),
      ),
    })),
  };
}

/** "12 quotes left out: 8 too-wide, 4 zero." Empty when none was. */
export function droppedText(dropped: readonly Dropped[]): string {
  if (dropped.length === 0) return "";
  const reasons = [...countReasons(dropped)]
    .slice(0, 4)
    .map(([reason, count]) => `${count} ${reason.replaceAll("-", " ")}`);
  return ` ${dropped.length} quotes were left out: ${reasons.join(", ")}.`;
}
