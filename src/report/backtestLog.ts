/** Trades of a back-test: the best, the middle and the worst of the learned hedge with every decision, and a list of all. */
import type { BacktestDocument, ClosedTrade } from "../hedging/index.ts";
import { cards, figure, htmlTable, section } from "./htmlParts.ts";
import { dateText, fixedText, percentText, shortText } from "./numberText.ts";
import { at, extent, frame, plotArea, svg } from "./svg.ts";

const day = 86_400_000;
const words = (text: string) => ({ text, isLong: true }) as const;
const iso = (ms: number): string => dateText(new Date(ms).toISOString());

/** The hedge whose trades are shown: the first that wrote a log, else the reference. */
function shownStrategy({ reference }: BacktestDocument, trades: readonly ClosedTrade[]): string {
  return trades.find(({ log }) => log.length > 0)?.log[0].strategy ?? reference;
}

/** The section. */
export function logSection(document: BacktestDocument, trades: readonly ClosedTrade[]): string {
  if (trades.length === 0) return "";
  const name = shownStrategy(document, trades);
  const { reference } = document;
  const profit = ({ results }: ClosedTrade, of = name): number =>
    results.find(({ strategy }) => strategy === of)?.pnlShare ?? Number.NaN;
  const sorted = trades.toSorted((a, b) => profit(a) - profit(b));
  const chosen = [
    ["The worst trade", sorted[0]],
    ["The trade in the middle", sorted[Math.floor(sorted.length / 2)]],
    ["The best trade", sorted[sorted.length - 1]],
  ] as const;
  const figures = chosen.map(([title, trade]) =>
    figure(
      `${title} of ${name}`,
      `${trade.trade.id}: ${percentText(profit(trade), 2)} against ${percentText(profit(trade, reference), 2)} of ${reference}. Profit in per cent along the trade; a dot is a decision that traded.`,
      tradePlot(trade, name, reference),
    ),
  );
  const logs = chosen.map(([title, trade]) => decisionTable(title, trade, name));
  return section(
    "log",
    "Trades",
    "Each decision of the learned hedge is written down with its reason when it is made.",
    `${cards(figures)}${logs.join("")}${allTrades(trades, name, reference)}`,
  );
}

function tradePlot({ trade, curve, log }: ClosedTrade, name: string, reference: string): string {
  const f = frame(220);
  const points = (of: string): (readonly [number, number])[] =>
    curve.pnl[of].map((value, i) => [
      (curve.timeMs[i] - trade.openedMs) / day,
      value / trade.price0,
    ]);
  const [own, other] = [points(name), points(reference)];
  const all = [...own, ...other];
  const { x, y, axes } = plotArea(
    f,
    {
      label: "days since the opening",
      kind: "linear",
      extent: extent(
        all.map(([px]) => px),
        0.02,
      ),
    },
    {
      label: "per cent",
      kind: "percent",
      extent: extent(
        all.map(([, py]) => py),
        0.06,
      ),
    },
  );
  const path = (line: typeof own) =>
    line.map(([px, py], i) => `${i === 0 ? "M" : "L"}${at(x(px))} ${at(y(py))}`).join("");
  const traded = new Set(
    log.filter((entry) => entry.strategy === name && hasTraded(entry)).map(({ timeMs }) => timeMs),
  );
  const dots = own
    .filter((_, i) => traded.has(curve.timeMs[i]))
    .map(([px, py]) => `<circle class="event" cx="${at(x(px))}" cy="${at(y(py))}" r="2.6"/>`);
  const second = name === reference ? "" : `<path class="residual" d="${path(other)}"/>`;
  return svg(f, trade.id, `${axes}${second}<path class="curve" d="${path(own)}"/>${dots.join("")}`);
}

/** Smaller changes are rounding to contracts. */
const hasTraded = (entry: { readonly unitsBefore: number; readonly unitsAfter: number }): boolean =>
  Math.abs(entry.unitsAfter - entry.unitsBefore) > 2e-3;

function decisionTable(title: string, { trade, log }: ClosedTrade, name: string): string {
  const own = log.filter(({ strategy }) => strategy === name);
  if (own.length === 0) return "";
  const table = htmlTable(
    `${trade.id}: ${own.length} decisions, ${own.filter(hasTraded).length} of them traded`,
    [
      "Time",
      "Price",
      "Volatility",
      "Days left",
      "Units before",
      "Units after",
      "Options",
      "Reason",
    ],
    own.map((entry) => [
      iso(entry.timeMs),
      shortText(entry.price, 5),
      percentText(entry.vol),
      fixedText(entry.daysLeft),
      fixedText(entry.unitsBefore, 3),
      fixedText(entry.unitsAfter, 3),
      fixedText(entry.optionContracts, 1),
      words(entry.reason),
    ]),
  );
  return `<details><summary>${title} of ${name}, decision by decision</summary>${table}</details>`;
}

function allTrades(trades: readonly ClosedTrade[], name: string, reference: string): string {
  const result = ({ results }: ClosedTrade, of: string) =>
    results.find(({ strategy }) => strategy === of);
  const table = htmlTable(
    `${trades.length} trades`,
    [
      "Opened",
      "Expiry",
      "Legs",
      "Price",
      "Premium, coin",
      "Volatility",
      "Settlement",
      name,
      reference,
      "Cost, $",
    ],
    trades.map((trade) => [
      iso(trade.trade.openedMs),
      iso(trade.trade.expiryMs),
      words(
        trade.trade.legs.map(({ quantity, instrument }) => `${quantity} ${instrument}`).join(", "),
      ),
      shortText(trade.trade.price0, 5),
      fixedText(trade.trade.premiumCoin, 4),
      percentText(trade.trade.vol0),
      words(`${shortText(trade.settlement.price, 5)} (${trade.settlement.from})`),
      percentText(result(trade, name)?.pnlShare ?? Number.NaN, 2),
      percentText(result(trade, reference)?.pnlShare ?? Number.NaN, 2),
      fixedText(result(trade, name)?.cost ?? Number.NaN, 1),
    ]),
  );
  return `<details><summary>All trades</summary>${table}</details>`;
}
