/**
 * From a fit to the data of its report: smiles and a grid read off the arbitrage-free surface, beside the fit's document.
 */
import type { FitDocument, FitResult } from "../calibrate/index.ts";

import type { Surface } from "../surface/index.ts";
import type { ReportData, ReportSmile } from "./reportData.ts";

/** Points of a smile, and of the grid along each axis. */
const points = { smile: 81, strikes: 41, dates: 24 } as const;
/** Length of a smile beyond its outermost quotes, as a share of their distance. */
const MARGIN = 0.08;

/** What the report shows of a fit; `settings` are stated beside the fit's own. */
export function fitReportData(
  result: FitResult,
  document: FitDocument,
  settings: Readonly<Record<string, string>>,
): ReportData {
  const { surface, quotes, history, model } = result;
  return {
    document,
    quotes,
    smiles: document.expiries.map((_, index) => smileOf(result, document, index)),
    surfaceGrid: gridOf(
      surface,
      quotes.map((quote) => quote.logMoneyness),
    ),
    history,
    maps: result.maps,
    settings: {
      model: "neural SDE under Q: two log-Ornstein-Uhlenbeck factors, one network, jumps",
      "hidden layers": model.config.hidden.join(" × "),
      parameters: String(model.theta.length),
      "steps of the time grid": String(model.config.gridSteps),
      "most jumps in a payoff": String(model.config.maxJumps),
      seed: String(model.seed),
      threads: String(document.cost.threads),
      "path-steps": `${(document.cost.pathSteps / 1e6).toFixed(1)} million`,
      "fingerprint of the quotes": model.dataFingerprint,
      ...settings,
    },
    termStructure: Array.from(surface.years, (years) => ({
      years,
      atmVol: surface.impliedVol(0, years),
    })),
  };
}

function smileOf(
  { surface, quotes }: FitResult,
  document: FitDocument,
  index: number,
): ReportSmile {
  const { expiry, yearsToExpiry } = document.expiries[index];
  const own = quotes.filter((quote) => quote.expiryMs === Date.parse(expiry));
  const ks = own.map((quote) => quote.logMoneyness);
  const [low, high] = [Math.min(...ks), Math.max(...ks)];
  const margin = MARGIN * (high - low);
  const logMoneyness = spaced(low - margin, high + margin, points.smile);
  const slice = surface.slice(inDomain(surface, yearsToExpiry));
  return {
    expiry: expiry.slice(0, 10),
    yearsToExpiry,
    logMoneyness,
    vol: logMoneyness.map((k) => slice.impliedVol(k)),
    standardError: logMoneyness.map((k) => standardErrorNear(own, k)),
  };
}

/** Standard error of the nearest quote: it varies slowly in k. */
function standardErrorNear(quotes: FitResult["quotes"], k: number): number {
  const distance = (at: number): number => Math.abs(at - k);
  return quotes.reduce((a, b) => (distance(b.logMoneyness) < distance(a.logMoneyness) ? b : a))
    .standardErrorVol;
}

function gridOf(surface: Surface, ks: readonly number[]): ReportData["surfaceGrid"] {
  const logMoneyness = spaced(Math.min(...ks), Math.max(...ks), points.strikes);
  const first = surface.years[0];
  const last = surface.domain.yearsMax;
  // Even in √T: smiles change fastest at the short end.
  const years = spaced(Math.sqrt(first), Math.sqrt(last), points.dates).map((root) =>
    Math.min(Math.max(root ** 2, first), last),
  );
  const vol = years.map((t) => {
    const slice = surface.slice(t);
    return logMoneyness.map((k) => slice.impliedVol(k));
  });
  return { logMoneyness, years, vol };
}

const inDomain = ({ domain }: Surface, years: number): number =>
  Math.min(Math.max(years, domain.yearsMin), domain.yearsMax);

const spaced = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
