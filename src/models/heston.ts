/**
 * Heston: variance that reverts to a level and moves with the price.
 *
 *   dF/F = √v dW,  dv = κ(θ − v) dt + ν√v dZ,  d⟨W, Z⟩ = ρ dt
 *
 * Five numbers for the whole surface. Prices in pricing/heston/; the fit in heston/calibrate.ts. Feller's condition
 * 2κθ ≥ ν² is not imposed: real smiles violate it.
 *
 * Source  Heston (1993), A closed-form solution for options with stochastic volatility
 */
import type { Chain } from "../market/index.ts";
import type { HestonParams } from "../pricing/index.ts";
import { fitAffineModel, type HestonFitOptions } from "./heston/model.ts";
import type { Model, ModelFit } from "./model.ts";

/** Heston, all expiries at once. */
export const heston: Model<HestonParams, HestonFitOptions> = {
  name: "heston",
  title: "Heston",
  source: "Heston (1993); fit after Cui, del Baño Rollin & Germano (2017)",
  isDynamic: true,
  fit: async (chain: Chain, options: HestonFitOptions = {}): Promise<ModelFit<HestonParams>> =>
    fitAffineModel("heston", chain, options),
};
