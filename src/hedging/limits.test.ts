/** Limits: exact inside, never passed, and no place where learning stays. */
import { describe, expect, test } from "vitest";
import { referenceBackend } from "../backend/reference/index.ts";
import { wasmBackend } from "../backend/wasm/index.ts";
import {
  bandPolicy,
  blackScholesMarket,
  continueTraining,
  entropicRisk,
  evaluateHedge,
  firstTradeHead,
  type HedgeProblem,
  hedgePaths,
  type Limits,
  noHedge,
  proportionalCost,
  spotInstrument,
  startTraining,
  tradingClock,
  vanilla,
} from "./index.ts";
import { hedgeProgram } from "./program.ts";

const month = 30 / 365;

function call(limits: Limits, { cost = 0, dates = 30, a = 10, quantity = 1 } = {}): HedgeProblem {
  return {
    market: blackScholesMarket({ spot: 1, vol: 0.2 }),
    book: [{ payoff: vanilla({ type: "call", strike: 1, expiryYears: month }), quantity }],
    instruments: [spotInstrument({ costs: [proportionalCost(cost)], limits })],
    tradingYears: tradingClock({ horizonYears: month, dates }),
    horizonYears: month,
    risk: entropicRisk(a),
  };
}

/** A position that is one learned number. */
const constant = firstTradeHead(noHedge);

/** Positions at limits that never bind, and without them. */
async function both(limits: Limits, cost: number) {
  const policy = bandPolicy();
  const { theta } = startTraining(call({}), policy, { lastScale: 1 });
  const [free, kept] = await Promise.all(
    [{}, limits].map(async (own) => {
      const problem = call(own, { cost });
      const { positions } = await hedgePaths(problem, policy, theta, wasmBackend, { paths: 256 });
      return positions[0].map((held) => Array.from(held));
    }),
  );
  return { free, kept };
}

describe("a learned band between two limits", () => {
  test.each([
    ["about zero", { low: -2, high: 2 }],
    ["uneven", { low: -1.5, high: 2.5 }],
    ["one", { high: 3 }],
    ["of a trade", { low: -2, high: 2, trade: 3 }],
  ])("holds what it holds without them, to the bit: %s", async (_, limits) => {
    const { free, kept } = await both(limits, 1e-3);
    expect(kept).toEqual(free);
    // and it does trade, and does rest
    const moves = kept.slice(1).flatMap((held, i) => held.map((own, p) => own !== kept[i][p]));
    expect(moves.filter((moved) => moved).length).toBeGreaterThan(100);
    expect(moves.filter((moved) => !moved).length).toBeGreaterThan(100);
  });

  test("that wants no trade trades nothing", async () => {
    const problem = call({ low: -0.4, high: 1 }, { cost: 1e-2 });
    const policy = bandPolicy();
    const { theta } = startTraining(problem, policy, { lastScale: 0 });
    // the last biases are a band's: near, near, tilt, far, far, shift; the far ones e^{4 − 3} wide
    theta.fill(4, theta.length - 3, theta.length - 1);
    const found = await evaluateHedge(problem, policy, theta, wasmBackend, {
      paths: 1024,
      sets: 2,
    });
    expect(found.turnover).toBe(0);
    expect(found.cost).toBe(0);
  });
});

describe("beyond a limit", () => {
  const problem = call({ low: -1, high: 1 }, { dates: 1 });
  const at = async (position: number) => {
    const { positions } = await hedgePaths(
      problem,
      constant,
      Float64Array.of(position),
      wasmBackend,
    );
    return positions[0][0][0];
  };

  test("nothing is held, and at it what was wanted", async () => {
    expect(await at(40)).toBe(1);
    expect(await at(1)).toBe(1);
    expect(await at(-3)).toBe(-1);
    expect(await at(0.75)).toBe(0.75);
  });

  test.each([
    [3, 1 / 9],
    [-2, 1 / 4],
    [0.5, 1],
  ])("the derivative at %d is that of the limit, %d of it felt", async (position, share) => {
    const compiled = hedgeProgram(problem, constant, { centre: 0.02, detail: "loss" });
    const gradientAt = async (where: number) => {
      const runner = await referenceBackend.prepare(compiled.program, compiled.plan(64));
      const { increments } = runner.noise();
      increments.forEach((_, i) => {
        increments[i] = Math.sin(7 * i);
      });
      const { gradient } = runner.gradient(Float64Array.of(where), () => Float64Array.of(1));
      runner.free();
      return gradient[0];
    };
    const inside = await gradientAt(Math.max(-1, Math.min(1, position)));
    // at the very limit the lesser of two equal numbers may take the derivative
    expect(Math.abs(inside)).toBeGreaterThan(1e-4);
    expect(await gradientAt(position)).toBeCloseTo(share * inside, 5);
  });

  test.each([
    ["above both", { low: -1, high: 1 }, 4],
    ["below both", { low: -1, high: 1 }, -4],
    ["above the only one", { high: 0.9 }, 4],
    ["below the only one", { low: -0.2 }, -4],
    ["beyond the largest trade", { trade: 1 }, 5],
  ])("learning comes back to the best position: %s", async (_, limits, from) => {
    const limited = call(limits, { dates: 1 });
    const start = startTraining(limited, constant, { theta: Float64Array.of(from) });
    const trained = await continueTraining(limited, constant, wasmBackend, start, {
      iterations: 400,
      paths: 1024,
      learningRate: 0.05,
      evaluation: { paths: 1024, sets: 2 },
    });
    // the best one-date position at a = 10, known to five digits
    expect(Math.abs(trained.theta[0] - 0.52482)).toBeLessThan(0.02);
  });

  test("learning that wants more than the limit holds the limit", async () => {
    const limited = call({ low: -0.3, high: 0.3 }, { dates: 1 });
    const start = startTraining(limited, constant, { theta: Float64Array.of(-0.2) });
    const { theta } = await continueTraining(limited, constant, wasmBackend, start, {
      iterations: 200,
      paths: 1024,
      learningRate: 0.05,
      evaluation: { paths: 1024, sets: 2 },
    });
    const { positions } = await hedgePaths(limited, constant, theta, wasmBackend);
    expect(positions[0][0][0]).toBe(Math.fround(0.3));
  });
});
