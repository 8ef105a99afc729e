/**
 * Prices and funding recorded beside the chains, from CSV: told apart by their columns.
 *
 *   perpetual   snapshot_timestamp_ms, coin, perp_futures_mark_price
 *   bars        timestamp (start), open, high, low, close; their length is the usual distance between two
 *   funding     timestamp, funding_rate (of eight hours, decimal)
 *
 * Bars and funding do not say of what they are: the caller does.
 */
import { formatInstant, parseInstant } from "../../market/index.ts";
import { columnIndices, readCsvText } from "../../market/sources/csv.ts";
import { InputError } from "../../num/errors.ts";
import type { SideSeries } from "./history.ts";
import type { FundingPoint, PriceBar, PricePoint } from "./moment.ts";

const perpetualColumns = ["snapshot_timestamp_ms", "coin", "perp_futures_mark_price"] as const;
const barColumns = ["timestamp", "open", "high", "low", "close"] as const;
const fundingColumns = ["timestamp", "funding_rate"] as const;

/** The kind of a file by its header; null when it is none of these. */
export function sideKind(header: readonly string[]): keyof SideSeries | null {
  const has = (names: readonly string[]) => names.every((name) => header.includes(name));
  if (has(perpetualColumns)) return "perpetual";
  if (has(fundingColumns)) return "funding";
  return has(barColumns) ? "bars" : null;
}

/** One series of a file.
 *
 * Throws  InputError naming file and row for a value that is none, and for times out of order
 */
export function readSideSeries(
  source: string,
  text: string,
  underlying: string,
): Partial<SideSeries> {
  let read: Partial<SideSeries> = {};
  let row = 1;
  readCsvText(source, text, (header) => {
    const kind = sideKind(header);
    if (kind === null) {
      throw new InputError(
        `${source}: expected a chain, or the columns of perpetual prices (${perpetualColumns.join(", ")}), bars (${barColumns.join(", ")}) or funding (${fundingColumns.join(", ")}), got ${header.join(", ").slice(0, 200)}. Take the file out or name its columns so.`,
      );
    }
    if (kind === "perpetual") {
      const at = columnIndices(source, header, perpetualColumns);
      const perpetual: PricePoint[] = [];
      read = { perpetual };
      return (cells) => {
        row++;
        if (cells[at.coin] !== underlying || cells[at.perp_futures_mark_price] === "") return;
        const price = positive(source, row, "perp_futures_mark_price", cells);
        perpetual.push({ timeMs: instant(source, row, cells[at.snapshot_timestamp_ms]), price });
      };
    }
    if (kind === "funding") {
      const at = columnIndices(source, header, fundingColumns);
      const funding: FundingPoint[] = [];
      read = { funding };
      return (cells) => {
        row++;
        const ratePer8h = Number(cells[at.funding_rate]);
        if (cells[at.funding_rate] === "" || !Number.isFinite(ratePer8h)) {
          throw wrong(source, row, "funding_rate", cells[at.funding_rate], "a decimal rate");
        }
        funding.push({ timeMs: instant(source, row, cells[at.timestamp]), ratePer8h });
      };
    }
    const at = columnIndices(source, header, barColumns);
    const bars: PriceBar[] = [];
    read = { bars };
    return (cells) => {
      row++;
      const price = (name: "open" | "high" | "low" | "close") => positive(source, row, name, cells);
      const startMs = instant(source, row, cells[at.timestamp]);
      const [open, high, low, close] = [price("open"), price("high"), price("low"), price("close")];
      bars.push({ startMs, endMs: Number.NaN, open, high, low, close });
    };
    function positive(name: string, line: number, column: string, cells: readonly string[]) {
      const value = Number(cells[header.indexOf(column)]);
      if (!(value > 0 && Number.isFinite(value))) {
        throw wrong(name, line, column, cells[header.indexOf(column)], "a price > 0");
      }
      return value;
    }
  });
  const bars = read.bars === undefined ? undefined : withEnds(source, read.bars);
  for (const points of [read.perpetual, read.funding]) checkOrder(source, points ?? []);
  return bars === undefined ? read : { bars };
}

/** Bars with their ends: all are as long as the usual distance between two. */
function withEnds(source: string, bars: readonly PriceBar[]): PriceBar[] {
  checkOrder(
    source,
    bars.map(({ startMs }) => ({ timeMs: startMs })),
  );
  const distances = bars.slice(1).map((bar, i) => bar.startMs - bars[i].startMs);
  const usual = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)];
  if (usual === undefined) {
    throw new InputError(`${source}: expected at least two bars, got ${bars.length}. Add bars.`);
  }
  return bars.map((bar) => ({ ...bar, endMs: bar.startMs + usual }));
}

function checkOrder(source: string, points: readonly { readonly timeMs: number }[]): void {
  for (let i = 1; i < points.length; i++) {
    if (points[i].timeMs > points[i - 1].timeMs) continue;
    const [before, after] = [points[i - 1].timeMs, points[i].timeMs].map(formatInstant);
    throw new InputError(
      `${source}: expected times to increase, got ${after} after ${before}. Sort the file by time.`,
    );
  }
}

function instant(source: string, row: number, text: string): number {
  const ms = parseInstant(text);
  if (Number.isNaN(ms)) throw wrong(source, row, "time", text, "a time");
  return ms;
}

const wrong = (source: string, row: number, column: string, got: string, expected: string) =>
  new InputError(
    `${source}: expected ${expected} in column ${column} of row ${row}, got "${got}". Correct the file.`,
  );
