/** Explanations of hedges, against the oracle, closed forms and the program that simulates. */
import { beforeAll, describe, expect, test } from "vitest";
import { wasmBackend } from "../../backend/wasm/index.ts";
import { blackPrice } from "../../formulas/index.ts";
import { normCdf } from "../../num/normal.ts";
import {
  bandPolicy,
  blackScholesMarket,
  deltaHedge,
  entropicRisk,
  evaluateHedge,
  explainPolicy,
  type HedgeProblem,
  hestonMarket,
  networkPolicy,
  noHedge,
  perpetual,
  listedOption,
  policyAt,
  policyMaps,
  proportionalCost,
  quotedPolicy,
  solveOracle,
  spotInstrument,
  startTraining,
  stateAtVol,
  type Terms,
  tradingClock,
  trainHedge,
  vanilla,
  whalleyWilmottHedge,
} from "../index.ts";
import { noTradeInterval } from "./band.ts";
import { continuations } from "./tradeValue.ts";

const horizonYears = 30 / 365;
const cost = 1e-3;

/** A short one-month call, hedged daily. */
function month(aversion: number, terms: Partial<Terms> = {}): HedgeProblem {
  return {
    market: blackScholesMarket({ spot: 1, vol: 0.2 }),
    book: [
      { payoff: vanilla({ type: "call", strike: 1, expiryYears: horizonYears }), quantity: 1 },
    ],
    instruments: [spotInstrument({ costs: [proportionalCost(cost)], ...terms })],
    tradingYears: tradingClock({ horizonYears, dates: 30 }),
    horizonYears,
    risk: entropicRisk(aversion),
  };
}

const none = new Float64Array(0);
const quick = { paths: 2048, sets: 8, threads: 2 };
const middle = { years: horizonYears / 2, values: { spot: 1.01 } };

