/**
 * Heston's and Bates's dynamics, and what their numbers may be.
 *
 *   dS/S = √v dW + (e^J − 1) dN − λ g dt,   dv = κ(θ − v) dt + ν√v dZ,   d⟨W, Z⟩ = ρ dt,
 *   J ~ N(μ_J, σ_J²),   N Poisson of intensity λ,   g = e^{μ_J + σ_J²/2} − 1
 *
 * S is the forward: a martingale. λ = 0 is Heston.
 *
 * Source  Heston (1993); Bates (1996)
 */
import { InputError } from "../../num/errors.ts";

/** Units: variances per year, kappa and lambda per year, nu per year. */
export interface HestonParams {
  /** v at time 0. */
  readonly v0: number;
  /** Speed at which v reverts. */
  readonly kappa: number;
  /** Level that it reverts to. */
  readonly theta: number;
  /** Volatility of variance. */
  readonly nu: number;
  readonly rho: number;
}

export interface BatesParams extends HestonParams {
  /** Jumps per year. */
  readonly lambda: number;
  /** Mean and standard deviation of the logarithm of a jump. */
  readonly jumpMean: number;
  readonly jumpStdDev: number;
}

/** Checks parameters.
 *
 * Throws  InputError that names the parameter, its value and what is accepted
 */
export function checkDynamics(where: string, params: HestonParams | BatesParams): void {
  const need = (name: string, value: number, isGood: boolean, expected: string): void => {
    if (!isGood) throw new InputError(`${where}: expected ${name} ${expected}, got ${value}.`);
  };
  const { v0, kappa, theta, nu, rho } = params;
  const finite = Number.isFinite;
  need("v0", v0, finite(v0) && v0 >= 0, ">= 0");
  need("kappa", kappa, finite(kappa) && kappa > 0, "> 0");
  need("theta", theta, finite(theta) && theta >= 0, ">= 0");
  need("v0 + theta", v0 + theta, v0 + theta > 0, "> 0");
  need("nu", nu, finite(nu) && nu >= 0, ">= 0");
  need("rho", rho, rho >= -1 && rho <= 1, "in [-1, 1]");
  if (!("lambda" in params)) return;
  const { lambda, jumpMean, jumpStdDev } = params;
  need("lambda", lambda, finite(lambda) && lambda >= 0, ">= 0");
  need("jumpMean", jumpMean, finite(jumpMean), "finite");
  need("jumpStdDev", jumpStdDev, finite(jumpStdDev) && jumpStdDev >= 0, ">= 0");
}

/** Mean of ∫v dt over [0, T]: the variance of the diffusion. */
export function meanVariance({ v0, kappa, theta }: HestonParams, years: number): number {
  return theta * years - ((v0 - theta) * Math.expm1(-kappa * years)) / kappa;
}

/** Variance of ln S: diffusion (about) and jumps. */
export function totalVarianceScale(params: HestonParams | BatesParams, years: number): number {
  const diffusion = meanVariance(params, years);
  if (!("lambda" in params)) return diffusion;
  return diffusion + params.lambda * years * (params.jumpMean ** 2 + params.jumpStdDev ** 2);
}

/** Exponent that jumps may add where the contour bends. */
const jumpGrowth = 3;

/** Largest angle to the real axis at which the jumps' factor does not grow beyond e^{jumpGrowth}.
 *
 *   |exp(λT e^{iuμ_J − σ_J²u²/2})|,  u = r e^{iϑ}:  largest at  λT exp(μ_J² sin²ϑ/(2σ_J² cos 2ϑ))
 *
 * π/4, beyond which every Gaussian grows, where jumps leave it.
 */
export function widestAngle(params: HestonParams | BatesParams, years: number): number {
  if (!("lambda" in params) || params.lambda === 0 || params.jumpMean === 0) return Math.PI / 4;
  const exponent = Math.log1p(Math.min(jumpGrowth / (params.lambda * years), 1e300));
  const room = Math.min(2 * exponent * (params.jumpStdDev / params.jumpMean) ** 2, 1e6);
  return Math.asin(Math.sqrt(room / (1 + 2 * room)));
}

/** λT g: what jumps give on average, and the drift between them takes back. */
export function jumpDrift(params: HestonParams | BatesParams, years: number): number {
  if (!("lambda" in params)) return 0;
  return params.lambda * years * Math.expm1(params.jumpMean + 0.5 * params.jumpStdDev ** 2);
}
