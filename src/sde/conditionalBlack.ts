/**
 * Black's formula as an expression: the price of an option given the path of the volatility.
 *
 * When volatility does not depend on the price, the price at expiry is lognormal given the volatility's path,
 * with an effective forward e^x and variance w of its own ("mixing"; Hull & White 1987, Romano & Touzi 1997):
 *
 *   price = ε (e^x N(ε d₁) − K N(ε d₂)),   d₁ = (x − ln K)/√w + √w/2,   d₂ = d₁ − √w,   ε = ±1
 */
import { add, div, exp, type Expr, mul, type Num, normCdf, sqrt, sub } from "../ir/index.ts";

/** What the formula needs; all may be path values. */
export interface ConditionalBlack {
  /** ln of the effective forward per unit of today's forward. */
  readonly x: Num;
  /** Effective total variance. */
  readonly w: Num;
  /** Strike per unit of today's forward, and its logarithm. */
  readonly strike: Num;
  readonly logStrike: Num;
  /** +1 for a call, −1 for a put. */
  readonly sign: Num;
}

/** Smallest total variance that the formula divides by; 1e-12 is a volatility of 0.001 % over a year. */
const varianceFloor = 1e-12;

/** Undiscounted price per unit of today's forward. */
export function conditionalBlack(o: ConditionalBlack): Expr {
  const s = sqrt(add(o.w, varianceFloor));
  const d1 = add(div(sub(o.x, o.logStrike), s), mul(s, 0.5));
  const ofForward = mul(exp(o.x), normCdf(mul(o.sign, d1)));
  const ofStrike = mul(o.strike, normCdf(mul(o.sign, sub(d1, s))));
  return mul(o.sign, sub(ofForward, ofStrike));
}
