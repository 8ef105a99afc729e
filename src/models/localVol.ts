/**
 * Local volatility: the one diffusion dS/S = σ(S, t) dW that reprices a smile surface.
 *
 *   σ²(k, T) = w_T / g(k)      (Dupire)
 *
 * Its quality at the quotes is that of the smiles below it: SVI expiry by expiry, fitted in calendar order
 * (localVol/orderedSvi.ts), or eSSVI, which has no arbitrage anywhere but bends less; the closer of the two. What is published is not those
 * smiles but what the diffusion makes of them, the prices of Dupire's forward equation: one consistent model, whose
 * answer differs from the smiles exactly where they had arbitrage. Such places are counted in the warnings, with
 * the worst of each expiry, and the status is `outside-validity`.
 *
 * After time τ the rolled model is the same local volatility at later times, started from a forward that has not moved.
 *
 * Source  Dupire (1994), Pricing with a smile; Gatheral (2006), The Volatility Surface, chapter 1
 */
import { type SviRaw, ssviToSvi, sviVariance } from "../formulas/index.ts";
import type { Chain, Expiry } from "../market/index.ts";
import { InputError, InternalError } from "../num/errors.ts";
import {
  localVolatility,
  type LocalVolatility,
  type LocalVolFailure,
  rollLocalVolatility,
  simulateLocalVol,
  solveForward,
} from "../pricing/index.ts";
import { type ModelSurface, surfaceOfSmiles, surfaceOfVariance } from "../surface/index.ts";
import { essvi } from "./essvi.ts";
import { fitOrderedSvi } from "./localVol/orderedSvi.ts";
import { failedFit, type Model, type ModelFit, type ModelOptions } from "./model.ts";
import { expiryName, fillResiduals, smileQuotes } from "./smileQuotes.ts";

export const localVolModelDefaults = {
  /** The smiles whose local volatility it is; "closest": whichever of the two is closer to the quotes. */
  base: "closest" as "closest" | "svi" | "essvi",
  /** At-the-money standard deviations up to which they are asked. */
  reach: 6,
} as const;

export interface LocalVolModelOptions extends ModelOptions {
  readonly base?: "closest" | "svi" | "essvi";
  readonly reach?: number;
}

/** The smiles that local volatility is taken of: everything follows from them. */
export interface LocalVolParams {
  readonly base: "svi" | "essvi";
  /** [expiry] years. */
  readonly years: readonly number[];
  /** [expiry] the base's smile as raw SVI. */
  readonly smiles: readonly SviRaw[];
}

/** Local volatility. */
export const localVol: Model<LocalVolParams, LocalVolModelOptions> = {
  name: "local-vol",
  title: "Local vol",
  source: "Dupire (1994); forward equation by Crank-Nicolson",
  isDynamic: true,
  fit: async (
    chain: Chain,
    options: LocalVolModelOptions = {},
  ): Promise<ModelFit<LocalVolParams>> => {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    const { base, reach } = settingsOf(options);
    const expiries = chain.expiries.filter((expiry) => expiry.quotes.length > 0);
    if (expiries.length === 0) return failedFit("local-vol", "the chain has no quotes", seconds());
    const fitted = await baseOf(base, chain, expiries, options);
    const local = localVolatility(fitted.surface, { reach });
    const solution = solveForward(local);
    const warnings = failureWarnings(local.failures, expiries);
    const isSound = local.failures.length === 0;
    return {
      model: "local-vol",
      status: isSound ? (fitted.converged ? "converged" : "iteration-limit") : "outside-validity",
      message: isSound ? "" : "the smiles below have arbitrage: local volatility was floored there",
      warnings: [...fitted.warnings, ...warnings],
      params: { base: fitted.name, years: Array.from(fitted.surface.years), smiles: fitted.smiles },
      parameterCount: fitted.parameterCount,
      surface: surfaceOfVariance(fitted.surface.years, solution.totalVariance),
      simulate: (request) => simulateLocalVol(local, request),
      rolled: (elapsedYears) => rolledSurface(local, fitted.surface.years, elapsedYears),
      seconds: seconds(),
    };
  },
};

function settingsOf(options: LocalVolModelOptions) {
  const base = options.base ?? localVolModelDefaults.base;
  const reach = options.reach ?? localVolModelDefaults.reach;
  if (!["closest", "svi", "essvi"].includes(base) || !(reach > 0)) {
    throw new InputError(
      `local-vol: expected base "closest", "svi" or "essvi" and reach > 0, got ${JSON.stringify(base)} and ${reach}. Leave them out for the defaults.`,
    );
  }
  return { base, reach };
}

