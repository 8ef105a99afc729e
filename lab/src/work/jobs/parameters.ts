/** Parameters of each model under the names its paper gives them. */
import type {
  ModelFit,
  RoughBergomiParams,
  SabrParams,
  SanosParams,
  SsviParams,
  SviParams,
} from "volterra/models";
import type { HestonParams } from "volterra/pricing";
import type { ShownParameter } from "./modelRow.ts";

const one = (name: string, about: string, value: number): ShownParameter => ({
  name,
  about,
  values: [value],
});

const each = <T>(
  name: string,
  about: string,
  items: readonly T[],
  value: (item: T) => number,
): ShownParameter => ({ name, about, values: items.map(value) });

const writers: Readonly<Record<string, (params: never) => readonly ShownParameter[]>> = {
  sabr: ({ beta, expiries }: SabrParams) => [
    one("β", "how volatility moves with the price (fixed)", beta),
    each("σ ATM", "volatility at the forward", expiries, (e) => e.atmVol),
    each("ρ", "correlation of price and volatility", expiries, (e) => e.rho),
    each("ν", "volatility of volatility", expiries, (e) => e.nu),
  ],
  svi: ({ expiries }: SviParams) => [
    each("a", "height", expiries, (e) => e.a),
    each("b", "slope of the wings", expiries, (e) => e.b),
    each("ρ", "tilt", expiries, (e) => e.rho),
    each("m", "where the lowest part lies", expiries, (e) => e.m),
    each("σ", "roundness of the bottom", expiries, (e) => e.sigma),
  ],
  ssvi: ({ rho, eta, gamma, theta }: SsviParams) => [
    one("ρ", "tilt", rho),
    one("η", "curvature", eta),
    one("γ", "how curvature falls with variance", gamma),
    { name: "θ", about: "total variance at the money", values: theta },
  ],
  heston: (p: HestonParams) => [
    one("√v₀", "volatility today", Math.sqrt(p.v0)),
    one("√θ", "volatility in the long run", Math.sqrt(p.theta)),
    one("κ", "speed of return, per year", p.kappa),
    one("ν", "volatility of variance", p.nu),
    one("ρ", "correlation of price and variance", p.rho),
  ],
  "rough-bergomi": (p: RoughBergomiParams) => [
    one("H", "roughness: below ½ is rougher than Brownian motion", p.hurst),
    one("η", "volatility of volatility", p.eta),
    one("ρ", "correlation of price and volatility", p.rho),
    each("√ξ", "forward volatility", p.expiries, (e) => Math.sqrt(e.xi)),
  ],
  sanos: ({ expiries }: SanosParams) => [
    each("atoms", "points of the fitted law", expiries, (e) => e.probability.length),
    each("kernel", "share of variance in the smoothing kernel", expiries, (e) => e.kernelShare),
  ],
};

/** What the page lists; empty for a model whose parameters are weights of a network. */
export function parametersOf({ model, params }: ModelFit): readonly ShownParameter[] {
  const writer = writers[model];
  return writer === undefined || params === null ? [] : writer(params as never);
}
