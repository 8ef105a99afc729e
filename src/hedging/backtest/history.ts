/**
 * From recorded chains and prices to moments: an as-of join.
 *
 * At a chain's time the perpetual's price is the recorded one, where there is one within `maxPriceGapMs`; else the
 * forward of the nearest expiry, which for days ahead is the same within basis points. Bars come with the first
 * moment after their end. Where no chain came for long, moments of price alone are made from the bars.
 *
 * Bars are of another venue or another dollar. The ratio of both prices is measured at past moments, inside bars that
 * have ended, and averaged over the last `basisMoments` of them.
 */
import type { QuoteSet, RawQuote } from "../../market/index.ts";
import { InputError } from "../../num/errors.ts";
import type {
  FundingPoint,
  HistoryState,
  Moment,
  PriceBar,
  PricePoint,
  PriceSource,
} from "./moment.ts";

/** What is recorded beside the chains, each in time order. */
export interface SideSeries {
  readonly perpetual: readonly PricePoint[];
  readonly bars: readonly PriceBar[];
  readonly funding: readonly FundingPoint[];
}

export interface HistoryOptions {
  /** Take recorded prices of the perpetual, or always the chain's nearest forward. */
  readonly price?: "recorded" | "forward";
  /** Hours without a chain after which a moment is made from bars; 0 makes none. */
  readonly fillHours?: number;
  readonly maxPriceGapMs?: number;
}

const historyDefaults = {
  price: "recorded",
  fillHours: 8,
  maxPriceGapMs: 60_000,
} as const;

const startOfHistory: HistoryState = { lastMs: Number.MIN_SAFE_INTEGER, waiting: [], ratios: [] };

const basisMoments = 20;
const hour = 3_600_000;

/** Moments of chains in time order; `from` a moment's `history`, they go on after it with the chains after it.
 *
 * Throws  InputError when a chain has no price to go with it
 */
export async function* historyMoments(
  chains: AsyncIterable<QuoteSet> | Iterable<QuoteSet>,
  side: SideSeries,
  options: HistoryOptions = {},
  from: HistoryState = startOfHistory,
): AsyncGenerator<Moment> {
  const { price, fillHours, maxPriceGapMs } = { ...historyDefaults, ...options };
  const join = asOfJoin(side, from);
  for await (const quotes of chains) {
    const until = quotes.asOfMs;
    if (fillHours > 0) yield* join.filled(until, fillHours);
    const recorded = price === "recorded" ? join.recorded(until, maxPriceGapMs) : undefined;
    const found = recorded ?? nearestForward(quotes);
    const from = recorded === undefined ? "forward" : "perpetual";
    yield join.moment(until, quotes.source, found, from, quotes);
  }
}

/** Forward of the nearest expiry that has not passed. */
function nearestForward({ quotes, source, asOfMs }: QuoteSet): number {
  let best: RawQuote | undefined;
  for (const quote of quotes) {
    if (quote.forward === null || quote.expiryMs <= asOfMs) continue;
    if (best === undefined || quote.expiryMs < best.expiryMs) best = quote;
  }
  if (best === undefined || best.forward === null) {
    throw new InputError(
      `${source}: expected a forward or a recorded price of the underlying, got neither. Add the perpetual's prices to the history.`,
    );
  }
  return best.forward;
}

interface Join {
  recorded(timeMs: number, maxGapMs: number): number | undefined;
  filled(untilMs: number, fillHours: number): Generator<Moment>;
  moment(
    timeMs: number,
    source: string,
    price: number,
    from: PriceSource,
    quotes: QuoteSet | null,
  ): Moment;
}

/** Pointers into the side series that only move forward. */
function asOfJoin({ perpetual, bars, funding }: SideSeries, from: HistoryState): Join {
  let { lastMs } = from;
  let barAt = 0;
  let fundingAt = 0;
  let priceAt = 0;
  /** Prices that were seen, whose bars may not have ended yet. */
  let waiting: PricePoint[] = [...from.waiting];
  let ratios: number[] = [...from.ratios];
  while (barAt < bars.length && bars[barAt].endMs <= lastMs) barAt++;
  const basis = (): number =>
    ratios.length === 0 ? 1 : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;

  const passBars = (timeMs: number): PriceBar[] => {
    const passed: PriceBar[] = [];
    for (; barAt < bars.length && bars[barAt].endMs <= timeMs; barAt++) {
      const bar = bars[barAt];
      if (bar.endMs > lastMs) passed.push(bar);
      const inside = waiting.filter((point) => point.timeMs < bar.endMs);
      waiting = waiting.filter((point) => point.timeMs >= bar.endMs);
      for (const point of inside) {
        if (point.timeMs < bar.startMs) continue;
        const share = (point.timeMs - bar.startMs) / (bar.endMs - bar.startMs);
        ratios.push(point.price / (bar.open + share * (bar.close - bar.open)));
      }
    }
    ratios = ratios.slice(-basisMoments);
    return passed;
  };
  const passFunding = (timeMs: number): FundingPoint[] => {
    const passed: FundingPoint[] = [];
    for (; fundingAt < funding.length && funding[fundingAt].timeMs <= timeMs; fundingAt++) {
      if (funding[fundingAt].timeMs > lastMs) passed.push(funding[fundingAt]);
    }
    return passed;
  };
  const join: Join = {
    recorded(timeMs, maxGapMs) {
      while (priceAt < perpetual.length && perpetual[priceAt].timeMs < timeMs - maxGapMs) priceAt++;
      const point = perpetual[priceAt];
      return point !== undefined && point.timeMs <= timeMs + maxGapMs ? point.price : undefined;
    },
    *filled(untilMs, fillHours) {
      if (lastMs === startOfHistory.lastMs) return;
      for (;;) {
        const tick = lastMs + fillHours * hour;
        if (tick >= untilMs) return;
        let last = barAt;
        while (last < bars.length && bars[last].endMs <= tick) last++;
        const bar = bars[last - 1];
        // a bar that ended long ago says nothing about this moment
        if (bar === undefined || last === barAt || bar.endMs < tick - 2 * hour) return;
        const passed = bar.endMs;
        yield join.moment(passed, "bars", bar.close * basis(), "bars", null);
      }
    },
    moment(timeMs, source, price, priceFrom, quotes) {
      const passed = passBars(timeMs);
      const paid = passFunding(timeMs);
      if (priceFrom !== "bars") waiting.push({ timeMs, price });
      lastMs = timeMs;
      return {
        timeMs,
        source,
        price,
        priceFrom,
        quotes,
        bars: passed,
        barBasis: basis(),
        funding: paid,
        history: { lastMs, waiting, ratios },
      };
    },
  };
  return join;
}
