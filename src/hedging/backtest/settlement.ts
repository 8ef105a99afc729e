/**
 * The price at which an expired option is delivered.
 *
 * Deribit delivers at the average of its index over the last thirty minutes. What is recorded comes near it:
 *
 *   a bar of 30 minutes before the expiry   (open + high + low + close)/4
 *   a bar of an hour                        (open + 3 close)/4, the mean of its second half if it went straight
 *   neither                                 the price between the moments around the expiry, straight in time
 *
 * times the ratio of the perpetual's price to the bars'. Where it came from is kept with every trade.
 */
import type { Moment } from "./moment.ts";

/** A settlement price and its origin. */
export interface Settlement {
  readonly price: number;
  readonly from: "30-minute bar" | "hourly bar" | "interpolated";
  /** Hours between the moments around the expiry. */
  readonly gapHours: number;
}

const minute = 60_000;

/** Settlement of an expiry between two moments. */
export function settlementPrice(
  expiryMs: number,
  before: { readonly timeMs: number; readonly price: number },
  after: Moment,
): Settlement {
  const gapHours = (after.timeMs - before.timeMs) / (60 * minute);
  const bar = after.bars.find(({ endMs }) => Math.abs(endMs - expiryMs) < minute);
  if (bar !== undefined) {
    const length = bar.endMs - bar.startMs;
    if (Math.abs(length - 30 * minute) < minute) {
      const mean = (bar.open + bar.high + bar.low + bar.close) / 4;
      return { price: mean * after.barBasis, from: "30-minute bar", gapHours };
    }
    if (Math.abs(length - 60 * minute) < minute) {
      const mean = (bar.open + 3 * bar.close) / 4;
      return { price: mean * after.barBasis, from: "hourly bar", gapHours };
    }
  }
  const share = (expiryMs - before.timeMs) / (after.timeMs - before.timeMs);
  const price = before.price + share * (after.price - before.price);
  return { price, from: "interpolated", gapHours };
}
