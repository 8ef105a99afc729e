/**
 * Constant-maturity factors of a term structure: volatility at the money and 25-delta skew to a number of days.
 *
 *   w(T) = σ(T)² T, linear in T between the two expiries around T;  σ = √(w/T)
 *
 * Volatility differences are interpolated linearly in T. No extrapolation: a snapshot without an expiry on each
 * side of T gives no value.
 */
import { MS_PER_DAY } from "../market/dayCount.ts";
import type { RowOf } from "../market/store/kinds.ts";

/** Points (known at, value) of one factor of the rows of one underlying. */
export function termFactor(
  rows: readonly RowOf<"term">[],
  factor: "atm" | "skew",
  days: number,
): [knownMs: number, value: number][] {
  const snapshots = new Map<number, RowOf<"term">[]>();
  for (const row of rows) {
    snapshots.set(row.knownMs, [...(snapshots.get(row.knownMs) ?? []), row]);
  }
  const points: [number, number][] = [];
  for (const [knownMs, expiries] of snapshots) {
    const curve = expiries
      .map((row) => ({
        days: (row.expiryMs - row.eventMs) / MS_PER_DAY,
        value: factor === "atm" ? row.atmIv : difference(row.putIv25, row.callIv25),
      }))
      .filter((point): point is { days: number; value: number } => point.value !== null)
      .sort((a, b) => a.days - b.days);
    const right = curve.findIndex((point) => point.days >= days);
    if (right < 0 || (right === 0 && curve[0].days > days)) continue;
    const high = curve[right];
    const low = curve[Math.max(0, right - 1)];
    const weight = high.days === low.days ? 1 : (days - low.days) / (high.days - low.days);
    const variance = (point: { days: number; value: number }) => point.value ** 2 * point.days;
    const value =
      factor === "atm"
        ? Math.sqrt(((1 - weight) * variance(low) + weight * variance(high)) / days)
        : (1 - weight) * low.value + weight * high.value;
    points.push([knownMs, value]);
  }
  return points;
}

const difference = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a - b;
