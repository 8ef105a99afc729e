/**
 * Parts of a pull that say what was: DVOL, funding, delivery prices, trades.
 *
 * History comes in windows (pullWindows.ts). One is whole when it was over for an hour and every item of it was
 * what it should be; otherwise the next pull asks for it again.
 */
import { InputError } from "../../../num/errors.ts";
import { MS_PER_DAY } from "../../dayCount.ts";
import { tradeRows, volatilityIndexRows } from "../../sources/deribitRows.ts";
import { refuseFuture } from "../../sources/live/liveRows.ts";
import { checked, schemas } from "../../sources/live/schema.ts";
import type { RowGroup, RowOf } from "../kinds.ts";
import { type DvolStep, indexGroup, indexRow, type Part, tryRow } from "./pullParts.ts";
import { windows } from "./pullWindows.ts";

/** Bars of DVOL by their width: how the exchange names it, and windows that hold at most 1,000 of them. */
const dvolBars = {
  "1D": { stepMs: MS_PER_DAY, resolution: "1D", window: "year" },
  "1h": { stepMs: 3_600_000, resolution: "3600", window: "month" },
  "1m": { stepMs: 60_000, resolution: "60", window: "half-day" },
} as const satisfies Readonly<Record<DvolStep, object>>;

const HOUR_MS = 3_600_000;
/** How long after its end a window is taken to be whole. */
const SETTLED_MS = HOUR_MS;
const PAGE = 1000;