describe("an explanation", () => {
  const problem = month(100);
  const policy = bandPolicy();
  let theta: Float64Array = none;
  beforeAll(async () => {
    const options = { iterations: 100, paths: 1024, threads: 2, evaluation: quick };
    ({ theta } = await trainHedge(problem, policy, wasmBackend, options));
  });
  const explain = (held: number, state = { years: 0, values: {} }) =>
    explainPolicy(problem, policy, theta, wasmBackend, { ...state, held: [held] }, quick);

  test("agrees with the oracle: the band, and that its edge is where a unit saves what it costs", async () => {
    const { band } = solveOracle(
      {
        spot: 1,
        strike: 1,
        type: "call",
        vol: 0.2,
        yearsToExpiry: horizonYears,
        dates: 30,
        proportionalCost: cost,
        riskAversion: 100,
      },
      { stepsPerDeviation: 4, positionStep: 0.005 },
    );
    const { low, high } = band(0, 1);
    const found = await explain(0);
    const [spot] = found.instruments;
    expect(Math.abs(spot.band.low - low)).toBeLessThan(0.03);
    expect(Math.abs(spot.band.high - high)).toBeLessThan(0.03);
    expect(spot.position).toBe(spot.band.low);
    expect(spot.cost).toBeCloseTo(cost * spot.position, 8);
    // the oracle's own edge, tried on the same paths
    const tried = [low - 0.02, low + 0.02].map((position) => [position]);
    const from = { years: 0, values: {}, held: [0] };
    const [below, above] = await continuations(
      problem,
      policy,
      theta,
      wasmBackend,
      from,
      tried,
      quick,
    );
    const slopes = below.bySet.map((risk, set) => (risk - above.bySet[set] + 0.04 * cost) / 0.04);
    const saved = slopes.reduce((a, b) => a + b, 0) / slopes.length;
    expect(Math.abs(saved - cost)).toBeLessThan(0.25 * cost);
    const { marginal } = found.worth;
    expect(Math.abs(marginal.saved.value - marginal.cost)).toBeLessThan(
      0.2 * cost + 4 * marginal.saved.standardError,
    );
  });

  test("a trade from outside saves risk, one from inside is not made", async () => {
    const outside = await explain(0.1, middle);
    expect(outside.instruments[0].trade).toBeGreaterThan(0.3);
    expect(outside.worth.saved.value).toBeGreaterThan(4 * outside.worth.saved.standardError);
    const inside = await explain(0.6, middle);
    expect(inside.instruments[0].trade).toBe(0);
    expect(inside.worth.saved.value).toBe(0);
    expect(inside.worth.marginal.saved.value).toBeLessThan(inside.worth.marginal.cost);
  });

  test("names what Black and Whalley-Wilmott would do", async () => {
    const { rules, book, yearsLeft, vol } = await explain(0.1, middle);
    const s = 0.2 * Math.sqrt(horizonYears / 2);
    const delta = normCdf(Math.log(1.01) / s + s / 2);
    expect(yearsLeft).toBeCloseTo(horizonYears / 2, 12);
    expect(vol).toBeCloseTo(0.2, 6);
    expect(book.delta).toBeCloseTo(delta, 5);
    expect(rules.map(({ name }) => name)).toEqual(["delta", "Whalley-Wilmott"]);
    expect(rules[0].positions[0]).toBeCloseTo(delta, 5);
    const width = Math.cbrt((1.5 * cost * 1.01 * book.gamma ** 2) / 100);
    expect(rules[1].positions[0]).toBeCloseTo(delta - width, 4);
  });

  test("going on with the proposed trade from the start has the risk that the policy has", async () => {
    const found = await explain(0);
    const whole = await evaluateHedge(problem, policy, theta, wasmBackend, quick);
    const { value, standardError } = found.worth.riskWith;
    const error = Math.hypot(standardError, whole.standardError);
    expect(Math.abs(value - whole.risk)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(5e-5);
  });

  test("is the same every time", async () => {
    expect(await explain(0.3, middle)).toEqual(await explain(0.3, middle));
  });

  test("wants a position for every instrument", async () => {
    const state = { years: 0, values: {}, held: [0, 0] };
    const asked = explainPolicy(problem, policy, theta, wasmBackend, state, quick);
    await expect(asked).rejects.toThrow("expected a position for each of spot, got 2");
  });
});

test("from the middle, without a hedge and hardly averse, the risk is Black's price of the time left", async () => {
  const problem = month(1e-3);
  const [found] = await continuations(
    problem,
    noHedge,
    none,
    wasmBackend,
    { ...middle, held: [0] },
    [[0]],
    quick,
  );
  const left = { forward: 1.01, strike: 1, yearsToExpiry: horizonYears / 2, vol: 0.2 };
  const { value, standardError } = found.risk;
  expect(standardError).toBeLessThan(2e-5);
  expect(Math.abs(value - blackPrice("call", left))).toBeLessThan(4 * standardError + 1e-6);
});

test("a rule that names no band is scanned: Whalley and Wilmott's is found to a thousandth", async () => {
  const problem = month(100);
  const state = { ...middle, held: [0.2] };
  const found = await noTradeInterval(
    problem,
    whalleyWilmottHedge,
    none,
    wasmBackend,
    state,
    0,
    [-1, 2],
  );
  const s = 0.2 * Math.sqrt(horizonYears / 2);
  const d1 = Math.log(1.01) / s + s / 2;
  const gamma = Math.exp(-d1 * d1 * 0.5) / (Math.sqrt(2 * Math.PI) * 1.01 * s);
  const width = Math.cbrt((1.5 * cost * 1.01 * gamma * gamma) / 100);
  expect(found.from).toBe("scan");
  expect(Math.abs(found.low - (normCdf(d1) - width))).toBeLessThan(1e-3);
  expect(Math.abs(found.high - (normCdf(d1) + width))).toBeLessThan(1e-3);
  // Black's delta always trades: its interval is the point that it goes to
  const always = await noTradeInterval(problem, deltaHedge, none, wasmBackend, state, 0, [-1, 2]);
  expect(always.high - always.low).toBeLessThan(1e-3);
  expect(Math.abs(always.low - normCdf(d1))).toBeLessThan(1e-3);
});

test.each([
  ["upper limit", { limits: { low: 0, high: 0.3 } }],
  ["lower limit", { limits: { low: -0.3, high: 1 } }],
  ["trade cap", { limits: { trade: 0.1 } }],
  ["lot", { lot: 0.1 }],
  ["none", {}],
] as const)("says what binds: %s", async (binding, terms) => {
  const state = { ...middle, held: [0.35] };
  const sold = month(100, terms);
  // a bought call is hedged by selling
  const bought = { ...sold, book: sold.book.map((line) => ({ ...line, quantity: -1 })) };
  const { instruments } = await explainPolicy(
    binding === "lower limit" ? bought : sold,
    deltaHedge,
    none,
    wasmBackend,
    state,
    { paths: 64, sets: 2 },
  );
  expect(instruments[0].binding).toBe(binding);
});

describe("a policy as quoted", () => {
  const params = { v0: 0.2, kappa: 5, theta: 0.25, nu: 1.5, rho: -0.3 };
  const problem: HedgeProblem = {
    ...month(30),
    market: hestonMarket({ spot: 1, params }),
    instruments: [perpetual({ costs: [proportionalCost(cost)] })],
  };
  const meanVol = (v: number, left: number): number => {
    const share = -Math.expm1(-params.kappa * left) / (params.kappa * left);
    return Math.sqrt(params.theta + (v - params.theta) * share);
  };

  test.each([
    ["band", bandPolicy()],
    ["network", networkPolicy()],
  ] as const)("answers what the program of the training answers: %s", async (_, policy) => {
    const { theta } = startTraining(problem, policy, { seed: 5, lastScale: 1 });
    const asked = await quotedPolicy(problem, policy, theta, wasmBackend);
    const spots = [0.9, 0.98, 1, 1.03, 1.2];
    const held = [0, 0.3, -0.2, 0.7, 1.4];
    for (const years of [0, problem.tradingYears[7]]) {
      const answers = asked.ask(
        spots.map((spot, i) => ({
          years,
          isFirst: years === 0,
          spot,
          vol: meanVol(0.22, horizonYears - years),
          positions: [held[i]],
          market: { v: 0.22 },
        })),
      );
      const known = await policyAt(problem, policy, theta, wasmBackend, {
        years,
        states: { spot: spots, position0: held, v: spots.map(() => 0.22) },
      });
      answers.forEach(([position], i) =>
        expect(Math.abs(position - known.positions[0][i])).toBeLessThan(2e-6),
      );
    }
    asked.free();
  });

  test("answers with the option that is quoted, where it is the one that was trained with as the training does", async () => {
    const expiryYears = 45 / 365;
    const own: HedgeProblem = {
      ...month(30),
      instruments: [
        spotInstrument({ costs: [proportionalCost(cost)] }),
        listedOption({
          type: "call",
          strike: 1.05,
          expiryYears,
          costs: [proportionalCost(0.01)],
          lot: 0.1,
        }),
      ],
    };
    const policy = bandPolicy();
    const { theta } = startTraining(own, policy, { seed: 5, lastScale: 1 });
    const asked = await quotedPolicy(own, policy, theta, wasmBackend);
    const years = own.tradingYears[7];
    const spots = [0.95, 1, 1.06];
    const held = [0.2, -0.4, 1.1];
    const states = spots.map((spot, i) => ({
      years,
      isFirst: false,
      spot,
      vol: 0.2,
      positions: [held[i], -held[i]],
      market: {},
      options: [{ strike: 1.05, yearsLeft: expiryYears - years, vol: 0.2 }],
    }));
    const known = await policyAt(own, policy, theta, wasmBackend, {
      years,
      states: { spot: spots, position0: held, position1: held.map((units) => -units) },
    });
    asked
      .ask(states)
      .forEach((answer, i) =>
        answer.forEach((position, j) =>
          expect(Math.abs(position - known.positions[j][i])).toBeLessThan(1e-5),
        ),
      );
    // and a dearer option is another answer
    const dearer = states.map((state) => ({
      ...state,
      options: [{ ...state.options[0], vol: 0.6 }],
    }));
    expect(asked.ask(dearer)).not.toEqual(asked.ask(states));
    asked.free();
  });

  test("the state of a volatility is found, and one that cannot be is refused with the range", async () => {
    const policy = bandPolicy();
    const { theta } = startTraining(problem, policy, { seed: 5, lastScale: 1 });
    const at = { years: horizonYears / 3, values: { spot: 1.1 } };
    const found = await stateAtVol(problem, policy, theta, wasmBackend, at, 0.7);
    expect(found.spot).toBe(1.1);
    expect(meanVol(found.v, (2 * horizonYears) / 3)).toBeCloseTo(0.7, 4);
    await expect(stateAtVol(problem, policy, theta, wasmBackend, at, 9)).rejects.toThrow(
      /expected a volatility that Heston can have now, from 0\.\d+ to \d\.\d+, got 9/,
    );
    await expect(stateAtVol(month(30), policy, theta, wasmBackend, at, 0.3)).rejects.toThrow(
      "expected a market with a state of its volatility",
    );
  });

  test("maps of Black's delta are the normal distribution, over time and volatility", async () => {
    const maps = await policyMaps(
      month(100),
      deltaHedge,
      none,
      wasmBackend,
      { years: 0, values: {}, held: [0.4] },
      { points: 7 },
    );
    expect(maps.map(({ y }) => y.name)).toEqual(["days left", "previous position", "volatility"]);
    const delta = (spot: number, s: number) => normCdf(Math.log(spot) / s + s / 2);
    for (const { y, x, positions } of maps) {
      y.values.forEach((value, row) =>
        x.values.forEach((spot, column) => {
          const years = y.name === "days left" ? value / 365 : horizonYears;
          const vol = y.name === "volatility" ? value : 0.2;
          const known = delta(spot, vol * Math.sqrt(years));
          expect(Math.abs(positions[row][column] - known)).toBeLessThan(1e-5);
        }),
      );
    }
  });
});
