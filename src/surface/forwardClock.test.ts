import { expect, test } from "vitest";
import { monotoneConvex } from "../num/monotoneConvex.ts";
import { audit } from "./audit.ts";
import { forwardClock } from "./forwardClock.ts";
import { onForwardClock, surfaceOfSmiles, surfaceOfVariance } from "./modelSurface.ts";

const years = [0.1, 0.4, 1];
/** Volatilities 20, 30 and 35 %: a term structure that rises, and bends. */
const variance = [0.2, 0.3, 0.35].map((vol, n) => vol * vol * years[n]);

test("at-the-money variance follows the monotone-convex curve through the expiries", () => {
  const surface = surfaceOfSmiles(
    years,
    variance.map((w) => () => w),
  );
  const means = [0.04, (variance[1] - variance[0]) / 0.3, (variance[2] - variance[1]) / 0.6];
  const curve = monotoneConvex(years, means);
  for (const t of [0.1, 0.15, 0.3, 0.4, 0.6, 0.9, 1]) {
    expect(surface.totalVariance(0.2, t)).toBeCloseTo(curve(t), 12);
  }
});

test("forward variance does not jump at an expiry", () => {
  const clock = forwardClock(years, variance);
  const smile = surfaceOfSmiles(
    years,
    variance.map((w) => () => w),
  );
  const h = 1e-6;
  const before = (smile.totalVariance(0, 0.4) - smile.totalVariance(0, 0.4 - h)) / h;
  const after = (smile.totalVariance(0, 0.4 + h) - smile.totalVariance(0, 0.4)) / h;
  expect(after / before).toBeCloseTo(1, 3);
  expect(clock(0.4)).toBe(0.4);
});

test("a flat term structure, and dates outside the expiries, keep their time", () => {
  const flat = forwardClock(years, years);
  for (const t of [0.05, 0.2, 0.7, 1, 3]) expect(flat(t)).toBeCloseTo(t, 12);
  const clock = forwardClock(years, variance);
  for (const t of [0.05, 0.1, 1, 2]) expect(clock(t)).toBe(t);
});

test("where total variance falls, time is as it was; one expiry has no gaps", () => {
  const clock = forwardClock(years, [0.02, 0.01, 0.03]);
  expect(clock(0.2)).toBe(0.2);
  expect(forwardClock([0.5], [0.1])(0.3)).toBe(0.3);
});

test("a surface without arbitrage has none on the clock, and the same smiles at its expiries", () => {
  const theta = (t: number): number => {
    const n = years.findIndex((end) => end >= t);
    if (n <= 0) return (variance[0] * t) / years[0];
    const share = (t - years[n - 1]) / (years[n] - years[n - 1]);
    return variance[n - 1] + share * (variance[n] - variance[n - 1]);
  };
  // SSVI with φ = 1, ρ = −0.3
  const w = (k: number, t: number) =>
    0.5 * theta(t) * (1 - 0.3 * k + Math.sqrt((k - 0.3) ** 2 + 1 - 0.09));
  const plain = surfaceOfVariance(years, w);
  const moved = onForwardClock(plain);
  for (const t of years) {
    for (const k of [-0.4, 0, 0.3]) {
      expect(moved.totalVariance(k, t)).toBe(plain.totalVariance(k, t));
    }
  }
  const dates = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1];
  expect(audit(plain, { years: dates }).pass).toBe(true);
  expect(audit(moved, { years: dates }).pass).toBe(true);
});
