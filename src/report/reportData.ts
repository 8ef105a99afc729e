/**
 * What a report shows, as plain data: everything is measured before, nothing is computed from a model here.
 *
 * Volatilities decimal, times in years, log-moneyness k = ln(K/F).
 */
import type { FitDocument, IterationRecord, QuoteFit } from "../calibrate/index.ts";
import type { LearnedMap } from "../models/index.ts";

/** The model's curve of one expiry. */
export interface ReportSmile {
  /** Date, as shown. */
  readonly expiry: string;
  readonly yearsToExpiry: number;
  readonly logMoneyness: readonly number[];
  readonly vol: readonly number[];
  /** Monte Carlo standard error of the volatility. */
  readonly standardError: readonly number[];
}

/** Implied volatility on a rectangle, [years][logMoneyness]; NaN where there is nothing to show. */
export interface SurfaceGrid {
  readonly logMoneyness: readonly number[];
  readonly years: readonly number[];
  readonly vol: readonly (readonly number[])[];
}

export type ReportMap = LearnedMap;

/** Everything in a report. */
export interface ReportData {
  readonly document: FitDocument;
  readonly quotes: readonly QuoteFit[];
  /** In the order of the document's expiries. */
  readonly smiles: readonly ReportSmile[];
  readonly surfaceGrid: SurfaceGrid;
  readonly termStructure: readonly { readonly years: number; readonly atmVol: number }[];
  readonly history: readonly IterationRecord[];
  readonly maps: readonly ReportMap[];
  readonly settings: Readonly<Record<string, string>>;
}

/** Index of the document's expiry that a quote belongs to: the nearest, since its text keeps only milliseconds. */
export function expiryIndex({ expiries }: FitDocument, expiryMs: number): number {
  const away = expiries.map(({ expiry }) => Math.abs(Date.parse(expiry) - expiryMs));
  return away.indexOf(Math.min(...away));
}
