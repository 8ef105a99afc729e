/** The market of a configuration, as far as it needs no work: formulas, a fitted model, recorded prices. */
import { InputError } from "../../num/errors.ts";
import { blackScholesMarket } from "../markets/blackScholes.ts";
import { hestonMarket } from "../markets/heston.ts";
import { historicalMarket } from "../markets/historical.ts";
import { neuralSdeMarket } from "../markets/neuralSde.ts";
import { roughBergomiMarket } from "../markets/roughBergomi.ts";
import type { Market } from "../problem.ts";
import type { MarketData } from "./marketData.ts";
import { returnsEvery } from "./priceRecord.ts";
import type { HedgeConfig } from "./schema.ts";

/** The market.
 *
 * Throws  InputError where the market needs a file that is not given
 */
export function plainMarket(
  { market, rebalancing }: Pick<HedgeConfig, "market" | "rebalancing">,
  data: MarketData,
): Market {
  switch (market.kind) {
    case "black-scholes":
      return blackScholesMarket({ spot: market.spot, vol: market.vol, drift: market.driftPerYear });
    case "heston":
    case "bates": {
      const { spot, stepsPerDate, ...params } = market;
      return hestonMarket({ spot, params, stepsPerDate });
    }
    case "rough-bergomi": {
      const { kind: _, ...params } = market;
      return roughBergomiMarket(params);
    }
    case "neural-sde": {
      if (data.kind !== "model") throw withoutFile("model");
      const { spot, stepsPerDate } = market;
      return neuralSdeMarket({ model: data.model, spot, stepsPerDate });
    }
    case "history": {
      if (data.kind !== "prices") throw withoutFile("prices");
      const { everyHours } = rebalancing;
      const { spot, sampling, blockDays, removesMean } = market;
      return historicalMarket({
        spot,
        returns: returnsEvery(data.record, everyHours),
        stepYears: everyHours / 24 / 365,
        kind: sampling,
        block: Math.max(1, Math.round((24 * blockDays) / everyHours)),
        removesMean,
      });
    }
  }
}

const withoutFile = (field: string): InputError =>
  new InputError(
    `market.${field}: expected the contents of the file, got none. Read the configuration with readHedgeFiles.`,
  );
