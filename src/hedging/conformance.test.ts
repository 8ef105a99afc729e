/** Axioms of risk measures and costs, each on every entry of a list; and what a market's drift is worth. */
import { describe, expect, test } from "vitest";
import { referenceBackend } from "../backend/reference/index.ts";
import { wasmBackend } from "../backend/wasm/index.ts";
import { abs, add, defineProgram, type Expr } from "../ir/index.ts";
import { philoxNormals } from "../random/normals.ts";
import {
  bandPolicy,
  blackScholesMarket,
  type Cost,
  deribitOptionTick,
  cvarRisk,
  deribitFees,
  entropicRisk,
  feesAt,
  halfSpread,
  type HedgeProblem,
  impactCost,
  indifferencePrice,
  meanVarianceRisk,
  monotoneMeanVarianceRisk,
  networkPolicy,
  optionFee,
  proportionalCost,
  removeDrift,
  type Risk,
  spotInstrument,
  statisticalArbitrage,
  tradingClock,
  vanilla,
  varianceRisk,
  venueFutureFee,
  venueOptionFee,
} from "./index.ts";

const risks: readonly Risk[] = [
  entropicRisk(0.7),
  cvarRisk(0.9),
  cvarRisk(0.5),
  meanVarianceRisk(0.4),
  varianceRisk(),
  monotoneMeanVarianceRisk(0.6),
];

const count = 2000;
const losses = philoxNormals(3, 1, count).map((z) => z + 0.3 * z * z);
const others = philoxNormals(4, 1, count).map((z) => 0.5 * z - 0.2);
const of = (risk: Risk, sample: Float64Array, weights?: Float32Array) =>
  risk.ofSample(sample, weights).value;

describe.each(risks.map((risk) => [risk.name, risk] as const))("%s", (_, risk) => {
  test("is convex", () => {
    for (const share of [0.25, 0.5, 0.8]) {
      const mixed = losses.map((loss, i) => share * loss + (1 - share) * others[i]);
      const bound = share * of(risk, losses) + (1 - share) * of(risk, others);
      expect(of(risk, mixed)).toBeLessThanOrEqual(bound + 1e-9);
    }
  });

  test("counts cash as it declares", () => {
    const shifted = losses.map((loss) => loss + 2);
    expect(of(risk, shifted)).toBeCloseTo(of(risk, losses) + (risk.isCashInvariant ? 2 : 0), 8);
  });

  test("is monotone where it declares to be", () => {
    const worse = losses.map((loss, i) => loss + Math.abs(others[i]));
    if (risk.isMonotone) expect(of(risk, worse)).toBeGreaterThanOrEqual(of(risk, losses));
    // a measure that is not prefers a sure loss of nothing to a large gain now and then
    const gains = losses.map((_, i) => (i === 0 ? -1e4 : 0));
    const nothing = new Float64Array(count);
    if (risk.isMonotone) expect(of(risk, gains)).toBeLessThanOrEqual(of(risk, nothing) + 1e-9);
    else expect(of(risk, gains)).toBeGreaterThan(of(risk, nothing));
  });

  test("does not care about the order of the paths", () => {
    expect(of(risk, losses.slice().reverse())).toBeCloseTo(of(risk, losses), 10);
  });

  test("takes a weight of 2 as the path twice", () => {
    const weights = Float32Array.from(losses, (_, i) => (i % 2 === 0 ? 2 : 0));
    const even = losses.filter((_, i) => i % 2 === 0);
    expect(of(risk, losses, weights)).toBeCloseTo(of(risk, even), 8);
  });

  test("is what its rows say, at the best threshold, with the right slopes", async () => {
    const thresholds = risk.thresholds.length;
    const program = defineProgram({
      name: risk.name,
      params: {},
      factors: 0,
      initialNormals: 2,
      rowTables: risk.rows.map((_, i) => `row${i}`),
      init: ({ z }) => ({ loss: z[0], y: z[1] }),
      step: ({ s }) => s,
      observe: ({ s }) => ({
        ...Object.fromEntries(
          risk.rows.map((row, i) => [`v${i}`, row(s.loss, { threshold: s.y }, risk.aversion)]),
        ),
        zero: 0,
      }),
    });
    const paths = 64 * Math.floor(count / 64);
    const runner = await referenceBackend.prepare(program, {
      steps: 1,
      stepTables: [],
      dates: [1],
      rowDate: [],
      rowTables: risk.rows.map(() => []),
      paths,
    });
    const sample = losses.slice(0, paths);
    const meansAt = (y: number, shift: number): Float64Array => {
      const initial = new Float32Array(2 * paths).fill(y, paths);
      sample.forEach((loss, p) => {
        initial[p] = loss + shift;
      });
      runner.setNoise({ increments: new Float32Array(0), initial });
      const seen = runner.observations(new Float64Array(0));
      return Float64Array.from(risk.rows, (_, i) => {
        let sum = 0;
        for (let p = 0; p < paths; p++) sum += seen[i * paths + p];
        return sum / paths;
      });
    };
    const ys = thresholds === 0 ? [0] : Array.from({ length: 121 }, (_, i) => -3 + i * 0.05);
    const values = ys.map((y) => risk.value(meansAt(y, 0), risk.aversion));
    expect(Math.min(...values)).toBeCloseTo(of(risk, sample), 2);
    const means = meansAt(0.5, 0);
    const slopes = risk.slopes(means, risk.aversion);
    means.forEach((mean, i) => {
      const h = 1e-6 * Math.max(1, Math.abs(mean));
      const moved = (by: number) =>
        risk.value(
          means.map((m, k) => (k === i ? m + by : m)),
          risk.aversion,
        );
      expect(slopes[i]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 5);
    });
  });
});

