/**
 * Black-76: European options on a forward F with lognormal volatility σ, undiscounted.
 *
 *   call = F N(d1) - K N(d2),  put = K N(-d2) - F N(-d1),  d1,2 = (-k ± s²/2)/s,  k = ln(K/F), s = σ√T
 *
 * The price is the out-of-the-money one (no cancellation, blackKernel.ts) plus intrinsic value.
 * Time derivatives are taken in calendar time, minus the derivative in T, at fixed forward.
 * Source: F. Black, J. Financial Economics 3 (1976); greeks by differentiation, each checked in the
 * tests against reference/black.json and against central differences of the next lower one.
 */
import { InputError } from "../num/errors.ts";
import { normCdf, normPdf } from "../num/normal.ts";
import { blackOtm } from "./blackKernel.ts";
import { requireNonNegative, requirePositive } from "./checkInputs.ts";
import { logMoneyness } from "./moneyness.ts";
import type { OptionType } from "./optionType.ts";

/** One option on a forward.
 *
 * Units     forward and strike in one currency; yearsToExpiry in years; vol 0.2 = 20 %
 */
export interface BlackInputs {
  readonly forward: number;
  readonly strike: number;
  readonly yearsToExpiry: number;
  readonly vol: number;
}

/** Price and derivatives of an undiscounted option on a forward.
 *
 * Units     price in currency; time derivatives per year of passing time; vol derivatives per 1.00 of vol
 */
export interface BlackGreeks {
  readonly price: number;
  readonly d1: number;
  readonly d2: number;
  /** ∂V/∂F */
  readonly delta: number;
  /** ∂V/∂K */
  readonly dualDelta: number;
  /** ∂²V/∂F² */
  readonly gamma: number;
  /** ∂²V/∂K²: the risk-neutral density of the forward at K */
  readonly dualGamma: number;
  /** ∂V/∂σ */
  readonly vega: number;
  /** -∂V/∂T */
  readonly theta: number;
  /** ∂²V/∂F∂σ */
  readonly vanna: number;
  /** ∂²V/∂σ² */
  readonly volga: number;
  /** -∂²V/∂F∂T */
  readonly charm: number;
  /** ∂³V/∂F³ */
  readonly speed: number;
  /** ∂³V/∂F²∂σ */
  readonly zomma: number;
  /** -∂³V/∂F²∂T */
  readonly color: number;
  /** -∂²V/∂σ∂T */
  readonly veta: number;
  /** ∂³V/∂σ³ */
  readonly ultima: number;
  /** Derivative of the discounted price e^{-rT}V in r at r = 0, forward held: -T V */
  readonly rho: number;
}

function checkInputs(where: string, inputs: BlackInputs): void {
  requirePositive(where, "forward", inputs.forward);
  requirePositive(where, "strike", inputs.strike);
  requireNonNegative(where, "yearsToExpiry", inputs.yearsToExpiry);
  requireNonNegative(where, "vol", inputs.vol);
}

/** Undiscounted Black price from the log-moneyness and s = σ√T; arguments are trusted.
 *
 * Units     forward and excess = F - K in currency; result in the same currency
 */
export function blackPriceAt(
  type: OptionType,
  forward: number,
  excess: number,
  k: number,
  totalStdDev: number,
): number {
  const intrinsic = Math.max(type === "call" ? excess : -excess, 0);
  return intrinsic + forward * blackOtm(k, totalStdDev);
}

/** Undiscounted Black-76 price.
 *
 * Units     as `BlackInputs`; result in the currency of forward
 * Accuracy  relative error a few ulp times max(1, d1²), the condition of the price in its inputs
 * Throws    InputError when an input is not positive (forward, strike) or negative (years, vol)
 * Source    Black (1976)
 */
export function blackPrice(type: OptionType, inputs: BlackInputs): number {
  checkInputs("blackPrice", inputs);
  const { forward, strike, yearsToExpiry, vol } = inputs;
  const k = logMoneyness(forward, strike);
  return blackPriceAt(type, forward, forward - strike, k, vol * Math.sqrt(yearsToExpiry));
}

/** Undiscounted Black-76 price and all its greeks.
 *
 * Units     as `BlackGreeks`
 * Accuracy  relative error a few ulp times max(1, d1²)
 * Throws    InputError as `blackPrice`, and when vol·√T is 0 at the strike, where they do not exist
 * Source    Black (1976)
 */
export function blackGreeks(type: OptionType, inputs: BlackInputs): BlackGreeks {
  checkInputs("blackGreeks", inputs);
  const { forward, strike } = inputs;
  return blackGreeksAt(type, inputs, logMoneyness(forward, strike), forward - strike);
}

/** Greeks with k = ln(K/F) and excess = F - K given, for callers who know them better; trusted. */
export function blackGreeksAt(
  type: OptionType,
  inputs: BlackInputs,
  k: number,
  excess: number,
): BlackGreeks {
  const { forward, strike, vol, yearsToExpiry: years } = inputs;
  const s = vol * Math.sqrt(years);
  const price = blackPriceAt(type, forward, excess, k, s);
  if (s === 0) return expiredGreeks(type, price, k, years);
  const d1 = -k / s + 0.5 * s;
  const d2 = -k / s - 0.5 * s;
  const sign = type === "call" ? 1 : -1;
  const density = normPdf(d1);
  const gamma = density / (forward * s);
  const vega = forward * density * Math.sqrt(years);
  const product = d1 * d2;
  return {
    price,
    d1,
    d2,
    delta: sign * normCdf(sign * d1),
    dualDelta: -sign * normCdf(sign * d2),
    gamma,
    dualGamma: normPdf(d2) / (strike * s),
    vega,
    theta: (-forward * density * vol) / (2 * Math.sqrt(years)),
    vanna: (-density * d2) / vol,
    volga: (vega * product) / vol,
    charm: (density * d2) / (2 * years),
    speed: ((-gamma / forward) * (s + d1)) / s,
    zomma: (gamma * (product - 1)) / vol,
    color: (gamma * (1 - product)) / (2 * years),
    veta: (-vega * (1 + product)) / (2 * years),
    ultima: (-vega / (vol * vol)) * (product * (1 - product) + d1 * d1 + d2 * d2),
    rho: -years * price,
  };
}

/** The limit s → 0 off the strike: a step of delta, and every other derivative zero. */
function expiredGreeks(type: OptionType, price: number, k: number, years: number): BlackGreeks {
  if (k === 0) {
    throw new InputError(
      "blackGreeks: expected vol·√yearsToExpiry > 0 at the strike, got 0. " +
        "The payoff has a kink there; ask for blackPrice instead.",
    );
  }
  const d = k < 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const inTheMoney = (type === "call") === k < 0 ? 1 : 0;
  const sign = type === "call" ? 1 : -1;
  const none = {
    gamma: 0,
    dualGamma: 0,
    vega: 0,
    theta: 0,
    vanna: 0,
    volga: 0,
    charm: 0,
    speed: 0,
    zomma: 0,
    color: 0,
    veta: 0,
    ultima: 0,
  };
  return {
    ...none,
    price,
    d1: d,
    d2: d,
    delta: sign * inTheMoney,
    dualDelta: -sign * inTheMoney,
    rho: -years * price,
  };
}
