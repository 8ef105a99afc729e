/** What others build on: a training that goes on, paths that add up, answers that are the simulation's own. */
import { describe, expect, test } from "vitest";
import { referenceBackend } from "../backend/reference/index.ts";
import { wasmBackend } from "../backend/wasm/index.ts";
import {
  asian,
  bandPolicy,
  blackScholesMarket,
  continueTraining,
  deltaHedge,
  entropicRisk,
  evaluateHedge,
  type HedgeProblem,
  hedgePaths,
  impactCost,
  listedOption,
  perpetual,
  policyAt,
  proportionalCost,
  spotInstrument,
  startTraining,
  stateNames,
  tradingClock,
  type TrainingState,
  trainHedge,
  vanilla,
} from "./index.ts";

const horizonYears = 20 / 365;
const none = new Float64Array(0);

/** A call and an Asian that ends earlier, hedged with a perpetual and a longer option. */
const problem: HedgeProblem = {
  market: blackScholesMarket({ spot: 100, vol: 0.5 }),
  book: [
    { payoff: vanilla({ type: "call", strike: 100, expiryYears: horizonYears }), quantity: 2 },
    {
      payoff: asian({
        type: "put",
        strike: 98,
        expiryYears: horizonYears / 2,
        fixings: [horizonYears / 4, horizonYears / 2],
      }),
      quantity: -1,
    },
  ],
  instruments: [
    perpetual({ costs: [proportionalCost(5e-4)], fundingPerYear: 0.1, closesAtHorizon: true }),
    listedOption({
      type: "call",
      strike: 105,
      expiryYears: 2 * horizonYears,
      costs: [proportionalCost(0.01)],
      limits: { low: -3, high: 3 },
      lot: 0.1,
    }),
  ],
  tradingYears: tradingClock({ horizonYears, dates: 10 }),
  horizonYears,
  risk: entropicRisk(0.1),
};

describe("training", () => {
  test("goes on from a saved state to the same bits", async () => {
    const options = {
      iterations: 12,
      paths: 128,
      validateEvery: 4,
      validationPaths: 128,
      evaluation: { paths: 128, sets: 2 },
    };
    const states: TrainingState[] = [];
    const whole = await trainHedge(problem, bandPolicy(), wasmBackend, {
      ...options,
      onState: (state) => {
        states.push(state);
      },
    });
    const saved = states[1];
    expect(saved.iteration).toBe(8);
    const rest = await continueTraining(problem, bandPolicy(), wasmBackend, saved, options);
    expect(Array.from(rest.theta)).toEqual(Array.from(whole.theta));
    expect(Array.from(rest.state.theta)).toEqual(Array.from(whole.state.theta));
    expect(Array.from(rest.history)).toEqual(Array.from(whole.history));
  });

  test("stops early when nothing gets better", async () => {
    const trained = await trainHedge(problem, bandPolicy(), wasmBackend, {
      iterations: 60,
      paths: 64,
      learningRate: 1e-12,
      validateEvery: 2,
      validationPaths: 64,
      patience: 3,
      evaluation: { paths: 128, sets: 2 },
    });
    expect(trained.status === "stopped-early" || trained.status === "kept-start").toBe(true);
    expect(trained.state.iteration).toBeLessThan(60);
  });
});

describe("paths", () => {
  test("add up to the loss: owed, moves of prices, funding, costs", async () => {
    const policy = bandPolicy();
    const { theta } = startTraining(problem, policy, { lastScale: 1 });
    const found = await hedgePaths(problem, policy, theta, wasmBackend, { paths: 64 });
    const { years, spot, prices, positions, loss, gains, costs } = found;
    const last = years.length - 1;
    const at = (time: number) => years.findIndex((own) => Math.abs(own - time) < 1e-9);
    for (let p = 0; p < 64; p++) {
      let wealth = 0;
      let paid = 0;
      for (let i = 0; i < last; i++) {
        const held = positions[0][i][p];
        const dt = years[i + 1] - years[i];
        wealth += held * (spot[i + 1][p] - spot[i][p] - 0.1 * dt * spot[i][p]);
        wealth += positions[1][i][p] * (prices[1][i + 1][p] - prices[1][i][p]);
        const before = (j: number) => (i === 0 ? 0 : positions[j][i - 1][p]);
        paid += 5e-4 * spot[i][p] * Math.abs(held - before(0));
        paid += 0.01 * prices[1][i][p] * Math.abs(positions[1][i][p] - before(1));
        expect(found.paid[0][i][p] + found.paid[1][i][p]).toBeCloseTo(paid, 3);
      }
      paid += 5e-4 * spot[last][p] * Math.abs(positions[0][last - 1][p]);
      const mean = (spot[at(horizonYears / 4)][p] + spot[at(horizonYears / 2)][p]) / 2;
      const owed = 2 * Math.max(0, spot[last][p] - 100) - Math.max(0, 98 - mean);
      expect(loss[p]).toBeCloseTo(owed - wealth + paid, 2);
      expect(gains[0][p] + gains[1][p]).toBeCloseTo(wealth, 2);
      expect(costs[0][p] + costs[1][p]).toBeCloseTo(paid, 3);
    }
  });

  test("hold whole lots, inside the limits", async () => {
    const policy = bandPolicy();
    const { theta } = startTraining(problem, policy, { lastScale: 1 });
    const { positions } = await hedgePaths(problem, policy, theta, wasmBackend);
    for (const held of positions[1]) {
      for (const position of held) {
        expect(Math.abs(position / 0.1 - Math.round(position / 0.1))).toBeLessThan(1e-4);
        expect(Math.abs(position)).toBeLessThanOrEqual(3 + 1e-6);
      }
    }
  });

  test("are the same on the plain interpreter", async () => {
    const policy = bandPolicy();
    const smooth = { ...problem, instruments: [problem.instruments[0]] };
    const { theta } = startTraining(smooth, policy, { lastScale: 1 });
    const [fast, plain] = await Promise.all(
      [wasmBackend, referenceBackend].map((backend) =>
        hedgePaths(smooth, policy, theta, backend, { paths: 64 }),
      ),
    );
    fast.loss.forEach((loss, p) => expect(Math.abs(loss - plain.loss[p])).toBeLessThan(2e-3));
  });
});

