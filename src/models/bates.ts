/**
 * Bates: Heston with lognormal jumps of the price, which short expiries ask for.
 *
 *   dF/F = √v dW + (e^J − 1) dN − λg dt,   J ~ N(μ_J, σ_J²),   N Poisson of intensity λ
 *
 * Eight numbers for the whole surface.
 *
 * Source  Bates (1996), Jumps and stochastic volatility: exchange rate processes implicit in Deutsche Mark options
 */
import type { Chain } from "../market/index.ts";
import type { BatesParams } from "../pricing/index.ts";
import { fitAffineModel, type HestonFitOptions } from "./heston/model.ts";
import type { Model, ModelFit } from "./model.ts";

/** Bates, all expiries at once. */
export const bates: Model<BatesParams, HestonFitOptions> = {
  name: "bates",
  title: "Bates",
  source: "Bates (1996); fit after Cui, del Baño Rollin & Germano (2017)",
  isDynamic: true,
  fit: async (chain: Chain, options: HestonFitOptions = {}): Promise<ModelFit<BatesParams>> =>
    fitAffineModel("bates", chain, options) as ModelFit<BatesParams>,
};
