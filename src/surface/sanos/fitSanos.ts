/**
 * SANOS on the quotes of a chain: targets, anchors where nothing is quoted, and the choice of η.
 *
 * Quotes are targets with their spreads. Strikes without quotes, within ±4 deviations, are anchored weakly to a smile that
 * goes through the mids and on along the shape of the chain (anchorSmile.ts): a vertex of the program is a law of few
 * atoms, and where no quote speaks any would do.
 *
 * η is 0.25 for every expiry at first: the kernel then has half of the at-the-money deviation. Expiries that miss quotes
 * are given the next smaller η and the program is solved again, down to 0.01, a tenth of the deviation; the solution with
 * the most quotes inside counts, the first among equals.
 *
 * Source  Buehler et al. (2026), arXiv:2601.11209
 */
import { blackOtm } from "../../formulas/index.ts";
import type { CleanQuote, Expiry } from "../../market/index.ts";
import { NumericalError } from "../../num/errors.ts";
import { type AnchorSmile, anchorSmiles } from "./anchorSmile.ts";
import { fitLaws, type SanosExpiryTargets, type SanosTarget } from "./fitLaws.ts";
import { lawVariance, type SanosLaw } from "./law.ts";

export interface SanosFitOptions {
  /** Shares of the at-the-money variance in the kernel, tried in this order by expiries that miss quotes. */
  readonly kernelShares?: readonly number[];
  /** ε: cost of the distance to the mid inside the spread, against 1 outside. Small, so that no closeness of hundreds of
   * quotes to their mids buys one outside. */
  readonly midWeight?: number;
  /** Share of the spread at its edges to stay away from. */
  readonly margin?: number;
  /** Knots in a kernel deviation. */
  readonly knotsPerKernel?: number;
  /** Cost of leaving an anchor by one vol point, against one half spread of a quote. */
  readonly anchorWeight?: number;
  readonly signal?: AbortSignal;
}

export const sanosDefaults = {
  kernelShares: [0.25, 0.1, 0.04, 0.01],
  midWeight: 0.005,
  margin: 0.01,
  knotsPerKernel: 1.5,
  anchorWeight: 0.001,
} as const;

export interface SanosExpiryFit {
  readonly yearsToExpiry: number;
  /** η of the law: at most the one chosen, as kernels may not shrink in time. */
  readonly kernelShare: number;
  readonly law: SanosLaw;
  /** Quotes whose spread holds the model. */
  readonly inside: number;
}

/** Half spreads below this count as this in the cost: 0.05 vol points. */
const halfSpreadFloorVol = 0.0005;

/** Laws of all expiries.
 *
 * Shape   expiries by increasing time, each with at least one quote
 * Throws  NumericalError when the solver gives up on the first program
 */
export async function fitSanos(
  expiries: readonly Expiry[],
  options: SanosFitOptions = {},
): Promise<SanosExpiryFit[]> {
  const settings = { ...sanosDefaults, ...options };
  const smiles = anchorSmiles(expiries);
  const level = new Int32Array(expiries.length);
  let best: SanosExpiryFit[] = [];
  for (const _ of settings.kernelShares) {
    const problem = expiries.map((expiry, j) =>
      targetsOf(expiry, smiles[j], settings.kernelShares[level[j]], settings),
    );
    const laws = await lawsOrNone(problem, settings, best.length > 0);
    if (laws === undefined) break;
    const fits = expiries.map(({ yearsToExpiry, quotes }, j) => ({
      yearsToExpiry,
      kernelShare: laws[j].kernelVariance / problem[j].atmVariance,
      law: laws[j],
      inside: quotes.filter((quote) => isInside(quote, laws[j], yearsToExpiry)).length,
    }));
    if (best.length === 0 || total(fits) > total(best)) best = fits;
    const missing = fits.map(({ inside }, j) => inside < expiries[j].quotes.length);
    if (!missing.includes(true) || settings.signal?.aborted) break;
    missing.forEach((misses, j) => {
      if (misses && level[j] + 1 < settings.kernelShares.length) level[j]++;
    });
  }
  return best;
}

/** The program's laws; none where the solver gives up on an attempt to improve on a solution that is there. */
async function lawsOrNone(
  problem: readonly SanosExpiryTargets[],
  settings: Settings,
  isRetry: boolean,
): Promise<SanosLaw[] | undefined> {
  try {
    return await fitLaws(problem, settings);
  } catch (error) {
    if (isRetry && error instanceof NumericalError) return undefined;
    throw error;
  }
}

const total = (fits: readonly SanosExpiryFit[]): number =>
  fits.reduce((sum, { inside }) => sum + inside, 0);

function isInside(quote: CleanQuote, law: SanosLaw, years: number): boolean {
  const vol = Math.sqrt(lawVariance(law, quote.logMoneyness) / years);
  return vol >= quote.bidVol && vol <= quote.askVol;
}

type Settings = Required<Omit<SanosFitOptions, "signal">>;

function targetsOf(
  { quotes, yearsToExpiry }: Expiry,
  smile: AnchorSmile,
  kernelShare: number,
  settings: Settings,
): SanosExpiryTargets {
  const targets = quotes.map(
    ({ logMoneyness: k, mid, bid, ask, vega, halfSpreadVol }): SanosTarget => ({
      k,
      mid,
      bid,
      ask,
      unit: vega * Math.max(halfSpreadVol, halfSpreadFloorVol),
      weight: 1,
    }),
  );
  const s = Math.sqrt(smile.atmVariance);
  const point = 0.01 * Math.sqrt(yearsToExpiry);
  const anchors = anchorPlaces(quotes, s).map((k): SanosTarget => {
    const deviation = smile.vol(k) * Math.sqrt(yearsToExpiry);
    const mid = blackOtm(k, deviation);
    const wide = anchorWidth * s;
    const unit = ((blackOtm(k, deviation + wide) - mid) * point) / wide;
    return { k, mid, bid: mid, ask: mid, unit, weight: settings.anchorWeight };
  });
  const all = [...targets, ...anchors.filter(({ unit }) => unit > leastUnit * s)];
  return { atmVariance: smile.atmVariance, kernelShare, targets: all.sort((a, b) => a.k - b.k) };
}

/** A vol point at an anchor is worth the mean over this share of the at-the-money deviation: out in a thin wing, where the
 * price of the anchor's own volatility is next to nothing, its own vega would make an enemy of every quote. */
const anchorWidth = 0.25;
/** Anchors where a vol point is worth less than this share of the deviation are left out. */
const leastUnit = 1e-9;

/** Half a deviation apart within four, and no nearer than a quarter to a quote. */
const anchorGrid = { reach: 4, step: 0.5, clearance: 0.25 } as const;

function anchorPlaces(quotes: readonly CleanQuote[], s: number): number[] {
  const count = Math.round(anchorGrid.reach / anchorGrid.step);
  return Array.from({ length: 2 * count + 1 }, (_, i) => (i - count) * anchorGrid.step * s).filter(
    (k) => quotes.every((quote) => Math.abs(quote.logMoneyness - k) >= anchorGrid.clearance * s),
  );
}