const now = feesAt(deribitFees, Date.UTC(2026, 0, 5));
const costs: readonly Cost[] = [
  proportionalCost(1e-3),
  halfSpread({ shareOfPrice: 0.02, shareOfSpot: 1e-4 }),
  halfSpread({ shareOfPrice: 0.017, tick: deribitOptionTick }),
  venueFutureFee(now),
  venueOptionFee(now),
  impactCost({ alpha: 1.2, beta: 0.8, decayPerYear: 100, depth: 10 }),
];

/** Charges of trades, and the cost of a small one. */
async function charged(cost: Cost, trades: readonly number[], price: number, spot: number) {
  const memory = Object.fromEntries(
    Object.keys(cost.memory?.init ?? {}).map((name) => [name, add(0, 0) as Expr]),
  );
  const program = defineProgram({
    name: cost.name,
    params: {},
    factors: 0,
    initialNormals: 3,
    init: ({ z }) => ({ signed: z[0], price: z[1], spot: z[2], charge: 0, small: 0 }),
    step: ({ s }) => {
      const { signed, price: p, spot: sp } = s;
      const units = abs(signed);
      return {
        ...s,
        charge: cost.charge({ signed, units, price: p, spot: sp, memory }),
        small: cost.perUnit(p, sp),
      };
    },
    observe: ({ s }) => ({ charge: s.charge, small: s.small }),
  });
  const runner = await referenceBackend.prepare(program, {
    steps: 1,
    stepTables: [],
    dates: [1],
    rowDate: [],
    rowTables: [],
    paths: 64,
  });
  const initial = new Float32Array(3 * 64).fill(price, 64, 128).fill(spot, 128);
  initial.set(trades);
  runner.setNoise({ increments: new Float32Array(0), initial });
  const seen = runner.observations(new Float64Array(0));
  return { charges: trades.map((_, i) => seen[i]), small: seen[64] };
}

describe.each(costs.map((cost) => [cost.name, cost] as const))("%s", (_, cost) => {
  const trades = [0, 0.5, 1, 2, 4, -0.5, -1, -2, -4];

  test("is 0 without a trade and never below", async () => {
    const { charges } = await charged(cost, trades, 3000, 60_000);
    expect(charges[0]).toBe(0);
    for (const charge of charges.slice(1)) expect(charge).toBeGreaterThan(0);
  });

  test("grows with the trade as it declares", async () => {
    const { charges } = await charged(cost, trades, 3000, 60_000);
    for (const [small, large] of [
      [1, 2],
      [2, 3],
      [3, 4],
      [5, 6],
      [6, 7],
    ]) {
      const ratio = charges[large] / charges[small];
      if (cost.shape === "linear") expect(ratio).toBeCloseTo(2, 6);
      if (cost.shape === "convex") expect(ratio).toBeGreaterThan(2);
      if (cost.shape === "concave") expect(ratio).toBeLessThan(2);
    }
  });

  test("says what a small trade costs", async () => {
    const h = 2 ** -9;
    const { charges, small } = await charged(cost, [h, -h], 3000, 60_000);
    expect((charges[0] + charges[1]) / (2 * h) / small).toBeCloseTo(1, 2);
  });
});

