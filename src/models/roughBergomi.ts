/**
 * Rough Bergomi: volatility driven by fractional noise, forward variance read off the market.
 *
 *   dS/S = √V (ρ dW + √(1−ρ²) dW⊥),   V_t = ξ(t) exp(ηY_t − ½η² t^{2H}),   Y_t = √(2H) ∫_0^t (t−s)^{H−½} dW_s
 *
 * Three numbers shape every smile, H (roughness), η (volatility of volatility) and ρ (skew); ξ is constant between
 * expiries, a number for each. All are fitted together (roughBergomi/search.ts) on common random numbers, so the fit
 * is deterministic by its seed, and its surface is that of the very paths that were fitted.
 *
 * The time grid is part of the model: left-point sums, at least `minStepsPerInterval` steps to an expiry. After time
 * τ the rolled model keeps H, η, ρ and the forward variance of every calendar date, and starts Y afresh.
 *
 * Source  Bayer, Friz & Gatheral (2016), Pricing under rough volatility; McCrickerd & Pakkanen (2018) for conditional
 * Monte Carlo
 */
import type { Chain } from "../market/index.ts";
import { InputError } from "../num/errors.ts";
import {
  conditionalLaws,
  type ForwardPaths,
  type PathRequest,
  pathsGivenVolatility,
} from "../pricing/index.ts";
import type { ModelSurface } from "../surface/index.ts";
import { failedFit, type Model, type ModelFit, type ModelOptions } from "./model.ts";
import {
  bounds,
  firstPoint,
  type RoughBergomiPoint,
  searchFrom,
  type SearchSettings,
  thinned,
} from "./roughBergomi/search.ts";
import { simulation, type SimulationSettings } from "./roughBergomi/simulation.ts";
import { roughBergomiSurface } from "./roughBergomi/surface.ts";
import { expiryName, type SmileQuotes, smileQuotes } from "./smileQuotes.ts";

export const roughBergomiDefaults = {
  /** Steps over the whole horizon, before the two minima. */
  steps: 72,
  firstSteps: 16,
  minStepsPerInterval: 24,
  /** What the minimum may add up to: with many expiries it is lowered. */
  mostSteps: 120,
  /** Antithetic pairs of paths, halved until pairs · quotes is below `pairQuotes`. */
  pairs: 4096,
  pairQuotes: 2_500_000,
  /** Pairs and quotes per expiry of the coarse search; its pairs give the derivatives of the fine one. */
  coarsePairs: 512,
  coarseQuotes: 12,
  iterations: 20,
  /** Half spreads beyond which a quote counts by its absolute error. */
  huber: 1,
} as const;

export type RoughBergomiOptions = ModelOptions & {
  readonly [K in keyof typeof roughBergomiDefaults]?: number;
};

export interface RoughBergomiParams {
  readonly hurst: number;
  readonly eta: number;
  readonly rho: number;
  /** [expiry] */
  readonly expiries: readonly {
    readonly yearsToExpiry: number;
    /** Forward variance per year from the expiry before to this one. */
    readonly xi: number;
  }[];
}

type Settings = { readonly [K in keyof typeof roughBergomiDefaults]: number };

/** Rough Bergomi, all expiries at once. */
export const roughBergomi: Model<RoughBergomiParams, RoughBergomiOptions> = {
  name: "rough-bergomi",
  title: "Rough Bergomi",
  source: "Bayer, Friz & Gatheral (2016)",
  isDynamic: true,
  fit: async (
    chain: Chain,
    options: RoughBergomiOptions = {},
  ): Promise<ModelFit<RoughBergomiParams>> => {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    const settings = settingsOf(options);
    const expiries = chain.expiries.filter((expiry) => expiry.quotes.length > 0);
    if (expiries.length === 0) {
      return failedFit("rough-bergomi", "the chain has no quotes", seconds());
    }
    const smiles = expiries.map(smileQuotes);
    const years = smiles.map((smile) => smile.years);
    const quotes = smiles.reduce((sum, { k }) => sum + k.length, 0);
    const sampling = samplingOf(settings, years.length, quotes, options.seed ?? 1);
    const paths = simulation(years, sampling);
    const { point, status } = await search(smiles, sampling, paths, settings, options.signal);
    const warnings = [
      ...edgeWarnings(point),
      ...expiries.flatMap((expiry) =>
        expiry.quotes.length > 1
          ? []
          : [`${expiryName(expiry)}: 1 quote: its level was fitted, the shape is the others'`],
      ),
    ];
    return {
      model: "rough-bergomi",
      status,
      message: status === "iteration-limit" ? "the search ran out of iterations" : "",
      warnings,
      params: paramsOf(point, years),
      parameterCount: Math.min(3 + years.length, quotes),
      surface: roughBergomiSurface(point, paths, years),
      simulate: (request) => forwardPaths(point, years, sampling, request),
      rolled: (elapsedYears) => rolledSurface(point, years, sampling, elapsedYears),
      seconds: seconds(),
    };
  },
};

