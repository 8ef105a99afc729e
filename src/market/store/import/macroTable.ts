/**
 * Daily macro series: a date and values.
 *
 * The series is named by a column `symbol`, else by the one value column (DGS10, ^GSPC), else by the file. What a
 * date's value says was not known on that date's morning, so each series has its own time of publication:
 *
 *   closes of exchanges     two hours after the New York close of the date
 *   Treasury yields (FRED)  22:00 UTC on the next weekday
 *   fear and greed          the end of the date, UTC
 *   anything else           22:00 UTC on the next weekday
 */
import { MS_PER_DAY } from "../../dayCount.ts";
import type { RowGroup, RowOf } from "../kinds.ts";
import { newYorkCloseMs, type StoreTable, timeCell, valueCell } from "./storeTable.ts";

interface SeriesFacts {
  readonly unit: string;
  readonly known: (isoDate: string, dateMs: number) => number;
}

const afterClose = (isoDate: string): number => newYorkCloseMs(isoDate) + 2 * 3_600_000;

/** 22:00 UTC on the weekday after a date. */
function nextWeekday(_: string, dateMs: number): number {
  let next = dateMs + MS_PER_DAY;
  while ([0, 6].includes(new Date(next).getUTCDay())) next += MS_PER_DAY;
  return next + 22 * 3_600_000;
}

const facts: readonly (readonly [RegExp, SeriesFacts])[] = [
  [/^\^?VIX$/, { unit: "volPercent", known: afterClose }],
  [/^\^?(GSPC|SPX|SPY)$/, { unit: "price", known: afterClose }],
  [/^DXY$/, { unit: "index", known: afterClose }],
  [/^DGS\d+(MO)?$/, { unit: "percentPerYear", known: nextWeekday }],
  [/^FNG$/, { unit: "index0to100", known: (_, dateMs) => dateMs + MS_PER_DAY }],
];
const otherFacts: SeriesFacts = { unit: "unstated", known: nextWeekday };

const PRICE_NAMES = ["open", "high", "low", "close", "volume"];

/** A date, and either one value or open, high, low, close. */
export const macroTable: StoreTable = {
  name: "daily series",
  matches(header) {
    const lower = header.map((name) => name.toLowerCase());
    if (!lower.includes("date")) return false;
    return lower.includes("close") || header.length === 2;
  },
  open(source, header) {
    const lower = header.map((name) => name.toLowerCase());
    const dateAt = lower.indexOf("date");
    const symbolAt = lower.indexOf("symbol");
    const closeAt = lower.indexOf("close");
    const valueAt = closeAt >= 0 ? closeAt : header.length - 1 - dateAt;
    const named = PRICE_NAMES.includes(lower[valueAt]) ? nameOfFile(source) : header[valueAt];
    const bySeries = new Map<string, RowOf<"macro">[]>();
    let line = 1;
    return {
      row(cells) {
        line++;
        const number = (name: string): number | null =>
          lower.includes(name) ? valueCell(source, line, cells[lower.indexOf(name)]) : null;
        const value = valueCell(source, line, cells[valueAt]);
        // A holiday.
        if (value === null) return;
        const series = (symbolAt >= 0 ? cells[symbolAt] : named).replace(/^\^/, "").toUpperCase();
        const { unit, known } = facts.find(([name]) => name.test(series))?.[1] ?? otherFacts;
        const eventMs = timeCell(source, line, cells[dateAt]);
        let rows = bySeries.get(series);
        if (rows === undefined) bySeries.set(series, (rows = []));
        rows.push({
          eventMs,
          knownMs: known(new Date(eventMs).toISOString(), eventMs),
          series,
          unit,
          intervalMs: MS_PER_DAY,
          value,
          open: number("open"),
          high: number("high"),
          low: number("low"),
          volume: number("volume"),
        });
      },
      groups: () =>
        [...bySeries].map(
          ([underlying, rows]): RowGroup => ({
            kind: "macro",
            venue: "macro",
            underlying,
            rows,
          }),
        ),
    };
  },
};

/** "vix_daily_1990_2026.csv.gz" → "vix" */
const nameOfFile = (source: string): string => /^[a-z0-9^]+/i.exec(source)?.[0] ?? source;
