/**
 * Tables of venues other than options: spot bars, funding, futures, DVOL, and computed term structures.
 */
import { MS_PER_DAY } from "../../dayCount.ts";
import { columnIndices } from "../../sources/csv.ts";
import { futureExpiryMs } from "../../sources/deribitRows.ts";
import type { RowGroup, RowOf } from "../kinds.ts";
import {
  assetOf,
  needCell,
  type StoreTable,
  timeCell,
  UNSTATED,
  usualStep,
  valueCell,
} from "./storeTable.ts";

const has = (header: readonly string[], ...names: readonly string[]): boolean =>
  names.every((name) => header.includes(name));
const BAR_TIMES = ["timestamp", "open_time", "Open time"];

/** Bars: a time of opening and open, high, low, close; the length is the usual step. */
export const barTable: StoreTable = {
  name: "bars",
  matches: (header) =>
    header.some((name) => BAR_TIMES.includes(name)) &&
    has(
      header.map((name) => name.toLowerCase()),
      "open",
      "high",
      "low",
      "close",
    ),
  open(source, header, hints) {
    const lower = header.map((name) => name.toLowerCase());
    const at = columnIndices(source, lower, ["open", "high", "low", "close"]);
    const timeAt = header.findIndex((name) => BAR_TIMES.includes(name));
    const volumeAt = lower.indexOf("volume");
    const { underlying, pair } = assetOf(source, hints);
    const bars: Omit<RowOf<"bar">, "knownMs" | "intervalMs">[] = [];
    let line = 1;
    return {
      row(cells) {
        line++;
        bars.push({
          eventMs: timeCell(source, line, cells[timeAt]),
          instrument: pair,
          open: needCell(source, line, cells[at.open]),
          high: needCell(source, line, cells[at.high]),
          low: needCell(source, line, cells[at.low]),
          close: needCell(source, line, cells[at.close]),
          volume: valueCell(source, line, cells[volumeAt]),
        });
      },
      groups() {
        const intervalMs = usualStep(bars.map(({ eventMs }) => eventMs));
        const rows = bars.map((bar) => ({ ...bar, knownMs: bar.eventMs + intervalMs, intervalMs }));
        return [{ kind: "bar", venue: hints.venue ?? UNSTATED, underlying, rows }];
      },
    };
  },
};

/** Funding: a rate at the time it is paid, or (`funding_mean`) the mean of a day. */
export const fundingTable: StoreTable = {
  name: "funding",
  matches: (header) =>
    has(header, "timestamp", "funding_rate") || has(header, "date", "funding_mean"),
  open(source, header, hints) {
    const isMean = header.includes("funding_mean");
    const timeAt = header.indexOf(isMean ? "date" : "timestamp");
    const rateAt = header.indexOf(isMean ? "funding_mean" : "funding_rate");
    const markAt = header.indexOf("mark_price");
    const { underlying, pair } = assetOf(source, hints);
    const kept: { eventMs: number; rate: number; mark: number | null }[] = [];
    let line = 1;
    return {
      row(cells) {
        line++;
        kept.push({
          eventMs: timeCell(source, line, cells[timeAt]),
          rate: needCell(source, line, cells[rateAt]),
          mark: valueCell(source, line, cells[markAt]),
        });
      },
      groups() {
        const intervalMs = isMean ? MS_PER_DAY : usualStep(kept.map(({ eventMs }) => eventMs));
        const rows = kept.map((row) => ({
          ...row,
          instrument: isMean ? `${pair}-MEAN` : pair,
          intervalMs,
          // A payment is known when it is made, the mean of a day at its end.
          knownMs: row.eventMs + (isMean ? MS_PER_DAY : 0),
        }));
        return [{ kind: "funding", venue: hints.venue ?? UNSTATED, underlying, rows }];
      },
    };
  },
};

interface FuturesLayout {
  readonly name: string;
  readonly instrument: string;
  readonly currency: string;
  readonly snapshot: string;
  /** Column of the price, and of its own time where it has one. */
  readonly mark?: string;
  readonly last?: string;
  readonly lastTime?: string;
}

