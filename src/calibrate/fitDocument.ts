/**
 * The document a fit produces: what `volterra fit --json` prints and the HTML report draws.
 *
 * Volatilities are decimals except where the name says `VolPoints` (1 vol point = 0.01);
 * `Spreads` means units of a quote's own half bid-ask spread in volatility, so |value| ≤ 1 is inside.
 */
import type { Certificate } from "../surface/index.ts";

/** How a fit ended; every way leaves a usable model. */
export type FitStatus = "converged" | "iteration-limit" | "cancelled";

export interface DroppedQuote {
  readonly instrument: string;
  readonly reason: string;
}

/** One quote beside the model. */
export interface QuoteFit {
  readonly instrument: string;
  readonly expiryMs: number;
  readonly strike: number;
  readonly logMoneyness: number;
  readonly bidVol: number;
  readonly askVol: number;
  readonly midVol: number;
  readonly modelVol: number;
  /** Monte Carlo standard error of `modelVol`. */
  readonly standardErrorVol: number;
  /** (modelVol − midVol) / half spread. */
  readonly spreads: number;
}

export interface ExpiryFit {
  /** ISO 8601. */
  readonly expiry: string;
  readonly yearsToExpiry: number;
  readonly forward: number;
  readonly quotes: number;
  readonly insideShare: number;
  readonly rmseVolPoints: number;
  readonly standardErrorVolPoints: number;
}

export interface FitDocument {
  readonly schemaVersion: 1;
  readonly status: FitStatus;
  readonly underlying: string;
  /** ISO 8601. */
  readonly asOf: string;
  readonly quotes: {
    readonly read: number;
    readonly used: number;
    readonly dropped: readonly DroppedQuote[];
  };
  readonly fit: {
    readonly insideShare: number;
    readonly rmseVolPoints: number;
    readonly rmseSpreads: number;
    readonly worst: { readonly instrument: string; readonly spreads: number };
  };
  readonly expiries: readonly ExpiryFit[];
  readonly checks: {
    /** Mean |change of IV| under fresh noise, in half spreads. */
    readonly freshNoiseSpreads: number;
    /** Mean |change of IV| on twice the time steps, in half spreads. */
    readonly halfStepSpreads: number;
    readonly halfStepInsideShare: number;
    readonly freshNoiseInsideShare: number;
    /** Mean |difference| of the arbitrage-free surface from the model's own prices, in half spreads. */
    readonly surfaceSpreads: number;
    /** Share of the quotes inside bid-ask on the surface. */
    readonly surfaceInsideShare: number;
  };
  readonly certificate: {
    readonly pass: boolean;
    readonly worstButterfly: number;
    readonly worstCalendar: number;
    readonly tolerance: number;
    readonly details: Certificate;
  };
  readonly cost: {
    readonly seconds: number;
    readonly pathSteps: number;
    readonly peakRssMb: number | null;
    readonly threads: number;
  };
  readonly seed: number;
  readonly files: Readonly<Record<string, string>>;
}
