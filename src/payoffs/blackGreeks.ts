/** Black's value and sensitivities of a call or put, as expressions. Zero rates. */
import { add, div, exp, log, mul, type Num, normCdf, sqrt, square, sub } from "../ir/index.ts";
import type { Greeks } from "./payoff.ts";

/** What the formula needs; all may be path values. */
export interface BlackInputs {
  readonly type: "call" | "put";
  readonly spot: Num;
  readonly strike: Num;
  readonly vol: Num;
  /** To expiry, > 0. */
  readonly years: Num;
}

/** d₁ = ln(S/K)/(σ√τ) + σ√τ/2, and σ√τ. */
export function blackD1({ spot, strike, vol, years }: Omit<BlackInputs, "type">): {
  readonly d1: Num;
  readonly stdDev: Num;
} {
  const stdDev = mul(vol, sqrt(years));
  return { d1: add(div(log(div(spot, strike)), stdDev), mul(0.5, stdDev)), stdDev };
}

/** Density of the standard normal. */
export const normalDensity = (x: Num): Num =>
  mul(1 / Math.sqrt(2 * Math.PI), exp(mul(-0.5, square(x))));

/** Value, delta, gamma and vega of one option. */
export function blackGreeks(inputs: BlackInputs): Greeks {
  const { type, spot, strike, years } = inputs;
  const { d1, stdDev } = blackD1(inputs);
  const density = normalDensity(d1);
  const call = normCdf(d1);
  const sign = type === "call" ? 1 : -1;
  const ofSpot = type === "call" ? call : normCdf(mul(-1, d1));
  const ofStrike = normCdf(mul(sign, sub(d1, stdDev)));
  return {
    value: mul(sign, sub(mul(spot, ofSpot), mul(strike, ofStrike))),
    delta: type === "call" ? call : sub(call, 1),
    gamma: div(density, mul(spot, stdDev)),
    vega: mul(mul(spot, density), sqrt(years)),
  };
}
