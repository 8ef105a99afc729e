/** A recorded history that never was, for tests: chains of one volatility on a path, quoted in coin. */
import { blackPrice } from "../../formulas/index.ts";
import { makeQuoteSet, type QuoteSet, type RawQuote } from "../../market/index.ts";
import { philoxNormals } from "../../random/index.ts";
import { historyMoments } from "./history.ts";
import type { Moment } from "./moment.ts";

const day = 86_400_000;
/** A Friday, 08:00 UTC. */
export const firstExpiryMs = Date.UTC(2026, 0, 9, 8);

export interface TestHistory {
  readonly days: number;
  readonly everyHours?: number;
  readonly vol?: number;
  readonly seed?: number;
  /** Half spread in coin. */
  readonly halfSpread?: number;
  readonly startMs?: number;
}

/** Chains at every `everyHours`, on expiries a week apart. */
export function testChains({
  days,
  everyHours = 6,
  vol = 0.6,
  seed = 1,
  halfSpread = 0.0005,
  startMs = firstExpiryMs - 7 * day + 3_600_000,
}: TestHistory): QuoteSet[] {
  const count = Math.floor((days * 24) / everyHours);
  const normals = philoxNormals(seed, 0, count);
  const deviation = vol * Math.sqrt(everyHours / (24 * 365));
  let price = 90_000;
  return Array.from({ length: count }, (_, i) => {
    if (i > 0) price *= Math.exp(deviation * normals[i] - 0.5 * deviation * deviation);
    return testChain(startMs + i * everyHours * 3_600_000, price, vol, halfSpread);
  });
}

/** One chain: expiries on the next three Fridays, strikes 1000 apart around the price. */
export function testChain(
  asOfMs: number,
  price: number,
  vol: number,
  halfSpread: number,
): QuoteSet {
  const week = 7 * day;
  const next = firstExpiryMs + Math.ceil((asOfMs - firstExpiryMs + 1) / week) * week;
  const centre = Math.round(price / 1000) * 1000;
  const quotes: RawQuote[] = [];
  for (let e = 0; e < 3; e++) {
    const expiryMs = next + e * week;
    const yearsToExpiry = (expiryMs - asOfMs) / (365 * day);
    for (let strike = centre - 10_000; strike <= centre + 10_000; strike += 1000) {
      for (const type of ["call", "put"] as const) {
        const coin = blackPrice(type, { forward: price, strike, yearsToExpiry, vol }) / price;
        const name = new Date(expiryMs).toISOString().slice(2, 10).replaceAll("-", "");
        quotes.push({
          instrument: `BTC-${name}-${strike}-${type === "call" ? "C" : "P"}`,
          underlying: "BTC",
          type,
          strike,
          expiryMs,
          asOfMs,
          unit: "coin",
          bid: coin > halfSpread ? coin - halfSpread : null,
          ask: coin + halfSpread,
          mark: coin,
          markIv: vol,
          forward: price,
          discount: 1,
          openInterest: 1,
        });
      }
    }
  }
  return makeQuoteSet(`chain ${new Date(asOfMs).toISOString()}`, quotes);
}

/** Moments of chains alone. */
export async function testMoments(chains: readonly QuoteSet[]): Promise<Moment[]> {
  const side = { perpetual: [], bars: [], funding: [] };
  return allMoments(historyMoments(chains, side, { fillHours: 0 }));
}

/** All of a history at once. */
export async function allMoments(history: AsyncIterable<Moment>): Promise<Moment[]> {
  const all: Moment[] = [];
  for await (const moment of history) all.push(moment);
  return all;
}
