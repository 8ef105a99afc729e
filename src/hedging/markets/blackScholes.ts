/**
 * Black-Scholes:  S' = S exp((μ − σ²/2)Δ + σ√Δ z), without drift unless one is given.
 *
 * Source  Black & Scholes (1973)
 */
import { exp, mul, sum } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Market } from "../problem.ts";

export interface BlackScholesMarket {
  readonly spot: number;
  readonly vol: number;
  /** μ, per year. */
  readonly drift?: number;
}

/** The market; exact at its dates, and so are its option prices without drift.
 *
 * Units   vol decimal per √year
 * Throws  InputError for a spot or volatility that is not positive
 */
export function blackScholesMarket({ spot, vol, drift = 0 }: BlackScholesMarket): Market {
  for (const [name, value] of Object.entries({ spot, vol })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError(`blackScholesMarket: expected ${name} > 0, got ${value}.`);
    }
  }
  if (!Number.isFinite(drift)) {
    throw new InputError(`blackScholesMarket: expected a finite drift, got ${drift}.`);
  }
  return {
    name: "Black-Scholes",
    spot0: spot,
    typicalVol: vol,
    factors: 1,
    initialNormals: 0,
    stepsPerDate: 1,
    params: {},
    paramValues: {},
    tables: [],
    tableValues: () => [],
    stateNames: ["x"],
    startState: {},
    init: () => ({ x: 0 }),
    step: ({ state, normals: [z], dt, sqrtDt }) => ({
      x: sum(state.x, mul(drift - 0.5 * vol * vol, dt), mul(mul(vol, sqrtDt), z)),
    }),
    spot: ({ x }) => mul(spot, exp(x)),
    fromSpot: (price) => ({ x: Math.log(price / spot) }),
    vol: () => vol,
    features: () => [],
    optionVol: () => vol,
  };
}
