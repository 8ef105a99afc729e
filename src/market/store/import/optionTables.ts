/**
 * Tables of options: the formats that `openFile` knows, and Yahoo's.
 *
 * A Deribit snapshot file bears the time of its first request. BTC's quotes are of that moment; those of the other
 * currency were asked for after a sweep over all BTC tickers, some minutes later. They keep the stated time as
 * their event and count as known ten minutes after it, so that an as-of read never sees them early.
 */
import { InputError } from "../../../num/errors.ts";
import { parseInstant, yearsBetween } from "../../dayCount.ts";
import type { RawQuote } from "../../quote.ts";
import { columnIndices } from "../../sources/csv.ts";
import { optionRow } from "../../sources/deribitRows.ts";
import { optionTableOf } from "../../sources/openFile.ts";
import type { RowGroup, RowOf } from "../kinds.ts";
import { needCell, newYorkCloseMs, type StoreTable, UNSTATED, valueCell } from "./storeTable.ts";

const SWEEP_MS = 10 * 60_000;

/** What `openFile` reads. */
export const knownOptionTable: StoreTable = {
  name: "options",
  matches: (header) => optionTableOf(header) !== null,
  open(source, header, hints) {
    const table = optionTableOf(header);
    if (table === null)
      throw new InputError(`${source}: expected a table of options, got another.`);
    const quoteOf = table.row(source, header);
    const isSnapshot = table.name === "Deribit snapshot";
    const venue = table.name === "SPX vols" ? (hints.venue ?? UNSTATED) : "deribit";
    const byUnderlying = new Map<string, RowOf<"option">[]>();
    return {
      row(cells) {
        const quote = quoteOf(cells);
        if (quote === null) return;
        const delayMs = isSnapshot && quote.underlying !== "BTC" ? SWEEP_MS : 0;
        let rows = byUnderlying.get(quote.underlying);
        if (rows === undefined) byUnderlying.set(quote.underlying, (rows = []));
        rows.push(optionRow(quote, quote.asOfMs + delayMs));
      },
      groups: () =>
        [...byUnderlying].map(
          ([underlying, rows]): RowGroup => ({ kind: "option", venue, underlying, rows }),
        ),
    };
  },
};

/** Column names of the three layouts of Yahoo's American options that are about. */
const yahooLayouts = [
  {
    name: "contractSymbol",
    type: "optionType",
    strike: "strike",
    bid: "bid",
    ask: "ask",
    openInterest: "openInterest",
    traded: "lastTradeDate",
  },
  {
    name: "contractSymbol",
    type: "option_type",
    strike: "strike",
    bid: "bid",
    ask: "ask",
    openInterest: "openInterest",
    traded: "lastTradeDate",
  },
  {
    name: "Contract Name",
    type: "tipo",
    strike: "Strike",
    bid: "Bid",
    ask: "Ask",
    openInterest: "Open Interest",
    traded: "Last Trade Date",
  },
] as const;

const layoutOf = (header: readonly string[]) =>
  yahooLayouts.find((layout) => Object.values(layout).every((column) => header.includes(column)));

/** American options from Yahoo: prices in dollars, no time of the snapshot but the last trade's (or `spot_date`). */
export const yahooOptionTable: StoreTable = {
  name: "Yahoo options",
  matches: (header) => layoutOf(header) !== undefined,
  open(source, header, hints) {
    const layout = layoutOf(header);
    if (layout === undefined)
      throw new InputError(`${source}: expected Yahoo's columns, got others.`);
    const at = columnIndices(source, header, Object.values(layout));
    const spotDateAt = header.indexOf("spot_date");
    const rateAt = header.indexOf("r");
    const kept: { quote: Omit<RawQuote, "asOfMs">; rate: number | null }[] = [];
    let asOfMs = -Infinity;
    let line = 1;
    return {
      row(cells) {
        line++;
        const cell = (field: keyof typeof layout): string => cells[at[layout[field]]];
        const traded =
          spotDateAt >= 0 ? newYorkCloseMs(cells[spotDateAt]) : tradeTime(cell("traded"));
        if (Number.isFinite(traded)) asOfMs = Math.max(asOfMs, traded);
        const instrument = cell("name");
        const symbol = /^([A-Z.]+)(\d{6})[CP]\d{8}$/.exec(instrument);
        if (symbol === null) {
          throw new InputError(
            `${source}: expected an option symbol such as SPY260211C00500000 on row ${line}, got "${instrument}". Check the column ${layout.name}.`,
          );
        }
        kept.push({
          quote: {
            instrument,
            underlying: symbol[1],
            type: /^c/i.test(cell("type")) ? "call" : "put",
            strike: needCell(source, line, cell("strike")),
            // The column is empty on some rows; where it is not, it agrees with the symbol.
            expiryMs: newYorkCloseMs(`20${symbol[2]}`),
            unit: "currency",
            bid: valueCell(source, line, cell("bid")),
            ask: valueCell(source, line, cell("ask")),
            mark: null,
            markIv: null,
            forward: null,
            discount: null,
            openInterest: valueCell(source, line, cell("openInterest")),
          },
          rate: rateAt < 0 ? null : valueCell(source, line, cells[rateAt]),
        });
      },
      groups() {
        if (!Number.isFinite(asOfMs)) {
          throw new InputError(
            `${source}: expected a time of the last trade on some row, got none. It is the only clock of the file.`,
          );
        }
        const byUnderlying = Map.groupBy(kept, ({ quote }) => quote.underlying);
        return [...byUnderlying].map(
          ([underlying, items]): RowGroup => ({
            kind: "option",
            venue: hints.venue ?? "yahoo",
            underlying,
            rows: items.map(({ quote, rate }) => {
              const years = yearsBetween(asOfMs, quote.expiryMs);
              const discount = rate === null ? null : Math.exp(-rate * years);
              return optionRow({ ...quote, asOfMs, discount }, asOfMs, "american");
            }),
          }),
        );
      },
    };
  },
};

/** Time of a trade: ISO 8601, or as on Yahoo's pages, `2019-09-06 9:37AM EDT`. */
function tradeTime(text: string): number {
  const page = /^(\d{4}-\d{2}-\d{2}) (\d{1,2}):(\d{2})([AP])M E([SD])T$/.exec(text);
  if (page === null) return parseInstant(text);
  const hour = (Number(page[2]) % 12) + (page[4] === "P" ? 12 : 0) + (page[5] === "D" ? 4 : 5);
  return parseInstant(page[1]) + (hour * 60 + Number(page[3])) * 60_000;
}