function settingsOf(options: RoughBergomiOptions): Settings {
  const given = Object.entries(options).filter(
    ([name, value]) => name in roughBergomiDefaults && value !== undefined,
  );
  const settings: Settings = { ...roughBergomiDefaults, ...Object.fromEntries(given) };
  for (const [name, value] of Object.entries(settings)) {
    if (!(value > 0) || (name !== "huber" && !Number.isInteger(value))) {
      throw new InputError(
        `rough-bergomi: ${name}: expected a positive ${name === "huber" ? "number" : "integer"}, got ${value}. Leave it out for the default.`,
      );
    }
  }
  return settings;
}

function samplingOf(
  settings: Settings,
  expiries: number,
  quotes: number,
  seed: number,
): SimulationSettings {
  let { pairs } = settings;
  while (pairs > 2 * settings.coarsePairs && pairs * quotes > settings.pairQuotes) pairs /= 2;
  const { steps, firstSteps, mostSteps } = settings;
  const fair = Math.max(3, Math.floor(mostSteps / expiries));
  const minStepsPerInterval = Math.min(settings.minStepsPerInterval, fair);
  return { steps, firstSteps, minStepsPerInterval, pairs, seed };
}

/** A coarse search from a falling and from a rising smile, then the better one on more and on all paths. */
async function search(
  smiles: readonly SmileQuotes[],
  sampling: SimulationSettings,
  paths: ReturnType<typeof simulation>,
  settings: Settings,
  signal: AbortSignal | undefined,
) {
  const { huber, iterations } = settings;
  const coarse: SearchSettings = { iterations, tolerance: 1e-3, huber, signal };
  const years = smiles.map((smile) => smile.years);
  const few = simulation(years, { ...sampling, pairs: settings.coarsePairs });
  const starts: RoughBergomiPoint[] = [-0.6, 0.3].map((rho) => firstPoint(smiles, rho));
  const found = [];
  const thin = smiles.map((smile) => thinned(smile, settings.coarseQuotes));
  for (const point of starts) found.push(await searchFrom(point, thin, few, coarse));
  const best = found.reduce((a, b) => (b.cost < a.cost ? b : a));
  const middle = simulation(years, { ...sampling, pairs: Math.ceil(sampling.pairs / 4) });
  const near = await searchFrom(best.point, smiles, middle, { ...coarse, tolerance: 5e-4 });
  return searchFrom(near.point, smiles, paths, { ...coarse, tolerance: 5e-4 });
}

const paramsOf = (
  { hurst, eta, rho, xi }: RoughBergomiPoint,
  years: readonly number[],
): RoughBergomiParams => ({
  hurst,
  eta,
  rho,
  expiries: years.map((yearsToExpiry, i) => ({ yearsToExpiry, xi: xi[i] })),
});

/** Parameters that ended at the edge of what is searched. */
function edgeWarnings({ hurst, eta, rho }: RoughBergomiPoint): string[] {
  const near = (x: number, [low, high]: readonly [number, number]) =>
    x < low + 0.01 * (high - low) || x > high - 0.01 * (high - low);
  return [
    ...(near(hurst, bounds.hurst) ? [`H = ${hurst.toFixed(3)} is at the edge of its range`] : []),
    ...(near(eta, bounds.eta) ? [`η = ${eta.toFixed(2)} is at the edge of its range`] : []),
    ...(Math.abs(rho) > 0.98 ? [`ρ = ${rho.toFixed(3)} is at the edge of its range`] : []),
  ];
}

/** Fresh paths of the model on the fit's grid; the price is drawn given the variance.
 *
 * Throws  InputError when `paths` is odd: half of them are mirror images
 */
function forwardPaths(
  { hurst, eta, rho, xi }: RoughBergomiPoint,
  years: readonly number[],
  sampling: SimulationSettings,
  { paths, seed }: PathRequest,
): ForwardPaths {
  if (!(Number.isInteger(paths) && paths > 0 && paths % 2 === 0)) {
    throw new InputError(
      `rough-bergomi: paths: expected a positive even integer, got ${paths}. Half are mirror images.`,
    );
  }
  const { grid, sumsAt } = simulation(years, { ...sampling, pairs: paths / 2, seed });
  return pathsGivenVolatility(
    years,
    conditionalLaws(sumsAt(hurst, eta, grid.dates), rho, xi),
    seed,
  );
}

/** An expiry nearer than this (an hour) is no date of a rolled model. */
const shortestYears = 1 / (365 * 24);

function rolledSurface(
  point: RoughBergomiPoint,
  years: readonly number[],
  sampling: SimulationSettings,
  elapsedYears: number,
): ModelSurface {
  const alive = years.map((t) => t > elapsedYears + (elapsedYears > 0 ? shortestYears : 0));
  if (!(elapsedYears >= 0) || !alive.includes(true)) {
    throw new InputError(
      `rough-bergomi: expected an elapsed time from 0 to below ${years.at(-1)} years, got ${elapsedYears}. Roll by less.`,
    );
  }
  const dates = years.filter((_, i) => alive[i]).map((t) => t - elapsedYears);
  const later = { ...point, xi: point.xi.filter((_, i) => alive[i]) };
  return roughBergomiSurface(later, simulation(dates, sampling), dates);
}
