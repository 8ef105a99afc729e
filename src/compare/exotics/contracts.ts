/**
 * The path-dependent contracts of a comparison: a small set on the chain's own expiries.
 *
 * All fix on listed expiries, so that no model has to interpolate: every date of a contract is one that its vanillas
 * pin down, and what differs between models is the joint law. Prices are those of X_t = S_t/F_t, undiscounted, X_0 = 1.
 * T is the last fixing, m the one nearest to T/2, s = σ_T √T with σ_T the chain's volatility at the forward there and
 * s_f = √(σ_T² T − σ_m² m) the same from m to T.
 *
 *   forward-start call      (X_T − X_m)⁺
 *   forward-start put       (e^{−s_f} X_m − X_T)⁺: the skew that will be
 *   cliquet                 (Σ_i min(max(X_i/X_{i−1} − 1, −c_i), c_i))⁺,  c_i = ½ of the period's own deviation
 *   down-and-in put         (1 − X_T)⁺ if a fixing was at or below e^{−s}
 *   up-and-out call         (X_T − 1)⁺ unless a fixing was at or above e^{s}
 *   one-touch               1 if a fixing was at or below e^{−s}
 *   lookback put            max X_i − X_T, the start included
 *   Asian call              (mean X_i − 1)⁺
 *   volatility swap         √(Σ ln²(X_i/X_{i−1}) / T)
 */
import type { Expiry } from "../../market/index.ts";
import { asian, barrier, forwardStart, lookback, type Payoff } from "../../payoffs/index.ts";
import { atmVol } from "../quoteErrors.ts";

/** One contract. */
export interface ExoticContract {
  /** As in the document: `forward-start-call`. */
  readonly name: string;
  readonly title: string;
  /** Owed, from X at the dates of the set.
   *
   * Shape   fixings [date] */
  readonly value: (fixings: Float64Array) => number;
  /** Set for a forward start: what its price is as a volatility of the time between. */
  readonly forwardStart?: { readonly years: number; readonly logStrike: number };
}

/** Contracts and the dates that they fix on. */
export interface ExoticSet {
  /** [date] years. */
  readonly years: readonly number[];
  readonly contracts: readonly ExoticContract[];
}

/** Fewest fixings of a set: two have one period between them, and no barrier worth the name. */
const fewestDates = 3;

/** The contracts on some expiries of a chain; null when there are fewer than three. */
export function exoticContracts(expiries: readonly Expiry[]): ExoticSet | null {
  if (expiries.length < fewestDates) return null;
  const years = expiries.map(({ yearsToExpiry }) => yearsToExpiry);
  const variance = expiries.map((expiry) => atmVol(expiry) ** 2 * expiry.yearsToExpiry);
  const last = years.length - 1;
  const horizon = years[last];
  const middle = nearest(years.slice(0, last), horizon / 2);
  const forwardVariance = Math.max(variance[last] - variance[middle], 0.1 * variance[last]);
  const deviation = Math.sqrt(variance[last]);
  const logStrike = -Math.sqrt(forwardVariance);
  // a period's own deviation, where quotes say that total variance falls a small one
  const caps = variance.map(
    (w, i) => 0.5 * Math.sqrt(Math.max(w - (variance[i - 1] ?? 0), 1e-4 * variance[last])),
  );
  const dates = { expiryYears: horizon, fixings: years };
  const starting = { startYears: years[middle], expiryYears: horizon };
  const between = horizon - years[middle];
  const low = Math.exp(-deviation);
  const owed =
    (payoff: Payoff) =>
    (fixings: Float64Array): number =>
      payoff.valueOf({ spot0: 1, fixings, spot: fixings[last] });
  const fromMiddle =
    (payoff: Payoff) =>
    (fixings: Float64Array): number =>
      payoff.valueOf({ spot0: 1, fixings: [fixings[middle]], spot: fixings[last] });
  const contracts: ExoticContract[] = [
    {
      name: "forward-start-call",
      title: "Forward-start call at the money",
      value: fromMiddle(forwardStart({ type: "call", strikeRatio: 1, ...starting })),
      forwardStart: { years: between, logStrike: 0 },
    },
    {
      name: "forward-start-put",
      title: "Forward-start put one deviation below",
      value: fromMiddle(
        forwardStart({ type: "put", strikeRatio: Math.exp(logStrike), ...starting }),
      ),
      forwardStart: { years: between, logStrike },
    },
    { name: "cliquet", title: "Cliquet, capped and floored", value: (x) => cliquet(x, caps) },
    {
      name: "down-and-in-put",
      title: "Down-and-in put",
      value: owed(barrier({ type: "put", strike: 1, barrier: low, kind: "down-and-in", ...dates })),
    },
    {
      name: "up-and-out-call",
      title: "Up-and-out call",
      value: owed(
        barrier({ type: "call", strike: 1, barrier: 1 / low, kind: "up-and-out", ...dates }),
      ),
    },
    {
      name: "one-touch",
      title: "One-touch below",
      value: (x) => (x.some((v) => v <= low) ? 1 : 0),
    },
    {
      name: "lookback-put",
      title: "Lookback put",
      value: owed(lookback({ type: "put", ...dates })),
    },
    {
      name: "asian-call",
      title: "Asian call",
      value: owed(asian({ type: "call", strike: 1, ...dates })),
    },
    {
      name: "volatility-swap",
      title: "Volatility swap",
      value: (x) => Math.sqrt(squaredReturns(x) / horizon),
    },
  ];
  return { years, contracts };
}

function nearest(years: readonly number[], target: number): number {
  const distance = years.map((t) => Math.abs(t - target));
  return distance.indexOf(Math.min(...distance));
}

function cliquet(fixings: Float64Array, caps: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < fixings.length; i++) {
    const change = fixings[i] / (i === 0 ? 1 : fixings[i - 1]) - 1;
    sum += Math.min(Math.max(change, -caps[i]), caps[i]);
  }
  return Math.max(0, sum);
}

function squaredReturns(fixings: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < fixings.length; i++) {
    sum += Math.log(fixings[i] / (i === 0 ? 1 : fixings[i - 1])) ** 2;
  }
  return sum;
}
