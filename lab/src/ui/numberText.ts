/** Numbers as the pages write them. */

/** "12.3 %" of 0.123. */
export const percent = (value: number, digits = 1): string =>
  Number.isFinite(value) ? `${(100 * value).toFixed(digits)} %` : "–";

/** "0.43" */
export const decimals = (value: number, digits = 2): string =>
  Number.isFinite(value) ? value.toFixed(digits).replace(/^-(0(\.0*)?)$/, "$1") : "–";

/** "90,000", "4,468.2", "0.0123": five significant digits, grouped. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.max(0, 4 - Math.floor(Math.log10(Math.max(1, Math.abs(value)))));
  return value.toLocaleString("en-GB", {
    maximumFractionDigits: Math.abs(value) < 1 ? 4 : digits,
  });
}

/** "340 ms", "2.4 s". */
export const duration = (seconds: number): string =>
  seconds < 0.001
    ? "< 1 ms"
    : seconds < 1
      ? `${Math.round(1000 * seconds)} ms`
      : `${seconds.toFixed(1)} s`;

/** "2 days", "11 weeks", "9 months": a time to expiry in the unit a trader would use. */
export function tenor(years: number): string {
  const days = 365 * years;
  if (days < 1.5) return `${Math.max(1, Math.round(24 * days))} h`;
  if (days < 60) return `${Math.round(days)} days`;
  if (days < 700) return `${Math.round(days / 30.4)} months`;
  return `${years.toFixed(1)} years`;
}
