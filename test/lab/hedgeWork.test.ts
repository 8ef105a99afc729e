/** What the hedge section computes and writes, without a browser. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pseudoRandomNoise } from "../../src/engine.ts";
import {
  deskProblem,
  entropicRisk,
  readHedgeConfig,
  solveOracle,
} from "../../src/hedging/index.ts";
import { configOf, type HedgeChoices } from "../../lab/src/sections/hedge/config.ts";
import {
  linesOf,
  linesText,
  presets,
  quantityError,
  strikeError,
} from "../../lab/src/sections/hedge/position.ts";
import { whatHappened, whyItPays } from "../../lab/src/sections/hedge/reasons.ts";
import { exactLosses } from "../../lab/src/work/jobs/hedge/exactPaths.ts";
import { measureHedge } from "../../lab/src/work/jobs/hedge/measure.ts";

const chosen: HedgeChoices = {
  lines: "call_-1_100",
  days: 30,
  every: 24,
  market: "constant",
  vol: 0.6,
  volOfVol: 1.5,
  skew: -0.4,
  instrument: "perpetual",
  funding: 0,
  option: false,
  optionStrike: 110,
  optionCost: 0.02,
  cost: 0.002,
  risk: "entropic",
  aversion: 30,
  level: 0.95,
  policy: "band",
  iterations: 300,
  seed: 1,
};
const read = (choices: HedgeChoices) => readHedgeConfig(JSON.stringify(configOf(choices)));

describe("the settings", () => {
  test("are a configuration that the library reads, whatever is chosen", () => {
    const any = fc.record({
      lines: fc.constantFrom(...presets.map(({ lines }) => lines)),
      days: fc.integer({ min: 5, max: 60 }),
      every: fc.constantFrom(8, 12, 24),
      market: fc.constantFrom("constant" as const, "moving" as const, "learned" as const),
      vol: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
      volOfVol: fc.double({ min: 0, max: 3, noNaN: true }),
      skew: fc.double({ min: -0.9, max: 0.9, noNaN: true }),
      instrument: fc.constantFrom("perpetual" as const, "spot" as const),
      funding: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      option: fc.boolean(),
      optionStrike: fc.integer({ min: 80, max: 130 }),
      optionCost: fc.double({ min: 0, max: 0.1, noNaN: true }),
      cost: fc.double({ min: 0, max: 0.02, noNaN: true }),
      risk: fc.constantFrom("entropic" as const, "cvar" as const),
      aversion: fc.double({ min: 1, max: 300, noNaN: true }),
      level: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
      policy: fc.constantFrom("band" as const, "network" as const),
      iterations: fc.integer({ min: 100, max: 1000 }),
      seed: fc.integer({ min: 1, max: 9999 }),
    });
    fc.assert(
      fc.property(any, (choices) => {
        const { problem } = deskProblem(read(choices));
        expect(problem.tradingYears.length).toBe((choices.days * 24) / choices.every);
        expect(problem.instruments.length).toBe(
          choices.option && choices.market === "constant" ? 2 : 1,
        );
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  test("have an exact optimum for a call in constant volatility, and say why not elsewhere", () => {
    const oracleOf = (part: Partial<HedgeChoices>) =>
      deskProblem(read({ ...chosen, ...part })).oracle;
    expect(oracleOf({})).toMatchObject({ scale: 1, problem: { unwindCost: 0.002, dates: 30 } });
    expect(oracleOf({ funding: 0.1 })).toEqual({ reason: "the perpetual pays funding" });
    expect(oracleOf({ option: true })).toEqual({ reason: "there is more than one instrument" });
    expect(oracleOf({ market: "moving" })).toEqual({ reason: "the market is heston" });
  });
});

describe("the position in an address", () => {
  test("comes back as it was written", () => {
    const line = fc.record({
      type: fc.constantFrom("call" as const, "put" as const, "straddle" as const),
      quantity: fc
        .integer({ min: -4000, max: 4000 })
        .filter((q) => q !== 0)
        .map((q) => q / 40),
      strike: fc.integer({ min: 200, max: 5000 }).map((k) => k / 10),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        expect(linesOf(linesText(lines))).toEqual(lines);
      }),
      { seed: 3 },
    );
    for (const { lines } of presets) expect(linesText(linesOf(lines) ?? [])).toBe(lines);
  });

  test.each([
    "",
    "call",
    "call_1",
    "call_0_100",
    "call_-1_5",
    "swap_1_100",
    "call_x_100",
    "call_1_100_3",
  ])("is refused when it says %j", (text) => expect(linesOf(text)).toBeNull());

  test("says what is wrong with a number", () => {
    expect(quantityError(0)).toMatch(/other than 0/);
    expect(quantityError(-0.5)).toBeNull();
    expect(strikeError(5)).toMatch(/20 to 500/);
    expect(strikeError(Number.NaN)).toMatch(/20 to 500/);
  });
});

test("the exact hedge on simulated prices has the risk that the dynamic program says", () => {
  const problem = {
    spot: 100,
    strike: 100,
    type: "call",
    vol: 0.6,
    yearsToExpiry: 10 / 365,
    dates: 10,
    proportionalCost: 0.005,
    riskAversion: 0.3,
    unwindCost: 0.005,
  } as const;
  const oracle = solveOracle(problem, { stepsPerDeviation: 4, positionStep: 0.01 });
  const paths = 16_384;
  const { increments } = pseudoRandomNoise({
    steps: 10,
    factors: 1,
    initialNormals: 0,
    paths,
    seed: 4,
  });
  const step = problem.vol * Math.sqrt(1 / 365);
  const spots = [new Float64Array(paths).fill(100)];
  for (let date = 0; date < 10; date++) {
    spots.push(
      spots[date].map(
        (spot, path) => spot * Math.exp(step * increments[date * paths + path] - 0.5 * step * step),
      ),
    );
  }
  const { losses, costs } = exactLosses(problem, oracle, spots);
  const { value, standardError } = entropicRisk(problem.riskAversion).ofSample(losses);
  expect(standardError).toBeLessThan(0.005 * oracle.price);
  expect(Math.abs(value - oracle.price)).toBeLessThan(4 * standardError);
  expect(Math.min(...costs)).toBeGreaterThan(0);
});

test("no rule is better than the exact one on the same futures, and shares add up to all of them", async () => {
  const context = {
    report: () => undefined as never,
    onCommand: () => undefined,
    signal: new AbortController().signal,
  };
  const choices = { ...chosen, days: 10 };
  const config = configOf(choices);
  const { startTraining } = await import("../../src/hedging/index.ts");
  const { problem, policy } = deskProblem(read(choices));
  const { theta } = startTraining(problem, policy, { seed: 1 });
  const input = { task: { config, model: null }, theta, threads: 1 };
  const { policies, gap } = await measureHedge(input, context as never);
  expect(policies.map(({ kind }) => kind).slice(0, 2)).toEqual(["learned", "exact"]);
  for (const { shares, risk, standardError } of policies) {
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(risk).toBeGreaterThan(policies[1].risk - 4 * standardError);
  }
  expect(gap?.value).toBeGreaterThan(-4 * (gap?.standardError ?? 0));
});

describe("the reason of a trade", () => {
  const trade = { price: 100, held: 0.4, position: 0.47, delta: 0.55, cost: 0.014 };
  const band = { low: 0.47, high: 0.6 };

  test("says where the position lay and how far it goes", () => {
    expect(whatHappened({ ...trade, band }, 3)).toMatch(
      /held 0\.400, below the band from 0\.470 to 0\.600: it buys 0\.070 to reach the lower edge/,
    );
    expect(whatHappened({ ...trade, held: 0.5, position: 0.5, band }, 3)).toMatch(
      /inside the band .* does nothing.* Delta says 0\.550/,
    );
    expect(whatHappened({ ...trade, band: null }, 0)).toMatch(/Nothing is held yet.*wants 0\.470/);
    expect(whatHappened({ ...trade, band, delta: null }, 3)).not.toMatch(/Delta/);
  });

  test("says so when the gain is smaller than its noise", () => {
    const worth = (value: number) =>
      whyItPays(
        {
          instruments: [],
          rules: [],
          worth: {
            riskWithout: { value: 8, standardError: 0.1 },
            riskWith: { value: 8 - value, standardError: 0.1 },
            saved: { value, standardError: 0.01 },
            cost: 0.014,
            marginal: {
              instrument: "spot",
              step: 0.1,
              saved: { value: 0.2, standardError: 0.01 },
              cost: 0.2,
            },
          },
        },
        { days: 1, spot: 100, state: {}, trades: [{ ...trade, band }] },
      );
    expect(worth(0.3)).toMatch(/falls by 0\.30 \(± 0\.02\)/);
    expect(worth(0.003)).toMatch(/less than can be told/);
  });
});
