/** What `compare` tells a person: one table of models, what the columns mean, and what each model had to say. */
import type { CompareDocument, ModelComparison } from "../compare/index.ts";
import { exoticsText } from "./exoticsText.ts";
import { textTable } from "./textTable.ts";

const none = "–";

/** The summary; 100 columns are enough for its table. */
export function compareText(document: CompareDocument): string {
  const { underlying, asOf, scenario, quotes, nextAsOf, models } = document;
  const measured =
    quotes.measured === quotes.fitted
      ? `${quotes.fitted} quotes in ${quotes.expiries} expiries`
      : `${quotes.fitted} quotes in ${quotes.expiries} expiries shown, measured at ${quotes.measured}`;
  const files = Object.values(document.files).map((path) => `  ${path}`);
  return [
    `${underlying} as of ${asOf}, ${scenario}: ${measured}`,
    "",
    compareTable(models),
    "",
    ...legend(nextAsOf),
    ...exoticsText(document),
    ...notes(models),
    ...(files.length > 0 ? ["", "Files:", ...files] : []),
    "",
  ].join("\n");
}

/** One line a model. */
function compareTable(models: readonly ModelComparison[]): string {
  const header = [
    "model",
    "par",
    "inside",
    "RMSE",
    "/spr",
    "ATM",
    "wings",
    "strikes",
    "expiry",
    "next",
    "arb.",
    "seconds",
  ];
  return textTable(header, models.map(rowOf));
}

function rowOf(model: ModelComparison): string[] {
  const mark = model.status === "converged" ? "" : model.status === "failed" ? " ✗" : " *";
  const points = (value: number | null): string =>
    value === null ? none : value.toFixed(value < 99.995 ? 2 : 0);
  return [
    `${model.name}${mark}`,
    model.parameters === null ? none : String(model.parameters),
    model.insideShare === null ? none : `${(100 * model.insideShare).toFixed(1)}%`,
    points(model.rmseVolPoints),
    points(model.rmseSpreads),
    points(model.atmRmseVolPoints),
    points(model.wingRmseVolPoints),
    points(model.heldOutStrikeRmseVolPoints),
    points(model.heldOutExpiryRmseVolPoints),
    points(model.nextSnapshotRmseVolPoints),
    certificateMark(model),
    model.seconds === null ? none : secondsText(model.seconds),
  ];
}

/** "pass", "wings" when only where no quotes are, "FAIL". */
export function certificateMark({ certificate }: ModelComparison): string {
  if (certificate === null) return none;
  if (certificate.pass) return "pass";
  return certificate.passAtQuotes ? "wings" : "FAIL";
}

const secondsText = (seconds: number): string =>
  seconds >= 99.95 ? seconds.toFixed(0) : seconds >= 1 ? seconds.toFixed(1) : seconds.toFixed(3);

function legend(nextAsOf: string | null): string[] {
  return [
    "RMSE, ATM (|z| ≤ 0.5), wings (|z| ≥ 1), strikes and expiry (held out) and next are in vol points;",
    "par: fitted parameters; /spr: RMSE in half spreads; arb.: pass, FAIL, or wings, which is broken",
    "only beyond the quotes.",
    ...(nextAsOf === null ? [] : [`next: parameters rolled to ${nextAsOf}, nothing refitted.`]),
  ];
}

/** Status, reasons and warnings, a few lines each. */
function notes(models: readonly ModelComparison[]): string[] {
  const shown = 4;
  const lines = models.flatMap(({ name, status, message, warnings }) => {
    const state = status === "converged" ? [] : [message === "" ? status : `${status}: ${message}`];
    const all = [...state, ...warnings];
    const rest = all.length > shown ? [`and ${all.length - shown} more; see --json`] : [];
    return [...all.slice(0, shown), ...rest].map((text) => `  ${name}: ${text}`);
  });
  return lines.length === 0 ? [] : ["", "Notes (✗ failed, * see its line):", ...lines];
}
