/**
 * A back-test as one HTML file that needs nothing else: who made and lost what, when, at which cost, and why each trade
 * of the learned hedge was made. The same trades give the same bytes.
 */
import type {
  BacktestDocument,
  ClosedTrade,
  Interval,
  PeriodSummary,
  StrategySummary,
} from "../hedging/index.ts";
import { costSection, curveSection, distributionSection } from "./backtestFigures.ts";
import { logSection } from "./backtestLog.ts";
import { modelStyles } from "./compareColours.ts";
import { htmlTable, section } from "./htmlParts.ts";
import { countText, dateText, fixedText, percentText } from "./numberText.ts";
import { styleSheet } from "./styles.ts";
import { escapeText } from "./svg.ts";

const words = (text: string) => ({ text, isLong: true }) as const;

/** The report. */
export function backtestReport(
  document: BacktestDocument,
  trades: readonly ClosedTrade[],
  name: string,
): string {
  const { test, before, split, underlying } = document;
  const from = split === null ? Number.MIN_SAFE_INTEGER : Date.parse(split);
  const tested = trades.filter(({ trade }) => trade.openedMs >= from);
  const sections = [
    ["table", "Table", tableSection(document)],
    ["curves", "Profit", curveSection(document, tested)],
    ["spread", "Distribution", distributionSection(document, tested)],
    ["costs", "Costs", costSection(document)],
    ["log", "Trades", logSection(document, tested)],
    ["learned", "Before the split", before === null ? "" : beforeSection(before, document)],
    ["settings", "Settings", settingsSection(document)],
  ] as const;
  const shown = sections.filter(([, , content]) => content !== "");
  const links = shown.map(([id, text]) => `<li><a href="#${id}">${text}</a></li>`);
  const title = `${name}: ${underlying}, ${test.trades} trades`;
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/><title>${escapeText(title)}</title><style>${styleSheet}${modelStyles(namedStrategies(test))}${ownStyles}</style></head>
<body>
<header>${header(document, name)}<nav aria-label="Sections"><ul>${links.join("")}</ul></nav></header>
<main>
${shown.map(([, , content]) => content).join("\n")}
</main>
<footer>Profits are after fees and spreads, as shares of what the underlying of a position was worth when it was opened. Intervals are 95 %, from a bootstrap of blocks of a week. Made by Volterra.</footer>
</body>
</html>
`;
}

const ownStyles = `
.bar.stack0{fill:#1f6fd1}.bar.stack1{fill:#7aa8e6}.bar.stack2{fill:#d9650a}.bar.stack3{fill:#f0b27a}.bar.stack4{fill:#758f00}
.event{fill:var(--second)}.hist{fill:var(--model);opacity:.75}.zero{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}`;

/** Strategies as the colours of models want them. */
const namedStrategies = ({ strategies }: PeriodSummary) =>
  strategies.map(({ name }) => ({ name, title: name, status: "converged" as const }));

function header(document: BacktestDocument, name: string): string {
  const { underlying, test, history } = document;
  const period =
    test.firstOpened === null || test.lastExpiry === null
      ? "no trade"
      : `${dateText(test.firstOpened)} to ${dateText(test.lastExpiry)}`;
  return `<h1>${escapeText(name)}: ${escapeText(underlying)}, hedged on recorded markets</h1><p class="soft">${countText(test.trades)} trades in ${countText(test.blocks)} weeks, ${escapeText(period)}; ${countText(history.moments)} moments.</p><p class="verdict">${escapeText(backtestVerdict(document))}</p>`;
}

/** The result in two sentences. */
export function backtestVerdict({ test, reference }: BacktestDocument): string {
  const { strategies } = test;
  if (strategies.length === 0) return "No trade was closed in the test.";
  const least = (value: (s: StrategySummary) => number): StrategySummary =>
    strategies.reduce((best, s) => (value(s) < value(best) ? s : best));
  const safest = least((s) => s.entropic.value);
  const richest = least((s) => -s.mean.value);
  const sure = strategies.filter(({ againstReference }) => {
    const high = againstReference?.entropic.high ?? null;
    return high !== null && high < 0;
  });
  const significance =
    sure.length === 0
      ? `No hedge has a smaller entropic loss than ${reference} beyond the 95 % interval.`
      : `Smaller entropic loss than ${reference} beyond the 95 % interval: ${sure.map((s) => s.name).join(", ")}.`;
  return `Smallest entropic loss: ${safest.name}, ${percentText(safest.entropic.value, 2)}. Largest mean profit: ${richest.name}, ${percentText(richest.mean.value, 2)}. ${significance}`;
}

/** Per cent, with its interval. */
const cell = ({ value, low, high }: Interval): string =>
  low === null || high === null
    ? fixedText(100 * value)
    : `${fixedText(100 * value)} (${fixedText(100 * low)}, ${fixedText(100 * high)})`;

function periodTable(period: PeriodSummary, reference: string): string {
  return htmlTable(
    `${countText(period.trades)} trades; premium ${percentText(period.premium ?? Number.NaN, 2)} on average. Per cent of the underlying's value at the opening, with 95 % intervals`,
    [
      "Hedge",
      "Mean",
      "Deviation",
      "CVaR 95 %",
      "Entropic",
      `Entropic less ${reference}`,
      `CVaR less ${reference}`,
      "Turnover",
      "Cost, $",
      "Funding, $",
      "Drawdown, $",
      "Mean, coin",
    ],
    period.strategies.map((s) => [
      s.name,
      cell(s.mean),
      cell(s.standardDeviation),
      cell(s.cvar95),
      cell(s.entropic),
      s.againstReference === null ? "" : cell(s.againstReference.entropic),
      s.againstReference === null ? "" : cell(s.againstReference.cvar95),
      fixedText(s.turnover),
      fixedText(s.cost, 1),
      fixedText(s.funding, 1),
      fixedText(s.drawdown, 0),
      fixedText(s.pnlCoin, 5),
    ]),
  );
}

