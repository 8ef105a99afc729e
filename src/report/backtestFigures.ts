/** Figures of a back-test: profit over time, drawdown, distribution, costs by kind. */
import type { BacktestDocument, ClosedTrade, StrategySummary } from "../hedging/index.ts";
import { modelToggles } from "./compareColours.ts";
import { cards, figure, section } from "./htmlParts.ts";
import { fixedText, percentText } from "./numberText.ts";
import { at, escapeText, extent, type Frame, frame, plotArea, svg } from "./svg.ts";

const day = 86_400_000;

/** One hedge's line, drawn in its colour. */
interface Curve {
  readonly className: string;
  readonly points: readonly (readonly [number, number])[];
}

/** Profit of the closed trades added up in the order in which they expired, and how far it is below its highest point. */
export function cumulativeProfit(
  trades: readonly ClosedTrade[],
  strategy: string,
): { readonly timeMs: number; readonly total: number; readonly below: number }[] {
  let total = 0;
  let top = 0;
  return trades
    .toSorted((a, b) => a.trade.expiryMs - b.trade.expiryMs)
    .map(({ trade, results }) => {
      total += results.find((result) => result.strategy === strategy)?.pnlShare ?? 0;
      top = Math.max(top, total);
      return { timeMs: trade.expiryMs, total, below: top - total };
    });
}

/** Profit and drawdown over time, with boxes that hide a hedge. */
export function curveSection({ test }: BacktestDocument, trades: readonly ClosedTrade[]): string {
  if (trades.length === 0) return "";
  const first = Math.min(...trades.map(({ trade }) => trade.expiryMs));
  const label = `days since ${new Date(first).toISOString().slice(0, 10)}`;
  const curves = (of: "total" | "below"): Curve[] =>
    test.strategies.map(({ name }, i) => ({
      className: `m${i}`,
      points: cumulativeProfit(trades, name).map((point) => [
        (point.timeMs - first) / day,
        of === "total" ? point.total : -point.below,
      ]),
    }));
  const strategies = test.strategies.map(({ name }) => ({
    name,
    title: name,
    status: "converged" as const,
  }));
  return section(
    "curves",
    "Profit over time",
    "Trades count when they expire; one a step, added up.",
    `${modelToggles(strategies)}${cards([
      figure(
        "Profit, added up",
        "Shares of the underlying's value, per cent.",
        curvePlot("Profit, added up", label, curves("total")),
      ),
      figure(
        "Drawdown",
        "How far the sum is below its highest point, per cent.",
        curvePlot("Drawdown", label, curves("below")),
      ),
    ])}`,
  );
}

function curvePlot(title: string, xLabel: string, curves: readonly Curve[]): string {
  const f = frame(280);
  const points = curves.flatMap((curve) => curve.points);
  const { x, y, axes } = plotArea(
    f,
    {
      label: xLabel,
      kind: "linear",
      extent: extent(
        points.map(([px]) => px),
        0.02,
      ),
    },
    {
      label: "per cent",
      kind: "percent",
      extent: extent(
        points.map(([, py]) => py),
        0.06,
      ),
    },
  );
  const lines = curves.map(({ className, points: own }) => {
    // profit arrives at expiries: a step, not a slope
    const path = own.map(([px, py], i) =>
      i === 0 ? `M${at(x(px))} ${at(y(py))}` : `H${at(x(px))}V${at(y(py))}`,
    );
    return `<path class="curve ${className}" d="${path.join("")}"/>`;
  });
  return svg(f, title, `${axes}${lines.join("")}`);
}

/** Profits of the trades under each hedge, all on one axis. */
export function distributionSection(
  { test }: BacktestDocument,
  trades: readonly ClosedTrade[],
): string {
  if (trades.length === 0) return "";
  const of = (name: string) =>
    trades.map(({ results }) => results.find((r) => r.strategy === name)?.pnlShare ?? Number.NaN);
  const hedged = test.strategies.filter(({ name }) => name !== "no hedge");
  const range = extent(
    (hedged.length > 0 ? hedged : test.strategies).flatMap(({ name }) => of(name)),
    0.03,
  );
  const figures = test.strategies.map((strategy) => {
    const { name, quantiles, mean } = strategy;
    const note = `Mean ${percentText(mean.value, 2)}; 5 to 95 %: ${percentText(quantiles[0], 2)} to ${percentText(quantiles[4], 2)}.`;
    return figure(name, note, histogram(name, of(name), range));
  });
  return section(
    "spread",
    "Distribution of profits",
    "Trades by profit, on one axis for all hedges; what lies beyond it is counted in its last bar.",
    cards(figures),
  );
}

