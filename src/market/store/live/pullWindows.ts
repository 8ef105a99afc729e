/** Windows of history between fixed dates, each with a name, so that one that is over is asked for once. */
import { MS_PER_DAY } from "../../dayCount.ts";
import type { PartContext } from "./pullParts.ts";

/** Windows between fixed dates that the asked-for time touches, without those that the store has. */
export function* windows(
  { fromMs, toMs, venue, currency, has }: PartContext,
  what: string,
  width: "year" | "month" | "day" | "half-day",
): Generator<{ readonly name: string; readonly fromMs: number; readonly toMs: number }> {
  for (let start = windowStart(fromMs, width); start < toMs; ) {
    const next = windowStart(
      start + { year: 366, month: 31, day: 1, "half-day": 0.5 }[width] * MS_PER_DAY,
      width,
    );
    const name = `${venue} ${currency} ${what} ${new Date(start).toISOString().slice(0, width === "half-day" ? 13 : 10)}`;
    if (!has(name)) yield { name, fromMs: start, toMs: next };
    start = next;
  }
}

function windowStart(ms: number, width: "year" | "month" | "day" | "half-day"): number {
  const date = new Date(ms);
  if (width === "year") return Date.UTC(date.getUTCFullYear(), 0);
  if (width === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const step = width === "day" ? MS_PER_DAY : MS_PER_DAY / 2;
  return Math.floor(ms / step) * step;
}
