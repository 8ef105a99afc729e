/**
 * How the volatility moves with the price: the slope of its changes on changes of ln S, through the origin, up to now.
 *
 *   β = Σ Δσ Δx / Σ Δx²,   with weights that halve in `halfLifeDays`
 *
 * Source  Hull & White (2017), Optimal delta hedging for options, who regress on the delta-hedge's error instead; here the
 *         quoted volatility is seen, so it is measured itself
 */

/** Sums of a regression that goes on. Plain data. */
export interface VolSlope {
  readonly timeMs: number;
  readonly logPrice: number;
  readonly vol: number;
  readonly xx: number;
  readonly xy: number;
  readonly count: number;
}

const volSlopeDefaults = { halfLifeDays: 30, mostHours: 30, leastCount: 20 } as const;

/** The sums after a moment. Pairs further apart than `mostHours` say little about the slope and are left out. */
export function withVol(
  before: VolSlope | null,
  timeMs: number,
  price: number,
  vol: number,
): VolSlope {
  const logPrice = Math.log(price);
  if (before === null) return { timeMs, logPrice, vol, xx: 0, xy: 0, count: 0 };
  const hours = (timeMs - before.timeMs) / 3_600_000;
  const kept = 2 ** (-hours / (24 * volSlopeDefaults.halfLifeDays));
  const isPair = hours <= volSlopeDefaults.mostHours;
  const x = isPair ? logPrice - before.logPrice : 0;
  const y = isPair ? vol - before.vol : 0;
  return {
    timeMs,
    logPrice,
    vol,
    xx: kept * before.xx + x * x,
    xy: kept * before.xy + x * y,
    count: before.count + (isPair ? 1 : 0),
  };
}

/** β; 0 until enough was seen. */
export const slopeOf = (sums: VolSlope | null): number =>
  sums === null || sums.count < volSlopeDefaults.leastCount || sums.xx === 0
    ? 0
    : sums.xy / sums.xx;
