/**
 * The quotes of one expiry as the columns that smile fits work on.
 *
 *   residual_i = (√(w(k_i)/T) − mid vol_i) / max(half spread_i, floor)
 *
 * so a quote is inside its spread when its residual is within ±1.
 */
import type { Expiry } from "../market/index.ts";

/** Columns [quote] of one expiry, by increasing k. */
export interface SmileQuotes {
  readonly years: number;
  readonly k: Float64Array;
  readonly midVol: Float64Array;
  /** 1 / max(half spread, floor), volatility decimal. */
  readonly weight: Float64Array;
  /** Total variance of the mid. */
  readonly w: Float64Array;
  /** Total variance at the money, interpolated between quotes (nearest quote beyond them). */
  readonly atmVariance: number;
}

/** Smallest half spread that counts: 0.05 vol points. */
export const halfSpreadFloorVol = 0.0005;

/** Columns of an expiry. */
export function smileQuotes(expiry: Expiry): SmileQuotes {
  const { quotes, yearsToExpiry: years } = expiry;
  const column = (f: (q: Expiry["quotes"][number]) => number) => Float64Array.from(quotes, f);
  const k = column((q) => q.logMoneyness);
  const w = column((q) => q.midVol ** 2 * years);
  return {
    years,
    k,
    midVol: column((q) => q.midVol),
    weight: column((q) => 1 / Math.max(q.halfSpreadVol, halfSpreadFloorVol)),
    w,
    atmVariance: interpolateAtMoney(k, w),
  };
}

function interpolateAtMoney(k: Float64Array, w: Float64Array): number {
  const right = k.findIndex((value) => value >= 0);
  if (right < 0) return w[w.length - 1];
  if (right === 0) return w[0];
  const share = -k[right - 1] / (k[right] - k[right - 1]);
  return w[right - 1] + share * (w[right] - w[right - 1]);
}

/** r bent so that ½ bend² = h²(√(1 + (r/h)²) − 1): a square for quotes near the model, an absolute value for those it
 * cannot reach. `huber` h in half spreads. */
export const bend = (r: number, huber: number): number =>
  r * Math.sqrt(2 / (Math.sqrt(1 + (r / huber) ** 2) + 1));

/** d bend/dr. */
export function bendSlope(r: number, huber: number): number {
  const root = Math.sqrt(1 + (r / huber) ** 2);
  return Math.sqrt((root + 1) / 2) / root;
}

/** Bent residuals of a smile at `at`, `at` + 1, …
 *
 * Shape   residuals [≥ at + quote]
 */
export function fillResiduals(
  { k, midVol, weight, years }: SmileQuotes,
  totalVariance: (k: number) => number,
  huber: number,
  residuals: Float64Array,
  at: number,
): void {
  for (let i = 0; i < k.length; i++) {
    const r = (Math.sqrt(totalVariance(k[i]) / years) - midVol[i]) * weight[i];
    residuals[at + i] = bend(r, huber);
  }
}

/** ISO date of an expiry, for warnings. */
export const expiryName = (expiry: Expiry): string =>
  new Date(expiry.expiryMs).toISOString().slice(0, 10);
