/**
 * The lesson's market: quotes made by Heston's model, whose truth we know because we chose it.
 *
 * Prices are undiscounted on a forward of 100. The classes of quotes that a reader sees (bid, ask) are the truth plus
 * and minus a half spread in volatility.
 */
import { type HestonParams, hestonVol } from "volterra/pricing";

/** Volatility 60 % now and on average, that moves a lot and rises when the price falls. */
export const lessonHeston: HestonParams = { v0: 0.36, kappa: 3, theta: 0.36, nu: 1.4, rho: -0.55 };

/** Half the gap between bid and ask, in volatility: 0.6 points. */
export const halfSpread = 0.006;

export interface LessonQuote {
  readonly years: number;
  readonly strike: number;
  /** Truth, decimal per √year. */
  readonly vol: number;
}

/** Strikes at these numbers of standard deviations. */
const places = [-1.8, -1.2, -0.75, -0.35, 0, 0.35, 0.75, 1.2, 1.7] as const;
export const lessonDays = [30, 90] as const;

/** Nine quotes at each of two expiries, increasing in strike. */
export const lessonQuotes: readonly LessonQuote[] = lessonDays.flatMap((days) => {
  const years = days / 365;
  return places.map((z) => {
    const strike = Math.round(100 * Math.exp(z * 0.6 * Math.sqrt(years)) * 2) / 2;
    return { years, strike, vol: hestonVol(lessonHeston, Math.log(strike / 100), years) };
  });
});