/** Futures beside the option snapshots: a perpetual's candle price, a dated future's mark. */
const futuresTable = (layout: FuturesLayout): StoreTable => ({
  name: layout.name,
  matches: (header) =>
    has(
      header,
      layout.instrument,
      layout.currency,
      layout.snapshot,
      layout.mark ?? layout.last ?? "",
    ),
  open(source, header) {
    const index = (name: string | undefined): number =>
      name === undefined ? -1 : header.indexOf(name);
    const at = {
      instrument: index(layout.instrument),
      currency: index(layout.currency),
      snapshot: index(layout.snapshot),
      mark: index(layout.mark),
      last: index(layout.last),
      lastTime: index(layout.lastTime),
    };
    const byUnderlying = new Map<string, RowOf<"future">[]>();
    let line = 1;
    return {
      row(cells) {
        line++;
        const instrument = cells[at.instrument];
        const snapshotMs = timeCell(source, line, cells[at.snapshot]);
        const mark = valueCell(source, line, cells[at.mark]);
        const last = valueCell(source, line, cells[at.last]);
        if (mark === null && last === null) return;
        const eventMs = at.lastTime < 0 ? snapshotMs : timeCell(source, line, cells[at.lastTime]);
        const underlying = cells[at.currency];
        let rows = byUnderlying.get(underlying);
        if (rows === undefined) byUnderlying.set(underlying, (rows = []));
        rows.push({
          eventMs,
          // A candle that closes after the snapshot was not known at it.
          knownMs: Math.max(eventMs, snapshotMs),
          instrument,
          expiryMs: futureExpiryMs(instrument) ?? null,
          mark,
          bid: null,
          ask: null,
          bidAmount: null,
          askAmount: null,
          last,
          indexPrice: null,
          openInterest: null,
          funding8h: null,
        });
      },
      groups: () =>
        [...byUnderlying].map(
          ([underlying, rows]): RowGroup => ({
            kind: "future",
            venue: "deribit",
            underlying,
            rows,
          }),
        ),
    };
  },
});

export const perpetualTable = futuresTable({
  name: "perpetual prices",
  instrument: "instrument_name",
  currency: "coin",
  snapshot: "snapshot_timestamp_ms",
  last: "candle_price_used",
  lastTime: "candle_price_timestamp_ms",
});

export const termFuturesTable = futuresTable({
  name: "futures marks",
  instrument: "futures_instrument_name",
  currency: "currency",
  snapshot: "snapshot_timestamp_ms",
  mark: "snapshot_term_mark_price",
});

/** DVOL's daily close in percent; known when the day is over. */
export const dvolTable: StoreTable = {
  name: "DVOL",
  matches: (header) => has(header, "date", "dvol_close"),
  open(source, header, hints) {
    const at = columnIndices(source, header, ["date", "dvol_close"]);
    const { underlying } = assetOf(source, hints);
    const rows: RowOf<"index">[] = [];
    let line = 1;
    return {
      row(cells) {
        line++;
        const percent = valueCell(source, line, cells[at.dvol_close]);
        if (percent === null) return;
        const eventMs = timeCell(source, line, cells[at.date]);
        rows.push({
          eventMs,
          knownMs: eventMs + MS_PER_DAY,
          series: "DVOL",
          unit: "vol",
          intervalMs: MS_PER_DAY,
          value: percent / 100,
          open: null,
          high: null,
          low: null,
        });
      },
      groups: () => [{ kind: "index", venue: "deribit", underlying, rows }],
    };
  },
};

const TERM_COLUMNS = [
  "timestamp_ms",
  "currency",
  "expiry_ms",
  "forward_usd",
  "index_usd",
  "atm_iv",
  "iv_25d_call",
  "iv_25d_put",
  "n_options",
  "n_two_sided",
] as const;

/** At-the-money and 25-delta volatilities per expiry, computed from the snapshots. */
export const termStructureTable: StoreTable = {
  name: "term structure",
  matches: (header) => has(header, ...TERM_COLUMNS),
  open(source, header) {
    const at = columnIndices(source, header, TERM_COLUMNS);
    const byUnderlying = new Map<string, RowOf<"term">[]>();
    let line = 1;
    return {
      row(cells) {
        line++;
        const value = (column: (typeof TERM_COLUMNS)[number]): number | null =>
          valueCell(source, line, cells[at[column]]);
        const underlying = cells[at.currency];
        let rows = byUnderlying.get(underlying);
        if (rows === undefined) byUnderlying.set(underlying, (rows = []));
        const eventMs = needCell(source, line, cells[at.timestamp_ms]);
        rows.push({
          eventMs,
          // As the quotes they are computed from: ETH's of a snapshot came minutes after the stated time.
          knownMs: eventMs + (underlying === "BTC" ? 0 : 10 * 60_000),
          expiryMs: needCell(source, line, cells[at.expiry_ms]),
          forward: needCell(source, line, cells[at.forward_usd]),
          indexPrice: value("index_usd"),
          atmIv: value("atm_iv"),
          callIv25: value("iv_25d_call"),
          putIv25: value("iv_25d_put"),
          quotes: value("n_options"),
          twoSided: value("n_two_sided"),
        });
      },
      groups: () =>
        [...byUnderlying].map(
          ([underlying, rows]): RowGroup => ({ kind: "term", venue: "deribit", underlying, rows }),
        ),
    };
  },
};
