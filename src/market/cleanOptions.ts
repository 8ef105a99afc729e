/**
 * Settings of `clean`: which quotes say enough to be fitted.
 */
import { InputError } from "../num/errors.ts";

export interface CleanOptions {
  /** Range of the forward call delta N(d1) at the mid. */
  readonly minDelta?: number;
  readonly maxDelta?: number;
  readonly minDays?: number;
  /** Widest bid-ask spread in volatility, as a share of the mid volatility. */
  readonly maxSpread?: number;
  /** How far the mark may lie outside [bid, ask], in bid-ask spreads; a mark is a model's, so any by default. */
  readonly maxMarkDistance?: number;
  /** Fewest quotes that an expiry needs. */
  readonly minQuotes?: number;
  /** Most quotes to keep of an expiry, spread evenly over its strikes; all when absent. */
  readonly maxQuotesPerExpiry?: number;
  /** Smallest half spread in `weight`, decimal volatility; `halfSpreadVol` has no floor. */
  readonly weightFloorVol?: number;
  /** What to do with values that no market produces: NaN, a negative price, a strike of zero. */
  readonly invalidRows?: "refuse" | "drop";
}

/** Defaults of `clean`. */
export const cleanDefaults = {
  minDelta: 0.02,
  maxDelta: 0.98,
  minDays: 1.5,
  maxSpread: 0.35,
  maxMarkDistance: Infinity,
  minQuotes: 5,
  weightFloorVol: 0.0005,
  invalidRows: "refuse",
} as const;

/** Options with the defaults filled in. */
export type CleanSettings = Required<Omit<CleanOptions, "maxQuotesPerExpiry">> &
  Pick<CleanOptions, "maxQuotesPerExpiry">;

/** Options with defaults for what is absent or undefined.
 *
 * Throws  InputError naming a setting that makes no sense
 */
export function cleanSettings(options: CleanOptions): CleanSettings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: CleanSettings = { ...cleanDefaults, ...Object.fromEntries(given) };
  checkSettings(settings);
  return settings;
}

function checkSettings(settings: CleanSettings): void {
  const refuse = (name: keyof CleanOptions, expected: string): never => {
    throw new InputError(
      `clean: expected ${name} to be ${expected}, got ${settings[name]}. Its default is ${Reflect.get(cleanDefaults, name) ?? "no limit"}.`,
    );
  };
  const { minDelta, maxDelta, minDays, maxSpread, maxMarkDistance } = settings;
  if (!(minDelta >= 0 && minDelta < 0.5)) refuse("minDelta", "from 0 to below 0.5");
  if (!(maxDelta > 0.5 && maxDelta <= 1)) refuse("maxDelta", "above 0.5 and at most 1");
  if (!(minDays >= 0)) refuse("minDays", "a non-negative number of days");
  if (!(maxSpread > 0)) refuse("maxSpread", "a positive share of the mid volatility");
  if (!(maxMarkDistance >= 0)) refuse("maxMarkDistance", "a non-negative number of spreads");
  if (!(settings.weightFloorVol > 0)) refuse("weightFloorVol", "a positive volatility");
  for (const name of ["minQuotes", "maxQuotesPerExpiry"] as const) {
    const count = settings[name];
    if (count !== undefined && !(Number.isInteger(count) && count > 0)) {
      refuse(name, "a positive whole number");
    }
  }
}
