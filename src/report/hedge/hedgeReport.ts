/**
 * A hedge as one HTML file that needs nothing else, not even a script. The same study gives the same bytes, but for the
 * time it took.
 */
import type { HedgeDocument, HedgeStudy, StudyMap, ShownPath } from "../../hedging/index.ts";
import { heatMap } from "../heatMap.ts";
import { cards, figure, section } from "../htmlParts.ts";
import { linePlot } from "../linePlot.ts";
import { countText, percentText, shortText } from "../numberText.ts";
import { styleSheet } from "../styles.ts";
import { escapeText } from "../svg.ts";
import { policyClass, policyStyles } from "./colours.ts";
import { costScalePlot } from "./costScalePlot.ts";
import { frontierPlot } from "./frontierPlot.ts";
import { positionPlot, spotPlot } from "./pathPlot.ts";
import { profitPlot } from "./profitPlot.ts";
import {
  optionPriceTable,
  pathTable,
  policyTable,
  quantileTable,
  settingsTable,
} from "./tables.ts";
import {
  amounts,
  bestBaseline,
  comparisonSentence,
  frictionSentence,
  nothingSentence,
  oracleSentence,
  skippedSentence,
} from "./verdict.ts";

/** A report; `settings` are stated beside the study's own, `config` is the configuration's text. */
export function hedgeReport(
  study: HedgeStudy,
  settings: Readonly<Record<string, string>> = {},
  config = "",
): string {
  const { document } = study;
  const ranks = new Map(
    [document.policy, ...document.baselines].map(({ name }, i) => [name, i] as const),
  );
  const rankOf = (name: string): number => ranks.get(name) ?? 1;
  const sections = [
    ["table", "Table", tableSection(study)],
    ...(hasMarketSection(document) ? [["market", "Market", marketSection(study)]] : []),
    ["profit", "Profit", profitSection(study, rankOf)],
    ["frontier", "Frontier", frontierSection(study, rankOf)],
    ...(study.maps.length > 0 ? [["maps", "Policy", mapSection(study.maps)]] : []),
    ...(study.paths.length > 0 ? [["paths", "Paths", pathSection(study, rankOf)]] : []),
    ...(study.history.length > 1 ? [["training", "Training", trainingSection(study)]] : []),
    ["settings", "Settings", settingsSection(study, settings, config)],
  ] as const;
  const links = sections.map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`);
  const title = `${document.name}: the hedge`;
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/><title>${escapeText(title)}</title><style>${styleSheet}${policyStyles(ranks.size)}</style></head>
<body>
<header>${header(study)}<nav aria-label="Sections"><ul>${links.join("")}</ul></nav></header>
<main>
${sections.map(([, , content]) => content).join("\n")}
</main>
<footer>Losses are what is owed less what was gained, costs included. The fair value is what is owed on average; profits are measured from it. CVaR 95 % is the mean of the worst twentieth. Made by Volterra.</footer>
</body>
</html>
`;
}

function header({ document }: HedgeStudy): string {
  const text = amounts(document);
  const { price, fairValue, policy, oracle, currency } = document;
  const best = bestBaseline(document);
  const isGood = best === undefined || policy.risk <= best.risk + 2 * policy.standardError;
  const tile = (name: string, value: string, note: string): string =>
    `<div><dt>${escapeText(name)}</dt><dd>${escapeText(value)}<small>${escapeText(note)}</small></dd></div>`;
  const tiles = [
    tile(
      "Price",
      price === null ? "n/a" : text(price),
      price === null ? "not an amount of money" : `± ${text(document.standardError)} ${currency}`,
    ),
    tile("Fair value", text(fairValue), "what is owed on average"),
    tile("Mean cost", text(policy.cost), `${shortText(policy.turnover)} ${currency} traded`),
    tile("CVaR 95 %", text(policy.cvar95 - fairValue), "beyond the fair value"),
    ...(best === undefined ? [] : [tile("Best baseline", text(best.risk), best.name)]),
    tile(
      "Gap to the optimum",
      oracle === null ? "n/a" : percentText(oracle.gapPercent / 100, 3),
      oracle === null ? "no exact optimum here" : `${text(oracle.price)} is the least`,
    ),
  ];
  return `<h1>${escapeText(document.name)}</h1><p class="soft">${escapeText(document.summary)}</p><p class="verdict${isGood ? "" : " bad"}">${escapeText(comparisonSentence(document))} ${escapeText(frictionSentence(document))}</p><dl class="tiles">${tiles.join("")}</dl>`;
}

const tableSection = ({ document }: HedgeStudy): string =>
  section(
    "table",
    "The policy, the baselines, the optimum",
    [oracleSentence(document), skippedSentence(document)].filter(Boolean).join(" "),
    policyTable(document),
  );

/** What the market is worth without a position, and what its learned option prices are. */
function marketSection({ document }: HedgeStudy): string {
  const drift = nothingSentence(document);
  const prices = document.optionPrices.length === 0 ? "" : optionPriceTable(document);
  return section("market", "The market", drift ?? "", prices);
}

const hasMarketSection = ({ nothing, optionPrices }: HedgeDocument): boolean =>
  nothing !== null || optionPrices.length > 0;

function profitSection(study: HedgeStudy, rankOf: (name: string) => number): string {
  const { document, profits } = study;
  const [own, ...others] = profits.map((sample) => ({ sample, rank: rankOf(sample.name) }));
  const figures = others.map((other) => {
    const { name } = other.sample;
    return figure(
      name,
      `Blue and filled: the policy. Line: ${name}. Each area is 1.`,
      profitPlot(
        `Profit of the policy and of ${name}`,
        [own, other],
        `profit from the fair value, ${document.currency}`,
      ),
    );
  });
  return section(
    "profit",
    "Profit",
    "Profit with the fair value received as premium: without costs a perfect hedge earns 0 on every path. The bars at the ends hold everything beyond.",
    `${cards(figures)}<h3>Quantiles</h3>${quantileTable(study)}`,
  );
}

