/**
 * Black-Scholes-Merton: options on a spot S with continuous rates, discounted.
 *
 *   V = e^{-rT} Black(F, K, σ, T),  F = S e^{(r-q)T}
 *
 * Derivatives follow from the forward's by the chain rule: with D = e^{-rT}, G = e^{(r-q)T},
 * ∂V/∂S = D G Δ, ∂²V/∂S² = D G² Γ, and time derivatives gain the carry of D and G.
 * Source: R. Merton, Bell J. Economics 4 (1973); worked example in Hull, "Options, Futures and Other
 * Derivatives" (c = 4.76, p = 0.81), in the tests.
 */
import { blackGreeksAt, blackPriceAt } from "./black.ts";
import { requireFinite, requireNonNegative, requirePositive } from "./checkInputs.ts";
import { logMoneyness } from "./moneyness.ts";
import type { OptionType } from "./optionType.ts";

/** One option on a spot.
 *
 * Units     spot, strike in one currency; years; vol 0.2 = 20 %; continuous rates, 0.03 = 3 %
 */
export interface BlackScholesInputs {
  readonly spot: number;
  readonly strike: number;
  readonly yearsToExpiry: number;
  readonly vol: number;
  readonly ratePerYear: number;
  readonly dividendYieldPerYear: number;
}

/** Discounted price and its derivatives in spot terms; time derivatives per year of passing time. */
export interface BlackScholesGreeks {
  readonly price: number;
  readonly forward: number;
  readonly discount: number;
  /** ∂V/∂S */
  readonly delta: number;
  /** ∂V/∂K */
  readonly dualDelta: number;
  /** ∂²V/∂S² */
  readonly gamma: number;
  /** ∂²V/∂K² */
  readonly dualGamma: number;
  /** ∂V/∂σ */
  readonly vega: number;
  /** -∂V/∂T */
  readonly theta: number;
  /** ∂V/∂r */
  readonly rho: number;
  /** ∂V/∂q */
  readonly dividendRho: number;
  /** ∂²V/∂S∂σ */
  readonly vanna: number;
  /** ∂²V/∂σ² */
  readonly volga: number;
  /** -∂²V/∂S∂T */
  readonly charm: number;
  /** ∂³V/∂S³ */
  readonly speed: number;
  /** ∂³V/∂S²∂σ */
  readonly zomma: number;
  /** -∂³V/∂S²∂T */
  readonly color: number;
  /** -∂²V/∂σ∂T */
  readonly veta: number;
}

interface Carry {
  readonly forward: number;
  readonly discount: number;
  readonly growth: number;
  readonly logMoneyness: number;
  /** F - K */
  readonly excess: number;
}

function carryOf(where: string, inputs: BlackScholesInputs): Carry {
  const { spot, strike, yearsToExpiry, ratePerYear, dividendYieldPerYear } = inputs;
  requirePositive(where, "spot", spot);
  requirePositive(where, "strike", strike);
  requireNonNegative(where, "yearsToExpiry", yearsToExpiry);
  requireNonNegative(where, "vol", inputs.vol);
  requireFinite(where, "ratePerYear", ratePerYear);
  requireFinite(where, "dividendYieldPerYear", dividendYieldPerYear);
  const carry = (ratePerYear - dividendYieldPerYear) * yearsToExpiry;
  const growth = Math.exp(carry);
  const forward = spot * growth;
  // ln(K/S) - (r-q)T, and F - K from it, keep digits that the rounded forward has lost.
  const k = logMoneyness(spot, strike) - carry;
  return {
    growth,
    forward,
    discount: Math.exp(-ratePerYear * yearsToExpiry),
    logMoneyness: k,
    excess: Math.abs(k) < 0.5 ? strike * Math.expm1(-k) : forward - strike,
  };
}

/** Discounted Black-Scholes-Merton price.
 *
 * Units     as `BlackScholesInputs`; result in currency, paid today
 * Accuracy  relative error a few ulp times max(1, d1²)
 * Throws    InputError when spot or strike is not positive, years or vol negative, a rate not finite
 * Source    Merton (1973)
 */
export function blackScholesPrice(type: OptionType, inputs: BlackScholesInputs): number {
  const carry = carryOf("blackScholesPrice", inputs);
  const s = inputs.vol * Math.sqrt(inputs.yearsToExpiry);
  return carry.discount * blackPriceAt(type, carry.forward, carry.excess, carry.logMoneyness, s);
}

/** Discounted Black-Scholes-Merton price and its greeks.
 *
 * Units     as `BlackScholesGreeks`
 * Accuracy  relative error a few ulp times max(1, d1²), where terms of theta do not cancel
 * Throws    InputError as `blackScholesPrice`, and when vol·√T is 0 at the strike
 * Source    Merton (1973)
 */
export function blackScholesGreeks(
  type: OptionType,
  inputs: BlackScholesInputs,
): BlackScholesGreeks {
  const carry = carryOf("blackScholesGreeks", inputs);
  const { forward, discount, growth } = carry;
  const { strike, yearsToExpiry: years, vol, ratePerYear: r, dividendYieldPerYear: q } = inputs;
  const onForward = { forward, strike, yearsToExpiry: years, vol };
  const g = blackGreeksAt(type, onForward, carry.logMoneyness, carry.excess);
  const yieldDiscount = discount * growth;
  const gain = r - q;
  return {
    price: discount * g.price,
    forward,
    discount,
    delta: yieldDiscount * g.delta,
    dualDelta: discount * g.dualDelta,
    gamma: yieldDiscount * growth * g.gamma,
    dualGamma: discount * g.dualGamma,
    vega: discount * g.vega,
    // rV - gain·F·Δ written as qFΔ + rK(∂V/∂K), since V = FΔ + K ∂V/∂K.
    theta: discount * (g.theta + q * forward * g.delta + r * strike * g.dualDelta),
    rho: -discount * years * strike * g.dualDelta,
    dividendRho: -discount * years * forward * g.delta,
    vanna: yieldDiscount * g.vanna,
    volga: discount * g.volga,
    charm: yieldDiscount * (g.charm + q * g.delta - gain * forward * g.gamma),
    speed: yieldDiscount * growth * growth * g.speed,
    zomma: yieldDiscount * growth * g.zomma,
    color: yieldDiscount * growth * (g.color + (2 * q - r) * g.gamma - gain * forward * g.speed),
    veta: discount * (g.veta + r * g.vega - gain * forward * g.vanna),
  };
}
