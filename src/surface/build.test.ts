import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blackOtm, impliedTotalStdDev } from "../formulas/index.ts";
import { InputError, ShapeError } from "../num/errors.ts";
import { audit } from "./audit.ts";
import { buildSurface, selectNodes } from "./build.ts";
import { logMeanForward, mixtureOtmPrice, type MixtureNode, nodeAt } from "./mixture.ts";
import { hestonMixtures, mixtureOf } from "./testMixtures.ts";

const standardDeviations = Array.from({ length: 17 }, (_, i) => (i - 8) / 2);
const btcLike = { kappa: 2, theta: 0.36, nu: 0.8, rho: -0.7, v0: 0.3 };

/** Largest difference in volatility between the surface and the exact mixture, |z| ≤ 4. */
function worstVolError(
  node: MixtureNode,
  years: number,
  slice: { totalVariance(k: number): number },
): number {
  const atm = Math.sqrt(slice.totalVariance(0));
  const logMean = logMeanForward(node);
  const errors = standardDeviations.map((z) => {
    const exact = impliedTotalStdDev(mixtureOtmPrice(node, z * atm, logMean), z * atm);
    return Math.abs(Math.sqrt(slice.totalVariance(z * atm)) - exact) / Math.sqrt(years);
  });
  return Math.max(...errors);
}

describe("buildSurface on closed forms", () => {
  it("gives back the volatility of a single lognormal at and before nodes", () => {
    const years = [0.1, 0.11, 0.5];
    const surface = buildSurface({ years, nodes: years.map((t) => mixtureOf([[0, 0.04 * t, 8]])) });
    for (const t of [0.001, 0.02, ...years]) {
      for (const z of standardDeviations) {
        expect(Math.abs(surface.impliedVol(z * 0.2 * Math.sqrt(t), t) - 0.2)).toBeLessThan(1e-6);
      }
    }
  });

  it("stays near that volatility between nodes a tenth apart in time", () => {
    const years = [0.1, 0.11];
    const surface = buildSurface({ years, nodes: years.map((t) => mixtureOf([[0, 0.04 * t, 8]])) });
    for (const z of standardDeviations) {
      // halfway the variance is mixed, ±5 %: excess kurtosis 3 · 0.05², so (z² − 1)/24 of it in relative volatility
      const expected = 0.2 * (1 + (3 * 0.05 ** 2 * (z * z - 1)) / 24);
      const vol = surface.impliedVol(z * 0.2 * Math.sqrt(0.105), 0.105);
      expect(Math.abs(vol - expected)).toBeLessThan(3e-4);
    }
  });

  it("prices a two-point mixture as the average of two Black formulas", () => {
    const t = 0.5;
    const node = mixtureOf([
      [0.05, 0.01, 300],
      [Math.log(2 - Math.exp(0.05)), 0.09, 300],
    ]);
    const slice = buildSurface({ years: [t], nodes: [node] }).slice(t);
    for (let k = -0.8; k <= 0.8; k += 0.1) {
      const [x1, x2] = [0.05, Math.log(2 - Math.exp(0.05))];
      const exact =
        0.5 * Math.exp(x1) * otmLike(k, k - x1, 0.1) + 0.5 * Math.exp(x2) * otmLike(k, k - x2, 0.3);
      expect(Math.abs(slice.otmPrice(k) - exact)).toBeLessThan(2e-7);
      const density =
        0.5 * normalDensity(k, x1 - 0.005, 0.1) + 0.5 * normalDensity(k, x2 - 0.045, 0.3);
      expect(Math.abs(slice.density(k) - density)).toBeLessThan(2e-4);
    }
  });

  it("counts a path as often as its weight says", () => {
    const twice = mixtureOf([
      [0, 0.04, 2],
      [-0.1, 0.09, 6],
    ]);
    const weighted = {
      ...mixtureOf([
        [0, 0.04, 1],
        [-0.1, 0.09, 1],
      ]),
      weight: Float64Array.of(0.5, 1.5),
    };
    const [a, b] = [twice, weighted].map((n) => buildSurface({ years: [1], nodes: [n] }));
    for (const k of [-0.8, -0.1, 0, 0.5]) {
      expect(b.impliedVol(k, 1)).toBeCloseTo(a.impliedVol(k, 1), 12);
    }
  });

  it("divides by the mean of the forwards, and reports it", () => {
    const node = mixtureOf([[0.01, 0.04, 10]]);
    const surface = buildSurface({ years: [1], nodes: [node] });
    expect(surface.parts.forwardErrors[0]).toBeCloseTo(0.01, 14);
    expect(surface.impliedVol(0.1, 1)).toBeCloseTo(0.2, 6);
  });
});