function key(names: readonly string[], rankOf: (name: string) => number): string {
  const entries = names.map(
    (name) =>
      `<li><svg viewBox="0 0 26 14" aria-hidden="true"><path class="curve ${policyClass(rankOf(name))}" d="M0 7H26"/></svg>${escapeText(name)}</li>`,
  );
  return `<ul class="key">${entries.join("")}</ul>`;
}

function frontierSection(study: HedgeStudy, rankOf: (name: string) => number): string {
  const { document, frontier, costScales } = study;
  const { currency } = document;
  const figures = [
    figure(
      "Cost against tail risk",
      "Left is cheaper, down is safer. No hedge is left out: it would flatten the rest.",
      frontierPlot(
        "Mean cost against CVaR 95 %",
        frontier.map((series) => ({ ...series, rank: rankOf(series.name) })),
        currency,
      ),
    ),
    ...(costScales.length === 0
      ? []
      : [
          figure(
            "If costs were different",
            "Risk beyond the fair value as all costs are multiplied. The policy is not trained again: away from 1 it is used outside what it was trained for, unless it was trained for a range.",
            costScalePlot(
              "Risk by a multiple of all costs",
              costScales.map((series) => ({ ...series, rank: rankOf(series.name) })),
              `risk beyond the fair value, ${currency}`,
            ),
          ),
        ]),
  ];
  const names = [...new Set([...frontier, ...costScales].map(({ name }) => name))];
  return section(
    "frontier",
    "Cost and risk",
    study.frontierNote,
    `${key(names, rankOf)}${cards(figures)}`,
  );
}

function mapSection(maps: readonly StudyMap[]): string {
  const figures = maps.map(({ title, note, value, xLabel, yLabel, xs, ys, values, isSigned }) =>
    figure(
      title,
      note,
      heatMap(
        title,
        { xs, ys, values },
        {
          x: { label: xLabel, kind: "linear" },
          y: { label: yLabel, kind: "linear" },
          value,
          format: (v) => shortText(v, 2),
          ...(isSigned ? { middle: 0 } : {}),
        },
      ),
    ),
  );
  return section(
    "maps",
    "What the policy does",
    "Positions are in units. What is not on an axis has its value at the start: the volatility, what a payoff remembers.",
    cards(figures),
  );
}

function pathSection(study: HedgeStudy, rankOf: (name: string) => number): string {
  const { document, paths, ruleName } = study;
  const text = amounts(document);
  const blocks = paths.map((path: ShownPath) => {
    const figures = [
      figure(
        "Spot",
        `Profit ${text(path.profit)} ${document.currency}.`,
        spotPlot(`${path.title}: spot`, path),
      ),
      ...path.instruments.map((instrument) =>
        figure(
          `Position in ${instrument.name}`,
          instrument.rule === null ? "Of the policy." : `Blue: the policy. Thin: ${ruleName}.`,
          positionPlot(
            `${path.title}: position in ${instrument.name}`,
            path,
            instrument,
            rankOf(ruleName),
          ),
        ),
      ),
    ];
    return `<h3>${escapeText(path.title)}</h3><p class="soft">${escapeText(path.note)}</p>${cards(figures)}<details class="card"><summary>Every date</summary>${pathTable(path, document)}</details>`;
  });
  return section("paths", "A few paths", "", blocks.join(""));
}

function trainingSection({ history, document }: HedgeStudy): string {
  const smooth = runningMean(history, Math.max(1, Math.round(history.length / 30)));
  const plot = linePlot(
    "Risk by iteration",
    [
      { name: "of the iteration's paths", points: history.map((risk, i) => [i + 1, risk]) },
      { name: "running mean", points: smooth.map((risk, i) => [i + 1, risk]) },
    ],
    {
      x: { label: "iteration", kind: "linear" },
      y: { label: `risk, ${document.currency}`, kind: "linear", extent: middleRange(history) },
    },
  );
  return section(
    "training",
    "Training",
    "",
    cards([
      figure(
        "Risk by iteration",
        `${countText(history.length)} iterations, each on fresh paths. Early ones may have cheaper trades: see the docs.`,
        plot,
      ),
    ]),
  );
}

/** Mean of the last `width` values at every place. */
function runningMean(values: readonly number[], width: number): number[] {
  return values.map((_, i) => {
    const window = values.slice(Math.max(0, i - width + 1), i + 1);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

/** A range that one wild iteration cannot flatten. */
function middleRange(values: readonly number[]): readonly [number, number] {
  const sorted = values.filter((v) => Number.isFinite(v)).toSorted((a, b) => a - b);
  const low = sorted[Math.floor(0.01 * (sorted.length - 1))] ?? 0;
  const high = sorted[Math.ceil(0.98 * (sorted.length - 1))] ?? 1;
  const pad = 0.08 * (high - low || Math.abs(high) || 1);
  return [low - pad, high + pad];
}

function settingsSection(
  { document }: HedgeStudy,
  settings: Readonly<Record<string, string>>,
  config: string,
): string {
  const shown =
    config === ""
      ? ""
      : `<details class="card"><summary>The configuration, with every default</summary><pre class="names">${escapeText(config)}</pre></details>`;
  return section("settings", "Settings", "", `${settingsTable(document, settings)}${shown}`);
}
