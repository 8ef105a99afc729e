/**
 * Black-Scholes: a volatility that knows no strike. The smallest models, and the yardstick for all others.
 *
 *   w(k, T) = σ² T                                  `black-scholes`:       one σ for the chain
 *   w(k, T_j) = σ_j² T_j, linear in between          `black-scholes-term`:  one σ_j for each expiry
 *
 * σ minimises Σ ((σ − midVol_i)/h_i)², h_i the half spread of quote i but at least `smallestHalfSpread`: the mean of
 * the mid volatilities, weighted by 1/h². It always exists and is never outside the quoted volatilities.
 *
 * Units   volatilities as decimals, 0.2 = 20 % a year
 * Source  F. Black and M. Scholes, J. Political Economy 81 (1973); R. Merton, Bell J. Economics 4 (1973), eq. (38)
 *         for a volatility that depends on time
 */
import type { Chain, CleanQuote } from "../market/index.ts";
import { NumericalError } from "../num/errors.ts";
import { type ForwardPaths, type PathRequest, pathsGivenVolatility } from "../pricing/index.ts";
import { type ModelSurface, surfaceOfSmiles, surfaceOfVariance } from "../surface/index.ts";
import { failedFit, type Model, type ModelFit } from "./model.ts";

/** One volatility for every strike and expiry. */
export interface BlackScholesParams {
  readonly vol: number;
}

/** One volatility for each expiry. */
export interface BlackScholesTermParams {
  /** [expiry] */
  readonly yearsToExpiry: readonly number[];
  /** [expiry] */
  readonly vol: readonly number[];
}

/** Half spreads below this count as this: no quote is better known than to 0.05 volatility points. */
const smallestHalfSpread = 0.0005;

/** Mean of the mid volatilities, weighted by 1/half spread². */
function meanVol(quotes: readonly CleanQuote[]): number {
  let weights = 0;
  let sum = 0;
  for (const { midVol, halfSpreadVol } of quotes) {
    const weight = 1 / Math.max(halfSpreadVol, smallestHalfSpread) ** 2;
    weights += weight;
    sum += weight * midVol;
  }
  return sum / weights;
}

/** Paths of the process whose volatility is the surface's, a function of time alone.
 *
 * Throws  NumericalError where total variance falls from one expiry to the next: no process has it
 */
function lognormalPaths(
  name: string,
  surface: ModelSurface,
  { paths, seed }: PathRequest,
): ForwardPaths {
  const { years } = surface;
  const total = Array.from(years, (t) => surface.totalVariance(0, t));
  const falls = total.findIndex((w, j) => j > 0 && w < total[j - 1]);
  if (falls > 0) {
    throw new NumericalError(
      `${name}: expected total variance to grow with time, got ${total[falls - 1].toPrecision(4)} at ${years[falls - 1].toFixed(4)} years and ${total[falls].toPrecision(4)} at ${years[falls].toFixed(4)}. No process has these volatilities.`,
    );
  }
  const laws = total.map((w) => ({
    logForward: new Float64Array(paths),
    totalVariance: new Float64Array(paths).fill(w),
  }));
  return pathsGivenVolatility(years, laws, seed);
}

/** What both models do alike: choose volatilities, make the surface, take the time. */
function fitVols<Params>(
  name: string,
  chain: Chain,
  choose: (expiries: Chain["expiries"]) => { params: Params; count: number; surface: ModelSurface },
): ModelFit<Params> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const expiries = chain.expiries.filter((expiry) => expiry.quotes.length > 0);
  if (expiries.length === 0) {
    return failedFit(name, "the chain has no quotes", seconds());
  }
  const { params, count, surface } = choose(expiries);
  return {
    model: name,
    status: "converged",
    message: "",
    warnings: [],
    params,
    parameterCount: count,
    surface,
    simulate: (request) => lognormalPaths(name, surface, request),
    seconds: seconds(),
  };
}

/** One volatility for the chain. */
export const blackScholes: Model<BlackScholesParams> = {
  name: "black-scholes",
  title: "Black-Scholes",
  source: "Black and Scholes (1973)",
  isDynamic: true,
  fit: async (chain) =>
    fitVols("black-scholes", chain, (expiries) => {
      const vol = meanVol(expiries.flatMap((expiry) => expiry.quotes));
      const years = expiries.map((expiry) => expiry.yearsToExpiry);
      return {
        params: { vol },
        count: 1,
        surface: surfaceOfVariance(years, (_, t) => vol ** 2 * t),
      };
    }),
};

/** One volatility for each expiry. */
export const blackScholesTerm: Model<BlackScholesTermParams> = {
  name: "black-scholes-term",
  title: "Black-Scholes per expiry",
  source: "Merton (1973), eq. (38)",
  isDynamic: false,
  fit: async (chain) =>
    fitVols("black-scholes-term", chain, (expiries) => {
      const yearsToExpiry = expiries.map((expiry) => expiry.yearsToExpiry);
      const vol = expiries.map((expiry) => meanVol(expiry.quotes));
      const smiles = vol.map((sigma, j) => () => sigma ** 2 * yearsToExpiry[j]);
      return {
        params: { yearsToExpiry, vol },
        count: vol.length,
        surface: surfaceOfSmiles(yearsToExpiry, smiles),
      };
    }),
};
