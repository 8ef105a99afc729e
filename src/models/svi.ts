/**
 * SVI: one raw smile per expiry, the market's workhorse (Gatheral 2004).
 *
 *   w(k, T_j) = a_j + b_j (ρ_j (k − m_j) + √((k − m_j)² + σ_j²)),  linear in T at fixed k between expiries
 *
 * Expiries are fitted one by one and know nothing of each other: five numbers each, the closest of the classical
 * smiles to its quotes, and nothing that keeps two smiles from crossing. The certificate says whether they do; eSSVI is
 * the one without calendar arbitrage. Butterflies are discouraged by a penalty (svi/sliceFit.ts) and reported where
 * Durrleman's function stays negative.
 *
 * Source  Gatheral (2004), A parsimonious arbitrage-free implied volatility parameterization; Gatheral & Jacquier (2014)
 */
import { type SviRaw, sviSmallestDurrleman, sviVariance } from "../formulas/index.ts";
import type { Chain } from "../market/index.ts";
import { surfaceOfSmiles } from "../surface/index.ts";
import { failedFit, type Model, type ModelFit, type ModelOptions } from "./model.ts";
import { expiryName, smileQuotes } from "./smileQuotes.ts";
import { fitSviSlice, type SviOptions } from "./svi/sliceFit.ts";

/** One expiry's smile. */
export interface SviExpiry extends SviRaw {
  readonly yearsToExpiry: number;
}

export interface SviParams {
  /** [expiry] */
  readonly expiries: readonly SviExpiry[];
}

/** Negative values of Durrleman's function that are not worth a warning: rounding of the penalty's minimum. */
const negligible = -1e-4;

/** SVI, expiry by expiry. */
export const svi: Model<SviParams, ModelOptions & SviOptions> = {
  name: "svi",
  title: "SVI",
  source: "Gatheral (2004); quasi-explicit starts after De Marco & Martini (2009)",
  isDynamic: false,
  fit: async (
    chain: Chain,
    options: ModelOptions & SviOptions = {},
  ): Promise<ModelFit<SviParams>> => {
    const start = performance.now();
    const expiries = chain.expiries.filter((expiry) => expiry.quotes.length > 0);
    const seconds = () => (performance.now() - start) / 1000;
    if (expiries.length === 0) return failedFit("svi", "the chain has no quotes", seconds());
    const warnings: string[] = [];
    const fits = expiries.map((expiry) => {
      const fit = fitSviSlice(smileQuotes(expiry), options);
      const name = expiryName(expiry);
      if (fit.freeParameters < 5) {
        const count = expiry.quotes.length === 1 ? "1 quote" : `${expiry.quotes.length} quotes`;
        warnings.push(`${name}: ${count} for five parameters, ${fit.freeParameters} were fitted`);
      }
      const last = expiry.quotes[expiry.quotes.length - 1].logMoneyness;
      const reach = 2 * Math.max(Math.abs(expiry.quotes[0].logMoneyness), Math.abs(last), 0.05);
      const dip = sviSmallestDurrleman(fit.raw, reach);
      if (dip.g < negligible) {
        warnings.push(
          `${name}: negative density at k = ${dip.k.toFixed(3)} (Durrleman's g = ${dip.g.toExponential(1)})`,
        );
      }
      if (!fit.converged) warnings.push(`${name}: the search ran out of iterations`);
      return fit;
    });
    const years = expiries.map((expiry) => expiry.yearsToExpiry);
    return {
      model: "svi",
      status: fits.every((fit) => fit.converged) ? "converged" : "iteration-limit",
      message: "",
      warnings,
      params: { expiries: fits.map(({ raw }, i) => ({ yearsToExpiry: years[i], ...raw })) },
      parameterCount: fits.reduce((sum, fit) => sum + fit.freeParameters, 0),
      surface: surfaceOfSmiles(
        years,
        fits.map(
          ({ raw }) =>
            (k) =>
              sviVariance(raw, k),
        ),
      ),
      seconds: seconds(),
    };
  },
};
