/** What the lesson computes: each demonstration against a closed form, the engine or the exact optimum. */
import { describe, expect, test } from "vitest";
import { forwardDelta } from "../../src/formulas/index.ts";
import { referenceBackend, wasmBackend } from "../../src/engine.ts";
import { bandLesson, hedgeVol } from "../../lab/src/sections/lesson/work/bands.ts";
import {
  curvePoints,
  descend,
  knobsOf,
  missOf,
  networkAt,
  randomKnobs,
  thetaOf,
} from "../../lab/src/sections/lesson/work/knobs.ts";
import { halfSpread, lessonQuotes } from "../../lab/src/sections/lesson/work/market.ts";
import { complaintsOf, honestQuotes } from "../../lab/src/sections/lesson/work/quotes.ts";
import {
  drawPaths,
  learnedVol,
  tinyRunner,
  tinySurface,
  trainTiny,
  untrained,
} from "../../lab/src/sections/lesson/work/tinySde.ts";
import { walk } from "../../lab/src/sections/lesson/work/walks.ts";

const moments = (values: Float32Array) => {
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
  return { mean, variance, error: Math.sqrt(variance / n) };
};

describe("walks", () => {
  test("coin tosses scaled by √Δt have mean 0 and variance 1 within four standard errors", async () => {
    const request = { kind: "coin", steps: 64, years: 1, drift: 0, vol: 1, seed: 4 } as const;
    const { ends, paths } = await walk({ ...request, shown: 2 }, wasmBackend);
    const { mean, variance, error } = moments(ends);
    expect(Math.abs(mean)).toBeLessThan(4 * error);
    // the fourth moment of a scaled binomial is 3 − 2/n
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / ends.length));
    expect(paths).toHaveLength(2);
    for (let i = 1; i <= 64; i++) {
      expect(Math.abs(paths[0][i] - paths[0][i - 1])).toBeCloseTo(1 / 8, 6);
    }
  });

  test("a price has the mean that its drift says, whatever the volatility", async () => {
    const request = { kind: "price", steps: 52, years: 1, drift: 0.1, seed: 9, shown: 1 } as const;
    for (const vol of [0.2, 0.8]) {
      const { mean, error } = moments((await walk({ ...request, vol }, wasmBackend)).ends);
      expect(error).toBeLessThan(2);
      expect(Math.abs(mean - 100 * Math.exp(0.1))).toBeLessThan(4 * error);
    }
  });
});

describe("ten knobs", () => {
  const curve = (u: number) => 0.5 * u * u - 0.3 * u;
  const heights = curvePoints.map(curve);

  test("the picture's network is the engine's", async () => {
    const theta = thetaOf(randomKnobs(5));
    expect(thetaOf(knobsOf(theta))).toEqual(theta);
    const { miss } = await descend({ heights, theta, iterations: 1 }, referenceBackend);
    expect(miss).toBeCloseTo(missOf(knobsOf(theta), curve), 6);
    expect(networkAt({ slopes: [0], places: [0], heights: [9], level: 2 }, 1)).toBe(2);
  });

  test("gradient descent finds a curve that they can make", async () => {
    const theta = thetaOf(randomKnobs(5));
    const { miss } = await descend({ heights, theta, iterations: 400 }, wasmBackend);
    expect(miss).toBeLessThan(0.1 * missOf(knobsOf(theta), curve));
  });
});

