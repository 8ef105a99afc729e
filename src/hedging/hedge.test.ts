import { describe, expect, test } from "vitest";
import { wasmBackend } from "../backend/wasm/index.ts";
import {
  bandPolicy,
  blackScholesMarket,
  cvarRisk,
  deltaHedge,
  entropicRisk,
  evaluateHedge,
  type HedgeProblem,
  hestonMarket,
  lelandHedge,
  meanVarianceRisk,
  networkPolicy,
  noHedge,
  proportionalCost,
  sampleLosses,
  spotInstrument,
  tradingClock,
  type Risk,
  trainHedge,
  vanilla,
  varianceRisk,
  whalleyWilmottHedge,
} from "./index.ts";

const expiryYears = 30 / 365;

/** A short one-month call, hedged daily. */
function month(risk: Risk, cost: number, spot = 1): HedgeProblem {
  return {
    market: blackScholesMarket({ spot, vol: 0.2 }),
    book: [{ payoff: vanilla({ type: "call", strike: spot, expiryYears }), quantity: 1 }],
    instruments: [spotInstrument({ costs: [proportionalCost(cost)] })],
    tradingYears: tradingClock({ horizonYears: expiryYears, dates: 30 }),
    horizonYears: expiryYears,
    risk,
  };
}

const none = new Float64Array(0);
const quick = { paths: 16_384, sets: 4, threads: 2 };

describe("rules", () => {
  test("Black's delta has the known profit: mean, deviation, turnover, entropic risk", async () => {
    const found = await evaluateHedge(
      month(entropicRisk(100), 1e-3),
      deltaHedge,
      none,
      wasmBackend,
      quick,
    );
    // one million paths of another program
    expect(found.mean).toBeCloseTo(0.025092, 5);
    expect(Math.abs(found.standardDeviation - 0.003726)).toBeLessThan(2e-5);
    expect(Math.abs(found.turnover - 2.2225)).toBeLessThan(2e-3);
    expect(Math.abs(found.risk - 0.025847)).toBeLessThan(2e-5);
    expect(found.cost).toBeCloseTo(1e-3 * found.turnover, 7);
  });

  test("without cost Black's delta leaves 0.3576 of a 2.2870 premium on a spot of 100", async () => {
    const found = await evaluateHedge(
      month(varianceRisk(), 0, 100),
      deltaHedge,
      none,
      wasmBackend,
      quick,
    );
    expect(Math.abs(found.mean - 2.287)).toBeLessThan(2e-3);
    expect(Math.abs(found.standardDeviation - 0.3576)).toBeLessThan(2e-3);
    const { losses } = await sampleLosses(
      month(varianceRisk(), 0, 100),
      deltaHedge,
      none,
      wasmBackend,
      quick,
    );
    for (const [level, shortfall] of [
      [0.5, 2.5562],
      [0.95, 3.1176],
      [0.99, 3.5035],
    ]) {
      const { value, standardError } = cvarRisk(level).ofSample(losses);
      expect(standardError).toBeLessThan(0.02);
      expect(Math.abs(value - shortfall)).toBeLessThan(4 * standardError + 5e-4);
    }
  });

  test("Whalley and Wilmott's band beats Black's delta, and no hedge is what the option is", async () => {
    const problem = month(entropicRisk(100), 1e-3);
    const band = await evaluateHedge(problem, whalleyWilmottHedge, none, wasmBackend, quick);
    expect(Math.abs(band.risk - 0.025569)).toBeLessThan(3e-5);
    const naked = await evaluateHedge(
      month(entropicRisk(1), 1e-3),
      noHedge,
      none,
      wasmBackend,
      quick,
    );
    expect(Math.abs(naked.risk - 0.023483)).toBeLessThan(3e-5);
    expect(naked.turnover).toBe(0);
  });

  test("Leland's delta costs less than Black's: its volatility is larger and it trades less", async () => {
    const problem = month(entropicRisk(100), 1e-2);
    const [leland, black] = await Promise.all(
      [lelandHedge, deltaHedge].map((rule) =>
        evaluateHedge(problem, rule, none, wasmBackend, quick),
      ),
    );
    expect(leland.turnover).toBeLessThan(black.turnover);
    expect(leland.risk).toBeLessThan(black.risk);
  });

  test("closing at expiry costs a trade of what is held", async () => {
    const problem = month(entropicRisk(100), 1e-2);
    const left = await evaluateHedge(problem, deltaHedge, none, wasmBackend, quick);
    const closed = await evaluateHedge(
      {
        ...problem,
        instruments: [spotInstrument({ costs: [proportionalCost(1e-2)], closesAtHorizon: true })],
      },
      deltaHedge,
      none,
      wasmBackend,
      quick,
    );
    // about half of the paths end with one unit
    expect(closed.cost - left.cost).toBeGreaterThan(0.004);
    expect(closed.cost - left.cost).toBeLessThan(0.006);
  });

  test("in Heston the forward is a martingale and the call is worth Fourier's price", async () => {
    const params = { v0: 0.04, kappa: 1, theta: 0.04, nu: 2, rho: -0.7 };
    const problem: HedgeProblem = {
      ...month(varianceRisk(), 0, 100),
      market: hestonMarket({ spot: 100, params }),
    };
    const found = await evaluateHedge(problem, noHedge, none, wasmBackend, quick);
    // 1.69198 by Fourier; the scheme on daily steps keeps the mean of S but not the whole law
    expect(Math.abs(found.mean - 1.69198)).toBeLessThan(0.01);
  });
});

