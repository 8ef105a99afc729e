/**
 * One number through time, with the moment at which each value became known.
 *
 * Series come out of the rows that `market/store` reads, from files or from a store, and are named after them:
 *
 *   BTC            close of the bars of an underlying, or its index price beside term structures
 *   BTCUSDT        close of the bars of one instrument
 *   BTC.rv         realised volatility of its bars (history.ts)
 *   BTC.dvol       volatility index, decimal
 *   BTC.atm30d     at-the-money volatility to 30 days, decimal (termFactors.ts); any number of days
 *   BTC.skew30d    25-delta put minus call volatility, decimal
 *   BTC.funding    funding of a perpetual, decimal per interval
 *   VIX            a macro series, in the unit of its source
 *
 * What is known is known: a correction replaces the value from the moment it was known, not before.
 */
import { InputError } from "../num/errors.ts";
import { formatInstant } from "../market/dayCount.ts";
import type { RowGroup } from "../market/store/kinds.ts";
import { termFactor } from "./termFactors.ts";

/** One number through time. */
export interface ObservedSeries {
  readonly name: string;
  readonly unit: string;
  /** [value] milliseconds since 1970 UTC, increasing */
  readonly knownMs: Float64Array;
  /** [value] */
  readonly values: Float64Array;
  /** Typical time between values (ms): the median of the last thousand. */
  readonly intervalMs: number;
  /** Age at which a value counts as missing (ms): two intervals, or what only one time in a hundred is longer. */
  readonly maxAgeMs: number;
}

/** Largest relative difference of two sources about the same moment. */
const MOST_DISAGREEMENT = 0.01;

/** A series from values in any order; equal moments must agree, and count once.
 *
 * Throws  InputError when a value is not finite, two sources contradict each other, or nothing is left
 */
export function makeSeries(
  name: string,
  unit: string,
  points: readonly (readonly [knownMs: number, value: number])[],
): ObservedSeries {
  const sorted = [...points].sort(([a], [b]) => a - b);
  const known: number[] = [];
  const values: number[] = [];
  sorted.forEach(([time, value], row) => {
    if (!Number.isFinite(time) || !Number.isFinite(value)) {
      throw new InputError(
        `${name}: expected a finite time and value on row ${row + 1}, got ${time} and ${value}. Mend the row or leave it out.`,
      );
    }
    const last = known.length - 1;
    if (time !== known[last]) {
      known.push(time);
      values.push(value);
      return;
    }
    const size = Math.max(Math.abs(value), Math.abs(values[last]));
    if (Math.abs(value - values[last]) > MOST_DISAGREEMENT * size && size > 1e-3) {
      throw new InputError(
        `${name}: expected one value at ${formatInstant(time)}, got ${values[last]} and ${value}. Name one instrument (BTCUSDT) or give one file.`,
      );
    }
  });
  if (known.length === 0) {
    throw new InputError(`${name}: expected values, got none. Check the file or the period.`);
  }
  const gaps = known
    .slice(-1001)
    .map((time, i, all) => time - all[i - 1])
    .slice(1)
    .sort((a, b) => a - b);
  const intervalMs = gaps[gaps.length >> 1] ?? 0;
  return {
    name,
    unit,
    knownMs: Float64Array.from(known),
    values: Float64Array.from(values),
    intervalMs,
    maxAgeMs: Math.max(2 * intervalMs, gaps[Math.floor(0.99 * (gaps.length - 1))] ?? 0),
  };
}

/** The series of a name.
 *
 * Throws  InputError when no row holds it, saying what there is
 */
export function seriesOf(groups: readonly RowGroup[], name: string): ObservedSeries {
  const [asset, field] = name.split(".");
  const found =
    field === undefined ? plainSeries(groups, name) : fieldSeries(groups, name, asset, field);
  if (found !== undefined) return found;
  throw new InputError(
    `series ${name}: expected one of ${seriesNames(groups).join(", ") || "none"}, got "${name}". Name one of those or give its file.`,
  );
}

