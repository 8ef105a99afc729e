/** Tables of a hedging program: what depends on the time alone. */
import type { HedgeClock } from "./clock.ts";
import type { HedgeProblem } from "./problem.ts";
import { paysBefore } from "./settle.ts";

/** Names of the tables of every program; more follow for fixings, expiries and the market. */
export const baseTables = [
  "dt",
  "subDt",
  "sqrtSubDt",
  "years",
  "yearsNext",
  "trades",
  "isFirst",
  "costScale",
];

export const fixingTable = (i: number): string => `fixes${i}`;
export const expiryTable = (i: number): string => `pays${i}`;
export const marketTable = (name: string, substep: number): string => `${name}@${substep}`;

/** Values of the base tables [column][step]. */
export function baseColumns(
  { tradingYears }: HedgeProblem,
  { years, steps, substeps, at }: HedgeClock,
  costScale: number,
): readonly Float64Array[] {
  const column = (f: (step: number) => number) =>
    Float64Array.from({ length: steps }, (_, i) => f(i));
  const dt = (i: number) => years[i + 1] - years[i];
  const trading = new Set(tradingYears.map(at));
  return [
    column(dt),
    column((i) => dt(i) / substeps),
    column((i) => Math.sqrt(dt(i) / substeps)),
    column((i) => years[i]),
    column((i) => years[i + 1]),
    column((i) => (trading.has(i) ? 1 : 0)),
    column((i) => (i === 0 ? 1 : 0)),
    column(() => costScale),
  ];
}

/** Tables of fixings, expiries and the market: values [step] by name. */
export function tableColumns(
  { book, market, horizonYears }: HedgeProblem,
  { steps, substeps, at, marketYears }: HedgeClock,
): Readonly<Record<string, Float64Array>> {
  const columns: Record<string, Float64Array> = {};
  book.forEach(({ payoff }, i) => {
    if (payoff.fixings.length > 0 && payoff.fixings.length < steps) {
      const points = new Set(payoff.fixings.map(at));
      columns[fixingTable(i)] = Float64Array.from({ length: steps }, (_, step) =>
        points.has(step + 1) ? 1 : 0,
      );
    }
    if (paysBefore(payoff.expiryYears, horizonYears)) {
      const point = at(payoff.expiryYears);
      columns[expiryTable(i)] = Float64Array.from({ length: steps }, (_, step) =>
        step + 1 === point ? 1 : 0,
      );
    }
  });
  const values = market.tableValues(marketYears);
  market.tables.forEach((name, k) => {
    for (let j = 0; j <= substeps; j++) {
      columns[marketTable(name, j)] = Float64Array.from(
        { length: steps },
        (_, step) => values[k][step * substeps + j],
      );
    }
  });
  return columns;
}
