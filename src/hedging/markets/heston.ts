/**
 * Heston, and Bates with jumps, by the quadratic-exponential scheme with its martingale correction: the mean of S is exact at
 * every step whatever its size, and the variance has the first two moments of its exact law.
 *
 *   m, s² of v' given v;  ψ = s²/m²
 *   ψ ≤ 1.5   v' = a (b + z)²
 *   ψ > 1.5   v' = 0 with probability p, else exponential
 *   ln S' = ln S + K₀* + K₁ v + K₂ v' + √(K₃ v + K₄ v') z₂ + J
 *
 * Jumps: at most one per step, with the probability λΔ, compensated so that S stays a martingale exactly.
 *
 * Source  Andersen (2008), Simple and efficient simulation of the Heston stochastic volatility model, sections 3.2 and 4.3.2;
 *         Bates (1996)
 */
import {
  add,
  div,
  exp,
  type Expr,
  log,
  max,
  min,
  mul,
  neg,
  normCdf,
  type Num,
  select,
  sqrt,
  square,
  sub,
  sum,
} from "../../ir/index.ts";
import type { BatesParams, HestonParams } from "../../pricing/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Market, MarketStep } from "../problem.ts";

export interface HestonMarket {
  readonly spot: number;
  readonly params: HestonParams | BatesParams;
  /** Simulation steps for each trading date. */
  readonly stepsPerDate?: number;
}

export const hestonMarketDefaults = { stepsPerDate: 1 } as const;

/** Where the scheme changes its form. */
const psiSwitch = 1.5;
const leastVariance = 1e-10;

/** The market of Heston's parameters; of Bates's where they have jumps.
 *
 * Throws  InputError for a spot or parameters out of range
 */
export function hestonMarket(options: HestonMarket): Market {
  const { spot, params, stepsPerDate } = { ...hestonMarketDefaults, ...options };
  checkMarket(spot, params, stepsPerDate);
  const { v0, kappa, theta, nu, rho } = params;
  const jumps = "lambda" in params ? params : undefined;
  const share = (years: Num): Num => {
    const pull = mul(kappa, max(years, 1e-6));
    return div(sub(1, exp(neg(pull))), pull);
  };
  const jumpVariance =
    jumps === undefined ? 0 : jumps.lambda * (jumps.jumpMean ** 2 + jumps.jumpStdDev ** 2);
  // mean variance ahead: θ + (v − θ)(1 − e^{−κτ})/(κτ), and what jumps add
  const vol = (v: Expr, years: Num): Num =>
    sqrt(add(jumpVariance, max(add(theta, mul(sub(v, theta), share(years))), 1e-6)));
  return {
    name: jumps === undefined ? "Heston" : "Bates",
    spot0: spot,
    typicalVol: Math.sqrt((v0 + theta) / 2 + jumpVariance),
    factors: jumps === undefined ? 2 : 4,
    initialNormals: 0,
    stepsPerDate,
    params: {},
    paramValues: {},
    tables: [],
    tableValues: () => [],
    stateNames: ["x", "v"],
    startState: { v: v0 },
    init: () => ({ x: 0, v: v0 }),
    step: (step) => {
      const { x, v } = quadraticExponential(params, step);
      return jumps === undefined ? { x, v } : { x: add(x, jump(jumps, step)), v };
    },
    spot: ({ x }) => mul(spot, exp(x)),
    fromSpot: (price) => ({ x: Math.log(price / spot) }),
    vol: ({ state, years }, untilYears) => vol(state.v, sub(untilYears, years)),
    // dv has the regression slope ρν on the return; dσ = share dv/(2σ)
    volPerReturn: ({ state, years }, untilYears) => {
      const left = sub(untilYears, years);
      return div(mul((rho * nu) / 2, share(left)), vol(state.v, left));
    },
    features: ({ state }) => [sub(sqrt(mul(1 / Math.max(v0, theta), max(state.v, 0))), 1)],
  };
}