const tableSection = ({ test, reference }: BacktestDocument): string =>
  section(
    "table",
    "All hedges on the same trades",
    "Every hedge sold the same options at the same prices. CVaR: mean loss of the worst twentieth of trades. Entropic: the sure loss that is as bad as the trades at the configured aversion, which is what policies are trained for. Turnover: perpetual traded after the opening, over the underlying's value. Cost: fees and half spreads, the opening's included.",
    test.trades === 0 ? "<p>No trade.</p>" : periodTable(test, reference),
  );

const beforeSection = (before: PeriodSummary, { split, reference }: BacktestDocument): string =>
  section(
    "learned",
    `Before ${split?.slice(0, 10) ?? ""}`,
    "What choices were made on. Trades that were open at the split are in neither table.",
    before.trades === 0 ? "<p>No trade.</p>" : periodTable(before, reference),
  );

function settingsSection(document: BacktestDocument): string {
  const { history, test, settings } = document;
  const counts = (record: Readonly<Record<string, number>>): string =>
    Object.entries(record)
      .map(([what, count]) => `${what}: ${countText(count)}`)
      .join("; ") || "none";
  const facts: readonly (readonly [string, string])[] = [
    ["Prices of the perpetual", counts(history.pricesFrom)],
    ["Settlement of the test's trades", counts(test.settlements)],
    ["Longest gap in the history", `${fixedText(history.longestGapHours, 0)} hours`],
    ["Void trades (a gap while open)", countText(document.void.length)],
    ["Still open at the end", countText(document.stillOpen)],
    ["Moments at which none could be opened", counts(document.notOpened)],
    ["Fits; failed; trainings", `${document.fits}; ${document.failedFits}; ${document.trainings}`],
    ...Object.entries(settings).map(([key, value]) => [key, JSON.stringify(value)] as const),
  ];
  return section(
    "settings",
    "History and settings",
    "",
    htmlTable(
      "What the history held, and everything needed to repeat this",
      ["What", "Value"],
      facts.map(([what, value]) => [words(what), words(value)]),
    ),
  );
}
