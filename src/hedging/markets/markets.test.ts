/** Every market: the price is a martingale at every date, and options cost what another method says. */
import { describe, expect, test } from "vitest";
import { wasmBackend } from "../../backend/wasm/index.ts";
import {
  initialTheta,
  type NeuralSdeConfig,
  neuralSdePlan,
  neuralSdeProgram,
} from "../../models/index.ts";
import { hestonPrice, roughBergomiSmile } from "../../pricing/index.ts";
import { philoxNormals } from "../../random/normals.ts";
import { sobolNoise } from "../../random/index.ts";
import {
  blackScholesMarket,
  entropicRisk,
  evaluateHedge,
  hedgePaths,
  hestonMarket,
  hestonVarianceSwap,
  listedOption,
  historicalMarket,
  type HedgeProblem,
  type Market,
  neuralSdeMarket,
  noHedge,
  policyAt,
  roughBergomiMarket,
  spotInstrument,
  tradingClock,
  vanilla,
  withOptionPrices,
} from "../index.ts";

const horizonYears = 30 / 365;
const none = new Float64Array(0);
const heston = { v0: 0.3, kappa: 3, theta: 0.35, nu: 1, rho: -0.4 };
const bates = { ...heston, lambda: 4, jumpMean: -0.06, jumpStdDev: 0.08 };
const rough = { hurst: 0.1, eta: 1.9, rho: -0.7, xi: 0.16 };

const config: NeuralSdeConfig = {
  yearsToExpiry: [7 / 365, 30 / 365, 90 / 365],
  forwardVol: [0.55, 0.6, 0.65],
  gridSteps: 48,
  minStepsPerInterval: 8,
  hidden: [8, 8],
  maxJumps: 1,
  jumpDecayYears: 0.1,
};
const program = neuralSdeProgram(config);
const theta = initialTheta(config, program, 3, 0.6);
const record = philoxNormals(7, 1, 400).map((z) => 0.03 * z + 0.002);

const all: readonly Market[] = [
  blackScholesMarket({ spot: 100, vol: 0.6 }),
  hestonMarket({ spot: 100, params: heston }),
  hestonMarket({ spot: 100, params: { v0: 0.04, kappa: 1, theta: 0.04, nu: 2, rho: -0.7 } }),
  hestonMarket({ spot: 100, params: bates }),
  roughBergomiMarket({ spot: 100, ...rough }),
  neuralSdeMarket({ spot: 100, model: { config, theta } }),
  historicalMarket({ spot: 100, returns: record, stepYears: 1 / 365 }),
];

const problemOf = (market: Market): HedgeProblem => ({
  market,
  book: [
    { payoff: vanilla({ type: "call", strike: 100, expiryYears: horizonYears }), quantity: 1 },
  ],
  instruments: [spotInstrument({ costs: [] })],
  tradingYears: tradingClock({ horizonYears, dates: 30 }),
  horizonYears,
  risk: entropicRisk(0.1),
});

const meanOf = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
const errorOf = (values: Float64Array) => {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / values.length;
};

describe.each(all.map((market) => [market.name, market] as const))("%s", (_, market) => {
  test("has a price that is a martingale at every date", async () => {
    const paths = 8192;
    const { spot } = await hedgePaths(problemOf(market), noHedge, none, wasmBackend, { paths });
    for (const prices of spot.slice(1)) {
      const error = errorOf(prices);
      expect(error).toBeLessThan(0.4);
      expect(Math.abs(meanOf(prices) - 100)).toBeLessThan(4 * error);
    }
  });
});

describe("a call at the money", () => {
  const priceIn = async (market: Market) => {
    const found = await evaluateHedge(problemOf(market), noHedge, none, wasmBackend, {
      paths: 16_384,
      sets: 2,
    });
    return { price: found.mean, error: found.standardDeviation / Math.sqrt(32_768) };
  };

  test.each([
    ["Heston", heston],
    ["Bates", bates],
  ])("in %s costs Fourier's price", async (_, params) => {
    const { price, error } = await priceIn(hestonMarket({ spot: 100, params }));
    const exact = hestonPrice(params, {
      type: "call",
      forward: 100,
      strike: 100,
      yearsToExpiry: horizonYears,
    });
    expect(error).toBeLessThan(0.08);
    expect(Math.abs(price - exact)).toBeLessThan(4 * error);
  });

  test("in rough Bergomi costs what conditional simulation says", async () => {
    const { price, error } = await priceIn(
      roughBergomiMarket({ spot: 100, ...rough, stepsPerDate: 4 }),
    );
    const [point] = roughBergomiSmile(
      { hurst: rough.hurst, eta: rough.eta, rho: rough.rho, xi: rough.xi },
      horizonYears,
      [0],
      { steps: 120, pairs: 512, batches: 4 },
    );
    expect(Math.abs(price - 100 * point.price)).toBeLessThan(4 * error);
  });

  test("in the neural SDE costs what the fit's own conditional prices say", async () => {
    const { price, error } = await priceIn(
      neuralSdeMarket({ spot: 100, model: { config, theta }, stepsPerDate: 4 }),
    );
    const rows = { expiryOf: [1], logMoneyness: [0], sign: [1], delta: [0] };
    const paths = 8192;
    const plan = neuralSdePlan(config, rows, paths, 4);
    const runner = await wasmBackend.prepare(program, plan);
    const times = [0];
    for (const dt of Array.from(plan.stepTables[0])) times.push(times[times.length - 1] + dt);
    runner.setNoise(
      sobolNoise({ steps: plan.steps, factors: 2, initialNormals: 2, paths, seed: 3, times }),
    );
    const { mean, standardError } = runner.means(theta);
    runner.free();
    const both = Math.hypot(error, 100 * standardError[0]);
    expect(Math.abs(price - 100 * mean[0])).toBeLessThan(4 * both);
  });
});

