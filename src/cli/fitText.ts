/** What `fit` tells a person: expiries, verdict, one smile, and where the files are. */
import type { FitDocument, QuoteFit } from "../calibrate/index.ts";
import { terminalSmile } from "./terminalSmile.ts";
import { percent, textTable } from "./textTable.ts";

/** The summary; `shownExpiryMs` is the expiry whose smile is drawn. */
export function fitText(
  document: FitDocument,
  quotes: readonly QuoteFit[],
  shownExpiryMs: number,
  width: number,
): string {
  const shown = quotes.filter((quote) => quote.expiryMs === shownExpiryMs);
  const day = new Date(shownExpiryMs).toISOString().slice(0, 10);
  const title = `Smile of ${day}: bid to ask │, model ● inside, × outside`;
  const files = Object.values(document.files).map((path) => `  ${path}`);
  return [
    `${document.underlying} as of ${document.asOf}`,
    "",
    expiryTable(document),
    "",
    ...verdict(document),
    "",
    terminalSmile(shown, { title, width }),
    "",
    "Files:",
    ...files,
    "",
  ].join("\n");
}

function expiryTable({ expiries }: FitDocument): string {
  const header = [
    "expiry (UTC)",
    "days",
    "forward",
    "quotes",
    "inside",
    "RMSE (pts)",
    "MC ± (pts)",
  ];
  const rows = expiries.map((expiry) => [
    expiry.expiry.slice(0, 16),
    (365 * expiry.yearsToExpiry).toFixed(1),
    expiry.forward.toPrecision(7),
    String(expiry.quotes),
    percent(expiry.insideShare),
    expiry.rmseVolPoints.toFixed(3),
    expiry.standardErrorVolPoints.toFixed(3),
  ]);
  return textTable(header, rows);
}

function verdict({ status, fit, checks, certificate, cost, seed }: FitDocument): string[] {
  const memory = cost.peakRssMb === null ? "" : `, ${cost.peakRssMb.toFixed(0)} MB`;
  const relations = `worst butterfly ${exponential(certificate.worstButterfly)}, worst calendar ${exponential(certificate.worstCalendar)}, tolerance ${exponential(certificate.tolerance)}`;
  return [
    `Fit          ${percent(fit.insideShare)} of quotes inside bid-ask, RMSE ${fit.rmseVolPoints.toFixed(3)} vol points, ${fit.rmseSpreads.toFixed(2)} half spreads (${status})`,
    `Worst quote  ${fit.worst.instrument}, ${fit.worst.spreads.toFixed(1)} half spreads`,
    `Checks       fresh paths move a quote ${checks.freshNoiseSpreads.toFixed(2)} half spreads, twice the steps ${checks.halfStepSpreads.toFixed(2)}, the surface ${checks.surfaceSpreads.toFixed(2)}`,
    `Certificate  ${certificate.pass ? "PASS: no static arbitrage" : "FAIL: static arbitrage"} (${relations})`,
    `Cost         ${cost.seconds.toFixed(1)} s on ${cost.threads} threads${memory}, seed ${seed}`,
  ];
}

const exponential = (value: number): string => value.toExponential(1);
