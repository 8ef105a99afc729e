/** Laws between expiries and at the ends of time, against linear total variance, Black and their order. */
import { expect, test } from "vitest";
import { blackOtm } from "../../formulas/index.ts";
import { audit } from "../audit.ts";
import { lawPrice, lawVariance, type SanosLaw } from "./law.ts";
import { lawBetween } from "./lawBetween.ts";
import { surfaceOfLaws } from "./surface.ts";

const point = (kernelVariance: number): SanosLaw => ({
  places: Float64Array.of(0),
  mass: Float64Array.of(1),
  kernelVariance,
});

/** Two atoms at 1 ∓ d with mean one. */
const pair = (d: number, kernelVariance: number): SanosLaw => ({
  places: Float64Array.of(Math.log1p(-d), Math.log1p(d)),
  mass: Float64Array.of(0.5, 0.5),
  kernelVariance,
});

test("one atom is Black", () => {
  for (const k of [-1, -0.2, 0, 0.3, 2]) {
    expect(lawPrice(point(0.09), k)).toBeCloseTo(blackOtm(k, 0.3), 16);
    expect(lawVariance(point(0.09), k)).toBeCloseTo(0.09, 12);
  }
});

test("a price is the mean of Black prices over the atoms", () => {
  // K = 1.05: forward 0.8 leaves the call out of the money, forward 1.2 in it
  const K = 1.05;
  const call = (F: number) => F * blackOtm(Math.log(K / F), 0.2) + Math.max(F - K, 0);
  expect(lawPrice(pair(0.2, 0.04), Math.log(K))).toBeCloseTo(0.5 * (call(0.8) + call(1.2)), 15);
});

test("the variance goes on where prices are too small for a double", () => {
  const law = pair(0.01, 0.0004);
  // beyond the last atom the tail is the kernel's, seen from that atom
  const far = lawVariance(law, 2);
  expect(far).toBeGreaterThan(0.0004);
  expect(far).toBeLessThan(0.0004 * (2 / (2 - Math.log1p(0.01))) ** 2);
  expect(lawVariance(law, 1.9)).toBeCloseTo(far, 4);
});

test("two flat smiles stay flat between their dates, at the ends and beyond", async () => {
  const surface = await surfaceOfLaws([0.5, 1], [point(0.02), point(0.04)]);
  for (const t of [0.1, 0.5, 0.6, 0.75, 0.99, 1, 2]) {
    for (const z of [-2, 0, 2])
      expect(surface.impliedVol(0.2 * z * Math.sqrt(t), t)).toBeCloseTo(0.2, 8);
  }
});

test("at the money, total variance grows between expiries; nothing crosses", async () => {
  const laws = [pair(0.1, 0.004), pair(0.3, 0.01)];
  const surface = await surfaceOfLaws([0.25, 1], laws);
  const [from, to] = laws.map((law) => lawVariance(law, 0));
  expect(surface.totalVariance(0, 0.25)).toBe(from);
  expect(surface.totalVariance(0, 1)).toBe(to);
  expect(surface.totalVariance(0, 0.5)).toBeGreaterThan(from);
  expect(surface.totalVariance(0, 0.5)).toBeLessThan(to);
  const years = [0.01, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 3];
  expect(audit(surface, { years }).failures).toEqual([]);
});

test("a law between two stays between them", async () => {
  const [earlier, later] = [pair(0.1, 0.004), pair(0.3, 0.01)];
  const law = await lawBetween(earlier, later, 0.4);
  for (let k = -1; k <= 1; k += 0.05) {
    expect(lawPrice(law, k)).toBeGreaterThan(lawPrice(earlier, k) - 1e-12);
    expect(lawPrice(law, k)).toBeLessThan(lawPrice(later, k) + 1e-9);
  }
  const wanted = 0.6 * lawVariance(earlier, 0) + 0.4 * lawVariance(later, 0);
  expect(Math.abs(lawVariance(law, 0) / wanted - 1)).toBeLessThan(0.02);
});

test("laws and dates have to match", async () => {
  await expect(surfaceOfLaws([1], [])).rejects.toThrow(/one law for each/);
});
