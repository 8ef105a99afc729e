/**
 * From a fit to the data of its report: smiles and a grid read off the arbitrage-free surface, beside the fit's document.
 */
import type { FitDocument, FitResult } from "../calibrate/index.ts";
import type { Surface } from "../surface/index.ts";
import type { ReportData, ReportSmile, SurfaceGrid } from "./reportData.ts";

/** Points of a smile, and of the grid along each axis. */
const points = { smile: 81, strikes: 81, dates: 24 } as const;
/** Length of a smile beyond its outermost quotes, as a share of their distance. */
const MARGIN = 0.08;

/** What the report shows of a fit; `settings` are stated beside the fit's own. */
export function fitReportData(
  result: FitResult,
  document: FitDocument,
  settings: Readonly<Record<string, string>>,
): ReportData {
  const { surface, quotes, history, model } = result;
  const smiles = document.expiries.map((_, index) => smileOf(result, document, index));
  return {
    document,
    quotes,
    smiles,
    surfaceGrid: gridOf(surface, smiles),
    history,
    maps: result.maps,
    settings: {
      model: "neural SDE under Q: two log-Ornstein-Uhlenbeck factors, one network, jumps",
      "hidden layers": model.config.hidden.join(" × "),
      parameters: String(model.theta.length),
      "steps of the time grid": String(model.config.gridSteps),
      "most jumps in a payoff": String(model.config.maxJumps),
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

/** The surface where there are quotes: NaN further out, where it would show nothing but extrapolation. */
function gridOf(surface: Surface, smiles: readonly ReportSmile[]): SurfaceGrid {
  const ends = smiles.map(({ logMoneyness: ks }) => [ks[0], ks[ks.length - 1]] as const);
  const logMoneyness = spaced(
    Math.min(...ends.map(([low]) => low)),
    Math.max(...ends.map(([, high]) => high)),
    points.strikes,
  );
  const first = surface.years[0];
  const last = surface.domain.yearsMax;
  // Even in √T: smiles change fastest at the short end.
  const roots = spaced(Math.sqrt(first), Math.sqrt(last), points.dates);
  const years = [first, ...roots.slice(1, -1).map((root) => root ** 2), last];
  const halfStep = (logMoneyness[1] - logMoneyness[0]) / 2;
  const vol = years.map((t) => {
    const slice = surface.slice(t);
    const [from, to] = quotedRange(smiles, t);
    return logMoneyness.map((k) =>
      k >= from - halfStep && k <= to + halfStep ? slice.impliedVol(k) : Number.NaN,
    );
  });
  return { logMoneyness, years, vol };
}

/** Ends of the smile at a date: between two expiries, in proportion to √T, as smiles themselves widen. */
function quotedRange(smiles: readonly ReportSmile[], years: number): readonly [number, number] {
  const after = smiles.findIndex((smile) => smile.yearsToExpiry >= years);
  const next = smiles.at(after) as ReportSmile;
  const previous = smiles[Math.max(0, (after < 0 ? smiles.length : after) - 1)];
  const [t0, t1] = [Math.sqrt(previous.yearsToExpiry), Math.sqrt(next.yearsToExpiry)];
  const share = t1 > t0 ? Math.min(1, Math.max(0, (Math.sqrt(years) - t0) / (t1 - t0))) : 1;
  const between = (a: number, b: number): number => a + share * (b - a);
  return [
    between(previous.logMoneyness[0], next.logMoneyness[0]),
    between(previous.logMoneyness.at(-1) ?? 0, next.logMoneyness.at(-1) ?? 0),
  ];
}

const inDomain = ({ domain }: Surface, years: number): number =>
  Math.min(Math.max(years, domain.yearsMin), domain.yearsMax);

const spaced = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
