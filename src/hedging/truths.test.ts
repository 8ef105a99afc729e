/** Hedges whose best is known: closed forms, exact one-date optima, published numbers. Each test names whose number it is. */
import { describe, expect, test } from "vitest";
import { wasmBackend } from "../backend/wasm/index.ts";
import { add, mul, square } from "../ir/index.ts";
import {
  bandPolicy,
  blackScholesMarket,
  cvarRisk,
  deltaHedge,
  entropicRisk,
  evaluateHedge,
  firstTradeHead,
  type HedgeProblem,
  hedgePaths,
  lelandHedge,
  type Market,
  networkPolicy,
  noHedge,
  type Payoff,
  type Policy,
  policyAt,
  proportionalCost,
  type Risk,
  solveOracle,
  spotInstrument,
  tradingClock,
  trainHedge,
  vanilla,
  varianceRisk,
  whalleyWilmottHedge,
} from "./index.ts";

const none = new Float64Array(0);
const month = 30 / 365;

function call(risk: Risk, change: Partial<HedgeProblem> & { cost?: number; dates?: number } = {}) {
  const { cost = 0, dates = 30, ...rest } = change;
  const problem: HedgeProblem = {
    market: blackScholesMarket({ spot: 1, vol: 0.2 }),
    book: [{ payoff: vanilla({ type: "call", strike: 1, expiryYears: month }), quantity: 1 }],
    instruments: [spotInstrument({ costs: [proportionalCost(cost)] })],
    tradingYears: tradingClock({ horizonYears: month, dates }),
    horizonYears: month,
    risk,
    ...rest,
  };
  return problem;
}

describe("without cost in Black-Scholes", () => {
  const problem = call(entropicRisk(100));
  const meanDistance = async (policy: Policy, theta: Float64Array) => {
    const evaluate = { paths: 1024, seed: 5 };
    const [own, black] = await Promise.all([
      hedgePaths(problem, policy, theta, wasmBackend, evaluate),
      hedgePaths(problem, deltaHedge, none, wasmBackend, evaluate),
    ]);
    let difference = 0;
    own.positions[0].forEach((held, date) => {
      held.forEach((position, p) => {
        difference += Math.abs(position - black.positions[0][date][p]);
      });
    });
    return difference / (30 * 1024);
  };

  test("a network that knows no delta finds N(d₁), and the deviation of 0.358 of 100", async () => {
    const policy = networkPolicy({ hidden: [12, 12], aroundDelta: false });
    // entropic risk at a = 100 gives up a little deviation for the skew
    const { theta, evaluation } = await trainHedge(call(varianceRisk()), policy, wasmBackend, {
      iterations: 1200,
      paths: 1024,
      lastScale: 1,
      validateEvery: 200,
      evaluation: { paths: 65_536, sets: 2 },
    });
    expect(await meanDistance(policy, theta)).toBeLessThan(0.01);
    expect(100 * evaluation.standardDeviation).toBeLessThan(0.358);
  });

  test("a band around the delta stays there: deviation at most 0.358 of 100", async () => {
    const policy = bandPolicy();
    const { theta, evaluation } = await trainHedge(problem, policy, wasmBackend, {
      iterations: 300,
      paths: 2048,
      evaluation: { paths: 16_384, sets: 2 },
    });
    expect(100 * evaluation.standardDeviation).toBeLessThan(0.358);
    expect(evaluation.risk).toBeLessThan(0.023534 * 1.0015);
    expect(await meanDistance(policy, theta)).toBeLessThan(0.01);
  });
});

describe("a quadratic claim on a Bachelier market", () => {
  /** dS = σ dW */
  const bachelier = (spot: number, sigma: number): Market => ({
    ...blackScholesMarket({ spot: Math.max(spot, 1), vol: sigma }),
    name: "Bachelier",
    stateNames: ["level"],
    startState: {},
    init: () => ({ level: spot }),
    step: ({ state, normals: [z], sqrtDt }) => ({
      level: add(state.level, mul(mul(sigma, sqrtDt), z)),
    }),
    spot: ({ level }) => level,
    fromSpot: (price) => ({ level: price }),
  });
  const half: (expiryYears: number) => Payoff = (expiryYears) => ({
    ...vanilla({ type: "call", strike: 1, expiryYears }),
    name: "½S²",
    value: (_, spot) => mul(0.5, square(spot)),
    valueOf: ({ spot }) => 0.5 * spot * spot,
    greeks: ({ spot }) => ({ value: mul(0.5, square(spot)), delta: 0, gamma: 1, vega: 0 }),
  });
  const holdsSpot: Policy = {
    name: "δ = S",
    params: () => ({}),
    decide: ({ spot }) => ({ positions: [spot] }),
  };

  test.each([
    [1, 0.2, 30, month, 1, 0.50164393],
    [0.5, 1, 10, 1, 1, 1.01293294],
    [1, 0.9, 1, 1, 0, 0.8303656],
  ])(
    "entropic risk %d, volatility %d, %i dates: δ = S costs its closed form",
    async (a, sigma, dates, horizonYears, spot, price) => {
      const problem: HedgeProblem = {
        market: bachelier(spot, sigma),
        book: [{ payoff: half(horizonYears), quantity: 1 }],
        instruments: [spotInstrument({ costs: [] })],
        tradingYears: tradingClock({ horizonYears, dates }),
        horizonYears,
        risk: entropicRisk(a),
      };
      const found = await evaluateHedge(problem, holdsSpot, none, wasmBackend, {
        paths: 32_768,
        sets: 4,
      });
      // at λσ²Δ = 0.81 the weights e^{λL} have no variance
      expect(found.standardError).toBeLessThan(0.03 * price);
      expect(Math.abs(found.risk - price)).toBeLessThan(4 * found.standardError + 2e-5);
    },
  );
});

