/** Funding, and profit counted in coin: hedges that must end away from Black's delta. */
import { describe, expect, test } from "vitest";
import { wasmBackend } from "../backend/wasm/index.ts";
import {
  blackScholesMarket,
  deltaHedge,
  evaluateHedge,
  type HedgeProblem,
  networkPolicy,
  perpetual,
  policyAt,
  tradingClock,
  trainHedge,
  vanilla,
  varianceRisk,
} from "./index.ts";

const none = new Float64Array(0);
const month = 30 / 365;

describe("funding", () => {
  test.each([
    [0.1095, 7.34635, 0.56003],
    [0.3, 8.25869, 0.60545],
  ])(
    "at %d a year a call on 100 costs %d, and a network holds %d",
    async (funding, price, delta) => {
      // the perpetual's gains are a martingale where the spot drifts by the funding
      const problem: HedgeProblem = {
        market: blackScholesMarket({ spot: 100, vol: 0.6, drift: funding }),
        book: [{ payoff: vanilla({ type: "call", strike: 100, expiryYears: month }), quantity: 1 }],
        instruments: [perpetual({ costs: [], fundingPerYear: funding })],
        tradingYears: tradingClock({ horizonYears: month, dates: 30 }),
        horizonYears: month,
        risk: varianceRisk(),
      };
      const trained = await trainHedge(problem, networkPolicy({ hidden: [10] }), wasmBackend, {
        iterations: 120,
        paths: 1024,
        evaluation: { paths: 16_384, sets: 2 },
      });
      const { mean, standardDeviation } = trained.evaluation;
      const error = standardDeviation / Math.sqrt(32_768);
      expect(error).toBeLessThan(0.01);
      expect(Math.abs(mean - price)).toBeLessThan(4 * error);
      const { positions } = await policyAt(problem, trained.policy, trained.theta, wasmBackend, {
        years: 0,
        states: {},
      });
      expect(Math.abs(positions[0][0] - delta)).toBeLessThan(0.012);
    },
  );
});

describe("an inverse option", () => {
  test.each([
    ["currency", 0.53427],
    ["coin", 0.46573],
  ] as const)("hedged with the perpetual, risk counted in %s, holds %d", async (account, delta) => {
    const problem: HedgeProblem = {
      market: blackScholesMarket({ spot: 100, vol: 0.6 }),
      book: [{ payoff: vanilla({ type: "call", strike: 100, expiryYears: month }), quantity: 1 }],
      instruments: [perpetual({ costs: [] })],
      tradingYears: tradingClock({ horizonYears: month, dates: 30 }),
      horizonYears: month,
      risk: varianceRisk(),
      account,
    };
    // from nothing: the prior does not know the answer
    const policy = networkPolicy({ hidden: [12, 12], aroundDelta: false });
    const trained = await trainHedge(problem, policy, wasmBackend, {
      iterations: 400,
      paths: 1024,
      lastScale: 1,
      evaluation: { paths: 16_384, sets: 2 },
    });
    const { positions } = await policyAt(problem, policy, trained.theta, wasmBackend, {
      years: 0,
      states: {},
    });
    expect(Math.abs(positions[0][0] - delta)).toBeLessThan(0.015);
    // 0.068539 coins; in currency the same premium times 100. In coin the mean is the one under the currency's measure
    if (account === "currency") {
      const { mean, standardDeviation } = trained.evaluation;
      const error = standardDeviation / Math.sqrt(32_768);
      expect(Math.abs(mean - 6.85394)).toBeLessThan(4 * error);
    } else {
      const black = await evaluateHedge(problem, deltaHedge, none, wasmBackend, { sets: 2 });
      expect(trained.evaluation.standardDeviation).toBeLessThan(1.02 * black.standardDeviation);
    }
  });
});
