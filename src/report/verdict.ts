/** The head of a report: what was fitted, the verdict in one sentence, the key figures. */
import type { FitDocument, FitStatus } from "../calibrate/index.ts";
import {
  countText,
  dateText,
  durationText,
  fixedText,
  magnitudeText,
  percentText,
  shortText,
} from "./numberText.ts";
import { escapeText } from "./svg.ts";

const ENDINGS: Readonly<Record<FitStatus, string>> = {
  converged: "The fit converged",
  "iteration-limit": "The fit stopped at its iteration limit",
  cancelled: "The fit was cancelled",
};

/** How good the fit is and whether the surface is free of arbitrage, in one sentence. */
export function verdictSentence({ status, fit, quotes, certificate }: FitDocument): string {
  const arbitrage = certificate.pass
    ? `the surface is free of static arbitrage wherever it was audited (tolerance ${shortText(certificate.tolerance)} of the forward)`
    : "the surface FAILS its arbitrage audit";
  return `${ENDINGS[status]}: the model is inside the bid-ask spread of ${percentText(fit.insideShare)} of ${countText(quotes.used)} quotes, with an RMSE of ${fixedText(fit.rmseVolPoints)} vol points; ${arbitrage}.`;
}

/** HTML of the head. */
export function verdictHeader(document: FitDocument): string {
  const { fit, quotes, certificate, cost } = document;
  const tiles: readonly (readonly [string, string, string])[] = [
    [
      "Inside bid-ask",
      percentText(fit.insideShare),
      `${countText(quotes.used)} of ${countText(quotes.read)} quotes used`,
    ],
    ["RMSE", `${fixedText(fit.rmseVolPoints)} vp`, `${fixedText(fit.rmseSpreads)} half spreads`],
    ["Worst quote, half spreads", fixedText(fit.worst.spreads, 1), fit.worst.instrument],
    [
      "Arbitrage certificate",
      certificate.pass ? "pass" : "FAIL",
      `butterfly ≥ ${shortText(certificate.worstButterfly)}, calendar ≥ ${shortText(certificate.worstCalendar)}`,
    ],
    ["Time", durationText(cost.seconds), `${magnitudeText(cost.pathSteps)} path steps`],
    [
      "Threads",
      countText(cost.threads),
      cost.peakRssMb === null ? "" : `${countText(cost.peakRssMb)} MB at most`,
    ],
  ];
  const list = tiles.map(
    ([name, value, note]) =>
      `<div><dt>${name}</dt><dd>${escapeText(value)}<small>${escapeText(note)}</small></dd></div>`,
  );
  return `<h1>${escapeText(document.underlying)} volatility, ${escapeText(dateText(document.asOf))}</h1><p class="soft">Neural stochastic volatility fitted to ${countText(document.expiries.length)} expiries.</p><p class="verdict${certificate.pass ? "" : " bad"}">${escapeText(verdictSentence(document))}</p><dl class="tiles">${list.join("")}</dl>`;
}
