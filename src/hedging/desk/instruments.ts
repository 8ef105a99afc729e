/** What may be traded, with its costs, limits and lots. */
import { halfSpread } from "../costs/halfSpread.ts";
import { impactCost } from "../costs/impact.ts";
import { proportionalCost } from "../costs/proportional.ts";
import { venueFutureFee, venueOptionFee } from "../costs/venue.ts";
import { deribitFees, feesAt, type VenueFees } from "../costs/venueFees.ts";
import { datedFuture } from "../instruments/datedFuture.ts";
import { listedOption } from "../instruments/listedOption.ts";
import { perpetual } from "../instruments/perpetual.ts";
import { spotInstrument } from "../instruments/spot.ts";
import type { Cost, Instrument } from "../problem.ts";
import type { HedgeConfig } from "./schema.ts";
import { priceOf, yearsOf } from "./units.ts";

type Terms = HedgeConfig["instruments"][number];
type CostTerms = Terms["costs"][number];

/** The instruments of a configuration.
 *
 * Throws  InputError for terms that no instrument has
 */
export const instrumentsOf = ({
  instruments,
  market,
}: Pick<HedgeConfig, "instruments" | "market">): Instrument[] =>
  instruments.map((terms) => instrumentOf(terms, market.spot));

function instrumentOf(terms: Terms, spot: number): Instrument {
  const { name, limits, lot, closesAtHorizon } = terms;
  const costs = terms.costs.map((cost) => costOf(cost, terms.kind));
  const own = { name, costs, limits, lot, closesAtHorizon };
  switch (terms.kind) {
    case "spot":
      return spotInstrument(own);
    case "perpetual":
      return perpetual({ ...own, fundingPerYear: terms.fundingPerYear });
    case "future": {
      const { basisPerYear, days } = terms;
      return datedFuture({ ...own, basisPerYear, expiryYears: yearsOf(days) });
    }
    case "option": {
      const { type, strike, days } = terms;
      return listedOption({
        ...own,
        type,
        strike: priceOf(strike, spot),
        expiryYears: yearsOf(days),
      });
    }
  }
}

function costOf(cost: CostTerms, kind: Terms["kind"]): Cost {
  switch (cost.kind) {
    case "proportional":
      return proportionalCost(cost.share);
    case "half-spread":
      return halfSpread(cost);
    case "venue":
      return kind === "option"
        ? venueOptionFee(feesOf(cost))
        : venueFutureFee(feesOf(cost), cost.side);
    case "impact": {
      const { alpha, beta, depth, halfLifeHours } = cost;
      const decayPerYear = (Math.LN2 / halfLifeHours) * 24 * 365;
      return impactCost({ alpha, beta, depth, decayPerYear });
    }
  }
}

/** The schedule of the day, or the latest, with what the configuration knows better. */
function feesOf(cost: Extract<CostTerms, { readonly kind: "venue" }>): VenueFees {
  const schedule =
    cost.day === undefined
      ? deribitFees[deribitFees.length - 1]
      : feesAt(deribitFees, Date.parse(cost.day));
  const { futureShare, optionPerContract, optionCapShare } = cost;
  return {
    ...schedule,
    futureMaker: futureShare ?? schedule.futureMaker,
    futureTaker: futureShare ?? schedule.futureTaker,
    optionPerContract: optionPerContract ?? schedule.optionPerContract,
    optionCapShare: optionCapShare ?? schedule.optionCapShare,
  };
}
