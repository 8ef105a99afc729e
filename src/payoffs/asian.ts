/**
 * Asian option: a call or put on the mean of the fixings.
 *
 * Centres are Black's on the mean: known part plus the spot for fixings to come, with the volatility that the mean of m
 * equally spaced fixings has over the time left, σ√(1/3 + 1/(2m) + 1/(6m²)).
 */
import { add, div, max, mul, type Num, select, sub } from "../ir/index.ts";
import { blackGreeks } from "./blackGreeks.ts";
import { requireFixings, requirePositive, requireType } from "./checkPayoff.ts";
import type { Payoff } from "./payoff.ts";

export interface Asian {
  readonly type: "call" | "put";
  readonly strike: number;
  readonly expiryYears: number;
  readonly fixings: readonly number[];
}

/** The payoff.
 *
 * Throws  InputError for numbers or fixings out of range
 */
export function asian({ type, strike, expiryYears, fixings }: Asian): Payoff {
  requireType("asian", type);
  requirePositive("asian", { strike, expiryYears });
  requireFixings("asian", fixings, expiryYears);
  const count = fixings.length;
  return {
    name: `asian ${type} ${strike} on ${count} fixings`,
    family: "asian",
    expiryYears,
    fixings,
    // the mean of seen fixings' share: Σ S_i / n, and how many have been seen
    init: () => ({ sum: 0, seen: 0 }),
    update: ({ sum, seen }, spot) => ({
      sum: add(sum, mul(1 / count, spot)),
      seen: add(seen, 1),
    }),
    value: ({ sum }) => max(type === "call" ? sub(sum, strike) : sub(strike, sum), 0),
    valueOf: ({ fixings: seen }) => {
      let mean = 0;
      for (let i = 0; i < seen.length; i++) mean += seen[i] / count;
      return Math.max(0, type === "call" ? mean - strike : strike - mean);
    },
    greeks: ({ state, spot, vol, years }) => {
      const left = sub(expiryYears, years);
      const toCome = sub(1, mul(1 / count, state.seen));
      const mean = add(state.sum, mul(toCome, spot));
      const m = max(sub(count, state.seen), 1);
      const shrink = add(1 / 3, add(div(0.5, m), div(1 / 6, mul(m, m))));
      // the deviation of the mean relative to its level
      const share = max(div(mul(toCome, spot), mean), 1e-3);
      const own = blackGreeks({
        type,
        spot: mean,
        strike,
        vol: mul(vol, share),
        years: mul(left, shrink),
      });
      return {
        value: own.value,
        delta: mul(toCome, own.delta),
        gamma: mul(mul(toCome, toCome), own.gamma),
        vega: mul(share, own.vega),
      };
    },
    hasExactGreeks: false,
    strike,
    features: ({ state, spot }) => {
      const mean: Num = div(state.sum, max(mul(1 / count, state.seen), 1e-6));
      return [
        mul(1 / count, state.seen),
        mul(5, sub(select(sub(state.seen, 0.5), div(mean, spot), 1), 1)),
      ];
    },
    rescaled: (factor) => asian({ type, strike: factor * strike, expiryYears, fixings }),
    degree: 1,
  };
}