/** Kind of option by k, value of Black at k − x. */
function otmLike(k: number, shifted: number, s: number): number {
  const otm = blackOtm(shifted, s);
  if (k > 0) return shifted > 0 ? otm : otm - Math.expm1(shifted);
  return shifted > 0 ? otm + Math.expm1(shifted) : otm;
}

function normalDensity(x: number, mean: number, s: number): number {
  return Math.exp(-0.5 * ((x - mean) / s) ** 2) / (s * Math.sqrt(2 * Math.PI));
}

describe("buildSurface on stochastic volatility", () => {
  const years = [1, 2, 7, 14, 30, 60, 90, 180, 365].map((days) => days / 365);
  const input = hestonMixtures(years, 4096, btcLike);
  const surface = buildSurface(input);

  it("is within 1e-4 of the mixture's own volatility for |z| ≤ 4 at every node", () => {
    years.forEach((t, n) =>
      expect(worstVolError(nodeAt(input.nodes, n), t, surface.slice(t))).toBeLessThan(1e-4),
    );
  });

  it("has densities with mass 1 and forward 1", () => {
    for (const t of [0.001, ...years, 0.05, 0.8]) {
      const slice = surface.slice(t);
      const h = Math.sqrt(slice.totalVariance(0)) / 40;
      let mass = 0;
      let forward = 0;
      for (let k = -60 * 40 * h; k < 60 * 40 * h; k += h) {
        mass += h * slice.density(k);
        forward += h * slice.density(k) * Math.exp(k);
      }
      expect(Math.abs(mass - 1)).toBeLessThan(1e-9);
      expect(Math.abs(forward - 1)).toBeLessThan(1e-9);
    }
  });

  it("has slope, density and deltas that are the derivatives of its prices", () => {
    for (const t of [0.0015, 0.1, years[5]]) {
      const slice = surface.slice(t);
      const s = Math.sqrt(slice.totalVariance(0));
      for (const z of [-2, -1, -0.3, 0.4, 1.2]) {
        const k = z * s;
        const [h, strike] = [1e-4 * s, Math.exp(z * s)];
        const call = (x: number): number => slice.callPrice(x);
        const slope = (call(k + h) - call(k - h)) / (2 * h * strike);
        expect(Math.abs(slice.strikeSlope(k) - slope)).toBeLessThan(1e-6);
        const density = (slice.strikeSlope(k + h) - slice.strikeSlope(k - h)) / (2 * h);
        expect(Math.abs(slice.density(k) / density - 1)).toBeLessThan(1e-5);
        const { smile, black } = slice.delta(k);
        expect(smile).toBeCloseTo(call(k) - strike * slice.strikeSlope(k), 12);
        const deviation = (x: number): number => Math.sqrt(slice.totalVariance(x));
        const skew = (deviation(k + h) - deviation(k - h)) / (2 * h);
        const d1 = -k / deviation(k) + deviation(k) / 2;
        expect(smile).toBeCloseTo(black - normalDensity(d1, 0, 1) * skew, 6);
        expect(slice.callPrice(k) - slice.putPrice(k)).toBeCloseTo(1 - strike, 12);
      }
    }
  });

  it("has at-the-money total variance linear in time between nodes", () => {
    for (let n = 1; n < years.length; n++) {
      const w = (t: number): number => surface.totalVariance(0, t);
      const middle = 0.7 * years[n - 1] + 0.3 * years[n];
      expect(w(middle)).toBeCloseTo(0.7 * w(years[n - 1]) + 0.3 * w(years[n]), 12);
    }
  });

  it("keeps the smile's shape in k/√T before the first node", () => {
    const t = years[0];
    const s = Math.sqrt(surface.totalVariance(0, t));
    for (const z of [-2, -1, 0, 1, 2]) {
      const early = surface.impliedVol((z * s) / 2, t / 4);
      expect(Math.abs(early - surface.impliedVol(z * s, t))).toBeLessThan(0.002);
    }
  });

  it("passes the audit with nothing below zero but rounding", () => {
    const certificate = audit(surface);
    expect(certificate.failures).toEqual([]);
    expect(certificate.worstButterfly).toBeGreaterThan(-1e-12);
    expect(certificate.worstCalendar).toBeGreaterThan(-1e-12);
  });

  it("evaluates batches as it evaluates points", () => {
    const ks = [-0.1, 0, 0.2];
    const ts = [0.1, 0.1, 0.5];
    expect(Array.from(surface.evaluate("impliedVol", ks, ts))).toEqual(
      ks.map((k, i) => surface.impliedVol(k, ts[i])),
    );
  });
});

