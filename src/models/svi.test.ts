import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isSviButterflyFree, type SviRaw, sviVariance } from "../formulas/index.ts";
import { loadChainFile } from "../market/index.ts";
import { halfSpreadFloorVol, type SmileQuotes, smileQuotes } from "./smileQuotes.ts";
import { fitSviFrom, fitSviSlice, randomSviStart, sviCost } from "./svi/sliceFit.ts";
import { svi } from "./svi.ts";

/** Quotes on a smile, `error` (volatility) away from it in turn. */
function quotesOn(raw: SviRaw, years: number, ks: readonly number[], error = 0): SmileQuotes {
  const k = Float64Array.from(ks);
  const midVol = k.map((x, i) => Math.sqrt(sviVariance(raw, x) / years) + (i % 2 ? error : -error));
  return {
    years,
    k,
    midVol,
    weight: k.map(() => 1 / Math.max(0.004, halfSpreadFloorVol)),
    w: midVol.map((vol) => vol * vol * years),
    atmVariance: sviVariance(raw, 0),
  };
}

const grid = (half: number, n: number) =>
  Array.from({ length: n }, (_, i) => half * ((2 * i) / (n - 1) - 1));

/** A seeded stream of numbers in [0, 1). */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("an SVI slice", () => {
  test.each([
    { a: 0.001, b: 0.15, rho: -0.5, m: -0.02, sigma: 0.12 },
    { a: -0.01, b: 0.15, rho: -0.3, m: 0.05, sigma: 0.35 },
    { a: 0.0008, b: 0.03, rho: 0.1, m: 0, sigma: 0.08 },
  ])("finds the smile that made its quotes: %o", (raw) => {
    const { raw: found } = fitSviSlice(quotesOn(raw, 0.25, grid(0.5, 21)));
    for (const k of grid(0.5, 41))
      expect(sviVariance(found, k)).toBeCloseTo(sviVariance(raw, k), 6);
  });

  test("has less cost than every one of 200 random starts", () => {
    const truth = { a: 0.004, b: 0.1, rho: -0.4, m: 0.03, sigma: 0.1 };
    const quotes = quotesOn(truth, 0.1, grid(0.35, 17), 0.006);
    const fit = fitSviSlice(quotes);
    const uniform = uniforms(7);
    for (let i = 0; i < 200; i++) {
      const other = fitSviFrom(quotes, randomSviStart(quotes, uniform));
      expect(fit.cost).toBeLessThanOrEqual(1.001 * other.cost + 1e-3);
    }
    expect(sviCost(quotes, fit.raw)).toBeCloseTo(fit.cost, 6);
  });

  test("keeps butterflies out where quotes would have them", () => {
    // a kink that a free fit would follow: the smile of `kink_violation`, negative density beside it
    const raw = { a: 0, b: 0.12, rho: -0.3, m: 0, sigma: 0.005 };
    const quotes = quotesOn(raw, 0.1, grid(0.2, 25));
    expect(isSviButterflyFree(raw, 0.2)).toBe(false);
    const free = fitSviSlice(quotes, { butterflyPenalty: 0 });
    const fit = fitSviSlice(quotes, { butterflyPenalty: 5000 });
    const worst = (r: SviRaw) => Math.min(...grid(0.2, 400).map((k) => durrlemanAt(r, k)));
    expect(worst(free.raw)).toBeLessThan(-0.1);
    expect(worst(fit.raw)).toBeGreaterThan(-0.02);
  });

  test.each([1, 2, 3, 4])("with %i quotes passes near them and is nowhere negative", (n) => {
    const truth = { a: 0.004, b: 0.1, rho: -0.4, m: 0.03, sigma: 0.1 };
    const quotes = quotesOn(truth, 0.1, n === 1 ? [0.05] : grid(0.2, n));
    const fit = fitSviSlice(quotes);
    expect(fit.freeParameters).toBe(n);
    for (const k of grid(2, 41)) expect(sviVariance(fit.raw, k)).toBeGreaterThan(0);
    quotes.k.forEach((k, i) => {
      const vol = Math.sqrt(sviVariance(fit.raw, k) / quotes.years);
      expect(Math.abs(vol - quotes.midVol[i])).toBeLessThan(0.03);
    });
  });
});

function durrlemanAt(raw: SviRaw, k: number): number {
  const y = k - raw.m;
  const root = Math.hypot(y, raw.sigma);
  const w = sviVariance(raw, k);
  const slope = raw.b * (raw.rho + y / root);
  const bend = (raw.b * raw.sigma ** 2) / root ** 3;
  return (1 - (k * slope) / (2 * w)) ** 2 - (slope ** 2 / 4) * (1 / w + 0.25) + bend / 2;
}

const month = new URL("../../../shared/data/deribit/chains/2026-01/", import.meta.url);

describe.skipIf(!existsSync(month))("on a real BTC chain", () => {
  test("most quotes are inside bid and ask, and random starts find nothing better", async () => {
    const file = new URL(readdirSync(month).sort()[9], month);
    const { chain } = await loadChainFile(file.pathname, { underlying: "BTC" });
    const fit = await svi.fit(chain);
    expect(fit.status).not.toBe("failed");
    let inside = 0;
    let count = 0;
    for (const { quotes, yearsToExpiry } of chain.expiries) {
      for (const q of quotes) {
        const vol = fit.surface?.impliedVol(q.logMoneyness, yearsToExpiry) ?? Number.NaN;
        if (vol >= q.bidVol && vol <= q.askVol) inside += 1;
        count += 1;
      }
    }
    expect(inside / count).toBeGreaterThan(0.9);
    const uniform = uniforms(3);
    for (const expiry of chain.expiries) {
      const quotes = smileQuotes(expiry);
      const { cost } = fitSviSlice(quotes);
      for (let i = 0; i < 10; i++) {
        const other = fitSviFrom(quotes, randomSviStart(quotes, uniform));
        expect(cost).toBeLessThanOrEqual(1.001 * other.cost + 1e-3);
      }
    }
  });
});