function plainSeries(groups: readonly RowGroup[], name: string): ObservedSeries | undefined {
  const bars = groups.flatMap((group) => {
    if (group.kind !== "bar") return [];
    return group.rows.filter((row) => row.instrument === name || group.underlying === name);
  });
  if (bars.length > 0) {
    const instruments = [...new Set(bars.map((row) => row.instrument))];
    if (instruments.length > 1) {
      throw new InputError(
        `series ${name}: expected bars of one instrument, got ${instruments.join(", ")}. Name the one to use.`,
      );
    }
    return makeSeries(
      name,
      "price",
      bars.map((row) => [row.knownMs, row.close]),
    );
  }
  for (const group of groups) {
    if (group.kind === "macro") {
      const rows = group.rows.filter((row) => row.series === name);
      if (rows.length > 0) {
        return makeSeries(
          name,
          rows[0].unit,
          rows.map((row) => [row.knownMs, row.value]),
        );
      }
    }
  }
  const terms = termRows(groups, name);
  const prices = terms.flatMap(({ knownMs, indexPrice }) =>
    indexPrice === null ? [] : [[knownMs, indexPrice] as const],
  );
  return prices.length === 0 ? undefined : makeSeries(name, "price", onePerTime(prices));
}

function fieldSeries(
  groups: readonly RowGroup[],
  name: string,
  asset: string,
  field: string,
): ObservedSeries | undefined {
  if (field === "dvol") {
    const points = groups.flatMap((group) =>
      group.kind === "index" && group.underlying === asset
        ? group.rows
            .filter((row) => row.unit === "vol")
            .map((row) => [row.knownMs, row.value] as const)
        : [],
    );
    return points.length === 0 ? undefined : makeSeries(name, "vol", points);
  }
  if (field === "funding") {
    const rows = groups.flatMap((group) =>
      group.kind === "funding" && group.underlying === asset ? group.rows : [],
    );
    // Rates of each interval and their daily means differ: the finer ones are the data.
    const finest = Math.min(...rows.map((row) => row.intervalMs));
    const points = rows.flatMap((row) =>
      row.intervalMs === finest ? [[row.knownMs, row.rate] as const] : [],
    );
    return points.length === 0 ? undefined : makeSeries(name, "perInterval", points);
  }
  const term = /^(atm|skew)(\d+)d$/.exec(field);
  const rows = term === null ? [] : termRows(groups, asset);
  if (term === null || rows.length === 0) return undefined;
  const points = termFactor(rows, term[1] as "atm" | "skew", Number(term[2]));
  return points.length === 0 ? undefined : makeSeries(name, "vol", points);
}

const termRows = (groups: readonly RowGroup[], asset: string) =>
  groups.flatMap((group) =>
    group.kind === "term" && group.underlying === asset ? group.rows : [],
  );

/** The median where several rows speak of one moment: an index price drifts while a snapshot is assembled. */
function onePerTime(points: readonly (readonly [number, number])[]): [number, number][] {
  const byTime = new Map<number, number[]>();
  for (const [time, value] of points) byTime.set(time, [...(byTime.get(time) ?? []), value]);
  return [...byTime].map(([time, values]) => {
    values.sort((a, b) => a - b);
    return [time, values[values.length >> 1]];
  });
}

/** Names of the series that rows hold. */
export function seriesNames(groups: readonly RowGroup[]): string[] {
  const names = groups.flatMap((group): string[] => {
    const { kind, underlying } = group;
    if (kind === "bar") {
      const instruments = [...new Set(group.rows.map((row) => row.instrument))];
      return [underlying, `${underlying}.rv`, ...instruments];
    }
    if (kind === "index") return [`${underlying}.dvol`];
    if (kind === "funding") return [`${underlying}.funding`];
    if (kind === "term") return [underlying, `${underlying}.atm30d`, `${underlying}.skew30d`];
    if (kind === "macro") return [...new Set(group.rows.map((row) => row.series))];
    return [];
  });
  return [...new Set(names)];
}

/** Value known at a moment: the last one with knownMs ≤ t and no older than `maxAgeMs`; NaN when there is none. */
export function knownAt(series: ObservedSeries, timeMs: number, maxAgeMs: number): number {
  const at = lastAtOrBefore(series.knownMs, timeMs);
  return at < 0 || timeMs - series.knownMs[at] > maxAgeMs ? Number.NaN : series.values[at];
}

/** Index of the last element ≤ t, −1 when there is none. */
export function lastAtOrBefore(sorted: Float64Array, t: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
