/**
 * What one quote does to the whole surface: the model is fitted again from where it stands, once with the quote and
 * once without, with the same paths. The difference of the two is the quote's own effect.
 */
import type { FittedModel } from "volterra/calibrate";
import { volAt } from "volterra/compare";
import { chainOf, visibleChain } from "../../market/labChain.ts";
import { type LabMarket, smileGrid } from "../../market/labMarket.ts";
import type { Job } from "../protocol.ts";
import { pageNeuralSde } from "./neuralFit.ts";
import { pictureGrid } from "./neuralPictures.ts";

export interface RemoveInput {
  readonly model: FittedModel;
  readonly market: LabMarket;
  readonly quote: string;
  readonly threads: number;
}

export interface RemoveOutput {
  /** [expiry][point] volatility without the quote less that with it, on `smileGrid(expiry, pictureGrid)`. */
  readonly change: readonly (readonly number[])[];
  readonly seconds: number;
}

export const removeQuote: Job<RemoveInput, RemoveOutput> = async (
  { model, market, quote, threads },
  { signal },
) => {
  const started = performance.now();
  const without = {
    ...market,
    expiries: market.expiries.map((expiry) => ({
      ...expiry,
      quotes: expiry.quotes.filter(({ id }) => id !== quote),
    })),
  };
  const smilesOf = async (fitted: LabMarket): Promise<number[][]> => {
    const chain = visibleChain(fitted, chainOf(fitted));
    const { surface } = await pageNeuralSde(model).model.fit(chain, {
      seed: model.seed,
      threads,
      signal,
    });
    return market.expiries.map((expiry) =>
      smileGrid(expiry, pictureGrid).map((k) =>
        surface === null ? Number.NaN : volAt(surface, k, expiry.yearsToExpiry),
      ),
    );
  };
  const [before, after] = [await smilesOf(market), await smilesOf(without)];
  return {
    change: after.map((row, e) => row.map((vol, i) => vol - before[e][i])),
    seconds: (performance.now() - started) / 1000,
  };
};
