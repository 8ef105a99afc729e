import { describe, expect, test } from "vitest";
import { blackOtm } from "../src/formulas/index.ts";
import type { Chain } from "../src/market/index.ts";
import { classicalModels, type ModelFit } from "../src/models/index.ts";
import type { ModelSurface } from "../src/surface/index.ts";
import { spreadStrikes, syntheticChain } from "./models/syntheticChain.ts";

/** A skewed market that Heston-like models can live with. */
const skewed = (k: number, t: number) => 0.3 + 0.02 * t - 0.25 * k * Math.exp(-2 * t) + 0.2 * k * k;

const years = [0.05, 0.25, 0.8];

/** Markets that a fit meets, and may find hard, and must come back from. */
const markets: Readonly<Record<string, () => Chain>> = {
  "a skewed market": () => syntheticChain({ years, vol: skewed }),
  "one expiry": () => syntheticChain({ years: [0.25], vol: skewed }),
  "one quote": () => syntheticChain({ years: [0.25], logMoneyness: [0.02], vol: () => 0.6 }),
  "one and two quotes beside a full smile": () =>
    syntheticChain({
      years,
      vol: skewed,
      logMoneyness: (t) => (t < 0.1 ? [0.01] : t < 0.5 ? [-0.1, 0.1] : spreadStrikes(t)),
    }),
  "calls only, away from the money": () =>
    syntheticChain({
      years,
      vol: skewed,
      logMoneyness: (t) => [0.2, 0.3, 0.4, 0.5].map((z) => z * Math.sqrt(t)),
    }),
  "an hour and two years": () =>
    syntheticChain({ years: [1 / 8760, 2], vol: (k, t) => skewed(k / (1 + 10 * Math.sqrt(t)), t) }),
  "volatility of 300 %": () =>
    syntheticChain({
      years,
      vol: (k, t) => 10 * skewed(k / 10, t),
      logMoneyness: (t) => spreadStrikes(t, 11, 2, 3),
      halfSpread: () => 0.05,
    }),
  "total variance that falls with time": () =>
    syntheticChain({ years, vol: (k, t) => Math.sqrt((0.1 - 0.08 * t) / t) - 0.02 * k }),
  "quotes that contradict one another": () =>
    syntheticChain({
      years,
      vol: (k, t) => skewed(k, t) + (Math.round(k * 1e4) % 2 ? 0.05 : -0.05),
    }),
};

/** Every place where a surface is asked by reports, audits and comparisons. */
function volsOf(surface: ModelSurface, chain: Chain): number[] {
  const last = chain.expiries[chain.expiries.length - 1].yearsToExpiry;
  const dates = [
    0.5 * chain.expiries[0].yearsToExpiry,
    ...chain.expiries.map((expiry) => expiry.yearsToExpiry),
    1.3 * last,
  ];
  return dates.flatMap((t) =>
    [-4, -2, -1, -0.3, 0, 0.3, 1, 2, 4].map((z) => surface.impliedVol(z * 0.3 * Math.sqrt(t), t)),
  );
}

/** A mean, and four standard errors of it. */
function meanOf(values: Float64Array): { mean: number; fourErrors: number } {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return { mean, fourErrors: 4 * Math.sqrt(variance / values.length) };
}

const fits = new Map<string, Promise<ModelFit>>();

/** Each market is fitted once per model: `twice` asks again. */
function fitted(name: string, market: string, twice = false): Promise<ModelFit> {
  const key = `${name} ${market}`;
  const model = classicalModels.find((one) => one.name === name);
  if (model === undefined) throw new Error(`no model ${name}`);
  if (twice) return model.fit(markets[market](), { seed: 7 });
  const known = fits.get(key) ?? model.fit(markets[market](), { seed: 7 });
  fits.set(key, known);
  return known;
}