describe("learned option prices", () => {
  test("in Heston are Fourier's, a martingale, and report an error that is small", async () => {
    const market = hestonMarket({ spot: 100, params: heston });
    const option = { strike: 105, expiryYears: 2 * horizonYears };
    const { market: priced, reports } = await withOptionPrices(market, [option], wasmBackend, {
      years: [...tradingClock({ horizonYears, dates: 10 }), horizonYears],
      iterations: 150,
      paths: 1024,
      testPaths: 8192,
    });
    const [report] = reports;
    const exact = (spot: number, v: number, years: number) =>
      hestonPrice(
        { ...heston, v0: v },
        { type: "call", forward: spot, strike: 105, yearsToExpiry: years },
      );
    expect(Math.abs(report.price - exact(100, heston.v0, option.expiryYears))).toBeLessThan(0.05);
    for (const { value, standardError } of report.drift) {
      expect(Math.abs(value)).toBeLessThan(4 * standardError);
    }
    // half-way, over prices and variances: a tenth of what an option's bid and ask are apart
    const instruments = [
      spotInstrument({ costs: [] }),
      listedOption({ type: "call", ...option, costs: [] }),
    ];
    const spot = [80, 100, 105, 130, 100, 100];
    const v = [0.3, 0.3, 0.3, 0.3, 0.1, 0.6];
    const { prices } = await policyAt(
      { ...problemOf(priced), instruments },
      noHedge,
      none,
      wasmBackend,
      { years: horizonYears / 2, states: { spot, v } },
    );
    spot.forEach((s, i) => {
      const left = option.expiryYears - horizonYears / 2;
      expect(Math.abs(prices[1][i] - exact(s, v[i], left))).toBeLessThan(0.25);
    });
  });

  test("are refused for options that were not asked for", async () => {
    const { market } = await withOptionPrices(
      hestonMarket({ spot: 100, params: heston }),
      [{ strike: 100, expiryYears: horizonYears }],
      wasmBackend,
      { years: [0, horizonYears], iterations: 1, paths: 64, testPaths: 64 },
    );
    const other = listedOption({ type: "put", strike: 90, expiryYears: horizonYears, costs: [] });
    await expect(
      evaluateHedge({ ...problemOf(market), instruments: [other] }, noHedge, none, wasmBackend),
    ).rejects.toThrow("Add it to withOptionPrices");
  });
});

test("the variance swap of Heston is a martingale, and at its end the variance that was paid", async () => {
  const market = hestonMarket({ spot: 100, params: heston });
  const swap = hestonVarianceSwap({
    spot: 100,
    params: heston,
    expiryYears: horizonYears,
    costs: [],
  });
  const problem = { ...problemOf(market), instruments: [spotInstrument({ costs: [] }), swap] };
  const { prices } = await hedgePaths(problem, noHedge, none, wasmBackend, { paths: 4096 });
  const start = prices[1][0][0];
  for (const price of prices[1].slice(1)) {
    expect(Math.abs(meanOf(price) - start)).toBeLessThan(4 * errorOf(price));
  }
});

describe("history", () => {
  const returns = [0.01, -0.02, 0.03, 0.04, -0.05, 0.06];
  const problem = (market: Market, dates: number): HedgeProblem => ({
    ...problemOf(market),
    book: [],
    horizonYears: dates / 365,
    tradingYears: tradingClock({ horizonYears: dates / 365, dates }),
  });

  test("as windows has the record's own stretches", async () => {
    const market = historicalMarket({
      spot: 100,
      returns,
      stepYears: 1 / 365,
      kind: "windows",
      removesMean: false,
    });
    const { spot } = await hedgePaths(problem(market, 3), noHedge, none, wasmBackend);
    for (let p = 0; p < 64; p++) {
      const seen = [0, 1, 2].map((i) => Math.log(spot[i + 1][p] / spot[i][p]));
      const start = returns.findIndex((r) => Math.abs(r - seen[0]) < 1e-6);
      seen.forEach((r, i) => expect(r).toBeCloseTo(returns[start + i], 6));
    }
  });

  test.each([
    ["a number that is none", { returns: [0.1, Number.NaN] }, "got NaN at 1"],
    ["one return", { returns: [0.1] }, "at least 2 returns"],
    ["a spot of 0", { spot: 0 }, "spot > 0"],
  ])("refuses %s", (_, change, message) => {
    expect(() => historicalMarket({ spot: 1, returns, stepYears: 1 / 365, ...change })).toThrow(
      message,
    );
  });

  test("refuses a clock of other steps", async () => {
    const market = historicalMarket({ spot: 100, returns, stepYears: 1 / 365 });
    await expect(
      hedgePaths({ ...problem(market, 3), tradingYears: [0, 0.001] }, noHedge, none, wasmBackend),
    ).rejects.toThrow("as in the record");
  });
});
