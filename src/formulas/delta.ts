/**
 * Delta and strike: forward delta, premium-adjusted forward delta, delta-neutral at-the-money.
 *
 *   forward            call N(d1), put -N(-d1)
 *   premium-adjusted   call e^k N(d2), put -e^k N(-d2): the premium is paid in the asset itself
 *   delta-neutral      k = s²/2 (forward), k = -s²/2 (premium-adjusted): call and put deltas cancel
 *
 * The premium-adjusted call delta rises, peaks and falls in k; the strike right of its peak is the
 * one meant, and a delta above the peak has none.
 * Source: D. Reiswich & U. Wystup, "FX volatility smile construction", Wilmott (2012), §2.
 */
import { inverseNormCdf, millsRatio, normCdf } from "../num/normal.ts";
import type { OptionType } from "./optionType.ts";

const MAX_STEPS = 100;

/** Forward delta of an option at log-moneyness k with s = σ√T.
 *
 * Units     per unit of the forward: call in (0, 1), put in (-1, 0)
 */
export function forwardDelta(type: OptionType, k: number, totalStdDev: number): number {
  const d1 = -k / totalStdDev + 0.5 * totalStdDev;
  return type === "call" ? normCdf(d1) : -normCdf(-d1);
}

/** Premium-adjusted forward delta: forward delta less the price over the forward.
 *
 * Units     per unit of the forward
 */
export function premiumAdjustedDelta(type: OptionType, k: number, totalStdDev: number): number {
  const d2 = -k / totalStdDev - 0.5 * totalStdDev;
  return Math.exp(k) * (type === "call" ? normCdf(d2) : -normCdf(-d2));
}

/** Log-moneyness of a forward delta given by its size.
 *
 * Units     absDelta in (0, 1); trusted
 */
export function logMoneynessOfDelta(
  type: OptionType,
  absDelta: number,
  totalStdDev: number,
): number {
  const quantile = inverseNormCdf(absDelta);
  const d1 = type === "call" ? quantile : -quantile;
  return totalStdDev * (0.5 * totalStdDev - d1);
}

/** Log-moneyness of a premium-adjusted delta given by its size; undefined where there is none.
 *
 * Units     absDelta > 0, below 1 for a call; trusted
 * Accuracy  to rounding: Newton on ln|delta|, which is concave in k, from the side where it is
 *           monotone
 */
export function logMoneynessOfAdjustedDelta(
  type: OptionType,
  absDelta: number,
  totalStdDev: number,
): number | undefined {
  const s = totalStdDev;
  const target = Math.log(absDelta);
  // The strike of the unadjusted delta lies right of the root. From there a call's iterates stay
  // right of it, and a put's first step crosses to the left and stays. A put delta may exceed 1.
  let k = absDelta < 0.999 ? logMoneynessOfDelta(type, absDelta, s) : target;
  for (let i = 0; i < MAX_STEPS; i += 1) {
    // x is the argument whose upper (call) or lower (put) normal tail enters.
    const x = type === "call" ? k / s + 0.5 * s : -k / s - 0.5 * s;
    const miss = k + Math.log(normCdf(-x)) - target;
    const slope = 1 - (type === "call" ? 1 : -1) / (s * millsRatio(x));
    if (type === "call" && slope >= 0) return undefined;
    const step = miss / slope;
    if (!Number.isFinite(step)) return undefined;
    k -= step;
    if (Math.abs(step) <= 1e-15 * Math.max(Math.abs(k), s)) return k;
  }
  return k;
}
