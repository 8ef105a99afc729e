/**
 * Exotics-consistency: does one simulation price the vanillas of every expiry and what depends on several dates?
 *
 * A model of dynamics has paths. Three things are asked of them, all on contracts.ts's set:
 *
 *   vanillas    the paths that price the exotics price the chain's vanillas too: how far from the surface that the model
 *               publishes, and how far from the market? (A surface without such paths can be closer to the quotes, and
 *               prices no exotic.)
 *   stability   how far do the exotics' prices move when the model is fitted without every third strike? On the same
 *               random numbers: both fits have the same dates.
 *   prices      the contracts themselves, to be set beside those of other models that fit as well.
 *
 * Differences of volatilities are stated net of Monte Carlo noise: √max(0, mean(d² − se²)), whose expectation is the
 * true mean square; the noise, √mean(se²), is stated beside it. Vanillas that the paths know to less than one vol point
 * are left out and counted.
 */
import { impliedTotalStdDev } from "../../formulas/index.ts";
import type { Chain } from "../../market/index.ts";
import type { ModelFit } from "../../models/index.ts";
import { volAt } from "../quoteErrors.ts";
import { contractPrices, type Estimate, forwardRatios, simulatedVols } from "./prices.ts";
import type { ExoticContract, ExoticSet } from "./contracts.ts";

/** How the paths of a comparison are drawn. */
export const exoticsDefaults = {
  /** Paths of one batch, and batches with seeds of their own. */
  paths: 65536,
  batches: 2,
  seed: 1,
} as const;

export type ExoticsOptions = { readonly [K in keyof typeof exoticsDefaults]?: number };

/** One contract under one model. */
export interface ExoticPrice {
  readonly name: string;
  readonly title: string;
  /** Undiscounted, per unit of the forward (the volatility swap: volatility). */
  readonly price: number;
  readonly standardError: number;
  /** For a forward start: its price as a Black volatility of the time between. */
  readonly impliedVol: number | null;
  /** Price under the fit without every third strike; null where there is none. */
  readonly withoutStrikes: number | null;
}

/** What a model says about contracts on several dates. */
export interface ExoticsComparison {
  /** Why there is no price; empty where there is. */
  readonly message: string;
  readonly contracts: readonly ExoticPrice[];
  /** Vanillas that were judged, and those the paths know too little of. */
  readonly vanillas: number;
  readonly vanillasLeftOut: number;
  /** Simulated − published volatility and simulated − mid volatility, root mean squares net of noise. */
  readonly vanillaRmseVolPoints: number | null;
  readonly vanillaMarketRmseVolPoints: number | null;
  readonly noiseVolPoints: number | null;
  /** Root mean square over contracts of the relative change of price. */
  readonly heldOutStrikeShift: number | null;
  readonly paths: number;
  readonly seconds: number;
}

/** A fit, and its refit without every third strike. */
export interface ExoticFits {
  readonly whole: ModelFit;
  readonly withoutStrikes: ModelFit | null;
}

/** Standard error of a vanilla's volatility from which the paths know too little of it. */
const mostNoiseVol = 0.01;

/** Prices a set under a model. Never throws on account of the model: what it cannot do is the message. */
export async function compareExotics(
  fits: ExoticFits,
  set: ExoticSet,
  chain: Chain,
  options: ExoticsOptions = {},
): Promise<ExoticsComparison> {
  const settings = { ...exoticsDefaults, ...options };
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  if (fits.whole.simulate === undefined) {
    return nothing("no dynamics: a surface says nothing of two dates together", seconds());
  }
  try {
    const { prices, vols } = await simulated(fits.whole, set, settings, chain);
    const refit = fits.withoutStrikes;
    const withoutStrikes =
      refit?.simulate === undefined ? null : (await simulated(refit, set, settings)).prices;
    return {
      message: "",
      contracts: set.contracts.map((contract, c) => ({
        name: contract.name,
        title: contract.title,
        price: prices[c].value,
        standardError: prices[c].standardError,
        impliedVol: forwardVol(contract, prices[c].value),
        withoutStrikes: withoutStrikes?.[c].value ?? null,
      })),
      ...vanillaErrors(vols, fits.whole, chain),
      heldOutStrikeShift: shift(prices, withoutStrikes),
      paths: settings.paths * settings.batches,
      seconds: seconds(),
    };
  } catch (error) {
    return nothing(error instanceof Error ? error.message : String(error), seconds());
  }
}

