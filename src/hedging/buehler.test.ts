/**
 * The Heston table of deep hedging's first paper: a call sold, hedged daily with the underlying and an idealised variance swap
 * under CVaR. Its figures are those of trained networks, so that lower ones are allowed.
 *
 * Source  Buehler, Gonon, Teichmann & Wood (2019), Deep hedging, sections 5.1 and 5.2, and tables 1 and 2
 */
import { describe, expect, test } from "vitest";
import { wasmBackend } from "../backend/wasm/index.ts";
import {
  bandPolicy,
  cvarRisk,
  evaluateHedge,
  type HedgeProblem,
  hestonMarket,
  hestonVarianceSwap,
  networkPolicy,
  noHedge,
  proportionalCost,
  spotInstrument,
  tradingClock,
  trainHedge,
  vanilla,
} from "./index.ts";

const params = { v0: 0.04, kappa: 1, theta: 0.04, nu: 2, rho: -0.7 };
const month = 30 / 365;

function heston(level: number, cost: number): HedgeProblem {
  const costs = [proportionalCost(cost)];
  return {
    market: hestonMarket({ spot: 100, params }),
    book: [{ payoff: vanilla({ type: "call", strike: 100, expiryYears: month }), quantity: 1 }],
    instruments: [
      spotInstrument({ costs }),
      hestonVarianceSwap({ params, spot: 100, expiryYears: month, costs }),
    ],
    tradingYears: tradingClock({ horizonYears: month, dates: 30 }),
    horizonYears: month,
    risk: cvarRisk(level),
  };
}

/** Fourier's price of the call. */
const fair = 1.69198;
const evaluation = { paths: 65_536, sets: 2 };

describe("a call in Heston, hedged with the underlying and a variance swap", () => {
  test.each([
    [0.5, 1.94],
    [0.99, 3.49],
  ])("without cost: the price under CVaR %d is at most %d", async (level, price) => {
    const problem = heston(level, 0);
    const policy = networkPolicy({ hidden: [17, 17] });
    const trained = await trainHedge(problem, policy, wasmBackend, {
      iterations: 300,
      paths: 1024,
      learningRate: 0.01,
      evaluation,
    });
    const { risk, standardError, mean } = trained.evaluation;
    expect(standardError).toBeLessThan(0.01 * price);
    expect(risk).toBeLessThan(1.01 * price);
    // no hedge earns anything in a martingale market, and a risk is no less than a mean
    const naked = await evaluateHedge(problem, noHedge, new Float64Array(0), wasmBackend, {
      ...evaluation,
      sets: 4,
    });
    expect(Math.abs(naked.mean - fair)).toBeLessThan(0.01);
    expect(Math.abs(mean - fair)).toBeLessThan(0.01);
    expect(risk).toBeGreaterThan(fair);
  });

  test("at a cost of 1 % the price under CVaR 99 % is at most 5.51", async () => {
    const trained = await trainHedge(heston(0.99, 0.01), bandPolicy(), wasmBackend, {
      iterations: 200,
      paths: 1024,
      evaluation,
    });
    expect(trained.evaluation.risk).toBeLessThan(5.51);
    expect(trained.evaluation.risk).toBeGreaterThan(fair);
  });
});
