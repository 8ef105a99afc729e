/** The comparison in tables: models, expiries, what was said, settings. */
import {
  type CompareDocument,
  type Comparison,
  type ModelComparison,
  summariseErrors,
} from "../compare/index.ts";
import { type HtmlCell, htmlTable } from "./htmlParts.ts";
import { countText, dateText, durationText, fixedText, percentText } from "./numberText.ts";
import { escapeText } from "./svg.ts";

const none = "–";
const orNone = (value: number | null, text: (value: number) => string): string =>
  value === null ? none : text(value);
const vp = (value: number | null): string => orNone(value, (v) => fixedText(v));

/** One row a model. */
export function compareTable({ models, nextAsOf }: CompareDocument): string {
  const next = nextAsOf === null ? "" : `; next snapshot ${dateText(nextAsOf)}`;
  return htmlTable(
    `Errors in vol points${next}`,
    [
      "Model",
      "Status",
      "Parameters",
      "Inside",
      "RMSE",
      "RMSE, spreads",
      "ATM",
      "Wings",
      "Held-out strikes",
      "Held-out expiry",
      "Next snapshot",
      "Worst, spreads",
      "Arbitrage",
      "Time",
    ],
    models.map((model) => [
      model.title,
      { text: model.status },
      orNone(model.parameters, countText),
      orNone(model.insideShare, (v) => percentText(v)),
      vp(model.rmseVolPoints),
      vp(model.rmseSpreads),
      vp(model.atmRmseVolPoints),
      vp(model.wingRmseVolPoints),
      vp(model.heldOutStrikeRmseVolPoints),
      vp(model.heldOutExpiryRmseVolPoints),
      vp(model.nextSnapshotRmseVolPoints),
      orNone(model.worst?.spreads ?? null, (v) => fixedText(v, 1)),
      arbitrageCell(model),
      orNone(model.seconds, secondsText),
    ]),
  );
}

function arbitrageCell({ certificate }: ModelComparison): HtmlCell {
  if (certificate === null) return { text: none };
  if (certificate.pass) return { text: "✓ none" };
  return { text: certificate.passAtQuotes ? "✗ far out" : "✗ at quotes" };
}

/** Milliseconds where seconds would be zero. */
export const secondsText = (seconds: number): string =>
  seconds < 0.1 ? `${fixedText(1000 * seconds, 1)} ms` : durationText(seconds);

/** RMSE of every model at every expiry. */
export function expiryTable({ task, evaluations }: Comparison): string {
  const fitted = evaluations.filter(({ errors }) => errors.length > 0);
  return htmlTable(
    "RMSE in vol points by expiry",
    ["Expiry", "Days", "Quotes", ...fitted.map(({ comparison }) => comparison.title)],
    task.measured.expiries.map(({ expiryMs, yearsToExpiry, quotes }) => [
      new Date(expiryMs).toISOString().slice(0, 10),
      fixedText(365 * yearsToExpiry, 1),
      countText(quotes.length),
      ...fitted.map(({ errors }) =>
        vp(summariseErrors(errors.filter((e) => e.expiryMs === expiryMs)).rmseVolPoints),
      ),
    ]),
  );
}

/** Reasons, limits and broken relations, by model. */
export function notesList(models: readonly ModelComparison[]): string {
  const items = models.flatMap((model) => {
    const { status, message, warnings, certificate } = model;
    const lines = [
      ...(status === "converged" ? [] : [message === "" ? status : `${status}: ${message}`]),
      ...warnings,
      ...(certificate?.failures ?? []).map((text) => `certificate: ${text}`),
    ];
    if (lines.length === 0) return [];
    return [
      `<h3>${escapeText(model.title)}</h3><ul class="why">${lines.map((text) => `<li>${escapeText(text)}</li>`).join("")}</ul>`,
    ];
  });
  return items.length === 0
    ? "<p>Every model converged without a warning.</p>"
    : `<div class="card">${items.join("")}</div>`;
}

/** What the comparison was asked. */
export function settingsOf(document: CompareDocument): Readonly<Record<string, string>> {
  const { quotes } = document;
  return {
    Underlying: document.underlying,
    "As of": document.asOf,
    "Next snapshot": document.nextAsOf ?? "none",
    Scenario: document.scenario,
    "Quotes read, fitted, measured": [quotes.read, quotes.fitted, quotes.measured]
      .map(countText)
      .join(", "),
    "30-day at-the-money volatility": percentText(document.level),
    "Held-out quotes": document.heldOut
      ? `every third strike; expiries ${document.heldOutExpiries.map((t) => t.slice(0, 10)).join(", ") || "none"}`
      : "none",
    Seed: String(document.seed),
    Models: document.models.map(({ name }) => name).join(", "),
  };
}