/** Moves of x and v. */
function quadraticExponential(
  { kappa, theta, nu, rho }: HestonParams,
  { state, normals: [z1, z2], dt }: MarketStep,
): { readonly x: Expr; readonly v: Expr } {
  const { x, v } = state;
  const decay = exp(mul(-kappa, dt));
  const lost = sub(1, decay);
  const m = max(add(theta, mul(decay, sub(v, theta))), leastVariance);
  const s2 = add(
    mul(mul((nu * nu) / kappa, mul(decay, lost)), v),
    mul((theta * nu * nu) / (2 * kappa), square(lost)),
  );
  const psi = div(s2, square(m));
  // below the switch: a (b + z)²
  const two = div(2, min(psi, psiSwitch));
  const b2 = add(sub(two, 1), mul(sqrt(two), sqrt(sub(two, 1))));
  const a = div(m, add(1, b2));
  const quadratic = mul(a, square(add(sqrt(b2), z1)));
  // above it: mass p at 0 and an exponential tail
  const high = max(psi, psiSwitch);
  const p = div(sub(high, 1), add(high, 1));
  const beta = div(sub(1, p), m);
  const left = max(normCdf(neg(z1)), 1e-12);
  const tail = div(log(div(sub(1, p), left)), beta);
  const exponential = max(tail, 0);
  const isQuadratic = sub(psiSwitch, psi);
  const next = select(isQuadratic, quadratic, exponential);
  // central weights γ₁ = γ₂ = ½
  const middle = sub((kappa * rho) / nu, 0.5);
  const k1 = sub(mul(mul(0.5, dt), middle), rho / nu);
  const k2 = add(mul(mul(0.5, dt), middle), rho / nu);
  const k3 = mul(0.5 * (1 - rho * rho), dt);
  const big = add(k2, mul(0.5, k3));
  // −ln E[e^{A v'}], and the part of v
  const above = max(sub(1, mul(mul(2, big), a)), 1e-6);
  const ofQuadratic = add(neg(div(mul(mul(big, b2), a), above)), mul(0.5, log(above)));
  const mgf = add(p, div(mul(beta, sub(1, p)), max(sub(beta, big), 1e-6)));
  const correction = select(isQuadratic, ofQuadratic, neg(log(mgf)));
  const drift = sub(correction, mul(add(k1, mul(0.5, k3)), v));
  const shock = mul(sqrt(max(mul(k3, add(v, next)), 0)), z2);
  return { x: sum(x, drift, mul(k1, v), mul(k2, next), shock), v: next };
}

/** A jump's move of x: with probability λΔ one of mean and deviation as given, less its compensator. */
function jump(
  { lambda, jumpMean, jumpStdDev }: BatesParams,
  { normals: [, , z3, z4], dt }: MarketStep,
): Expr {
  const chance = min(mul(lambda, dt), 0.9);
  const size = add(jumpMean, mul(jumpStdDev, z4));
  const growth = Math.exp(jumpMean + 0.5 * jumpStdDev * jumpStdDev) - 1;
  const happens = sub(chance, normCdf(z3));
  return sub(select(happens, size, 0), log(add(1, mul(chance, growth))));
}

function checkMarket(spot: number, params: HestonParams, stepsPerDate: number): void {
  const { v0, kappa, theta, nu, rho } = params;
  for (const [name, value] of Object.entries({ spot, v0, kappa, theta, nu })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError(`hestonMarket: expected ${name} > 0, got ${value}.`);
    }
  }
  if (!(Math.abs(rho) < 1)) {
    throw new InputError(`hestonMarket: expected rho in (-1, 1), got ${rho}.`);
  }
  if (!(Number.isInteger(stepsPerDate) && stepsPerDate >= 1)) {
    throw new InputError(
      `hestonMarket: expected stepsPerDate to be a whole number from 1, got ${stepsPerDate}.`,
    );
  }
}
