/**
 * The market as it is fitted again and again along a history: by a model, to the chain of one moment.
 *
 * A fit is plain data, so that a walk can stop and go on with the same one.
 */
import { blackOtm, forwardDelta } from "../../formulas/index.ts";
import type { Chain } from "../../market/index.ts";
import { heston } from "../../models/index.ts";
import { type HestonParams, hestonExpiry } from "../../pricing/index.ts";

/** A fit. */
export type MarketFit =
  | { readonly model: "black-scholes"; readonly atMs: number; readonly vol: number }
  | {
      readonly model: "heston";
      readonly atMs: number;
      readonly vol: number;
      readonly params: HestonParams;
      readonly status: string;
    };

/** Models that a back-test can fit. */
export const marketModels = ["black-scholes", "heston"] as const;
export type MarketModelName = (typeof marketModels)[number];

/** At-the-money volatility at a time, linear in total variance between expiries. */
export function atmVolAt(chain: Chain, years: number): number {
  const points = chain.expiries.map(({ yearsToExpiry, quotes }) => {
    const after = quotes.findIndex((quote) => quote.logMoneyness >= 0);
    const right = quotes[after < 0 ? quotes.length - 1 : after];
    const left = quotes[Math.max(0, (after < 0 ? quotes.length : after) - 1)];
    const width = right.logMoneyness - left.logMoneyness;
    const share = width > 0 ? Math.min(Math.max(-left.logMoneyness / width, 0), 1) : 0;
    const vol = left.midVol + share * (right.midVol - left.midVol);
    return { years: yearsToExpiry, variance: vol * vol * yearsToExpiry };
  });
  const next = points.findIndex((point) => point.years >= years);
  if (next <= 0) {
    const end = points[next === 0 ? 0 : points.length - 1];
    return Math.sqrt(end.variance / end.years);
  }
  const [a, b] = [points[next - 1], points[next]];
  const share = (years - a.years) / (b.years - a.years);
  return Math.sqrt((a.variance + share * (b.variance - a.variance)) / years);
}

/** Fits a chain; null when the model cannot be fitted to it. `years` is the horizon that matters. */
export async function fitMarket(
  model: MarketModelName,
  chain: Chain,
  years: number,
): Promise<MarketFit | null> {
  const vol = atmVolAt(chain, years);
  const atMs = chain.asOfMs;
  if (model === "black-scholes") return { model, atMs, vol };
  const fit = await heston.fit(chain);
  if (fit.params === null) return null;
  return { model, atMs, vol, params: fit.params, status: fit.status };
}

/** ∂V/∂F of an option by a fit, the smile moving with the forward: C − K ∂C/∂K for a call.
 *
 * Units   k = ln(K/F); years left now
 */
export function fittedDelta(
  fit: MarketFit,
  type: "call" | "put",
  k: number,
  years: number,
): number {
  if (fit.model === "black-scholes") return forwardDelta(type, k, fit.vol * Math.sqrt(years));
  const expiry = hestonExpiry(fit.params, years);
  const call = (at: number): number =>
    blackOtm(at, Math.sqrt(expiry.totalVariance(at))) + (at < 0 ? 1 - Math.exp(at) : 0);
  const step = 1e-3;
  const slope = (call(k + step) - call(k - step)) / (2 * step);
  const delta = call(k) - slope;
  return type === "call" ? delta : delta - 1;
}
