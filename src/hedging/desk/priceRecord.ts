/**
 * A record of prices from CSV: what a market of history is made of.
 *
 *   time    (or timestamp) an instant: ISO 8601, or seconds, milliseconds … since 1970
 *   price   (or close) a price > 0
 *
 * Other columns are passed over. Rows are evenly spaced; a market takes every n-th of them.
 */
import { formatInstant, parseInstant } from "../../market/index.ts";
import { readCsvText } from "../../market/sources/csv.ts";
import { InputError } from "../../num/errors.ts";

/** Evenly spaced prices. */
export interface PriceRecord {
  /** File, for messages. */
  readonly source: string;
  readonly firstMs: number;
  readonly stepMs: number;
  /** [row] */
  readonly prices: Float64Array;
}

/** Fewer rows than this say nothing of a market. */
const leastRows = 32;
/** Distances between rows may differ by this share: clocks of recorders are not exact. */
const unevenness = 0.01;

const timeNames = ["time", "timestamp"] as const;
const priceNames = ["price", "close"] as const;

/** Reads a record; the header is row 1 of messages.
 *
 * Throws  InputError naming row and column for a cell that is no price or time, an uneven step, too few rows
 */
export function readPriceRecord(source: string, text: string): PriceRecord {
  const times: number[] = [];
  const prices: number[] = [];
  readCsvText(source, text, (header) => {
    const [time, price] = [
      columnOf(source, header, timeNames),
      columnOf(source, header, priceNames),
    ];
    return (cells) => {
      const row = times.length + 2;
      const wrong = (at: number, expected: string): InputError =>
        new InputError(
          `${source}: expected ${expected} in column ${header[at]} of row ${row}, got ${cells[at] === undefined || cells[at] === "" ? "nothing" : `"${cells[at]}"`}. Correct the file.`,
        );
      const ms = parseInstant(cells[time] ?? "");
      if (Number.isNaN(ms)) throw wrong(time, "a time such as 2026-03-28 08:00");
      const value = cells[price] === "" ? Number.NaN : Number(cells[price]);
      if (!(value > 0 && Number.isFinite(value))) throw wrong(price, "a price > 0");
      times.push(ms);
      prices.push(value);
    };
  });
  if (prices.length < leastRows) {
    throw new InputError(
      `${source}: expected at least ${leastRows} rows of prices, got ${prices.length}. Give a longer record.`,
    );
  }
  return {
    source,
    firstMs: times[0],
    stepMs: evenStep(source, times),
    prices: Float64Array.from(prices),
  };
}

function columnOf(source: string, header: readonly string[], names: readonly string[]): number {
  const found = header.findIndex((name) => names.includes(name.toLowerCase()));
  if (found >= 0) return found;
  throw new InputError(
    `${source}: expected a column ${names.join(" or ")}, got ${header.join(", ").slice(0, 200)}. Name it so in the first row.`,
  );
}

/** The step between rows, the same throughout. */
function evenStep(source: string, times: readonly number[]): number {
  const step = (times[times.length - 1] - times[0]) / (times.length - 1);
  const usual = times
    .slice(1)
    .map((time, i) => time - times[i])
    .toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)];
  times.forEach((time, i) => {
    if (i === 0) return;
    const own = time - times[i - 1];
    if (own > 0 && Math.abs(own - usual) <= unevenness * usual) return;
    const what =
      own > 0
        ? `${hoursText(own)} after ${formatInstant(times[i - 1])}`
        : "a time that is not later";
    throw new InputError(
      `${source}: expected row ${i + 2} ${hoursText(usual)} after row ${i + 1}, as most are, got ${what}. Sort the rows, and fill or cut the gap.`,
    );
  });
  return Math.abs(step - usual) <= unevenness * usual ? usual : step;
}

const hoursText = (ms: number): string => `${Number((ms / 3_600_000).toPrecision(4))} h`;

/** ln of the price's growth over each `everyHours`, in order.
 *
 * Throws  InputError where the steps of the record do not fit
 */
export function returnsEvery(
  { source, stepMs, prices }: PriceRecord,
  everyHours: number,
): Float64Array {
  const rows = (everyHours * 3_600_000) / stepMs;
  const every = Math.round(rows);
  if (!(every >= 1 && Math.abs(rows - every) <= unevenness)) {
    throw new InputError(
      `${source}: expected rows of which ${everyHours} h are a multiple, got one every ${hoursText(stepMs)}. Trade on the record's rows: change rebalancing.everyHours.`,
    );
  }
  const count = Math.floor((prices.length - 1) / every);
  // the latest return ends at the last row
  const start = prices.length - 1 - count * every;
  return Float64Array.from({ length: count }, (_, i) =>
    Math.log(prices[start + (i + 1) * every] / prices[start + i * every]),
  );
}