describe("a half-spread on ticks", () => {
  /** Of one unit bought and of one sold, in coin. */
  const onTicks = async (coin: number, shareOfSpot: number) => {
    const cost = halfSpread({ shareOfSpot, tick: deribitOptionTick });
    const { charges } = await charged(cost, [1, -1], 60_000 * coin, 60_000);
    return charges.map((charge) => charge / 60_000);
  };
  test.each([
    // on a tick both ways; between two; where steps change; worth less than a tick
    [0.03, 0, 0, 0],
    [0.03, 0.0005, 0.0005, 0.0005],
    [0.0302, 0, 0.0003, 0.0002],
    [0.0302, 0.0004, 0.0008, 0.0007],
    [0.0032, 0.00005, 0.0001, 0.0001],
    [0.0049, 0.0003, 0.0006, 0.0003],
    [0.00004, 0, 0.00006, 0.00004],
  ])("of a price of %d coin, %d wide: %d to buy, %d to sell", async (coin, half, buy, sell) => {
    const [bought, sold] = await onTicks(coin, half);
    expect(bought).toBeCloseTo(buy, 7);
    expect(sold).toBeCloseTo(sell, 7);
  });

  test("takes ticks in currency as well, and refuses one that is no step", async () => {
    const cost = halfSpread({ tick: { unit: "currency", size: 0.5 } });
    const { charges } = await charged(cost, [2, -2], 66_319.75, 66_319.75);
    expect(charges[0]).toBeCloseTo(0.5, 3);
    expect(charges[1]).toBeCloseTo(0.5, 3);
    expect(() => halfSpread({ tick: { unit: "coin", size: 0 } })).toThrow("expected tick.size > 0");
  });
});

test("Deribit's option fee as a cost is the fee in coin times the index, with its cap", async () => {
  const { charges } = await charged(venueOptionFee(now), [2], 6, 60_000);
  expect(charges[0]).toBeCloseTo(60_000 * optionFee(now, 6 / 60_000, 2), 6);
  const { charges: dear } = await charged(venueOptionFee(now), [2], 600, 60_000);
  expect(dear[0]).toBeCloseTo(2 * 0.0003 * 60_000, 6);
});

describe("the drift of a market", () => {
  const horizonYears = 10 / 365;
  const problem: HedgeProblem = {
    market: blackScholesMarket({ spot: 1, vol: 0.5, drift: 3 }),
    book: [
      { payoff: vanilla({ type: "call", strike: 1, expiryYears: horizonYears }), quantity: 1 },
    ],
    instruments: [spotInstrument({ costs: [], limits: { low: -20, high: 20 } })],
    tradingYears: tradingClock({ horizonYears, dates: 5 }),
    horizonYears,
    risk: entropicRisk(2),
  };
  const quick = {
    iterations: 120,
    paths: 1024,
    validationPaths: 1024,
    evaluation: { paths: 8192, sets: 4 },
  };

  test("is worth μ²T/(2aσ²) to who may trade it, and nothing under the weights that remove it", async () => {
    const policy = networkPolicy({ hidden: [6] });
    const { before, after, market } = await removeDrift(problem, policy, wasmBackend, quick);
    // Merton: the best exponential utility in continuous time; five dates reach it nearly
    const exact = (3 * 3 * horizonYears) / (2 * 2 * 0.5 * 0.5);
    expect(before.isArbitrage).toBe(true);
    expect(before.gain).toBeGreaterThan(0.93 * exact);
    expect(before.gain).toBeLessThan(1.02 * exact + 4 * before.standardError);
    expect(after.gain).toBeLessThan(0.03 * exact);
    expect(market.noise).toBeDefined();
  });

  test("is not found where there is none", async () => {
    const calm = { ...problem, market: blackScholesMarket({ spot: 1, vol: 0.5 }) };
    const found = await statisticalArbitrage(calm, bandPolicy(), wasmBackend, {
      ...quick,
      iterations: 30,
    });
    expect(found.gain).toBeLessThan(4 * found.standardError + 1e-9);
  });

  test("is no part of an indifference price: Black's with the drift removed, whatever the drift", async () => {
    const { ask, bid, nothing, askError } = await indifferencePrice(
      problem,
      networkPolicy({ hidden: [8] }),
      wasmBackend,
      { ...quick, iterations: 200, bothSides: true },
    );
    // 0.4 σ √T to first order; hedging five times leaves a little risk on either side
    const black = 0.4 * 0.5 * Math.sqrt(horizonYears);
    expect(nothing).toBeLessThan(-0.1);
    expect(Math.abs(ask / black - 1)).toBeLessThan(0.04 + (4 * askError) / black);
    expect(Math.abs((bid ?? 0) / black - 1)).toBeLessThan(0.04 + (4 * askError) / black);
  });
});
