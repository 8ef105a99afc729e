/**
 * The document of an evaluated hedge: what `volterra hedge evaluate --json` prints and the HTML report draws.
 *
 * Losses are what is owed less what was gained, costs included, in the unit of the account: a positive mean is a loss.
 */
import type { HedgeEvaluation } from "../evaluate.ts";

/** A policy, measured: all policies of a document on the same paths. */
export interface MeasuredPolicy extends Omit<HedgeEvaluation, "policy"> {
  readonly name: string;
}

/** An evaluated hedge. */
export interface HedgeDocument {
  readonly schemaVersion: 1;
  readonly name: string;
  /** Position, instruments and dates in a sentence. */
  readonly summary: string;
  /** Unit of every amount. */
  readonly currency: string;
  /** What one must be paid to take the position on and hedge it by the policy: its risk. Negative where the position is worth
   * something. Null for a measure in other units than money. */
  readonly price: number | null;
  readonly standardError: number;
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
