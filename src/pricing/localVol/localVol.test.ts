import { describe, expect, test } from "vitest";
import { blackOtm, ssviVariance } from "../../formulas/index.ts";
import { audit } from "../../surface/index.ts";
import { solveForward } from "./forwardPde.ts";
import { localVolatility, rollLocalVolatility, type VarianceSurface } from "./localVolatility.ts";
import { simulateLocalVol } from "./simulate.ts";

const years = [1 / 52, 1 / 12, 0.25, 1];

/** SSVI with φ = η/√(θ(1+θ)): no static arbitrage for these parameters (Gatheral & Jacquier 2014, section 4). */
const ssvi = (dates: readonly number[], vol: number, rho: number, eta = 1.2): VarianceSurface => ({
  years: dates,
  totalVariance: (k, t) => {
    const theta = vol ** 2 * t * (1 + 0.3 * Math.exp(-t));
    return ssviVariance({ theta, rho, phi: eta / Math.sqrt(theta * (1 + theta)) }, k);
  },
});
const flat = (dates: readonly number[]): VarianceSurface => ({
  years: dates,
  totalVariance: (_, t) => 0.09 * t,
});

/** Largest error in basis points of volatility at |z| ≤ 3. */
function repricingError(surface: VarianceSurface, options = {}): number {
  const solution = solveForward(localVolatility(surface, options));
  let worst = 0;
  for (const t of Array.from(surface.years)) {
    for (let z = -3; z <= 3; z += 0.25) {
      const k = z * Math.sqrt(surface.totalVariance(0, t));
      const error =
        Math.sqrt(solution.totalVariance(k, t)) - Math.sqrt(surface.totalVariance(k, t));
      worst = Math.max(worst, (1e4 * Math.abs(error)) / Math.sqrt(t));
    }
  }
  return worst;
}

describe("local volatility", () => {
  test("of a flat surface is flat", () => {
    const local = localVolatility(flat(years));
    expect(local.failures).toEqual([]);
    for (const t of [0.001, 0.1, 0.99]) {
      for (const k of [-1, -0.1, 0, 0.3]) expect(local.vol(k, t)).toBeCloseTo(0.3, 9);
    }
  });

  test("of a surface without skew is its forward volatility", () => {
    const local = localVolatility({
      years: [0.5, 1],
      totalVariance: (_, t) => (t <= 0.5 ? 0.04 * t : 0.02 + 0.09 * (t - 0.5)),
    });
    expect(local.vol(0.1, 0.3)).toBeCloseTo(0.2, 9);
    expect(local.vol(-0.2, 0.8)).toBeCloseTo(0.3, 9);
  });

  test("skews twice as much as implied volatility near the money and expiry", () => {
    // Derman, Kani & Zou (1996): the rule of two; exact as T → 0
    const skew = -0.1;
    const surface = {
      years: [0.02],
      totalVariance: (k: number, t: number) => (0.2 + skew * k) ** 2 * t,
    };
    const local = localVolatility(surface);
    const slope = (local.vol(0.005, 0.01) - local.vol(-0.005, 0.01)) / 0.01;
    expect(slope / skew).toBeCloseTo(2, 1);
  });

  test("reports where total variance falls, and puts a floor there", () => {
    const local = localVolatility({
      years: [0.5, 1],
      totalVariance: (_, t) => (t <= 0.5 ? 0.04 * t : 0.02 - 0.002 * (t - 0.5)),
    });
    expect(local.failures.length).toBeGreaterThan(0);
    for (const { kind, years: at, value } of local.failures) {
      expect(kind).toBe("calendar");
      expect(at).toBeGreaterThan(0.5);
      expect(value).toBeCloseTo(-0.002, 9);
    }
  });

  test("reports where the density is negative", () => {
    // Gatheral & Jacquier (2014), Example 3.1: Vogt's parameters, negative density near k = 0.8
    const vogt = (k: number) =>
      -0.041 + 0.1331 * (0.306 * (k - 0.3586) + Math.hypot(k - 0.3586, 0.4153));
    const local = localVolatility({ years: [1], totalVariance: (k, t) => vogt(k) * t });
    const inside = local.failures.filter(({ k, years: t }) => t > 0.9 && k > 0.5 && k < 1.2);
    expect(inside.length).toBeGreaterThan(0);
    for (const { kind, value } of inside) {
      expect(kind).toBe("butterfly");
      expect(value).toBeLessThan(0);
    }
  });

  test.each([{ strikes: 0 }, { steps: 1.5 }, { cellRatio: 1 }])("refuses %o", (options) => {
    expect(() => localVolatility(flat(years), options)).toThrow(
      /localVolatility: .*expected a positive/,
    );
  });

  test("refuses dates that do not increase", () => {
    expect(() => localVolatility(flat([0.5, 0.5]))).toThrow(/positive increasing dates/);
    expect(() => localVolatility(flat([]))).toThrow(/expected a surface with dates/);
  });
});

