/**
 * What is known at one instant of a recorded history, and nothing later.
 *
 * A history is a sequence of moments in time order. Most hold a whole option chain; where none was recorded for long, a
 * moment may hold the price alone. The walk sees them one at a time, so it cannot look ahead.
 */
import { InputError } from "../../num/errors.ts";
import { formatInstant, type QuoteSet } from "../../market/index.ts";

/** A finished bar of the underlying's price. */
export interface PriceBar {
  readonly startMs: number;
  readonly endMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Funding of eight hours that was paid at an instant. */
export interface FundingPoint {
  readonly timeMs: number;
  /** Decimal; a long position pays when it is positive. */
  readonly ratePer8h: number;
}

/** A recorded price. */
export interface PricePoint {
  readonly timeMs: number;
  readonly price: number;
}

/** Where the reading of a history stands. Plain data. */
export interface HistoryState {
  readonly lastMs: number;
  /** Prices whose bars have not ended. */
  readonly waiting: readonly PricePoint[];
  /** The perpetual's price over the bars', the latest. */
  readonly ratios: readonly number[];
}

/** Where a moment's price came from. */
export type PriceSource = "perpetual" | "forward" | "bars";

/** One instant. */
export interface Moment {
  readonly timeMs: number;
  /** File or feed, for messages. */
  readonly source: string;
  /** Price at which the perpetual trades, dollars. */
  readonly price: number;
  readonly priceFrom: PriceSource;
  /** The chain, prices in coin; null when none was recorded. */
  readonly quotes: QuoteSet | null;
  /** Bars that ended after the moment before and not after this one. */
  readonly bars: readonly PriceBar[];
  /** The perpetual's price over the bars' (another venue, another currency), as far as it is known by now. */
  readonly barBasis: number;
  /** Funding paid after the moment before and not after this one. */
  readonly funding: readonly FundingPoint[];
  /** From here the history can be read on. */
  readonly history: HistoryState;
}

/** Refuses a moment that is not after the one before, or that holds no price.
 *
 * Throws  InputError naming the file and both times
 */
export function checkMoment(moment: Moment, beforeMs: number): void {
  const { timeMs, source, price, quotes } = moment;
  if (!(timeMs > beforeMs)) {
    throw new InputError(
      `${source}: expected a time after ${formatInstant(beforeMs)}, got ${formatInstant(timeMs)}. Sort the history by time and leave each snapshot in once.`,
    );
  }
  if (!(price > 0 && Number.isFinite(price))) {
    throw new InputError(
      `${source}: expected a price of the underlying > 0, got ${price}. Give the perpetual's prices or a chain with forwards.`,
    );
  }
  if (quotes !== null && quotes.quotes[0].unit !== "coin") {
    throw new InputError(
      `${source}: expected option prices in coin, got ${quotes.quotes[0].unit}. The back-test accounts for coin-settled options only.`,
    );
  }
}
