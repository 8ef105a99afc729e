/** What an evaluated hedge tells a person: policy, baselines and oracle in a table, and what the frictions cost. */
import type { HedgeDocument, MeasuredPolicy } from "../../hedging/index.ts";
import { textTable } from "../textTable.ts";

/** The summary. */
export function hedgeText(document: HedgeDocument): string {
  return [
    `${document.name}: ${document.riskMeasure}, ${document.paths} paths`,
    "",
    policyTable(document),
    "",
    oracleLine(document),
    "",
  ].join("\n");
}

function policyTable({ policy, baselines, oracle }: HedgeDocument): string {
  const header = ["hedge", "risk", "±", "mean loss", "deviation", "CVaR 95 %", "turnover", "cost"];
  const row = (measured: MeasuredPolicy): string[] => [
    measured.name,
    figure(measured.risk),
    figure(measured.standardError, 2),
    figure(measured.mean),
    figure(measured.standardDeviation),
    figure(measured.cvar95),
    figure(measured.turnover),
    figure(measured.cost),
  ];
  const best = oracle === null ? [] : [["oracle", figure(oracle.price), "", "", "", "", "", ""]];
  return textTable(header, [row(policy), ...baselines.map(row), ...best]);
}

function oracleLine({ oracle, oracleHint }: HedgeDocument): string {
  return oracle === null
    ? `Oracle: none here, because ${oracleHint}. It covers one call or put in Black-Scholes, traded in the spot at a proportional cost, under entropic risk.`
    : `Oracle: the policy's risk is ${oracle.gapPercent.toFixed(3)} % above the exact optimum.`;
}

const figure = (value: number, digits = 6): string => Number(value.toPrecision(digits)).toString();

/** "1 min 20 s". */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
