/** From what people write to what programs use: strikes, years, fixings, signs. */
import type { HedgeConfig } from "./schema.ts";

/** A price in currency; `105%` is a share of the spot. */
export const priceOf = (price: number | string, spot: number): number =>
  typeof price === "number" ? price : (Number.parseFloat(price) / 100) * spot;

/** Calendar days as years. */
export const yearsOf = (days: number): number => days / 365;

/** Years of fixings every so many hours, counted back from the expiry, the earliest after now. */
export function fixingYears(days: number, everyHours: number): number[] {
  const count = Math.max(1, Math.ceil((24 * days) / everyHours - 1e-9));
  return Array.from(
    { length: count },
    (_, i) => (24 * days - (count - 1 - i) * everyHours) / 24 / 365,
  );
}

/** Days to the last expiry of the position. */
export const horizonDays = ({ position }: Pick<HedgeConfig, "position">): number =>
  Math.max(...position.map(({ days }) => days));

/** Trading dates up to the horizon. */
export const tradingDates = (config: Pick<HedgeConfig, "position" | "rebalancing">): number =>
  (24 * horizonDays(config)) / config.rebalancing.everyHours;
