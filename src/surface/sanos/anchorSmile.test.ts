import { expect, test } from "vitest";
import { syntheticChain } from "../../../test/models/syntheticChain.ts";
import { anchorSmiles } from "./anchorSmile.ts";

test("a flat chain has flat smiles, also far from its quotes", () => {
  const { expiries } = syntheticChain({ years: [0.1, 0.5], vol: () => 0.4 });
  anchorSmiles(expiries).forEach(({ atmVariance, vol }, j) => {
    expect(atmVariance).toBeCloseTo(0.16 * expiries[j].yearsToExpiry, 12);
    for (const k of [-2, -0.5, 0, 0.7, 3]) expect(vol(k)).toBeCloseTo(0.4, 12);
  });
});

test("a smile goes through the mids, and on as it bends", () => {
  const smile = (k: number, t: number) =>
    0.4 * Math.sqrt(1 - (0.2 * k) / Math.sqrt(t) + (0.3 * k * k) / t);
  const [expiry] = syntheticChain({ years: [0.25], vol: smile }).expiries;
  const [{ vol }] = anchorSmiles([expiry]);
  for (const { logMoneyness, midVol } of expiry.quotes)
    expect(vol(logMoneyness)).toBeCloseTo(midVol, 12);
  // quotes end at two deviations of 30 %, k = ±0.3
  for (const k of [-0.6, -0.45, 0.45, 0.6]) {
    expect(Math.abs(vol(k) / smile(k, 0.25) - 1)).toBeLessThan(0.04);
    expect(vol(k)).toBeGreaterThan(vol(Math.sign(k) * 0.3));
  }
});

test("an expiry with one quote takes the shape of the others", () => {
  const vol = (k: number, t: number) => 0.4 * Math.sqrt(1 + (k * k) / t);
  const chain = syntheticChain({
    years: [0.25, 0.5],
    vol,
    logMoneyness: (t) => (t < 0.3 ? [0] : [-0.4, -0.2, 0, 0.2, 0.4]),
  });
  const [one] = anchorSmiles(chain.expiries);
  expect(one.vol(0)).toBeCloseTo(0.4, 12);
  expect(Math.abs(one.vol(0.2) / vol(0.2, 0.25) - 1)).toBeLessThan(0.05);
});

test("volatility is positive wherever a steep shape leads", () => {
  const { expiries } = syntheticChain({ years: [0.25], vol: (k) => Math.max(0.3 - 0.9 * k, 0.05) });
  const [{ vol }] = anchorSmiles(expiries);
  for (let k = -5; k <= 5; k += 0.25) expect(vol(k)).toBeGreaterThan(0);
});
