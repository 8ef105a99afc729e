/**
 * The document of an evaluated hedge: what `volterra hedge evaluate --json` prints and the HTML report draws.
 *
 * Losses are what is owed less what was gained, costs included, in the unit of the account: a positive mean is a loss.
 */
import type { HedgeEvaluation } from "../evaluate.ts";
import type { OptionPriceReport } from "../optionTwins.ts";
import type { SkippedBaseline } from "./baselines.ts";
import type { ArbitrageVerdict } from "./prepare.ts";

/** A policy, measured: all policies of a document on the same paths. */
export interface MeasuredPolicy extends Omit<HedgeEvaluation, "policy"> {
  readonly name: string;
}

/** A learned option price on paths that it was not learned on. Calls; units: currency. */
export interface OptionPriceSummary {
  readonly strike: number;
  readonly days: number;
  readonly price: number;
  /** Of the same market, without a network. */
  readonly monteCarlo: number;
  readonly monteCarloError: number;
  /** By day: root mean square of the price less the conditional expectation, and how much of that could be noise. */
  readonly error: readonly { readonly day: number; readonly rms: number; readonly noise: number }[];
  /** By day: mean of the price less what it came to, 0 for a martingale, with its standard error. */
  readonly drift: readonly {
    readonly day: number;
    readonly value: number;
    readonly standardError: number;
  }[];
}

/** The summary of a report. */
export const optionPriceSummary = (report: OptionPriceReport): OptionPriceSummary => ({
  strike: report.strike,
  days: 365 * report.expiryYears,
  price: report.price,
  monteCarlo: report.monteCarlo,
  monteCarloError: report.monteCarloError,
  error: report.error.map(({ years, rms, squareError }) => ({
    day: 365 * years,
    rms,
    noise: Math.sqrt(2 * squareError),
  })),
  drift: report.drift.map(({ years, value, standardError }) => ({
    day: 365 * years,
    value,
    standardError,
  })),
});

/** An evaluated hedge. */
export interface HedgeDocument {
  readonly schemaVersion: 1;
  readonly name: string;
  /** Position, instruments and dates in a sentence. */
  readonly summary: string;
  /** Unit of every amount. */
  readonly currency: string;
  /** What one must be paid to take the position on and hedge it by the policy: its risk, less that of hedging nothing.
   * Negative where the position is worth something. Null for a measure in other units than money. */
  readonly price: number | null;
  readonly standardError: number;
  /** What trading without a position is worth, measured where the market can have drift; null where it has none or keeps it. */
  readonly nothing: {
    /** The risk that the price is counted from; 0 where no arbitrage was found. */
    readonly risk: number;
    readonly standardError: number;
    readonly arbitrage: ArbitrageVerdict;
    /** Before drift was removed; null where it was not. */
    readonly before: ArbitrageVerdict | null;
  } | null;
  /** What is owed on average, on the same paths: the price without costs and without risk. */
  readonly fairValue: number;
  /** Risk of the policy. */
  readonly risk: number;
  readonly riskMeasure: string;
  /** The exact optimum where it can be computed, and how far the policy's risk is above it. */
  readonly oracle: { readonly price: number; readonly gapPercent: number } | null;
  /** Why there is no oracle; null when there is one. */
  readonly oracleHint: string | null;
  readonly policy: MeasuredPolicy;
  readonly baselines: readonly MeasuredPolicy[];
  /** Baselines that do not apply, and why. */
  readonly skippedBaselines: readonly SkippedBaseline[];
  /** Prices of options that were learned along the path, and their errors; empty where there is a formula. */
  readonly optionPrices: readonly OptionPriceSummary[];
  readonly seed: number;
  readonly configFingerprint: string;
  /** Paths that every figure comes from. */
  readonly paths: number;
  readonly cost: { readonly seconds: number; readonly threads: number };
}

/** An evaluation as it stands in the document. */
export const measuredPolicy = ({ policy, ...figures }: HedgeEvaluation): MeasuredPolicy => ({
  name: policy,
  ...figures,
});
