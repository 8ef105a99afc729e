/**
 * A comparison of models as one HTML file that needs nothing else, not even a script: models are shown and hidden by
 * checkboxes that style sheets read. The same comparison gives the same bytes.
 */
import {
  type CompareDocument,
  type Comparison,
  isInsideQuote,
  type ModelComparison,
} from "../compare/index.ts";
import { modelColours, modelStyles, modelToggles } from "./compareColours.ts";
import { compareSmiles, compareSmileCount } from "./compareSmiles.ts";
import { compareTable, expiryTable, notesList, secondsText, settingsOf } from "./compareTables.ts";
import { type BarOptions, barPlot } from "./barPlot.ts";
import { dotMap } from "./heatMap.ts";
import { exoticsSection } from "./exoticsTables.ts";
import { cards, figure, htmlTable, section } from "./htmlParts.ts";
import { countText, dateText, fixedText, percentText } from "./numberText.ts";
import { styleSheet } from "./styles.ts";
import { escapeText } from "./svg.ts";

const words = (text: string) => ({ text, isLong: true }) as const;

/** A report; `settings` are stated beside the comparison's own. */
export function compareReport(
  comparison: Comparison,
  settings: Readonly<Record<string, string>> = {},
): string {
  const { document } = comparison;
  const sections = [
    ["table", "Table", tableSection(document)],
    ["bars", "Bars", barSection(document)],
    ["smiles", "Smiles", smileSection(comparison)],
    ["exotics", "Exotics", exoticsSection(document)],
    ["where", "Where", whereSection(comparison)],
    ["notes", "Notes", section("notes", "What the models said", "", notesList(document.models))],
    [
      "settings",
      "Settings",
      section(
        "settings",
        "Settings",
        "",
        htmlTable(
          "Everything needed to repeat this comparison",
          ["Setting", "Value"],
          Object.entries({ ...settingsOf(document), ...settings }).map(([name, text]) => [
            words(name),
            words(text),
          ]),
        ),
      ),
    ],
  ] as const;
  const links = sections
    .filter(([, , content]) => content !== "")
    .map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`);
  const title = `${document.underlying}: ${document.models.length} models, ${dateText(document.asOf)}`;
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/><title>${escapeText(title)}</title><style>${styleSheet}${modelStyles(document.models)}</style></head>
<body>
<header>${header(document)}<nav aria-label="Sections"><ul>${links.join("")}</ul></nav></header>
<main>
${sections.map(([, , content]) => content).join("\n")}
</main>
<footer>Volatilities are per √year; a vol point (vp) is 0.01. One “spread” is half a quote's bid-ask spread in volatility, so that −1 to 1 is inside. Made by Volterra.</footer>
</body>
</html>
`;
}

const SCENARIOS: Readonly<Record<CompareDocument["scenario"], string>> = {
  liquid: "the chain as it is",
  stress: "the chain after a shock to level, skew and spreads",
  sparse: "fitted to the few quotes of a sparse market, measured at all",
};

function header(document: CompareDocument): string {
  const { quotes, models, underlying, asOf, scenario } = document;
  return `<h1>${escapeText(underlying)}: models compared, ${escapeText(dateText(asOf))}</h1><p class="soft">${countText(models.length)} models, ${SCENARIOS[scenario]}: ${countText(quotes.fitted)} quotes in ${countText(quotes.expiries)} expiries.</p><p class="verdict">${escapeText(verdict(models))}</p>`;
}

/** The winners, in one or two sentences. */
export function verdict(models: readonly ModelComparison[]): string {
  const best = (value: (model: ModelComparison) => number | null): ModelComparison | undefined =>
    models
      .filter((model) => value(model) !== null)
      .toSorted((a, b) => (value(a) ?? 0) - (value(b) ?? 0))[0];
  const inSample = best((m) => (m.insideShare === null ? null : -m.insideShare));
  if (inSample === undefined) return "No model could be fitted to this chain.";
  const failed = models.filter(({ status }) => status === "failed").length;
  const outOfSample: readonly (readonly [string, (m: ModelComparison) => number | null])[] = [
    ["held-out strikes", (m) => m.heldOutStrikeRmseVolPoints],
    ["a held-out expiry", (m) => m.heldOutExpiryRmseVolPoints],
    ["the next snapshot", (m) => m.nextSnapshotRmseVolPoints],
  ];
  const winners = outOfSample.flatMap(([what, value]) => {
    const model = best(value);
    return model === undefined
      ? []
      : [`${model.title} on ${what} (${fixedText(value(model) ?? Number.NaN)} vp)`];
  });
  const out =
    winners.length === 0
      ? ""
      : ` Out of sample the smallest errors are those of ${joined(winners)}.`;
  const end = failed === 0 ? "" : ` ${failed} of ${models.length} models failed.`;
  return `In sample ${inSample.title} has most quotes inside bid-ask (${percentText(inSample.insideShare ?? Number.NaN)}).${out}${end}`;
}

