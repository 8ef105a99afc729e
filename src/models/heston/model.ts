/** What Heston and Bates have in common as models: one fit, one surface. */
import type { Chain } from "../../market/index.ts";
import { InputError } from "../../num/errors.ts";
import {
  type BatesParams,
  type HestonExpiry,
  type HestonParams,
  hestonExpiry,
  hestonPaths,
} from "../../pricing/index.ts";
import { type ModelSurface, surfaceOfVariance } from "../../surface/index.ts";
import { failedFit, type ModelFit, type ModelOptions } from "../model.ts";
import { smileQuotes } from "../smileQuotes.ts";
import {
  type AffineOptions,
  batesDefaults,
  fitAffine,
  hestonDefaults,
  withoutJumps,
} from "./calibrate.ts";

export type HestonFitOptions = ModelOptions & Partial<AffineOptions>;

/** Condition number from which a warning names it. */
const illConditioned = 1e4;
/** Expiries whose contours are kept. */
const keptExpiries = 64;

/** Fits Heston, or Bates where `hasJumps`.
 *
 * Throws  InputError for options out of range
 */
export function fitAffineModel(
  name: "heston" | "bates",
  chain: Chain,
  options: HestonFitOptions,
): ModelFit<HestonParams | BatesParams> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const hasJumps = name === "bates";
  const defaults = hasJumps ? batesDefaults : hestonDefaults;
  const settings = { ...defaults, ...options };
  for (const key of ["huber", "searches", "searchIterations", "iterations"] as const) {
    if (!(settings[key] > 0)) {
      throw new InputError(
        `${name}: expected ${key} > 0, got ${settings[key]}. Its default is ${defaults[key]}.`,
      );
    }
  }
  const expiries = chain.expiries.filter((expiry) => expiry.quotes.length > 0);
  if (expiries.length === 0) return failedFit(name, "the chain has no quotes", seconds());
  const fit = fitAffine(expiries.map(smileQuotes), hasJumps, settings);
  if (fit === null) return failedFit(name, "no start prices these quotes", seconds());
  const params = hasJumps ? fit.params : withoutJumps(fit.params);
  const available = hasJumps ? 8 : 5;
  const warnings: string[] = [];
  if (fit.freeParameters < available) {
    warnings.push(
      `${fit.freeParameters} ${fit.freeParameters === 1 ? "quote" : "quotes"} for ${available} parameters: the others keep typical values`,
    );
  }
  if (fit.atBounds.length > 0) warnings.push(`at the end of its range: ${fit.atBounds.join(", ")}`);
  if (fit.freeParameters === available && !(fit.condition < illConditioned)) {
    warnings.push(
      `the quotes hardly tell some parameters apart (condition number ${fit.condition.toExponential(0)}; as a rule kappa from nu)`,
    );
  }
  const years = expiries.map((expiry) => expiry.yearsToExpiry);
  return {
    model: name,
    status: fit.converged ? "converged" : "iteration-limit",
    message: "",
    warnings,
    params,
    parameterCount: fit.freeParameters,
    surface: surfaceOfParams(params, years),
    simulate: (request) => hestonPaths(params, years, request),
    rolled: (elapsed) => {
      const left = years.map((t) => t - elapsed).filter((t) => t > 0);
      return surfaceOfParams(params, left.length > 0 ? left : [years[years.length - 1]]);
    },
    seconds: seconds(),
  };
}

/** The surface of dynamics: prices to near the last digit at any strike and date. */
function surfaceOfParams(
  params: HestonParams | BatesParams,
  years: readonly number[],
): ModelSurface {
  const expiries = new Map<number, HestonExpiry>();
  return surfaceOfVariance(years, (k, t) => {
    let expiry = expiries.get(t);
    if (expiry === undefined) {
      expiry = hestonExpiry(params, t);
      if (expiries.size >= keptExpiries) expiries.clear();
      expiries.set(t, expiry);
    }
    return expiry.totalVariance(k);
  });
}