const nothing = (message: string, seconds: number): ExoticsComparison => ({
  message,
  contracts: [],
  vanillas: 0,
  vanillasLeftOut: 0,
  vanillaRmseVolPoints: null,
  vanillaMarketRmseVolPoints: null,
  noiseVolPoints: null,
  heldOutStrikeShift: null,
  paths: 0,
  seconds,
});

/** Prices over all batches; vanillas too where a chain is given. */
async function simulated(
  fit: ModelFit,
  set: ExoticSet,
  { paths, batches, seed }: Required<ExoticsOptions>,
  chain?: Chain,
) {
  const prices: Estimate[][] = [];
  const vols: Estimate[][] = [];
  for (let batch = 0; batch < batches; batch++) {
    const drawn = await fit.simulate?.({ paths, seed: batches * seed + batch });
    if (drawn === undefined) continue;
    prices.push(contractPrices(forwardRatios(drawn, set.years), set.contracts));
    if (chain !== undefined) vols.push(simulatedVols(drawn, chain));
  }
  return { prices: pooled(prices), vols: pooled(vols) };
}

/** Means of batches of equal size.
 *
 * Shape   [batch][estimate] → [estimate]
 */
const pooled = (batches: readonly (readonly Estimate[])[]): Estimate[] =>
  (batches[0] ?? []).map((_, i) => ({
    value: batches.reduce((sum, batch) => sum + batch[i].value, 0) / batches.length,
    standardError: Math.hypot(...batches.map((batch) => batch[i].standardError)) / batches.length,
  }));

function forwardVol({ forwardStart }: ExoticContract, price: number): number | null {
  if (forwardStart === undefined) return null;
  const { logStrike, years } = forwardStart;
  const deviation = impliedTotalStdDev(price, logStrike);
  return Number.isFinite(deviation) ? deviation / Math.sqrt(years) : null;
}

function vanillaErrors(vols: readonly Estimate[], { surface }: ModelFit, { expiries }: Chain) {
  const quotes = expiries.flatMap(({ quotes: own, yearsToExpiry }) =>
    own.map((quote) => ({ quote, yearsToExpiry })),
  );
  const judged = quotes.flatMap(({ quote, yearsToExpiry }, i) => {
    const { value, standardError } = vols[i];
    if (!(standardError <= mostNoiseVol && Number.isFinite(value)) || surface === null) return [];
    const published = volAt(surface, quote.logMoneyness, yearsToExpiry);
    return [{ own: value - published, market: value - quote.midVol, standardError }];
  });
  const count = judged.length;
  const meanSquare = (f: (error: (typeof judged)[number]) => number): number =>
    judged.reduce((sum, error) => sum + f(error) ** 2, 0) / count;
  const noise = meanSquare((error) => error.standardError);
  const points = (square: number): number | null =>
    count === 0 || !Number.isFinite(square) ? null : 100 * Math.sqrt(Math.max(0, square));
  return {
    vanillas: count,
    vanillasLeftOut: quotes.length - count,
    vanillaRmseVolPoints: points(meanSquare((error) => error.own) - noise),
    vanillaMarketRmseVolPoints: points(meanSquare((error) => error.market) - noise),
    noiseVolPoints: points(noise),
  };
}

function shift(prices: readonly Estimate[], others: readonly Estimate[] | null): number | null {
  if (others === null) return null;
  const square = prices.reduce(
    (sum, { value }, c) => sum + (others[c].value / value - 1) ** 2 / prices.length,
    0,
  );
  return Number.isFinite(square) ? Math.sqrt(square) : null;
}
