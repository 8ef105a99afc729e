/**
 * A fit as one HTML file that needs nothing else: no network, and no script except to rotate the surface.
 *
 * Every figure is SVG in the file; the rotatable surface (client/surface3d.ts) reads the JSON block
 * `surface-data` and stays away where there is no WebGL, with the heat map beside it. The same data give the
 * same bytes.
 */
import { dotMap, heatMap } from "./heatMap.ts";
import {
  certificateTables,
  checksTable,
  cleaningSummary,
  expiryTable,
  settingsTable,
  worstQuotesTable,
} from "./documentTables.ts";
import { cards, figure, section } from "./htmlParts.ts";
import { linePlot } from "./linePlot.ts";
import { dateText, fixedText, percentText, shortText } from "./numberText.ts";
import { expiryIndex, type ReportData, type ReportMap } from "./reportData.ts";
import { smilePlot } from "./smilePlot.ts";
import { styleSheet } from "./styles.ts";
import { surfaceData, surfaceDataId } from "./surfaceData.ts";
import { escapeText } from "./svg.ts";
import { verdictHeader } from "./verdict.ts";

const SMILE_KEY = `<ul class="key"><li><svg viewBox="0 0 26 14" aria-hidden="true"><g class="quote"><path d="M13 1V13M10 1h6M10 13h6"/></g></svg>bid and ask</li><li><svg viewBox="0 0 26 14" aria-hidden="true"><g class="quote missed"><path d="M13 1V13M10 1h6M10 13h6"/></g></svg>missed by the model</li><li><svg viewBox="0 0 26 14" aria-hidden="true"><rect class="band" y="2" width="26" height="10"/><path class="curve" d="M0 7H26"/></svg>model ± 2 Monte Carlo standard errors</li></ul>`;

/** A report.
 *
 * Units  as in ReportData
 * @param clientScript  dist/report/client.js; without it the surface is a heat map only
 */
export function htmlReport(data: ReportData, clientScript?: string): string {
  const { document } = data;
  const sections = [
    ["smiles", "Smiles", smilesSection(data)],
    ["surface", "Surface", surfaceSection(data, clientScript !== undefined)],
    ["residuals", "Residuals", residualSection(data)],
    ...(data.maps.length > 0 ? [["learned", "Learned", learnedSection(data.maps)]] : []),
    ["convergence", "Convergence", convergenceSection(data)],
    [
      "certificate",
      "Certificate",
      section("certificate", "Arbitrage certificate", "", certificateTables(document)),
    ],
    ["data", "Data", section("data", "Data and cleaning", "", cleaningSummary(document))],
    [
      "settings",
      "Settings",
      section("settings", "Settings", "", settingsTable(document, data.settings)),
    ],
  ] as const;
  const links = sections.map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`);
  const script =
    clientScript === undefined
      ? ""
      : `<script type="application/json" id="${surfaceDataId}">${jsonInHtml(surfaceData(data))}</script><script>${scriptInHtml(clientScript)}</script>`;
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/><title>${escapeText(`${document.underlying} volatility, ${dateText(document.asOf)}`)}</title><style>${styleSheet}</style></head>
<body>
<header>${verdictHeader(document)}<nav aria-label="Sections"><ul>${links.join("")}</ul></nav></header>
<main>
${sections.map(([, , content]) => content).join("\n")}
</main>
<footer>Volatilities are per √year; a vol point (vp) is 0.01. One “spread” is half a quote's bid-ask spread in volatility, so that −1 to 1 is inside. Made by Volterra.</footer>
${script}
</body>
</html>
`;
}

/** `<` cannot end the block early when it is written as an escape. */
const jsonInHtml = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

/** A script may hold `</script` and `<!--` only inside strings, regular expressions and comments. */
const scriptInHtml = (script: string): string =>
  script.replace(/<\/(?=script)/gi, "<\\/").replaceAll("<!--", "<\\!--");

function smilesSection({ document, quotes, smiles }: ReportData): string {
  const byExpiry = Map.groupBy(quotes, (quote) => expiryIndex(document, quote.expiryMs));
  const figures = smiles.map((smile, index) => {
    const fit = document.expiries[index];
    const note =
      fit === undefined
        ? ""
        : `${percentText(fit.insideShare)} of ${fit.quotes} inside, RMSE ${fixedText(fit.rmseVolPoints)} vp`;
    const plot = smilePlot(`Smile of ${smile.expiry}: ${note}`, byExpiry.get(index) ?? [], smile);
    return figure(smile.expiry, note, plot);
  });
  return section(
    "smiles",
    "Smiles",
    "",
    `${SMILE_KEY}${cards(figures)}<h3>By expiry</h3>${expiryTable(document)}`,
  );
}

