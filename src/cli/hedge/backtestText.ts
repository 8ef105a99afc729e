/** A back-test as text for a terminal. */
import type { BacktestDocument, Interval, PeriodSummary } from "../../hedging/index.ts";
import { textTable } from "../textTable.ts";

const percent = (value: number): string => (100 * value).toFixed(2);

/** "1.23 [0.90, 1.61]" in per cent. */
const withInterval = ({ value, low, high }: Interval): string =>
  low === null || high === null
    ? percent(value)
    : `${percent(value)} [${percent(low)}, ${percent(high)}]`;

/** The tables. */
export function backtestText(document: BacktestDocument): string {
  const { underlying, test, before, split, history, reference } = document;
  const lines = [
    `${underlying}: ${document.opened} trades opened, ${document.void.length} void (a gap in the history), ${document.stillOpen} still open at its end.`,
    `${history.moments} moments (prices: ${counts(history.pricesFrom)}), longest gap ${history.longestGapHours.toFixed(0)} h; ${document.fits} fits, ${document.trainings} trainings.`,
    "",
  ];
  if (before !== null) {
    lines.push(
      `Before ${split?.slice(0, 10)}, what may be learned from:`,
      periodText(before, reference),
    );
  }
  lines.push(
    split === null ? "All trades:" : `From ${split.slice(0, 10)}, the test:`,
    periodText(test, reference),
  );
  lines.push(
    "Per cent of the underlying's value at the opening, after all costs, with 95 % intervals of a block bootstrap by weeks.",
    "CVaR: mean loss of the worst twentieth. Entropic: the sure loss that is as bad, at the configured aversion. Turnover: perpetual traded over that value. Cost: fees and spreads.",
  );
  return `${lines.join("\n")}\n`;
}

const counts = (record: Readonly<Record<string, number>>): string =>
  Object.entries(record)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");

function periodText(period: PeriodSummary, reference: string): string {
  if (period.trades === 0) return "  no trade\n";
  const first = `  ${period.trades} trades in ${period.blocks} weeks, premium ${percent(period.premium ?? 0)} %; settled by: ${counts(period.settlements)}`;
  const rows = period.strategies.map((strategy) => [
    strategy.name,
    withInterval(strategy.mean),
    withInterval(strategy.standardDeviation),
    withInterval(strategy.cvar95),
    withInterval(strategy.entropic),
    strategy.againstReference === null ? "" : withInterval(strategy.againstReference.entropic),
    strategy.againstReference === null ? "" : withInterval(strategy.againstReference.cvar95),
    strategy.turnover.toFixed(2),
    strategy.cost.toFixed(1),
    strategy.funding.toFixed(1),
  ]);
  const header = [
    "hedge",
    "mean",
    "sd",
    "CVaR95",
    "entropic",
    `entropic − ${reference}`,
    `CVaR − ${reference}`,
    "turnover",
    "cost $",
    "funding $",
  ];
  return `${first}\n${textTable(header, rows)}\n`;
}