/** Smiles to take the local volatility of. */
interface Base {
  readonly name: "svi" | "essvi";
  readonly surface: ModelSurface;
  readonly smiles: readonly SviRaw[];
  readonly parameterCount: number;
  readonly converged: boolean;
  readonly warnings: readonly string[];
}

async function baseOf(
  base: "closest" | "svi" | "essvi",
  chain: Chain,
  expiries: readonly Expiry[],
  options: ModelOptions,
): Promise<Base> {
  if (base === "svi") return sviBase(expiries);
  if (base === "essvi") return essviBase(chain, options);
  const [one, other] = [sviBase(expiries), await essviBase(chain, options)];
  return distance(other.surface, expiries) < distance(one.surface, expiries) ? other : one;
}

/** Σ of a surface's errors in half spreads, large ones counting by their absolute value. */
function distance(surface: ModelSurface, expiries: readonly Expiry[]): number {
  let sum = 0;
  for (const expiry of expiries) {
    const quotes = smileQuotes(expiry);
    const residuals = new Float64Array(quotes.k.length);
    fillResiduals(quotes, (k) => surface.totalVariance(k, quotes.years), 1, residuals, 0);
    for (const r of residuals) sum += r * r;
  }
  return sum;
}

function sviBase(expiries: readonly Expiry[]): Base {
  const fits = fitOrderedSvi(expiries.map(smileQuotes));
  return {
    name: "svi",
    surface: surfaceOfSmiles(
      expiries.map((expiry) => expiry.yearsToExpiry),
      fits.map(
        ({ raw }) =>
          (k) =>
            sviVariance(raw, k),
      ),
    ),
    smiles: fits.map(({ raw }) => raw),
    parameterCount: fits.reduce((sum, fit) => sum + fit.freeParameters, 0),
    converged: fits.every((fit) => fit.converged),
    warnings: expiries.flatMap((expiry, i) =>
      fits[i].freeParameters < 5
        ? [
            `${expiryName(expiry)}: ${expiry.quotes.length} quotes for five parameters of SVI, ${fits[i].freeParameters} were fitted`,
          ]
        : [],
    ),
  };
}

async function essviBase(chain: Chain, options: ModelOptions): Promise<Base> {
  const fit = await essvi.fit(chain, options);
  if (fit.params === null || fit.surface === null) throw new InternalError(fit.message);
  return {
    name: "essvi",
    surface: fit.surface,
    smiles: fit.params.expiries.map(ssviToSvi),
    parameterCount: fit.parameterCount,
    converged: fit.status === "converged",
    warnings: fit.warnings,
  };
}

/** A line for each expiry whose smile, or the change to it, has arbitrage: how often, and where most. */
function failureWarnings(
  failures: readonly LocalVolFailure[],
  expiries: readonly Expiry[],
): string[] {
  return expiries.flatMap((expiry, i) => {
    const from = i === 0 ? 0 : expiries[i - 1].yearsToExpiry;
    const here = failures.filter(({ years }) => years > from && years <= expiry.yearsToExpiry);
    if (here.length === 0) return [];
    const nearest = here.reduce((a, b) => (Math.abs(b.k) < Math.abs(a.k) ? b : a));
    const what = {
      calendar: "total variance falls with time",
      butterfly: "the density is negative",
      floor: "local volatility all but vanishes",
    }[nearest.kind];
    return [
      `${expiryName(expiry)}: no local volatility at ${here.length} places of the grid; nearest the money k = ${nearest.k.toFixed(3)}, where ${what} (${nearest.value.toExponential(1)})`,
    ];
  });
}

/** An expiry nearer than this (an hour) is no date of a rolled model. */
const shortestYears = 1 / (365 * 24);

function rolledSurface(
  local: LocalVolatility,
  years: ArrayLike<number>,
  elapsedYears: number,
): ModelSurface {
  const left = Array.from(years, (t) => t - elapsedYears).filter((t) => t > shortestYears);
  if (!(elapsedYears >= 0) || left.length === 0) {
    throw new InputError(
      `local-vol: expected an elapsed time from 0 to below ${years[years.length - 1]} years, got ${elapsedYears}. Roll by less.`,
    );
  }
  const later = elapsedYears === 0 ? local : rollLocalVolatility(local, left, elapsedYears);
  return surfaceOfVariance(left, solveForward(later).totalVariance);
}