describe("buildSurface on inputs that no martingale made", () => {
  it("raises a later node that is worth less than an earlier one", () => {
    const nodes = [mixtureOf([[0, 0.04, 4]]), mixtureOf([[0, 0.03, 4]])];
    const surface = buildSurface({ years: [0.5, 1], nodes });
    expect(surface.totalVariance(0, 1)).toBeCloseTo(surface.totalVariance(0, 0.5), 6);
    expect(audit(surface).pass).toBe(true);
  });

  it("smooths paths without variance of their own", () => {
    const node = mixtureOf(Array.from({ length: 101 }, (_, i) => [(i - 50) / 200, 0, 1] as const));
    const surface = buildSurface({ years: [0.5], nodes: [node] });
    expect(audit(surface).pass).toBe(true);
    const exact = impliedTotalStdDev(mixtureOtmPrice(node, 0), 0);
    expect(Math.sqrt(surface.totalVariance(0, 0.5))).toBeCloseTo(exact, 3);
  });

  it("passes the audit whatever the mixtures are", () => {
    const part = fc.tuple(
      fc.double({ min: -0.6, max: 0.6, noNaN: true }),
      fc.double({ min: 1e-5, max: 0.8, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
    );
    const mixture = fc.array(part, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(mixture, { minLength: 1, maxLength: 4 }), (parts) => {
        const years = parts.map((_, n) => 0.1 * (n + 1));
        const surface = buildSurface({ years, nodes: parts.map(mixtureOf) });
        const { failures } = audit(surface, { strikes: 121, datesBetween: 1 });
        expect(failures).toEqual([]);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe("buildSurface at the door", () => {
  const node = mixtureOf([[0, 0.04, 4]]);

  it("refuses times that do not increase and counts that differ", () => {
    expect(() => buildSurface({ years: [1, 1], nodes: [node, node] })).toThrow(InputError);
    expect(() => buildSurface({ years: [1, 2], nodes: [node] })).toThrow(ShapeError);
    expect(() => buildSurface({ years: [], nodes: [] })).toThrow(ShapeError);
    const unweighted = { ...node, weight: new Float64Array(4) };
    expect(() => buildSurface({ years: [1], nodes: [unweighted] })).toThrow(/weights/);
  });

  it("refuses mixtures that are not finite or have negative variance", () => {
    const bad = {
      logForward: Float64Array.of(0, Number.NaN),
      totalVariance: Float64Array.of(1, 1),
    };
    expect(() => buildSurface({ years: [1], nodes: [bad] })).toThrow(/finite/);
    expect(() => buildSurface({ years: [1], nodes: [mixtureOf([[0, -0.1, 2]])] })).toThrow(
      InputError,
    );
  });

  it("says where the surface ends", () => {
    const surface = buildSurface({ years: [1], nodes: [node] });
    expect(() => surface.impliedVol(0, 1.01)).toThrow(/between 0.001 and 1, got 1.01/);
    expect(() => surface.impliedVol(0, 0)).toThrow(InputError);
    expect(() => surface.impliedVol(Number.NaN, 1)).toThrow(/log-moneyness/);
    expect(surface.impliedVol(9, 1)).toBe(surface.impliedVol(surface.slice(1).kMax, 1));
    expect(surface.callPrice(9, 1)).toBeGreaterThanOrEqual(0);
    expect(surface.putPrice(-9, 1)).toBeLessThan(1e-20);
  });
});

describe("selectNodes", () => {
  const grid = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);

  it("takes every expiry and the nearest grid times in equal ratios between", () => {
    const chosen = selectNodes(grid, [0.1, 0.4, 0.8], 2).map((i) => grid[i]);
    expect(chosen).toEqual([0.1, 0.2, 0.4, 0.8]);
  });

  it("takes each grid time once where the grid is coarser than the ratio", () => {
    expect(selectNodes(grid, [0.01, 0.04], 1.1)).toEqual([0, 1, 2, 3]);
  });

  it("refuses a ratio that never gets from one expiry to the next", () => {
    expect(() => selectNodes(grid, [0.1, 0.2], 1)).toThrow(InputError);
  });
});