describe("training", () => {
  test("comes within 0.15 % of the oracle at risk aversion 100 and cost 0.001", async () => {
    const trained = await trainHedge(month(entropicRisk(100), 1e-3), bandPolicy(), wasmBackend, {
      threads: 2,
      evaluation: { sets: 4, threads: 2 },
    });
    const { risk, standardError } = trained.evaluation;
    expect(risk).toBeLessThan(0.0252497 * 1.0015);
    expect(risk).toBeGreaterThan(0.0252497 - 2 * standardError);
    expect(standardError).toBeLessThan(1e-5);
    expect(trained.status).toBe("finished");
  });

  test("gives the same bits on one and on two threads", async () => {
    const options = { iterations: 6, paths: 512, evaluation: quick };
    const problem = month(entropicRisk(10), 1e-3);
    const [one, two] = await Promise.all(
      [1, 2].map((threads) =>
        trainHedge(problem, bandPolicy(), wasmBackend, { ...options, threads }),
      ),
    );
    expect(Array.from(one.theta)).toEqual(Array.from(two.theta));
    expect(Array.from(one.history)).toEqual(Array.from(two.history));
  });

  test("learns CVaR with its threshold, and a network that sees its position", async () => {
    const problem = month(cvarRisk(0.95, 100), 1e-3);
    const trained = await trainHedge(problem, networkPolicy(), wasmBackend, {
      iterations: 100,
      paths: 1024,
      evaluation: quick,
    });
    const black = await evaluateHedge(problem, deltaHedge, none, wasmBackend, quick);
    expect(trained.evaluation.risk).toBeLessThan(black.risk);
    expect(trained.evaluation.risk).toBeCloseTo(trained.evaluation.cvar95, 6);
  });

  test("stops when it is told to and keeps what is better", async () => {
    const controller = new AbortController();
    const trained = await trainHedge(month(entropicRisk(100), 1e-3), bandPolicy(), wasmBackend, {
      iterations: 100,
      paths: 512,
      evaluation: quick,
      signal: controller.signal,
      onProgress: ({ iteration }) => {
        if (iteration === 5) controller.abort();
      },
    });
    expect(trained.history).toHaveLength(5);
    expect(["cancelled", "kept-start"]).toContain(trained.status);
  });

  test.each([
    ["iterations", { iterations: 0 }],
    ["paths", { paths: 100 }],
    ["learningRate", { learningRate: -1 }],
  ])("names the option out of range: %s", async (name, options) => {
    const problem = month(entropicRisk(1), 0);
    await expect(trainHedge(problem, bandPolicy(), wasmBackend, options)).rejects.toThrow(
      `expected ${name}`,
    );
  });
});

describe("risk measures of a sample", () => {
  /** −1, 0, 1, …, 98 */
  const losses = Float64Array.from({ length: 100 }, (_, i) => i - 1);

  test("CVaR is the mean of the worst", () => {
    expect(cvarRisk(0.95).ofSample(losses).value).toBeCloseTo((94 + 95 + 96 + 97 + 98) / 5, 10);
    expect(cvarRisk(0.5).ofSample(losses).value).toBeCloseTo((49 + 98) / 2, 10);
  });

  test("entropic risk of two outcomes is the logarithm of their mean exponential", () => {
    const two = Float64Array.of(0, Math.log(3));
    expect(entropicRisk(1).ofSample(two).value).toBeCloseTo(Math.log(2), 12);
  });

  test("mean-variance and variance are what they say", () => {
    const variance = (100 * 100 - 1) / 12;
    expect(varianceRisk().ofSample(losses).value).toBeCloseTo(variance, 8);
    expect(meanVarianceRisk(0.2).ofSample(losses).value).toBeCloseTo(48.5 + 0.1 * variance, 8);
  });

  test.each([
    ["entropic", () => entropicRisk(0)],
    ["cvar", () => cvarRisk(1)],
    ["mean-variance", () => meanVarianceRisk(-1)],
    ["a cost", () => proportionalCost(1.5)],
    ["a market", () => blackScholesMarket({ spot: 1, vol: 0 })],
    ["a strike", () => vanilla({ type: "call", strike: 0, expiryYears })],
  ])("refuse numbers out of range: %s", (_, make) => {
    expect(make).toThrow("expected");
  });
});
