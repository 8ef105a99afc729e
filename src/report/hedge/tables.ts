/** The document and the paths in tables. */
import type { HedgeDocument, HedgeStudy, MeasuredPolicy, ShownPath } from "../../hedging/index.ts";
import { htmlTable } from "../htmlParts.ts";
import { countText, fixedText, percentText, shortText } from "../numberText.ts";
import { amounts } from "./verdict.ts";

const words = (text: string) => ({ text, isLong: true }) as const;

/** Policy, baselines, oracle. */
export function policyTable(document: HedgeDocument): string {
  const text = amounts(document);
  const row = (p: MeasuredPolicy) => [
    p.name,
    text(p.risk),
    text(p.standardError),
    text(p.mean),
    text(p.standardDeviation),
    text(p.cvar95),
    text(p.cost),
    shortText(p.turnover, 4),
  ];
  const best =
    document.oracle === null
      ? []
      : [["exact optimum", text(document.oracle.price), "", "", "", "", "", ""]];
  return htmlTable(
    `Losses in ${document.currency}, the premium not counted, on the same ${countText(document.paths)} paths; the risk is ${document.riskMeasure}`,
    ["Hedge", "Risk", "± s.e.", "Mean loss", "Deviation", "CVaR 95 %", "Cost", "Value traded"],
    [...[document.policy, ...document.baselines].map(row), ...best],
  );
}

/** Learned option prices and their errors: now, and along the path. */
export function optionPriceTable({ optionPrices, currency }: HedgeDocument): string {
  const rows = optionPrices.flatMap(
    ({ strike, days, price, monteCarlo, monteCarloError, error, drift }) => [
      [
        `${shortText(strike, 6)} at ${shortText(days)} days`,
        "now",
        shortText(price, 5),
        `${shortText(monteCarlo, 5)} ± ${shortText(monteCarloError)}`,
        "",
        "",
      ],
      ...error.map((own, i) => [
        "",
        `day ${shortText(own.day)}`,
        "",
        "",
        `${shortText(own.rms)} (noise ${shortText(own.noise)})`,
        `${shortText(drift[i].value)} ± ${shortText(drift[i].standardError)}`,
      ]),
    ],
  );
  return htmlTable(
    `Learned option prices as calls, in ${currency}, on paths that they were not learned on. Error: root mean square of the price less its conditional expectation, and how much of that may be noise. Drift: mean of the price less what it came to`,
    ["Option", "When", "Price", "Monte Carlo", "Error", "Drift"],
    rows,
  );
}

/** Quantiles of profit. */
export function quantileTable({ document, profits }: HedgeStudy): string {
  const text = amounts(document);
  const shares = profits[0]?.quantiles.map(([share]) => share) ?? [];
  return htmlTable(
    `Profit in ${document.currency} that a share of paths stays below`,
    ["Hedge", ...shares.map((share) => percentText(share, share < 0.01 || share > 0.99 ? 1 : 0))],
    profits.map(({ name, quantiles }) => [name, ...quantiles.map(([, profit]) => text(profit))]),
  );
}

/** A path day by day. */
export function pathTable(path: ShownPath, document: HedgeDocument): string {
  const text = amounts(document);
  const header = path.instruments.flatMap(({ name }) => [name, "held", "trade"]);
  const rows = path.cost.map((cost, date) => [
    fixedText(path.days[date], 2),
    shortText(path.spot[date], 6),
    ...path.instruments.flatMap(({ price, position }) => [
      shortText(price[date], 6),
      shortText(position[date], 4),
      shortText(position[date] - (date === 0 ? 0 : position[date - 1]), 3),
    ]),
    text(cost),
  ]);
  return htmlTable(
    `${path.title}: every trading date`,
    ["Day", "Spot", ...header, `Cost, ${document.currency}`],
    rows,
  );
}

/** Everything needed to repeat the run. */
export function settingsTable(
  document: HedgeDocument,
  settings: Readonly<Record<string, string>>,
): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Name", document.name],
    ["Seed", `${document.seed}`],
    ["Fingerprint of the configuration", document.configFingerprint],
    ["Evaluation paths", countText(document.paths)],
    ["Threads", `${document.cost.threads}`],
    ["Time of the evaluation", `${fixedText(document.cost.seconds, 1)} s`],
    ...Object.entries(settings),
  ];
  return htmlTable(
    "Everything needed to repeat this run",
    ["Setting", "Value"],
    rows.map(([name, value]) => [words(name), words(value)]),
  );
}
