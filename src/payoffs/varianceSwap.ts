/**
 * Variance swap:  (1/T) Σ ln²(S_i/S_{i−1}) − K²,  per unit of variance; S_0 is the price today, T the last fixing.
 *
 * Under Black-Scholes with zero rates its value is the variance so far and σ² for the rest, without a delta.
 */
import { add, div, log, mul, square, sub } from "../ir/index.ts";
import { requireFixings, requirePositive } from "./checkPayoff.ts";
import type { Payoff } from "./payoff.ts";

export interface VarianceSwap {
  /** Decimal per √year. */
  readonly strikeVol: number;
  readonly expiryYears: number;
  readonly fixings: readonly number[];
}

/** The payoff.
 *
 * Throws  InputError for numbers or fixings out of range
 */
export function varianceSwap(terms: VarianceSwap): Payoff {
  const { strikeVol, expiryYears, fixings } = terms;
  requirePositive("varianceSwap", { strikeVol, expiryYears });
  requireFixings("varianceSwap", fixings, expiryYears);
  const horizon = fixings[fixings.length - 1];
  const strike = strikeVol * strikeVol;
  return {
    name: `variance swap ${strikeVol}`,
    family: "varianceSwap",
    expiryYears,
    fixings,
    // variance so far as a share of T, and the last fixing
    init: (spot0) => ({ realised: 0, last: spot0 }),
    update: ({ realised, last }, spot) => ({
      realised: add(realised, mul(1 / horizon, square(log(div(spot, last))))),
      last: spot,
    }),
    value: ({ realised }) => sub(realised, strike),
    valueOf: ({ spot0, fixings: seen }) => {
      let realised = 0;
      let last = spot0;
      for (let i = 0; i < seen.length; i++) {
        realised += Math.log(seen[i] / last) ** 2 / horizon;
        last = seen[i];
      }
      return realised - strike;
    },
    greeks: ({ state, spot, vol, years }) => {
      // at a fixing, when last = spot; between fixings the running return counts too
      const left = mul(1 / horizon, sub(horizon, years));
      const running = log(div(spot, state.last));
      return {
        value: sub(
          add(add(state.realised, mul(1 / horizon, square(running))), mul(left, square(vol))),
          strike,
        ),
        delta: div(mul(2 / horizon, running), spot),
        gamma: div(mul(2 / horizon, sub(1, running)), square(spot)),
        vega: mul(mul(2, left), vol),
      };
    },
    hasExactGreeks: false,
    features: ({ state }) => [sub(mul(1 / strike, state.realised), 0.5)],
    rescaled: () => varianceSwap(terms),
    degree: 0,
  };
}