describe("a question", () => {
  test("about the start is what the simulation does first", async () => {
    const policy = bandPolicy();
    const { theta } = startTraining(problem, policy, { lastScale: 1 });
    const paths = await hedgePaths(problem, policy, theta, wasmBackend);
    const answer = await policyAt(problem, policy, theta, wasmBackend, { years: 0, states: {} });
    expect(answer.positions.map(([position]) => position)).toEqual(
      paths.positions.map(([first]) => first[0]),
    );
    expect(answer.details.low0[0]).toBeLessThan(answer.details.high0[0]);
  });

  test("about prices gives Black's delta there", async () => {
    const answer = await policyAt(problem, deltaHedge, none, wasmBackend, {
      years: horizonYears * 0.75,
      states: { spot: [80, 100, 130], position0: [0, 1, 2] },
    });
    // the Asian is over; far out and in the money 0 and 2 units of spot are owed
    expect(answer.positions[0][0]).toBeLessThan(0.05);
    expect(answer.positions[0][2]).toBeGreaterThan(1.95);
    expect(answer.costs[0][1]).toBeCloseTo(5e-4 * 100 * Math.abs(answer.positions[0][1] - 1), 6);
  });

  test("refuses a state that is not there and names those that are", async () => {
    await expect(
      policyAt(problem, deltaHedge, none, wasmBackend, { years: 0, states: { vega: [1] } }),
    ).rejects.toThrow(`expected states among ${stateNames(problem, deltaHedge).join(", ")}`);
    await expect(
      policyAt(problem, deltaHedge, none, wasmBackend, { years: 1, states: {} }),
    ).rejects.toThrow("expected years in [0,");
  });
});

describe("a problem", () => {
  const call = vanilla({ type: "call", strike: 100, expiryYears: horizonYears });
  test.each<[string, Partial<HedgeProblem>, string]>([
    ["no instrument", { instruments: [] }, "at least one instrument"],
    ["a book beyond the horizon", { horizonYears: horizonYears / 2, tradingYears: [0] }, "book[0]"],
    ["no first trade", { tradingYears: [0.01] }, "tradingYears to begin with 0"],
    ["trades after the end", { tradingYears: [0, 2] }, "tradingYears[1]"],
    [
      "a quantity that is no number",
      { book: [{ payoff: call, quantity: Number.NaN }] },
      "book[0].quantity",
    ],
    [
      "limits that shut out the start",
      { instruments: [spotInstrument({ costs: [], limits: { low: 1, high: 2 } })] },
      "limits low <= 0 <= high",
    ],
    [
      "an option that the market does not price",
      { market: { ...problem.market, optionVol: undefined } as never },
      "withOptionPrices",
    ],
    [
      "a condition without an aversion",
      {
        condition: { aversion: [0, 1], costScale: [0, 1] },
      },
      "condition.aversion",
    ],
  ])("with %s is refused", async (_, change, message) => {
    const bad = { ...problem, ...change };
    await expect(evaluateHedge(bad, deltaHedge, none, wasmBackend)).rejects.toThrow(message);
  });
});

test("impact costs nothing without a trade, more than twice as much for twice the trade, and fades", async () => {
  const cost = impactCost({ alpha: 1.1, beta: 0.9, decayPerYear: 365, depth: 100 });
  const own = (dates: number, trade: number): HedgeProblem => ({
    ...problem,
    book: [],
    instruments: [spotInstrument({ costs: [cost], limits: { low: -trade, high: trade } })],
    tradingYears: tradingClock({ horizonYears, dates }),
  });
  const buy = (units: number) => ({
    name: "buy and hold",
    params: () => ({}),
    decide: () => ({ positions: [units] }),
  });
  const costOf = async (units: number) =>
    (await hedgePaths(own(4, 100), buy(units), none, referenceBackend)).costs[0][0];
  const [zero, one, two] = await Promise.all([0, 20, 40].map(costOf));
  expect(zero).toBe(0);
  // S depth ((1 + x)^α − 1 − x), x = 0.2
  expect(one).toBeCloseTo(100 * 100 * (1.2 ** 1.1 - 1.2), 1);
  expect(two).toBeGreaterThan(2 * one);
});
