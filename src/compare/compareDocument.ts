/**
 * The document of a comparison: what `volterra compare --json` prints and its report draws.
 *
 * Volatilities are decimals except where the name says `VolPoints` (1 vol point = 0.01); one spread is half a quote's
 * bid-ask spread in volatility. A measurement that does not apply (no next snapshot, too few expiries, a model that
 * failed) is null, never zero.
 */
import type { ExoticsComparison } from "./exotics/exotics.ts";
import type { ModelStatus } from "../models/index.ts";
import type { WorstQuote } from "./quoteErrors.ts";
import type { Scenario } from "./scenario.ts";

/** What the auditor said about a fitted surface. */
export interface CompareCertificate {
  readonly pass: boolean;
  readonly worstButterfly: number;
  readonly worstCalendar: number;
  readonly tolerance: number;
  /** Dates × strikes that were looked at. */
  readonly dates: number;
  readonly strikesPerDate: number;
  /** The first broken relations in words; empty when pass. */
  readonly failures: readonly string[];
  /** The same question only where there are quotes: between the outermost strikes, at the expiries. */
  readonly passAtQuotes: boolean;
}

/** One model on one chain. */
export interface ModelComparison {
  readonly name: string;
  readonly title: string;
  readonly status: ModelStatus;
  readonly message: string;
  readonly warnings: readonly string[];
  /** Numbers that the fit chose freely. */
  readonly parameters: number | null;
  readonly insideShare: number | null;
  readonly rmseVolPoints: number | null;
  readonly rmseSpreads: number | null;
  readonly worst: WorstQuote | null;
  readonly atmRmseVolPoints: number | null;
  readonly wingRmseVolPoints: number | null;
  readonly heldOutStrikeRmseVolPoints: number | null;
  readonly heldOutExpiryRmseVolPoints: number | null;
  readonly nextSnapshotRmseVolPoints: number | null;
  readonly nextSnapshotInsideShare: number | null;
  readonly certificate: CompareCertificate | null;
  /** Contracts on several dates; null unless they were asked for. */
  readonly exotics: ExoticsComparison | null;
  /** Wall time of the fit to the whole chain. */
  readonly seconds: number | null;
  /** Wall time of everything: fits with held-out quotes, rolling, the audit. */
  readonly totalSeconds: number;
}

/** What was compared. */
export interface CompareDocument {
  readonly schemaVersion: 1;
  readonly underlying: string;
  /** ISO 8601. */
  readonly asOf: string;
  /** ISO 8601; null without a next snapshot. */
  readonly nextAsOf: string | null;
  readonly scenario: Scenario;
  /** 30-day at-the-money volatility of the chain that was fitted. */
  readonly level: number;
  readonly quotes: {
    readonly read: number;
    /** Quotes that models were fitted to, and those they are measured at. */
    readonly fitted: number;
    readonly measured: number;
    readonly expiries: number;
  };
  readonly seed: number;
  /** False where fits with held-out quotes were left out. */
  readonly heldOut: boolean;
  /** Dates of the expiries held out, one fit each. */
  readonly heldOutExpiries: readonly string[];
  /** Dates that exotics fix on, where they were asked for. */
  readonly exoticDates: readonly string[];
  /** False when the comparison was interrupted: the models that are missing were not tried. */
  readonly complete: boolean;
  readonly models: readonly ModelComparison[];
  readonly files: Readonly<Record<string, string>>;
}
