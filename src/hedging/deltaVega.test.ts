/** Delta and vega together: an option beside the perpetual is worth its fees and spread, until they are large. */
import { expect, test } from "vitest";
import { wasmBackend } from "../backend/wasm/index.ts";
import {
  bandPolicy,
  cvarRisk,
  deribitFees,
  halfSpread,
  type HedgeProblem,
  hestonMarket,
  listedOption,
  perpetual,
  sampleLosses,
  tradingClock,
  trainHedge,
  vanilla,
  venueFutureFee,
  venueOptionFee,
  withOptionPrices,
} from "./index.ts";

const spot = 66_000;
const horizonYears = 30 / 365;
const option = { strike: spot, expiryYears: 60 / 365 };
const tradingYears = tradingClock({ horizonYears, dates: 15 });
const fees = deribitFees[deribitFees.length - 1];
const level = 0.95;

/** What CVaR is the mean of, path by path: y + (L − y)⁺/(1 − α) at the quantile y. */
function contributions(losses: Float64Array): Float64Array {
  const y = losses.slice().sort()[Math.floor(level * losses.length)];
  return losses.map((loss) => y + Math.max(0, loss - y) / (1 - level));
}

test("in Heston an option beside the perpetual saves CVaR net of costs, and is left alone when dear", async () => {
  const params = { v0: 0.3, kappa: 4, theta: 0.35, nu: 1.5, rho: -0.3 };
  const { market, reports } = await withOptionPrices(
    hestonMarket({ spot, params, stepsPerDate: 2 }),
    [option],
    wasmBackend,
    { years: [...tradingYears, horizonYears], iterations: 200, paths: 1024, testPaths: 8192 },
  );
  // no gain from a price that is wrong: less than what trading it once costs
  const [{ price, monteCarlo, monteCarloError }] = reports;
  expect(Math.abs(price - monteCarlo)).toBeLessThan(4 * monteCarloError + 0.005 * price);
  const cost = [venueFutureFee(fees), halfSpread({ shareOfPrice: 0.00005 })];
  const hedgedWith = (shareOfPrice?: number): HedgeProblem => ({
    market,
    book: (["call", "put"] as const).map((type) => ({
      payoff: vanilla({ type, strike: spot, expiryYears: horizonYears }),
      quantity: 1,
    })),
    instruments: [
      perpetual({ costs: cost, closesAtHorizon: true }),
      ...(shareOfPrice === undefined
        ? []
        : [
            listedOption({
              ...option,
              type: "call",
              costs: [venueOptionFee(fees), halfSpread({ shareOfPrice })],
              closesAtHorizon: true,
            }),
          ]),
    ],
    tradingYears,
    horizonYears,
    risk: cvarRisk(level, 100 / spot),
  });
  const measured = async (problem: HedgeProblem) => {
    const { theta, policy } = await trainHedge(problem, bandPolicy(), wasmBackend, {
      iterations: 200,
      paths: 1024,
      evaluation: { paths: 64, sets: 1 },
    });
    return sampleLosses(problem, policy, theta, wasmBackend, { paths: 16_384, sets: 2 });
  };
  const alone = await measured(hedgedWith());
  const both = await measured(hedgedWith(0.01));
  const dear = await measured(hedgedWith(0.6));

  // the same paths: the difference is measured path by path
  const [before, after] = [contributions(alone.losses), contributions(both.losses)];
  const saved = before.map((value, p) => value - after[p]);
  const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const gain = mean(saved);
  const error = Math.sqrt(mean(saved.map((x) => (x - gain) ** 2)) / saved.length);
  expect(error).toBeLessThan(0.01 * mean(before));
  expect(gain - 4 * error).toBeGreaterThan(0.1 * mean(before));
  expect(both.instruments[1].cost).toBeGreaterThan(0);

  expect(dear.instruments[1].turnover).toBeLessThan(0.01 * both.instruments[1].turnover);
  expect(mean(contributions(dear.losses))).toBeLessThan(1.02 * mean(before));
});
