/**
 * Ten calls that a reader may move, and what the library's auditor says about them, in words and trades.
 *
 * Prices are undiscounted on a forward of 100; a violation of less than a cent is rounding.
 */
import { blackPrice } from "volterra/formulas";
import { hestonVol } from "volterra/pricing";
import { type CallQuote, findQuoteArbitrage, type QuoteArbitrage } from "volterra/surface";
import { lessonDays, lessonHeston } from "./market.ts";

export interface MovableQuote {
  readonly days: number;
  readonly strike: number;
  readonly price: number;
}

const strikes = [80, 90, 100, 110, 120] as const;

/** The lesson's market at round strikes, to the cent. */
export const honestQuotes: readonly MovableQuote[] = lessonDays.flatMap((days) => {
  const years = days / 365;
  return strikes.map((strike) => {
    const vol = hestonVol(lessonHeston, Math.log(strike / 100), years);
    const exact = blackPrice("call", { forward: 100, strike, yearsToExpiry: years, vol });
    return { days, strike, price: Math.round(100 * exact) / 100 };
  });
});

const cent = 1e-4;

export const asCallQuote = ({ days, strike, price }: MovableQuote): CallQuote => ({
  name: `call ${strike}, ${days} days`,
  yearsToExpiry: days / 365,
  moneyness: strike / 100,
  bid: price / 100,
  ask: price / 100,
  mid: price / 100,
});

export interface Complaint {
  readonly title: string;
  /** The trades that win, and what they win. */
  readonly trades: string;
  /** Places in the list of quotes. */
  readonly quotes: readonly number[];
}

/** What is wrong with the quotes; empty when and only when some arbitrage-free surface goes through them. */
export function complaintsOf(quotes: readonly MovableQuote[]): readonly Complaint[] {
  return findQuoteArbitrage(quotes.map(asCallQuote), { tolerance: cent }).map((found) => ({
    ...words(found, quotes),
    quotes: found.quotes,
  }));
}

const call = ({ days, strike }: MovableQuote): string => `the ${strike} call of ${days} days`;
const money = (amount: number): string => amount.toFixed(2);

function words(
  { type, quotes: indices, size }: QuoteArbitrage,
  all: readonly MovableQuote[],
): Pick<Complaint, "title" | "trades"> {
  const involved = indices.map((i) => all[i]);
  const gain = 100 * size;
  switch (type) {
    case "butterfly": {
      const [low, middle, high] = [...involved].sort((a, b) => a.strike - b.strike);
      if (high === undefined) break;
      const share = (high.strike - middle.strike) / (high.strike - low.strike);
      if (share !== 0.5) break;
      return {
        title: "Butterfly: a price above the line between its neighbours",
        trades: `Sell two of ${call(middle)}; buy one of strike ${low.strike} and one of strike ${high.strike}. You are paid ${money(2 * gain)} today. At the expiry this pays you up to ${high.strike - middle.strike} and never costs you anything.`,
      };
    }
    case "call_spread_monotone": {
      const [low, high] = [...involved].sort((a, b) => a.strike - b.strike);
      return {
        title: "A worse right costs more",
        trades: `Sell ${call(high)} and buy the one of strike ${low.strike}, which pays at least as much. You are paid ${money(gain)} today.`,
      };
    }
    case "call_spread_slope": {
      const [low, high] = [...involved].sort((a, b) => a.strike - b.strike);
      return {
        title: "Two prices further apart than their strikes",
        trades: `Sell ${call(low)}, buy the one of strike ${high.strike} and put ${high.strike - low.strike} aside: more than the difference can ever be. ${money(gain)} is left over.`,
      };
    }
    case "intrinsic":
      return {
        title: "Cheaper than what it is worth at the very least",
        trades: `Buy ${call(involved[0])} and sell the underlying for the expiry: ${money(gain)} is certain.`,
      };
    case "upper_bound":
      return {
        title: "Dearer than the underlying itself",
        trades: `Sell ${call(involved[0])} and buy the underlying, which can only pay more: ${money(gain)} is certain.`,
      };
    case "calendar": {
      const [sold, bought] = involved;
      return {
        title: "Calendar: less time costs more",
        trades: `Sell ${call(sold)} and buy ${call(bought)}. You are paid ${money(gain)} today, and whatever the first one costs you at its expiry, the second one is then worth at least as much.`,
      };
    }
    default:
  }
  const [sold, ...bought] = involved;
  return {
    title: type.includes("calendar")
      ? "Calendar: an early price above what later ones allow"
      : "Butterfly: a price above what its neighbours allow",
    trades: `Sell ${call(sold)} and buy a mixture of ${bought.map(call).join(" and ") || "the underlying"}: it always pays at least as much and costs ${money(gain)} less.`,
  };
}
