/** The document in tables: expiries, checks of the Monte Carlo, certificate, data and cleaning, settings. */
import type { FitDocument, QuoteFit } from "../calibrate/index.ts";
import type { Relation } from "../surface/index.ts";
import { htmlTable } from "./htmlParts.ts";
import {
  countText,
  dateText,
  durationText,
  fixedText,
  percentText,
  shortText,
} from "./numberText.ts";
import { escapeText } from "./svg.ts";

/** A cell that may wrap. */
const words = (text: string) => ({ text, isLong: true }) as const;

export const expiryTable = ({ expiries }: FitDocument): string =>
  htmlTable(
    "Fit by expiry",
    ["Expiry", "Years", "Forward", "Quotes", "Inside", "RMSE, vp", "MC error, vp"],
    expiries.map((e) => [
      dateText(e.expiry),
      fixedText(e.yearsToExpiry, 4),
      fixedText(e.forward),
      countText(e.quotes),
      percentText(e.insideShare),
      fixedText(e.rmseVolPoints, 3),
      fixedText(e.standardErrorVolPoints, 3),
    ]),
  );

export const checksTable = ({ checks, fit }: FitDocument): string =>
  htmlTable(
    "Is the fit real, or fitted to its own noise and time grid? Changes in half spreads",
    ["Check", "Mean change", "Inside"],
    [
      [words("As fitted"), "", percentText(fit.insideShare)],
      [
        words("Fresh paths"),
        fixedText(checks.freshNoiseSpreads, 3),
        percentText(checks.freshNoiseInsideShare),
      ],
      [
        words("Twice the time steps"),
        fixedText(checks.halfStepSpreads, 3),
        percentText(checks.halfStepInsideShare),
      ],
      [
        words("Surface against the model's own prices"),
        fixedText(checks.surfaceSpreads, 3),
        percentText(checks.surfaceInsideShare),
      ],
    ],
  );

/** The quotes furthest from the model, in half spreads. */
export function worstQuotesTable(quotes: readonly QuoteFit[], count = 10): string {
  const size = (quote: QuoteFit): number =>
    Number.isNaN(quote.spreads) ? Infinity : Math.abs(quote.spreads);
  const worst = quotes.toSorted((a, b) => size(b) - size(a)).slice(0, count);
  return htmlTable(
    `The ${worst.length} quotes furthest from the model, in half spreads`,
    ["Quote", "ln(K/F)", "Bid vol", "Ask vol", "Model", "MC error, vp", "Half spreads"],
    worst.map((q) => [
      q.instrument,
      fixedText(q.logMoneyness, 3),
      percentText(q.bidVol, 2),
      percentText(q.askVol, 2),
      percentText(q.modelVol, 2),
      fixedText(100 * q.standardErrorVol, 3),
      fixedText(q.spreads),
    ]),
  );
}

const RELATIONS: readonly (readonly [Exclude<Relation, "defined">, string])[] = [
  ["butterfly", "prices are convex in strike: s² ∂²C/∂K²"],
  ["calendar", "prices at fixed ln(K/F) grow with expiry"],
  ["vertical", "the slope −∂C/∂K lies in [0, 1]"],
  ["bound", "prices lie between intrinsic value and forward"],
  ["wing", "total variance grows slower than 2|k| (Lee)"],
];

export function certificateTables({ certificate: { details } }: FitDocument): string {
  const worst = {
    butterfly: details.worstButterfly,
    calendar: details.worstCalendar,
    vertical: details.worstVertical,
    bound: details.worstBound,
    wing: details.worstWing,
  };
  const { range, checked } = details;
  const place = (p: { k: number; years: number } | null): string =>
    p === null ? "none" : `k ${fixedText(p.k)}, ${fixedText(p.years, 3)} y`;
  const table = htmlTable(
    `${details.pass ? "Pass" : "FAIL"}: ${countText(checked.dates)} dates × ${countText(checked.strikesPerDate)} strikes, ln(K/F) from ${fixedText(range.kMin)} to ${fixedText(range.kMax)}, ${fixedText(range.yearsMin, 3)} to ${fixedText(range.yearsMax, 3)} years. Every worst value must be at least −${shortText(details.tolerance)}`,
    ["Relation", "Meaning", "Worst", "Where", "Points", "Verdict"],
    RELATIONS.map(([relation, meaning]) => [
      relation,
      words(meaning),
      shortText(worst[relation]),
      place(details.where[relation]),
      countText(checked[relation]),
      {
        pass:
          worst[relation] >= -details.tolerance &&
          !details.failures.some((failure) => failure.relation === relation),
      },
    ]),
  );
  if (details.failures.length === 0) return table;
  const failures = htmlTable(
    "Broken relations, the worst of each kind by date",
    ["Relation", "ln(K/F)", "Years", "Value", "Points"],
    details.failures.map((f) => [
      f.relation,
      fixedText(f.k, 4),
      fixedText(f.years, 4),
      shortText(f.value),
      countText(f.points),
    ]),
  );
  return `${table}${failures}`;
}

/** What cleaning kept, and every dropped quote under its reason. */
export function cleaningSummary({ quotes }: FitDocument): string {
  const byReason = Map.groupBy(quotes.dropped, (quote) => quote.reason);
  const reasons = [...byReason].toSorted(([, a], [, b]) => b.length - a.length);
  const counts = htmlTable(
    `${countText(quotes.read)} quotes read, ${countText(quotes.used)} used, ${countText(quotes.dropped.length)} dropped`,
    ["Reason for dropping", "Quotes", "Share of quotes read"],
    reasons.map(([reason, dropped]) => [
      words(reason),
      countText(dropped.length),
      percentText(dropped.length / quotes.read),
    ]),
  );
  if (reasons.length === 0) return counts;
  const lists = reasons.map(
    ([reason, dropped]) =>
      `<h3>${escapeText(reason)}</h3><p class="names" tabindex="0">${dropped.map((q) => escapeText(q.instrument)).join(", ")}</p>`,
  );
  return `${counts}<details class="card"><summary>Every dropped quote</summary>${lists.join("")}</details>`;
}

export function settingsTable(
  document: FitDocument,
  settings: Readonly<Record<string, string>>,
): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Underlying", document.underlying],
    ["As of", document.asOf],
    ["Seed", `${document.seed}`],
    ["Threads", `${document.cost.threads}`],
    ["Time", durationText(document.cost.seconds)],
    ["Path steps", countText(document.cost.pathSteps)],
    ...Object.entries(settings),
    ...Object.entries(document.files).map(([name, path]) => [`File: ${name}`, path] as const),
  ];
  return htmlTable(
    "Everything needed to repeat this fit",
    ["Setting", "Value"],
    rows.map(([name, text]) => [words(name), words(text)]),
  );
}