test("models have names of their own, as the command line takes them", () => {
  const names = classicalModels.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, title, source } of classicalModels) {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(title.length).toBeGreaterThan(2);
    expect(source, `${name} says where it comes from`).toMatch(/[A-Za-z]{4}.*\d{4}/);
  }
});

describe.each(classicalModels.map((model) => [model.name, model] as const))("%s", (name, model) => {
  test.each(Object.keys(markets))("comes back with volatilities from %s", async (market) => {
    const fit = await fitted(name, market);
    expect(fit.model).toBe(name);
    expect(fit.seconds).toBeGreaterThanOrEqual(0);
    if (fit.status === "failed") {
      // It may give up, saying why, where its formula has nothing to say: never on an ordinary market.
      expect(market).not.toBe("a skewed market");
      expect(fit.message).not.toBe("");
      expect(fit.surface).toBeNull();
      expect(fit.params).toBeNull();
      return;
    }
    expect(fit.surface).not.toBeNull();
    if (fit.surface === null) return;
    for (const vol of volsOf(fit.surface, markets[market]())) {
      expect(vol).toBeGreaterThan(0);
      expect(vol).toBeLessThan(100);
    }
    expect(fit.parameterCount).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(fit.params))).toEqual(fit.params);
  });

  test("finds the same parameters, bit by bit, when it is asked again", async () => {
    const again = await fitted(name, "a skewed market", true);
    expect(again.params).toEqual((await fitted(name, "a skewed market")).params);
  });

  test("keeps a flat market flat", async () => {
    const chain = syntheticChain({ years, vol: () => 0.35 });
    const { surface } = await model.fit(chain);
    for (const { quotes, yearsToExpiry } of chain.expiries) {
      for (const { logMoneyness } of quotes) {
        expect(surface?.impliedVol(logMoneyness, yearsToExpiry)).toBeCloseTo(0.35, 2.3);
      }
    }
  });

  test("fits at the dates of the chain", async () => {
    const fit = await fitted(name, "a skewed market");
    const dates = markets["a skewed market"]().expiries.map((expiry) => expiry.yearsToExpiry);
    expect(Array.from(fit.surface?.years ?? [])).toEqual(dates);
  });

  test("has paths, if it has dynamics, that are a martingale and price the vanillas of its surface", async () => {
    const { simulate, surface } = await fitted(name, "a skewed market");
    if (simulate === undefined || surface === null) return;
    const paths = 32768;
    const drawn = await simulate({ paths, seed: 3 });
    expect(Array.from(drawn.years)).toEqual(Array.from(surface.years));
    for (const [date, x] of drawn.logPrices.entries()) {
      const t = drawn.years[date];
      const ratio = x.map(Math.exp);
      const forward = meanOf(ratio);
      expect(Math.abs(forward.mean - 1)).toBeLessThan(forward.fourErrors);
      for (const z of [-1, 0, 1]) {
        const k = z * 0.3 * Math.sqrt(t);
        const sign = k >= 0 ? 1 : -1;
        const { mean, fourErrors } = meanOf(
          ratio.map((v) => Math.max(0, sign * (v - Math.exp(k)))),
        );
        const published = blackOtm(k, Math.sqrt(surface.totalVariance(k, t)));
        // two thousandths of volatility for the surface's own paths and for time steps
        expect(Math.abs(mean - published)).toBeLessThan(fourErrors + 0.0008 * Math.sqrt(t));
      }
    }
    expect((await simulate({ paths, seed: 3 })).logPrices).toEqual(drawn.logPrices);
  });

  test("does not take more parameters than there are quotes", async () => {
    const fit = await fitted(name, "one quote");
    expect(fit.parameterCount).toBeLessThanOrEqual(1);
  });

  test("fails with a reason when there is nothing to fit", async () => {
    const chain = markets["one quote"]();
    const fit = await model.fit({ ...chain, expiries: [{ ...chain.expiries[0], quotes: [] }] });
    expect(fit.status).toBe("failed");
    expect(fit.message).toContain("no quotes");
  });
});