const joined = (parts: readonly string[]): string =>
  parts.length < 2
    ? parts.join("")
    : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;

const tableSection = (document: CompareDocument): string =>
  section(
    "table",
    "All models",
    "In sample: inside bid-ask, RMSE, at the money (|z| ≤ 0.5) and wings (|z| ≥ 1), z in at-the-money standard deviations. Out of sample: every third strike held out, an expiry held out, and the next snapshot with parameters rolled and nothing refitted. Arbitrage: none on a dense grid, far out (only beyond the outermost quotes), or at quotes.",
    compareTable(document),
  );

const vp = (value: number): string => fixedText(value);
const BARS: readonly (readonly [
  string,
  string,
  (m: ModelComparison) => number | null,
  BarOptions,
])[] = [
  [
    "Inside bid-ask",
    "Share of quotes, in sample.",
    (m) => m.insideShare,
    { best: "most", format: (v) => percentText(v) },
  ],
  ["RMSE in sample", "Vol points.", (m) => m.rmseVolPoints, { best: "least", format: vp }],
  [
    "Held-out strikes",
    "RMSE in vol points at quotes the fit was not shown.",
    (m) => m.heldOutStrikeRmseVolPoints,
    { best: "least", format: vp },
  ],
  [
    "Held-out expiry",
    "RMSE in vol points at expiries the fit was not shown.",
    (m) => m.heldOutExpiryRmseVolPoints,
    { best: "least", format: vp },
  ],
  [
    "Next snapshot",
    "RMSE in vol points at the next snapshot's quotes, parameters rolled.",
    (m) => m.nextSnapshotRmseVolPoints,
    { best: "least", format: vp },
  ],
  [
    "Time of the fit",
    "Seconds, on a logarithmic scale.",
    (m) => (m.status === "failed" ? null : m.seconds),
    { best: "least", isLog: true, format: secondsText },
  ],
];

function barSection({ models }: CompareDocument): string {
  const colours = modelColours(models);
  const figures = BARS.flatMap(([title, note, value, options]) => {
    const bars = models.map((model) => ({
      name: model.title,
      className: colours.get(model.name) ?? "",
      value: value(model),
    }));
    if (bars.every((bar) => bar.value === null)) return [];
    return [figure(title, note, barPlot(title, bars, options))];
  });
  return section(
    "bars",
    "Measurement by measurement",
    "The best model first. A bar with a notch is cut: it is more than three times the median.",
    cards(figures),
  );
}

function smileSection(comparison: Comparison): string {
  const { document } = comparison;
  const hidden = document.scenario === "sparse" ? " Pale quotes were not shown to the models." : "";
  return section(
    "smiles",
    "Smiles",
    `${countText(compareSmileCount(comparison))} expiries; bars are bid to ask.${hidden}`,
    `${modelToggles(document.models)}${cards(compareSmiles(comparison))}<h3>By expiry</h3>${expiryTable(comparison)}`,
  );
}

/** Most dots of one map: more would make the page heavy and show no more. */
const mostDots = 400;

function whereSection({ evaluations }: Comparison): string {
  const figures = evaluations.flatMap(({ comparison, errors }) => {
    if (errors.length === 0) return [];
    const step = Math.ceil(errors.length / mostDots);
    const dots = errors
      .filter((_, i) => i % step === 0)
      .map((error) => ({
        x: error.z,
        y: error.yearsToExpiry,
        value: error.spreads,
        note: `${error.instrument}: ${fixedText(error.spreads)} half spreads`,
      }));
    const title = `Residuals of ${comparison.title}, in half spreads`;
    const plot = dotMap(title, dots, {
      x: { label: "z, at-the-money standard deviations", kind: "linear" },
      y: { label: "time to expiry", kind: "time" },
      value: "model − mid",
      format: (v) => fixedText(v, 0),
      middle: 0,
      range: [-2, 2],
    });
    const outside = errors.filter((error) => !isInsideQuote(error)).length;
    const note = `${countText(outside)} of ${countText(errors.length)} quotes missed${step > 1 ? `; one dot in ${step} is drawn` : ""}.`;
    return [figure(comparison.title, note, plot)];
  });
  return section(
    "where",
    "Where each model misses",
    "Each dot is a quote; blue is below its mid, orange above. Full colour is two half spreads or more.",
    cards(figures),
  );
}
