/** One network for a range of risk aversions and costs, against the oracle of each. */
import { expect, test } from "vitest";
import { wasmBackend } from "../backend/wasm/index.ts";
import {
  bandPolicy,
  blackScholesMarket,
  entropicRisk,
  evaluateHedge,
  type HedgeProblem,
  proportionalCost,
  solveOracle,
  spotInstrument,
  tradingClock,
  trainHedge,
  vanilla,
} from "./index.ts";

const month = 30 / 365;

test("one conditioned band serves a range of aversions and costs: each within 1 % of its own oracle", async () => {
  const problem: HedgeProblem = {
    market: blackScholesMarket({ spot: 1, vol: 0.2 }),
    book: [{ payoff: vanilla({ type: "call", strike: 1, expiryYears: month }), quantity: 1 }],
    instruments: [spotInstrument({ costs: [proportionalCost(1e-3)] })],
    tradingYears: tradingClock({ horizonYears: month, dates: 30 }),
    horizonYears: month,
    risk: entropicRisk(30),
    condition: { aversion: [1 / 3, 3], costScale: [0.2, 4] },
  };
  const policy = bandPolicy();
  const trained = await trainHedge(problem, policy, wasmBackend, {
    iterations: 250,
    paths: 4096,
    evaluation: { paths: 4096, sets: 2 },
  });
  for (const [aversion, costScale] of [
    [1 / 3, 1],
    [1, 0.5],
    [3, 1],
    [3, 3],
  ]) {
    const { risk, standardError } = await evaluateHedge(
      problem,
      policy,
      trained.theta,
      wasmBackend,
      {
        paths: 16_384,
        sets: 4,
        aversion,
        costScale,
      },
    );
    const { price } = solveOracle(
      {
        spot: 1,
        strike: 1,
        type: "call",
        vol: 0.2,
        yearsToExpiry: month,
        dates: 30,
        proportionalCost: 1e-3 * costScale,
        riskAversion: 30 * aversion,
      },
      { stepsPerDeviation: 4, positionStep: 0.005 },
    );
    expect(risk).toBeLessThan(1.01 * price);
    expect(risk).toBeGreaterThan(price - 2 * standardError - 2e-5);
  }
});