const bins = 24;

/** Numbers of values between equal steps of a range; what is beyond is in the ends. */
export function binCounts(
  values: readonly number[],
  [low, high]: readonly [number, number],
): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const place = Math.floor(((value - low) / (high - low)) * bins);
    counts[Math.min(bins - 1, Math.max(0, place))] += 1;
  }
  return counts;
}

function histogram(
  title: string,
  values: readonly number[],
  range: readonly [number, number],
): string {
  const f = frame(170);
  const counts = binCounts(values, range);
  const { x, y, axes } = plotArea(
    f,
    { label: "profit, per cent", kind: "percent", extent: range },
    { label: "trades", kind: "linear", extent: [0, Math.max(4, ...counts) * 1.05] },
  );
  const width = (range[1] - range[0]) / bins;
  const bars = counts.flatMap((count, i) => {
    if (count === 0) return [];
    const left = x(range[0] + i * width);
    const right = x(range[0] + (i + 1) * width);
    return [
      `<rect class="hist" x="${at(left)}" y="${at(y(count))}" width="${at(right - left - 0.6)}" height="${at(y(0) - y(count))}"/>`,
    ];
  });
  const zero =
    range[0] < 0 && range[1] > 0
      ? `<path class="zero" d="M${at(x(0))} ${f.top}V${f.height - f.bottom}"/>`
      : "";
  return svg(f, title, `${axes}${bars.join("")}${zero}`);
}

const costKinds = [
  ["optionSpread", "option spreads"],
  ["optionFees", "option fees"],
  ["perpetualFees", "perpetual fees"],
  ["perpetualSpread", "perpetual spreads"],
  ["delivery", "delivery"],
] as const;

/** Costs by kind, a bar a hedge. */
export function costSection({ test }: BacktestDocument): string {
  if (test.strategies.length === 0) return "";
  const key = costKinds.map(
    ([, name], i) =>
      `<li><svg viewBox="0 0 26 14" aria-hidden="true"><rect class="bar stack${i}" width="26" height="12" y="1" rx="2"/></svg>${escapeText(name)}</li>`,
  );
  return section(
    "costs",
    "Costs by kind",
    "Mean dollars a trade. The opening's spread and fee are the same for all.",
    `<ul class="key">${key.join("")}</ul>${cards([figure("Costs", "Dollars a trade.", costBars(test.strategies))])}`,
  );
}

function costBars(strategies: readonly StrategySummary[]): string {
  const row = 19;
  const f: Frame = {
    width: 360,
    height: row * strategies.length + 6,
    left: 118,
    right: 48,
    top: 3,
    bottom: 3,
  };
  const most = Math.max(...strategies.map(({ cost }) => cost), 1e-9);
  const scale = (f.width - f.left - f.right) / most;
  const rows = strategies.map(({ name, costsByKind, cost }, i) => {
    const y = f.top + row * i;
    let left = f.left;
    const parts = costKinds.map(([kind], k) => {
      const width = Math.max(0, costsByKind[kind]) * scale;
      const rect = `<rect class="bar stack${k}" x="${at(left)}" y="${y + 3}" width="${at(width)}" height="${row - 6}"/>`;
      left += width;
      return rect;
    });
    const middle = y + row / 2;
    return `<text class="tick" x="${f.left - 6}" y="${middle}" dy="0.32em" text-anchor="end">${escapeText(name)}</text>${parts.join("")}<text class="tick" x="${at(left + 5)}" y="${middle}" dy="0.32em">${fixedText(cost, 1)}</text>`;
  });
  return svg(f, "Costs by kind", rows.join(""));
}
