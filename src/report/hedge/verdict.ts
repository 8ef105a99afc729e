/** What a hedge comes to, in sentences: what the frictions cost, against which baseline, and how far from the best. */
import type { HedgeDocument, MeasuredPolicy } from "../../hedging/index.ts";
import { shortText, trueMinus } from "../numberText.ts";

/** A printer of amounts of a document: with as many decimals as the standard error deserves. */
export function amounts({ policy, fairValue }: HedgeDocument): (value: number) => string {
  const scale = Math.max(Math.abs(policy.risk), Math.abs(fairValue), policy.standardDeviation);
  const smallest = Math.min(policy.standardError, scale / 100) || scale / 1000;
  const digits = Math.min(10, Math.max(0, Math.ceil(-Math.log10(smallest)) + 1));
  return (value) =>
    Number.isFinite(value)
      ? trueMinus(
          value.toLocaleString("en-GB", {
            minimumFractionDigits: digits,
            maximumFractionDigits: digits,
            useGrouping: Math.abs(value) >= 10_000,
          }),
        )
      : "n/a";
}

/** What the frictions and the risk that is left cost, on top of the fair value. */
export function frictionSentence(document: HedgeDocument): string {
  const { price, fairValue, policy, currency } = document;
  const text = amounts(document);
  const share = (value: number): string =>
    fairValue === 0
      ? ""
      : ` (${((100 * value) / Math.abs(fairValue)).toFixed(2)} % of the fair value)`;
  const costs = `Trading costs ${text(policy.cost)} ${currency}${share(policy.cost)} on average`;
  if (price === null) {
    return `${costs}; ${document.riskMeasure} is no amount of money, so there is no price.`;
  }
  const charge = policy.risk - policy.mean;
  const drift = policy.mean - fairValue - policy.cost;
  const { nothing } = document;
  const without =
    nothing === null || nothing.risk === 0
      ? ""
      : `, less the ${text(nothing.risk)} of hedging nothing`;
  const gains =
    Math.abs(drift) > 3 * meanError(document)
      ? ` Positions ${drift < 0 ? "earn" : "lose"} ${text(Math.abs(drift))} on average: the market has drift, or funding.`
      : "";
  return `${costs}, and the risk that is left is charged with ${text(charge)}${share(charge)}${without}: the price is ${text(price)} ± ${text(document.standardError)}, against a fair value of ${text(fairValue)}.${gains}`;
}

/** Standard error of a mean gain, about: that of plain Monte Carlo, which Sobol' points are below. */
const meanError = ({ policy, paths }: HedgeDocument): number =>
  policy.standardDeviation / Math.sqrt(paths);

/** Is there something to earn without a position? Undefined where nobody asked. */
export function nothingSentence(document: HedgeDocument): string | undefined {
  const { nothing, currency } = document;
  if (nothing === null) return undefined;
  const text = amounts(document);
  const { risk, standardError, arbitrage, before } = nothing;
  const worth = ({ gain, standardError: error }: typeof arbitrage): string =>
    `${text(gain)} ± ${text(error)} ${currency}`;
  const removed =
    before === null
      ? ""
      : `Drift was removed by weights of paths: trading without a position was worth ${worth(before)} before. `;
  return arbitrage.isArbitrage
    ? `${removed}The market has a statistical arbitrage${before === null ? "" : " left"}: trading without a position is worth ${worth(arbitrage)}. The price is counted from what the policy earns so, ${text(-risk)} ± ${text(standardError)}.`
    : `${removed}No statistical arbitrage was found: trading without a position is worth ${worth(arbitrage)}.`;
}

/** The errors of the option prices that were learned, a sentence each. */
export const optionPriceSentences = ({ optionPrices, currency }: HedgeDocument): string[] =>
  optionPrices.map(({ strike, days, price, monteCarlo, monteCarloError, error, drift }) => {
    const rms = error.map((own) => `${optionText(own.rms)} on day ${shortText(own.day)}`);
    const unsure = Math.max(...error.map(({ noise }) => noise));
    const worst = drift.reduce((a, b) =>
      Math.abs(a.value / a.standardError) > Math.abs(b.value / b.standardError) ? a : b,
    );
    const apart = (price - monteCarlo) / monteCarloError;
    return `Learned price of strike ${shortText(strike, 6)} at ${shortText(days)} days: ${optionText(price)} ${currency} as a call now, Monte Carlo ${optionText(monteCarlo)} ± ${optionText(monteCarloError)} (${trueMinus(apart.toFixed(1))} s.e. apart). Error along the path, root mean square: ${rms.join(", ")}; up to ${optionText(unsure)} of it may be noise. Largest drift ${optionText(worst.value)} ± ${optionText(worst.standardError)}.`;
  });

const optionText = (value: number): string => trueMinus(`${Number(value.toPrecision(4))}`);

/** Baselines that do not apply, with their reasons. */
export const skippedSentence = ({ skippedBaselines }: HedgeDocument): string | undefined =>
  skippedBaselines.length === 0
    ? undefined
    : `Not compared: ${skippedBaselines.map(({ name, reason }) => `${name} (${reason})`).join("; ")}.`;

/** The baseline with the least risk. */
export const bestBaseline = ({ baselines }: HedgeDocument): MeasuredPolicy | undefined =>
  baselines.toSorted((a, b) => a.risk - b.risk)[0];

/** The policy against the best of the baselines, in standard errors of the difference. */
export function comparisonSentence(document: HedgeDocument): string {
  const { policy } = document;
  const best = bestBaseline(document);
  if (best === undefined) return "";
  const text = amounts(document);
  const saved = best.risk - policy.risk;
  // on common paths the difference is surer than this; the bound is what the document can prove
  const error = Math.hypot(best.standardError, policy.standardError);
  const isClear = Math.abs(saved) > 2 * error;
  const by = `${text(Math.abs(saved))} (${((100 * Math.abs(saved)) / Math.max(Math.abs(best.risk), 1e-12)).toFixed(2)} %)`;
  if (!isClear) {
    return `The policy's risk and that of the best baseline, ${best.name}, differ by ${by}, which is within two standard errors.`;
  }
  return saved > 0
    ? `The policy's risk is ${by} below that of the best baseline, ${best.name}.`
    : `The policy's risk is ${by} above that of the best baseline, ${best.name}: train longer, or use that.`;
}

/** How far the best is, or why nobody knows. */
export function oracleSentence({ oracle, oracleHint, policy }: HedgeDocument): string {
  if (oracle === null) {
    return `No exact optimum here: ${oracleHint}. It is computed for one call or put in Black-Scholes, hedged in the spot at a proportional cost, under entropic risk.`;
  }
  const errors = (100 * policy.standardError) / Math.abs(oracle.price);
  return `The policy's risk is ${trueMinus(oracle.gapPercent.toFixed(3))} % ± ${errors.toFixed(3)} % above the exact optimum.`;
}
