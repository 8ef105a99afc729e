/**
 * SANOS: smooth and strictly arbitrage-free surfaces, one linear program for all expiries.
 *
 *   C_j(K) = Σ_i q_ij Black(forward K_ij, strike K, total variance η_j V_j),  q_j ≥ 0, Σ q = 1, Σ q K = 1,
 *   q_j in convex order in j
 *
 * No formula for the smile: it passes through every spread as long as the quotes admit a surface without arbitrage and the
 * kernel is narrow enough. Butterfly and calendar arbitrage are excluded at all strikes and dates by construction, between
 * expiries too (sanos/surface.ts). There are no dynamics: prices of anything but vanillas are not determined.
 *
 * Source  Buehler, Horvath, Kratsios, Limmer & Saqur (2026), arXiv:2601.11209, with ω = 0
 */
import type { Chain } from "../market/index.ts";
import { NumericalError } from "../num/errors.ts";
import {
  fitSanos,
  sanosDefaults,
  type SanosExpiryFit,
  type SanosFitOptions,
  onForwardClock,
  surfaceOfLaws,
} from "../surface/index.ts";
import { failedFit, type Model, type ModelFit, type ModelOptions } from "./model.ts";
import { expiryName } from "./smileQuotes.ts";

/** One expiry's law: atoms and the kernel around them. */
export interface SanosExpiry {
  readonly yearsToExpiry: number;
  /** Share of the at-the-money variance in the kernel. */
  readonly kernelShare: number;
  /** η V, total variance of the kernel. */
  readonly kernelVariance: number;
  /** [atom] ln K, increasing. */
  readonly logMoneyness: readonly number[];
  /** [atom] */
  readonly probability: readonly number[];
}

export interface SanosParams {
  /** [expiry] */
  readonly expiries: readonly SanosExpiry[];
}

export type SanosOptions = ModelOptions & SanosFitOptions;

/** SANOS. */
export const sanos: Model<SanosParams> = {
  name: "sanos",
  title: "SANOS",
  source: "Buehler et al. (2026), arXiv:2601.11209",
  isDynamic: false,
  fit: async (chain: Chain, options: SanosOptions = {}): Promise<ModelFit<SanosParams>> => {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    const expiries = chain.expiries.filter((expiry) => expiry.quotes.length > 0);
    if (expiries.length === 0) return failedFit("sanos", "the chain has no quotes", seconds());
    let fits: readonly SanosExpiryFit[];
    try {
      fits = await fitSanos(expiries, options);
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      return failedFit("sanos", error.message, seconds());
    }
    const warnings = fits.flatMap((fit, j) => {
      const missed = expiries[j].quotes.length - fit.inside;
      const narrow =
        fit.kernelShare < 0.99 * sanosDefaults.kernelShares[0]
          ? `kernel narrowed to ${fit.kernelShare.toFixed(2)} of the variance`
          : "";
      const outside = missed > 0 ? `${missed} of ${expiries[j].quotes.length} quotes outside` : "";
      const text = [narrow, outside].filter((part) => part !== "").join(", ");
      return text === "" ? [] : [`${expiryName(expiries[j])}: ${text}`];
    });
    return {
      model: "sanos",
      status: options.signal?.aborted ? "cancelled" : "converged",
      message: "",
      warnings,
      params: { expiries: fits.map(paramsOf) },
      // of the atoms' weights two are tied by Σq = 1 and Σ q K = 1, and no more than the quotes are determined by them
      parameterCount: fits.reduce(
        (sum, { law }, j) =>
          sum + Math.max(1, Math.min(law.mass.length - 2, expiries[j].quotes.length)),
        0,
      ),
      surface: onForwardClock(
        await surfaceOfLaws(
          fits.map((fit) => fit.yearsToExpiry),
          fits.map((fit) => fit.law),
        ),
      ),
      seconds: seconds(),
    };
  },
};

const paramsOf = ({ yearsToExpiry, kernelShare, law }: SanosExpiryFit): SanosExpiry => ({
  yearsToExpiry,
  kernelShare,
  kernelVariance: law.kernelVariance,
  logMoneyness: Array.from(law.places),
  probability: Array.from(law.mass),
});
