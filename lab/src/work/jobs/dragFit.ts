/** While a quote is dragged: models of one smile, fitted again to that smile alone; the others to all of them. */
import { volAt } from "volterra/compare";
import { classicalModels } from "volterra/models";
import { chainOf, visibleChain } from "../../market/labChain.ts";
import { type LabMarket, smileGrid } from "../../market/labMarket.ts";
import type { Job } from "../protocol.ts";

/** Models whose smile at one expiry does not depend on the others. */
const single: readonly string[] = ["sabr", "svi"];

export interface DragInput {
  readonly market: LabMarket;
  readonly expiry: number;
  readonly models: readonly string[];
}

export interface DragOutput {
  readonly smiles: Readonly<Record<string, readonly number[]>>;
  /** Wall time of all fits together. */
  readonly ms: number;
}

export const dragFit: Job<DragInput, DragOutput> = async ({ market, expiry, models }) => {
  const started = performance.now();
  const one = market.expiries[expiry];
  const alone = visibleChain(market, chainOf({ ...market, expiries: [one] }));
  const smiles: Record<string, readonly number[]> = {};
  for (const model of classicalModels.filter(({ name }) => models.includes(name))) {
    const chain = single.includes(model.name) ? alone : visibleChain(market, chainOf(market));
    const { surface } = await model.fit(chain);
    if (surface === null) continue;
    smiles[model.name] = smileGrid(one).map((k) => volAt(surface, k, one.yearsToExpiry));
  }
  return { smiles, ms: performance.now() - started };
};