describe("the forward equation", () => {
  test.each([
    ["flat", flat([1])],
    ["SSVI with an equity skew", ssvi([1], 0.2, -0.6)],
  ] as const)("reprices a surface to a basis point on 200 × 100 cells: %s", (_, surface) => {
    expect(repricingError(surface, { strikes: 201, steps: 100, firstSteps: 100 })).toBeLessThan(1);
  });

  test.each([
    ["flat", flat(years)],
    ["SSVI with an equity skew", ssvi(years, 0.2, -0.6)],
    ["SSVI at 60 %", ssvi(years, 0.6, -0.2, 1)],
  ] as const)("reprices four expiries from a week to a year to a basis point: %s", (_, surface) => {
    expect(repricingError(surface)).toBeLessThan(1);
  });

  test("converges in space and time together", () => {
    const surface = ssvi([1], 0.2, -0.6);
    const [coarse, fine] = [1, 4].map((m) =>
      repricingError(surface, { strikes: 40 * m + 1, steps: 20 * m, firstSteps: 20 * m }),
    );
    expect(fine).toBeLessThan(coarse / 8);
  });

  test("has no static arbitrage, at dates between its cells too", () => {
    const solution = solveForward(localVolatility(ssvi(years, 0.2, -0.6)));
    const dates = [0.005, 1 / 52, 0.05, 1 / 12, 0.17, 0.25, 0.61, 1];
    expect(audit(solution, { years: dates }).pass).toBe(true);
  });

  test("agrees with the surface of a later start where local volatility does not depend on k", () => {
    const local = localVolatility(flat([0.5, 1]));
    const later = solveForward(rollLocalVolatility(local, [0.2, 0.7], 0.3));
    for (const k of [-0.1, 0, 0.1]) expect(later.totalVariance(k, 0.7)).toBeCloseTo(0.063, 5);
  });
});

describe("paths under a local volatility", () => {
  const surface = ssvi([0.25, 1], 0.2, -0.6);
  const local = localVolatility(surface);
  const paths = 16384;
  const { logPrices } = simulateLocalVol(local, { paths, seed: 4 });

  test("keep the forward within four standard errors", () => {
    for (const x of logPrices) {
      let [sum, squares] = [0, 0];
      for (const value of x) {
        sum += Math.exp(value);
        squares += Math.exp(2 * value);
      }
      const mean = sum / paths;
      const error = Math.sqrt((squares / paths - mean * mean) / paths);
      expect(Math.abs(mean - 1)).toBeLessThan(4 * error);
      expect(error).toBeLessThan(2e-3);
    }
  });

  test.each([-0.15, 0, 0.1])(
    "price options as the surface does within four standard errors, k = %d",
    (k) => {
      const solution = solveForward(local);
      [0.25, 1].forEach((t, date) => {
        const strike = Math.exp(k);
        let [sum, squares] = [0, 0];
        for (const x of logPrices[date]) {
          const payoff = Math.max(0, k > 0 ? Math.exp(x) - strike : strike - Math.exp(x));
          sum += payoff;
          squares += payoff * payoff;
        }
        const mean = sum / paths;
        const error = Math.sqrt((squares / paths - mean * mean) / paths);
        const expected = blackOtm(k, Math.sqrt(solution.totalVariance(k, t)));
        expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
        expect(error).toBeLessThan(0.05 * expected);
      });
    },
  );
});
