/**
 * Lookback options on the extreme of the start and the fixings.
 *
 *   fixed strike:     call (max − K)⁺,   put (K − min)⁺
 *   floating strike:  call S_T − min,     put max − S_T
 *
 * Centres for a fixed strike: twice the vanilla's delta with the strike at the extreme so far (reflection), capped at 1.
 */
import { add, div, log, max, min, mul, type Num, sub } from "../ir/index.ts";
import { blackGreeks } from "./blackGreeks.ts";
import { requireFixings, requirePositive, requireType } from "./checkPayoff.ts";
import type { Greeks, Payoff } from "./payoff.ts";

export interface Lookback {
  readonly type: "call" | "put";
  /** Absent: floating. */
  readonly strike?: number;
  readonly expiryYears: number;
  readonly fixings: readonly number[];
}

/** The payoff.
 *
 * Throws  InputError for numbers or fixings out of range
 */
export function lookback(terms: Lookback): Payoff {
  const { type, strike, expiryYears, fixings } = terms;
  requireType("lookback", type);
  requirePositive("lookback", strike === undefined ? { expiryYears } : { strike, expiryYears });
  requireFixings("lookback", fixings, expiryYears);
  const looksUp = (type === "call") === (strike !== undefined);
  const further = (a: Num, b: Num) => (looksUp ? max(a, b) : min(a, b));
  const owed = (extreme: Num, spot: Num): Num => {
    if (strike === undefined) return type === "call" ? sub(spot, extreme) : sub(extreme, spot);
    return max(type === "call" ? sub(extreme, strike) : sub(strike, extreme), 0);
  };
  return {
    name: `lookback ${type} ${strike ?? "floating"}`,
    family: "lookback",
    expiryYears,
    fixings,
    init: (spot0) => ({ extreme: spot0 }),
    update: ({ extreme }, spot) => ({ extreme: further(extreme, spot) }),
    value: ({ extreme }, spot) => owed(extreme, spot),
    valueOf: ({ spot0, fixings: seen, spot }) => {
      let extreme = spot0;
      for (let i = 0; i < seen.length; i++) {
        extreme = looksUp ? Math.max(extreme, seen[i]) : Math.min(extreme, seen[i]);
      }
      if (strike === undefined) return type === "call" ? spot - extreme : extreme - spot;
      return Math.max(0, type === "call" ? extreme - strike : strike - extreme);
    },
    greeks: ({ state, spot, vol, years }): Greeks => {
      const { extreme } = state;
      const left = sub(expiryYears, years);
      const at = strike === undefined ? extreme : further(extreme, strike);
      const own = blackGreeks({
        type: looksUp ? "call" : "put",
        spot,
        strike: at,
        vol,
        years: left,
      });
      const reflected = mul(2, own.delta);
      const capped = looksUp ? min(reflected, 1) : max(reflected, -1);
      const spotPart = strike === undefined ? (type === "call" ? 1 : -1) : 0;
      const known = strike === undefined ? owed(extreme, spot) : owed(at, spot);
      return {
        value: add(mul(2, own.value), known),
        delta: sub(capped, -spotPart),
        gamma: mul(2, own.gamma),
        vega: mul(2, own.vega),
      };
    },
    hasExactGreeks: false,
    ...(strike === undefined ? {} : { strike }),
    features: ({ state, spot }) => [mul(5, log(div(spot, state.extreme)))],
    rescaled: (factor) =>
      lookback(strike === undefined ? terms : { ...terms, strike: factor * strike }),
    degree: 1,
  };
}
