import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { syntheticChain } from "../../test/models/syntheticChain.ts";
import {
  essviSmallestGap,
  isEssviOrderedAtEnds,
  isSsviButterflyFree,
  type SsviSlice,
  ssviVariance,
} from "../formulas/index.ts";
import { audit } from "../surface/index.ts";
import { essviAt, essviNumbers, essviSlices, NUMBERS } from "./essvi/parametrisation.ts";
import { essvi } from "./essvi.ts";

/** Numbers of one to six expiries: ρ = tanh of up to `tilt`, increments of θ up to `gain`². */
const numbersWithin = (tilt: number, gain: number) =>
  fc
    .integer({ min: 1, max: 6 })
    .chain((n) =>
      fc.array(
        fc.tuple(
          fc.double({ min: -tilt, max: tilt, noNaN: true }),
          fc.double({ min: 1e-3, max: gain, noNaN: true }),
          fc.double({ min: -8, max: 8, noNaN: true }),
        ),
        { minLength: n, maxLength: n },
      ),
    )
    .map((rows) => Float64Array.from(rows.flat()));

/** In order by hand: θ and wings grow, bends flatten. */
const slices: readonly SsviSlice[] = [
  { theta: 0.01, phi: 9, rho: -0.3 },
  { theta: 0.04, phi: 4, rho: -0.25 },
  { theta: 0.1, phi: 2.4, rho: -0.35 },
];
const years = [0.1, 0.4, 1];

/** Dates as the chain rounds them. */
const surfaceOf = (dates: readonly number[], own: readonly SsviSlice[]) => (k: number, t: number) =>
  Math.sqrt(ssviVariance(essviAt(dates, own, t), k) / t);

describe("the parametrisation of eSSVI", () => {
  test("has no arbitrage at any point", () => {
    fc.assert(
      fc.property(numbersWithin(4, 1), (x) => {
        const found = essviSlices(x);
        for (let i = 0; i < found.length; i++) {
          expect(isSsviButterflyFree(found[i])).toBe(true);
          if (i === 0) continue;
          // rounding alone may put a wing that is tied to its neighbour an ulp below it
          const { theta, phi } = found[i];
          const grown = { ...found[i], theta: theta * (1 + 1e-12), phi: phi * (1 + 1e-12) };
          expect(isEssviOrderedAtEnds(found[i - 1], grown)).toBe(true);
          expect(essviSmallestGap(found[i - 1], found[i]).gap).toBeGreaterThan(
            -1e-12 * (1 + theta * phi) * 30,
          );
        }
      }),
    );
  });

  test("is the inverse of reading its numbers off smiles that are in order", () => {
    const again = essviSlices(essviNumbers(slices));
    again.forEach((slice, i) => {
      expect(slice.theta).toBeCloseTo(slices[i].theta, 12);
      expect(slice.phi).toBeCloseTo(slices[i].phi, 9);
      expect(slice.rho).toBeCloseTo(slices[i].rho, 12);
    });
  });

  test("reads numbers off smiles that cross: they give smiles in order", () => {
    const crossing = [slices[2], slices[0], slices[1]];
    const ordered = essviSlices(essviNumbers(crossing));
    expect(ordered[1].theta).toBeGreaterThan(ordered[0].theta);
    expect(essviSmallestGap(ordered[0], ordered[1]).gap).toBeGreaterThan(-1e-12);
    expect(essviNumbers(crossing)).toHaveLength(NUMBERS * 3);
  });

  test("passes the audit between, before and after its expiries", () => {
    fc.assert(
      // no further: the audit's own differences lose their digits at K = e^{−20}
      fc.property(numbersWithin(1, 0.4), (x) => {
        const found = essviSlices(x);
        const dates = found.map((_, i) => 0.05 * 3 ** i);
        const surface = {
          totalVariance: (k: number, t: number) => ssviVariance(essviAt(dates, found, t), k),
        };
        const at = dates.flatMap((date, i) => [
          date,
          date + 0.4 * ((dates[i + 1] ?? 3 * date) - date),
        ]);
        const report = audit(surface, { years: [0.02, ...at], strikes: 61 });
        expect(report.failures).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("eSSVI", () => {
  test("finds the surface that made the quotes, at all strikes and dates", async () => {
    const truth = surfaceOf(years, slices);
    const chain = syntheticChain({ years, vol: truth });
    const fit = await essvi.fit(chain);
    expect(fit.status).toBe("converged");
    expect(fit.parameterCount).toBe(9);
    for (const t of [0.1, 0.2, 0.4, 1]) {
      for (const k of [-0.8, -0.2, 0, 0.1, 0.5]) {
        expect(fit.surface?.impliedVol(k, t)).toBeCloseTo(truth(k, t), 3);
      }
    }
  });

  test("refuses to follow quotes into an arbitrage", async () => {
    // The second expiry is quoted below the first.
    const chain = syntheticChain({ years: [0.25, 0.5], vol: (_, t) => (t < 0.3 ? 0.5 : 0.3) });
    const { surface } = await essvi.fit(chain);
    expect(surface).not.toBeNull();
    if (surface !== null) expect(audit(surface, { years: [0.25, 0.4, 0.5] }).pass).toBe(true);
  });

  test("takes the shape of an expiry with two quotes from its neighbours", async () => {
    const truth = surfaceOf(years, slices);
    const chain = syntheticChain({
      years,
      vol: truth,
      logMoneyness: (t) => (t > 0.2 && t < 0.6 ? [0, 0.05] : [-0.4, -0.2, -0.1, 0, 0.1, 0.2, 0.4]),
    });
    const fit = await essvi.fit(chain);
    expect(fit.warnings).toHaveLength(1);
    expect(fit.warnings[0]).toMatch(/2 quotes for three parameters/);
    expect(fit.surface?.impliedVol(-0.3, 0.4)).toBeCloseTo(truth(-0.3, 0.4), 1.5);
  });

  test.each([
    ["huber", { huber: 0 }],
    ["smoothness", { smoothness: -1 }],
  ])("names the option out of range: %s", async (name, options) => {
    const chain = syntheticChain({ years, vol: () => 0.3 });
    await expect(essvi.fit(chain, options)).rejects.toThrow(`expected ${name}`);
  });
});
