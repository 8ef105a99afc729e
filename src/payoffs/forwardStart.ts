/**
 * Forward start: a call or put whose strike is set later, at a multiple m of the price then.
 *
 * Before the start it is worth S times the price of a call on 1 with strike m over the time between: no gamma.
 *
 * Source  Rubinstein (1991), Pay now, choose later
 */
import { max, mul, type Num, reciprocal, select, sub } from "../ir/index.ts";
import { InputError } from "../num/errors.ts";
import { blackGreeks } from "./blackGreeks.ts";
import { requirePositive, requireType } from "./checkPayoff.ts";
import type { Payoff } from "./payoff.ts";

export interface ForwardStart {
  readonly type: "call" | "put";
  readonly startYears: number;
  readonly strikeRatio: number;
  readonly expiryYears: number;
}

/** The payoff.
 *
 * Throws  InputError unless 0 < startYears < expiryYears and the ratio is positive
 */
export function forwardStart(terms: ForwardStart): Payoff {
  const { type, startYears, strikeRatio, expiryYears } = terms;
  requireType("forwardStart", type);
  requirePositive("forwardStart", { startYears, strikeRatio, expiryYears });
  if (!(startYears < expiryYears)) {
    throw new InputError(
      `forwardStart: expected startYears below expiryYears ${expiryYears}, got ${startYears}.`,
    );
  }
  return {
    name: `forward start ${type} at ${strikeRatio}`,
    family: "forwardStart",
    expiryYears,
    fixings: [startYears],
    // strike as set; the spot at the start stands in until then
    init: (spot0) => ({ strike: strikeRatio * spot0 }),
    update: (_, spot) => ({ strike: mul(strikeRatio, spot) }),
    value: ({ strike }, spot) => max(type === "call" ? sub(spot, strike) : sub(strike, spot), 0),
    valueOf: ({ fixings, spot }) => {
      const strike = strikeRatio * fixings[0];
      return Math.max(0, type === "call" ? spot - strike : strike - spot);
    },
    greeks: ({ state, spot, vol, years }) => {
      const isSet = sub(years, startYears - 1e-9);
      const strike: Num = select(isSet, state.strike, mul(strikeRatio, spot));
      const left = select(isSet, sub(expiryYears, years), expiryYears - startYears);
      const own = blackGreeks({ type, spot, strike, vol, years: left });
      // homogeneous of degree one before the start: value/S
      return {
        value: own.value,
        delta: select(isSet, own.delta, mul(own.value, reciprocal(spot))),
        gamma: select(isSet, own.gamma, 0),
        vega: own.vega,
      };
    },
    hasExactGreeks: true,
    features: ({ state, spot, years }) => [
      mul(5, sub(select(sub(years, startYears - 1e-9), mul(spot, reciprocal(state.strike)), 1), 1)),
    ],
    rescaled: () => forwardStart(terms),
    degree: 1,
  };
}