describe("one date, one position", () => {
  /** A position that is one learned number. */
  const constant = firstTradeHead(noHedge);
  test.each<[string, Risk, number, number]>([
    ["variance", varianceRisk(), 0.522865, 0.017276 ** 2],
    ["entropic 1", entropicRisk(1), 0.52305, 0.023022],
    ["entropic 10", entropicRisk(10), 0.52482, 0.024453],
    ["entropic 100", entropicRisk(100), 0.55019, 0.048049],
    ["CVaR 50 %", cvarRisk(0.5), 0.50913, 0.036431],
    ["CVaR 95 %", cvarRisk(0.95), 0.52785, 0.06694],
    ["CVaR 99 %", cvarRisk(0.99), 0.53709, 0.082744],
  ])("the best under %s is found, and its price", async (_, risk, delta, price) => {
    const problem = call(risk, { dates: 1 });
    const trained = await trainHedge(problem, constant, wasmBackend, {
      iterations: 300,
      paths: 4096,
      learningRate: 0.02,
      evaluation: { paths: 65_536, sets: 8 },
    });
    const { risk: found, standardError } = trained.evaluation;
    expect(Math.abs(trained.theta[0] - delta)).toBeLessThan(0.01);
    expect(standardError).toBeLessThan(0.005 * price);
    expect(Math.abs(found - price)).toBeLessThan(4 * standardError + 2e-4 * price);
  });
});

describe("rules", () => {
  test.each([
    [1e-3, 1, month, 0.41708],
    [1e-4, 1, 0.08, 0.19535],
    [1e-2, 1, 1, 0.3895],
  ])("Whalley and Wilmott's half-width at cost %d, a = %d", async (cost, a, years, width) => {
    const problem: HedgeProblem = {
      ...call(entropicRisk(a), { cost }),
      book: [{ payoff: vanilla({ type: "call", strike: 1, expiryYears: years }), quantity: 1 }],
      tradingYears: [0],
      horizonYears: years,
    };
    const ask = (held: number) =>
      policyAt(problem, whalleyWilmottHedge, none, wasmBackend, {
        years: 0,
        states: { position0: [held] },
      });
    const [low, high] = await Promise.all([ask(-5), ask(5)]);
    expect((high.positions[0][0] - low.positions[0][0]) / 2).toBeCloseTo(width, 4);
  });

  test.each([
    [1e-3, 0.08986],
    [2 ** -6, 0.22464],
  ])("on a spot of 100 at cost %d, a = 1: half-width %d", async (cost, width) => {
    const problem: HedgeProblem = {
      ...call(entropicRisk(1), { cost }),
      market: blackScholesMarket({ spot: 100, vol: 0.2 }),
      book: [{ payoff: vanilla({ type: "call", strike: 100, expiryYears: month }), quantity: 1 }],
    };
    const at = { years: 0, states: { position0: [-5, 5] } };
    const { positions } = await policyAt(problem, whalleyWilmottHedge, none, wasmBackend, at);
    expect((positions[0][1] - positions[0][0]) / 2).toBeCloseTo(width, 4);
  });

  test.each([
    [1e-3, 1 / 365, 0.214703],
    [1e-4, 1 / 250, 0.201258],
    [1e-2, 1 / 365, 0.317764],
  ])("Leland's volatility at cost %d", async (cost, dt, vol) => {
    const dates = Math.round(month / dt);
    const horizonYears = dates * dt;
    const book = (sigma: number): HedgeProblem => ({
      ...call(varianceRisk(), { cost }),
      market: blackScholesMarket({ spot: 1, vol: sigma }),
      book: [
        { payoff: vanilla({ type: "call", strike: 1.02, expiryYears: horizonYears }), quantity: 1 },
      ],
      tradingYears: tradingClock({ horizonYears, dates }),
      horizonYears,
    });
    const at = { years: 0, states: {} };
    const [leland, black] = await Promise.all([
      policyAt(book(0.2), lelandHedge, none, wasmBackend, at),
      policyAt(book(vol), deltaHedge, none, wasmBackend, at),
    ]);
    expect(leland.positions[0][0]).toBeCloseTo(black.positions[0][0], 5);
  });

  test("the oracle on 28 and 29 dates has the values of the notebook's real problem", () => {
    const oracle = (dates: number) =>
      solveOracle(
        {
          spot: 1,
          strike: 1,
          type: "call",
          vol: 0.2,
          yearsToExpiry: dates / 365,
          dates,
          proportionalCost: 1e-3,
          riskAversion: 1,
        },
        { stepsPerDeviation: 4, positionStep: 0.005 },
      ).price;
    expect(oracle(28)).toBeCloseTo(0.022576, 5);
    expect(oracle(29)).toBeCloseTo(0.022976, 5);
  });
});