function surfaceSection({ surfaceGrid, termStructure }: ReportData, isRotatable: boolean): string {
  const { logMoneyness: xs, years: ys, vol: values } = surfaceGrid;
  const rotatable = figure(
    "Surface in three dimensions",
    "Drag sideways or press the arrow keys to turn it; dots are mid quotes.",
    '<div id="surface3d"><p>This view needs a script and WebGL. The same surface is beside it as a heat map.</p></div>',
  );
  const map = figure(
    "Surface as a heat map",
    "Implied volatility over log-moneyness and time to expiry, where there are quotes.",
    heatMap(
      "Implied volatility surface",
      { xs, ys, values },
      {
        x: { label: "log-moneyness ln(K/F)", kind: "linear" },
        y: { label: "time to expiry", kind: "time" },
        value: "implied vol",
        format: (v) => percentText(v),
      },
    ),
  );
  const term = figure(
    "Term structure",
    "Implied volatility at the forward, of the model.",
    linePlot(
      "At-the-money term structure",
      [{ name: "model", points: termStructure.map((p) => [p.years, p.atmVol]), markers: true }],
      {
        x: { label: "time to expiry", kind: "time" },
        y: { label: "ATM vol, %", kind: "percent" },
      },
    ),
  );
  return section(
    "surface",
    "Volatility surface",
    "",
    cards([...(isRotatable ? [rotatable] : []), map, term]),
  );
}

function residualSection({ document, quotes }: ReportData): string {
  const dots = quotes.map((q) => {
    const { yearsToExpiry, expiry } = document.expiries[expiryIndex(document, q.expiryMs)];
    return {
      x: q.logMoneyness,
      y: yearsToExpiry,
      value: q.spreads,
      note: `${q.instrument}, ${expiry}: ${fixedText(q.spreads)} half spreads`,
    };
  });
  const map = figure(
    "Where the model misses",
    "Each dot is a quote; blue is below its mid, orange above. Full colour is two half spreads or more.",
    dotMap("Residuals by expiry and log-moneyness, in half spreads", dots, {
      x: { label: "log-moneyness ln(K/F)", kind: "linear" },
      y: { label: "time to expiry", kind: "time" },
      value: "model − mid, in half spreads",
      format: (v) => fixedText(v, 0),
      middle: 0,
      range: [-2, 2],
    }),
  );
  return section(
    "residuals",
    "Residuals",
    "",
    `${cards([map, `<div>${checksTable(document)}</div>`])}<h3>Worst quotes</h3>${worstQuotesTable(quotes)}`,
  );
}

const MAP_FORMATS: Readonly<Record<ReportMap["format"], (v: number) => string>> = {
  vol: (v) => percentText(v),
  ratio: (v) => `×${fixedText(Math.exp(v))}`,
  number: (v) => shortText(v, 2),
};
const MAP_MIDDLES = { vol: undefined, ratio: 0, number: 0 } as const;
/** Ratios are coloured by their logarithm, in which half is as far from 1 as twice. */
const onMapScale = ({ format, values }: ReportMap): readonly (readonly number[])[] =>
  format === "ratio" ? values.map((row) => row.map((v) => Math.log(v))) : values;

function learnedSection(maps: readonly ReportMap[]): string {
  const figures = maps.map((map) =>
    figure(
      map.title,
      map.note,
      heatMap(
        map.title,
        { ...map, values: onMapScale(map) },
        {
          x: { label: map.xLabel === "years" ? "time" : map.xLabel, kind: "time" },
          y: { label: map.yLabel, kind: "linear" },
          value: map.format === "ratio" ? "factor" : "",
          format: MAP_FORMATS[map.format],
          middle: MAP_MIDDLES[map.format],
        },
      ),
    ),
  );
  return section(
    "learned",
    "What the network learned",
    "Departures of the neural model from its classical skeleton, over time and the value of a factor.",
    cards(figures),
  );
}

function convergenceSection({ history }: ReportData): string {
  const x = { label: "iteration", kind: "linear" } as const;
  const loss = figure(
    "Loss",
    "The objective after each iteration, on a logarithmic scale. It may step where path counts grow.",
    linePlot(
      "Loss by iteration",
      [{ name: "loss", points: history.map((h) => [h.iteration, h.loss]) }],
      {
        x,
        y: { label: "loss", kind: "log" },
      },
    ),
  );
  const inside = figure(
    "Quotes inside bid-ask",
    "Share of quotes inside their spread after each iteration.",
    linePlot(
      "Share inside by iteration",
      [{ name: "inside", points: history.map((h) => [h.iteration, h.insideShare]) }],
      { x, y: { label: "inside, %", kind: "percent", extent: [0, 1] } },
    ),
  );
  const time = figure(
    "Time",
    "Seconds since the start of the fit, by iteration.",
    linePlot(
      "Seconds by iteration",
      [{ name: "seconds", points: history.map((h) => [h.iteration, h.seconds]) }],
      { x, y: { label: "seconds", kind: "linear" } },
    ),
  );
  return section("convergence", "Convergence", "", cards([loss, inside, time]));
}
