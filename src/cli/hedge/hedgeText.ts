/** What an evaluated hedge tells a person: policy, baselines and oracle in a table, and what the frictions cost. */
import type { HedgeDocument, MeasuredPolicy } from "../../hedging/index.ts";
import {
  amounts,
  comparisonSentence,
  frictionSentence,
  nothingSentence,
  optionPriceSentences,
  oracleSentence,
  skippedSentence,
} from "../../report/index.ts";
import { textTable } from "../textTable.ts";

/** The summary. */
export function hedgeText(document: HedgeDocument): string {
  return [
    `${document.name}: ${document.summary}`,
    `Losses in ${document.currency}, premium not counted; risk is ${document.riskMeasure}; ${document.paths.toLocaleString("en-GB")} paths.`,
    "",
    policyTable(document),
    "",
    comparisonSentence(document),
    frictionSentence(document),
    oracleSentence(document),
    ...[skippedSentence(document), nothingSentence(document)].filter((line) => line !== undefined),
    ...optionPriceSentences(document),
    "",
  ].join("\n");
}

function policyTable(document: HedgeDocument): string {
  const { policy, baselines, oracle } = document;
  const text = amounts(document);
  const header = [
    "hedge",
    "risk",
    "± s.e.",
    "mean loss",
    "deviation",
    "CVaR 95 %",
    "cost",
    "traded",
  ];
  const row = (measured: MeasuredPolicy): string[] => [
    measured.name,
    text(measured.risk),
    text(measured.standardError),
    text(measured.mean),
    text(measured.standardDeviation),
    text(measured.cvar95),
    text(measured.cost),
    Number(measured.turnover.toPrecision(5)).toLocaleString("en-GB"),
  ];
  const best =
    oracle === null ? [] : [["exact optimum", text(oracle.price), "", "", "", "", "", ""]];
  return textTable(header, [row(policy), ...baselines.map(row), ...best]);
}

/** "1 min 20 s". */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