/** The parts by name. */
export const historyParts = {
  async *dvol(context) {
    const { currency, ask, dvolStep, refuse } = context;
    const { stepMs, window, resolution } = dvolBars[dvolStep];
    const source = `get_volatility_index_data ${currency}`;
    for (const { name, fromMs, toMs } of windows(context, `dvol ${dvolStep}`, window)) {
      let [end, isWhole]: [number | null, boolean] = [toMs - 1, true];
      const rows: RowOf<"index">[] = [];
      let [venue, overMs] = ["deribit", 0];
      while (end !== null) {
        const { result, at, sentMs } = await ask("get_volatility_index_data", {
          currency,
          start_timestamp: String(fromMs),
          end_timestamp: String(end),
          resolution,
        });
        ({ venue } = at);
        overMs = sentMs;
        const { data, continuation } = checked(source, schemas.volatilityPage, result);
        for (const bar of data) {
          const own = tryRow(refuse, source, bar, () => {
            checked(source, schemas.volatilityBar, bar);
            return volatilityIndexRows(source, [bar], stepMs);
          });
          isWhole &&= own !== null;
          // A bar that is not over has no close yet.
          for (const row of own ?? []) {
            const isOwn = row.eventMs >= fromMs && row.eventMs < toMs;
            if (isOwn && row.knownMs <= sentMs) rows.push(row);
          }
        }
        end =
          continuation != null && continuation >= fromMs && continuation < end
            ? continuation
            : null;
      }
      isWhole &&= toMs + SETTLED_MS <= overMs;
      const groups = rows.length === 0 ? [] : [indexGroup(venue, currency, rows)];
      yield { name, window: isWhole ? name : null, groups };
    }
  },
  async *funding(context) {
    const { currency, ask, refuse } = context;
    const instrument = `${currency}-PERPETUAL`;
    const source = `get_funding_rate_history ${instrument}`;
    for (const { name, fromMs, toMs } of windows(context, "funding", "month")) {
      const rows = new Map<number, RowOf<"funding">>();
      let [end, isWhole, venue, overMs] = [toMs - 1, true, "deribit", 0];
      for (;;) {
        const { result, at, sentMs } = await ask("get_funding_rate_history", {
          instrument_name: instrument,
          start_timestamp: String(fromMs),
          end_timestamp: String(end),
        });
        ({ venue } = at);
        overMs = sentMs;
        const before = rows.size;
        let firstMs = end;
        for (const item of list(source, result)) {
          const row = tryRow(refuse, source, item, () => {
            const { timestamp, interest_1h } = checked(source, schemas.fundingItem, item);
            refuseFuture(source, timestamp, at.latestMs);
            return fundingRow(instrument, timestamp, interest_1h);
          });
          isWhole &&= row !== null;
          if (row === null || row.eventMs < fromMs || row.eventMs >= toMs) continue;
          rows.set(row.eventMs, row);
          firstMs = Math.min(firstMs, row.eventMs);
        }
        // A reply has a longest length, which counts from the end.
        if (rows.size === before || firstMs < fromMs + HOUR_MS) break;
        end = firstMs - 1;
      }
      isWhole &&= toMs + SETTLED_MS <= overMs;
      const sorted = [...rows.values()].sort((a, b) => a.eventMs - b.eventMs);
      const group: RowGroup = { kind: "funding", venue, underlying: currency, rows: sorted };
      yield { name, window: isWhole ? name : null, groups: sorted.length === 0 ? [] : [group] };
    }
  },
  async *delivery({ currency, ask, fromMs, toMs, refuse }) {
    const index_name = `${currency.toLowerCase()}_usd`;
    const source = `get_delivery_prices ${index_name}`;
    const rows: RowOf<"index">[] = [];
    let [offset, oldestMs, total, venue] = [0, Infinity, Infinity, "deribit"];
    while (offset < total && oldestMs >= fromMs) {
      const query = { index_name, offset: String(offset), count: "100" };
      const { result, at } = await ask("get_delivery_prices", query);
      ({ venue } = at);
      const { data, records_total } = checked(source, schemas.deliveryPage, result);
      if (data.length === 0) break;
      total = records_total;
      offset += data.length;
      for (const item of data) {
        const row = tryRow(refuse, source, item, () => {
          const { date, delivery_price } = checked(source, schemas.deliveryItem, item);
          const ms = Date.parse(`${date}T08:00:00Z`);
          refuseFuture(source, ms, at.latestMs);
          return indexRow("DELIVERY", ms, ms, delivery_price, MS_PER_DAY);
        });
        if (row === null) continue;
        oldestMs = Math.min(oldestMs, row.eventMs);
        if (row.eventMs >= fromMs && row.eventMs < toMs) rows.push(row);
      }
    }
    rows.sort((a, b) => a.eventMs - b.eventMs);
    const groups = rows.length === 0 ? [] : [indexGroup(venue, currency, rows)];
    yield { name: `delivery ${currency}`, window: null, groups };
  },
  async *trades(context) {
    const { currency, ask, refuse } = context;
    const source = `get_last_trades_by_currency_and_time ${currency}`;
    for (const { name, fromMs, toMs } of windows(context, "trades", "day")) {
      const trades = new Map<string, RowOf<"trade">>();
      let [start, more, isWhole, venue, overMs] = [fromMs, true, true, "deribit", 0];
      while (more) {
        const { result, at, sentMs } = await ask("get_last_trades_by_currency_and_time", {
          currency,
          kind: "option",
          start_timestamp: String(start),
          end_timestamp: String(toMs - 1),
          count: String(PAGE),
          sorting: "asc",
        });
        ({ venue } = at);
        overMs = sentMs;
        const { trades: items, has_more } = checked(source, schemas.tradePage, result);
        let last = start;
        for (const item of items) {
          const own = tryRow(refuse, source, item, () => {
            const { timestamp } = checked(source, schemas.trade, item);
            refuseFuture(source, timestamp, at.latestMs);
            return tradeRows(source, item as Readonly<Record<string, unknown>>);
          });
          isWhole &&= own !== null;
          for (const row of own ?? []) {
            trades.set(`${row.instrument} ${row.tradeId}`, row);
            last = Math.max(last, row.eventMs);
          }
        }
        more = has_more && items.length > 0;
        if (more && last === start && start !== fromMs) {
          throw new InputError(
            `${source}: expected fewer than ${PAGE} trades in one millisecond, got more at ${start}. The day cannot be asked for in pages.`,
          );
        }
        // The next page begins in the same millisecond: trades of it may be on both, and are told by their number.
        start = last;
      }
      isWhole &&= toMs + SETTLED_MS <= overMs;
      const groups = [
        ...Map.groupBy(trades.values(), (row) => row.instrument.split("-", 1)[0]),
      ].map(([underlying, rows]): RowGroup => ({ kind: "trade", venue, underlying, rows }));
      yield { name, window: isWhole ? name : null, groups };
    }
  },
} satisfies Readonly<Record<string, Part>>;

function list(source: string, result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result as readonly unknown[];
  throw new InputError(
    `${source}: expected a list, got ${JSON.stringify(result)?.slice(0, 80)}. The exchange's interface may have changed.`,
  );
}

const fundingRow = (instrument: string, eventMs: number, rate: number): RowOf<"funding"> => ({
  eventMs,
  knownMs: eventMs,
  instrument,
  intervalMs: HOUR_MS,
  rate,
  mark: null,
});
