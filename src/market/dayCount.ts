/**
 * Times: milliseconds since 1970 UTC everywhere, years by ACT/365 (fixed).
 *
 *   yearsToExpiry = (expiry − as-of) / (365 · 86,400,000 ms)
 *
 * Year fractions found in data files are never used: Deribit snapshots and the SPX files carry years
 * of 365.25 days, Yahoo files are one day short. Deribit options expire at 08:00 UTC.
 */
import { InputError } from "../num/errors.ts";

export const MS_PER_DAY = 86_400_000;
const MS_PER_YEAR = 365 * MS_PER_DAY;
/** Hour of the day, UTC, at which Deribit options expire. */
const DERIBIT_EXPIRY_HOUR_UTC = 8;

const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");

/** ACT/365 years between two instants; negative when the expiry has passed.
 *
 * Units  milliseconds UTC → years of 365 days
 */
export function yearsBetween(asOfMs: number, expiryMs: number): number {
  return (expiryMs - asOfMs) / MS_PER_YEAR;
}

/** Instant of a Deribit date such as `5JAN26` or `27MAR26`, at 08:00 UTC.
 *
 * Throws  InputError when the text is not such a date
 */
export function deribitExpiryMs(date: string): number {
  const match = /^(\d{1,2})([A-Z]{3})(\d{2})$/.exec(date);
  const month = match === null ? -1 : MONTHS.indexOf(match[2]);
  if (match === null || month < 0) {
    throw new InputError(
      `Deribit expiry: expected a date such as 27MAR26, got "${date}". Check the instrument name.`,
    );
  }
  const ms = Date.UTC(2000 + Number(match[3]), month, Number(match[1]), DERIBIT_EXPIRY_HOUR_UTC);
  if (new Date(ms).getUTCMonth() !== month) {
    throw new InputError(
      `Deribit expiry: expected a day of the month, got "${date}". Check the instrument name.`,
    );
  }
  return ms;
}

/** Instant written in a data file; NaN when the text is no time.
 *
 * ISO 8601 with an offset or `Z`; without one it is read as UTC. A date alone (`2026-03-27` or
 * `20260327`) is taken at `hourUtc`. A bare number is seconds, milliseconds, microseconds or
 * nanoseconds since 1970 by its size, which is unambiguous for every instant from 1973 to 2286.
 *
 * Units  → milliseconds UTC
 */
export function parseInstant(text: string, hourUtc = 0): number {
  const value = text.trim();
  if (/^\d{8}$/.test(value)) {
    return dateAt(`${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6)}`, hourUtc);
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return dateAt(value, hourUtc);
  if (/^\d+(\.\d+)?(e\+?\d+)?$/i.test(value)) return epochMs(Number(value));
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value)) return Number.NaN;
  const iso = value.replace(" ", "T");
  return Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(iso) ? iso : `${iso}Z`);
}

/** ISO 8601 text of an instant, or the number itself when it is none. */
export function formatInstant(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

function dateAt(isoDate: string, hourUtc: number): number {
  return Date.parse(`${isoDate}T00:00:00Z`) + hourUtc * 3_600_000;
}

function epochMs(value: number): number {
  if (value < 1e11) return value * 1e3;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1e3 : value / 1e6;
}