describe("the tiny neural SDE", () => {
  test("its picture of σ is the volatility that the engine steps with", async () => {
    const theta = untrained(3);
    const paths = 8192;
    // one step of the grid from x = 0 at t = 0: ln S has the deviation σ(100, 0) √Δ
    const runner = await tinyRunner([{ years: 1.5 / 365, strike: 100 }], paths, wasmBackend);
    drawPaths(runner, 2);
    const logs = Float32Array.from(runner.observations(theta), Math.log);
    runner.free();
    const { variance } = moments(logs);
    const vol = Math.sqrt(variance / (1.5 / 365));
    expect(vol / learnedVol(theta, 100, 0)).toBeCloseTo(1, 2);
  });

  test("learns the quotes, and its forward is a martingale at every expiry", async () => {
    const seen: number[] = [];
    const result = await trainTiny(
      {
        iterations: 200,
        seed: 1,
        onProgress: ({ missVolPoints }) => void seen.push(missVolPoints),
      },
      wasmBackend,
    );
    expect(seen).toHaveLength(200);
    expect(result.missVolPoints).toBeLessThan(0.1 * seen[0]);
    const inside = lessonQuotes.filter(
      ({ vol }, i) => Math.abs(result.vols[i] - vol) <= halfSpread,
    );
    expect(inside.length).toBeGreaterThanOrEqual(14);
    // it has found that volatility rises when the price falls
    expect(learnedVol(result.theta, 80, 0.1)).toBeGreaterThan(learnedVol(result.theta, 125, 0.1));
    const runner = await tinyRunner([{ years: 30 / 365, strike: 100 }], 16_384, wasmBackend);
    drawPaths(runner, 5);
    const { mean, error } = moments(Float32Array.from(runner.observations(result.theta)));
    runner.free();
    expect(Math.abs(mean - 1)).toBeLessThan(4 * error);
    const { days, strikes, vols, shares } = await tinySurface(result.theta, wasmBackend);
    const month = vols[days.indexOf(30)];
    const middle = lessonQuotes.find(({ years, strike }) => strike === 100 && years < 0.1);
    expect(Math.abs(month[strikes.indexOf(100)] - (middle?.vol ?? 0))).toBeLessThan(0.01);
    expect(shares[0].reduce((sum, share) => sum + share, 0)).toBeGreaterThan(0.99);
  });
});

describe("the auditor of ten calls", () => {
  const moved = (index: number, price: number) =>
    honestQuotes.map((quote, i) => (i === index ? { ...quote, price } : quote));

  test("is content with honest prices", () => expect(complaintsOf(honestQuotes)).toEqual([]));

  test("names the trades of a butterfly, and what they pay today", () => {
    const [, low, middle, high] = honestQuotes;
    const price = (low.price + high.price) / 2 + 0.5;
    const [complaint] = complaintsOf(moved(2, price));
    expect(complaint.title).toMatch(/^Butterfly/);
    expect(complaint.quotes).toEqual([1, 2, 3]);
    const today = 2 * price - low.price - high.price;
    expect(today).toBeCloseTo(1, 10);
    expect(complaint.trades).toContain(`Sell two of the ${middle.strike} call`);
    expect(complaint.trades).toContain("You are paid 1.00 today");
  });

  test("names a calendar when the longer call is cheaper", () => {
    const complaints = complaintsOf(moved(7, honestQuotes[2].price - 0.4));
    const calendar = complaints.find(({ title }) => title.startsWith("Calendar"));
    expect(calendar?.trades).toContain("Sell the 100 call of 30 days and buy the 100 call of 90");
    expect(calendar?.trades).toContain("0.40 today");
  });

  test.each([
    ["a call below what it must be worth", 0, 19],
    ["a call dearer than its lower struck neighbour", 4, 14],
    ["a call dearer than the underlying", 5, 130],
    ["a call worth nothing", 8, 0],
  ])("has words for %s", (_, index, price) => {
    const complaints = complaintsOf(moved(index, price));
    expect(complaints.length).toBeGreaterThan(0);
    for (const { title, trades } of complaints) {
      expect(title.length).toBeGreaterThan(10);
      expect(trades).not.toMatch(/undefined|NaN/);
    }
  });
});

describe("two hedgers", () => {
  test("do the same when trades are free, up to the grid of positions", () => {
    const { low, high, delta, byBand, byDelta } = bandLesson({ cost: 0, seed: 1 });
    // the best position for an aversion to risk is near delta but not delta
    for (const i of delta.keys()) {
      expect(high[i] - low[i]).toBeLessThan(0.03);
      expect(Math.abs((high[i] + low[i]) / 2 - delta[i])).toBeLessThan(0.03);
    }
    expect(byBand.meanCost).toBe(0);
    expect(byBand.spread / byDelta.spread).toBeCloseTo(1, 1);
  });

  test("part when trades cost: the band hedger pays less and spreads more", () => {
    const { byBand, byDelta, pathLow, pathHigh, path, pathDelta } = bandLesson({
      cost: 0.005,
      seed: 2,
    });
    expect(byBand.meanCost).toBeLessThan(0.7 * byDelta.meanCost);
    expect(byBand.spread).toBeGreaterThan(byDelta.spread);
    byBand.diary.positions.forEach((held, day) => {
      expect(held).toBeGreaterThanOrEqual(pathLow[day] - 1e-12);
      expect(held).toBeLessThanOrEqual(pathHigh[day] + 1e-12);
    });
    const s = hedgeVol * Math.sqrt(1 / 365);
    expect(pathDelta[29]).toBeCloseTo(forwardDelta("call", Math.log(100 / path[29]), s), 12);
  });
});
