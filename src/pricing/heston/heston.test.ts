import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blackOtm } from "../../formulas/index.ts";
import { characteristicRoom, logCharacteristic } from "./characteristic.ts";
import { explosionTime, momentRange } from "./explosion.ts";
import type { BatesParams } from "./params.ts";
import { hestonExpiry, hestonPrice, hestonVol } from "./price.ts";
import { hestonSmile, smileRoom } from "./smile.ts";

const file = new URL("../../../../shared/reference/heston.json", import.meta.url);

interface Case {
  readonly group: string;
  readonly v0: number;
  readonly kappa: number;
  readonly theta: number;
  readonly nu: number;
  readonly rho: number;
  readonly K: number;
  readonly T: number;
  readonly forward: number;
  readonly df: number;
  readonly call: number;
  readonly put: number;
  readonly otm_undiscounted: number;
  readonly implied_vol: number;
}

/** The reference's sigma is our nu. */
const readCases = (): Case[] =>
  (
    JSON.parse(readFileSync(file, "utf8")) as { cases: (Case & { readonly sigma: number })[] }
  ).cases.map((c) => ({ ...c, nu: c.sigma }));

/** The tilt of a jump-free, then of a jumping, equity market. */
const bates: BatesParams = {
  v0: 0.04,
  kappa: 1.5,
  theta: 0.06,
  nu: 0.5,
  rho: -0.7,
  lambda: 0.4,
  jumpMean: -0.12,
  jumpStdDev: 0.15,
};

describe.skipIf(!existsSync(file))(
  "Heston against 34 digits (shared/reference/heston.json)",
  () => {
    test("out-of-the-money prices are right to 1e-13, down to 1e-54", () => {
      for (const c of readCases()) {
        const type = c.K >= c.forward ? "call" : "put";
        const price = hestonPrice(c, {
          type,
          forward: c.forward,
          strike: c.K,
          yearsToExpiry: c.T,
        });
        expect(
          Math.abs(price / c.otm_undiscounted - 1),
          `${c.group} K=${c.K} T=${c.T}`,
        ).toBeLessThan(1e-13);
      }
    });

    test("calls and puts, discounted, are right to 1e-12", () => {
      for (const c of readCases()) {
        for (const type of ["call", "put"] as const) {
          const price =
            c.df * hestonPrice(c, { type, forward: c.forward, strike: c.K, yearsToExpiry: c.T });
          expect(Math.abs(price - c[type])).toBeLessThan(
            1e-12 * Math.max(c[type], 1e-12 * c.forward) + 1e-13 * c.forward,
          );
        }
      }
    });

    test("implied volatilities are right to 1e-11", () => {
      for (const c of readCases()) {
        const vol = hestonVol(c, Math.log(c.K / c.forward), c.T);
        expect(Math.abs(vol / c.implied_vol - 1), `${c.group} K=${c.K} T=${c.T}`).toBeLessThan(
          1e-11,
        );
      }
    });

    test("the quick smile is right to 1e-8 of the forward where prices are extreme, and to 1e-10 elsewhere", () => {
      const room = smileRoom();
      for (const c of readCases()) {
        const prices = new Float64Array(1);
        hestonSmile(c, c.T, Float64Array.of(Math.log(c.K / c.forward)), room, prices);
        const tolerance = c.group === "deep_otm" ? 1e-8 : 1e-10;
        expect(Math.abs(prices[0] - c.otm_undiscounted / c.forward), c.group).toBeLessThan(
          tolerance,
        );
      }
    });
  },
);

describe("the quick smile of Bates", () => {
  const k = Float64Array.of(-0.5, -0.2, -0.05, 0, 0.1, 0.3);
  const names = ["v0", "kappa", "theta", "nu", "rho", "lambda", "jumpMean", "jumpStdDev"] as const;

  test.each([0.01, 0.1, 0.5, 3])("agrees with the accurate price at %d years", (years) => {
    const prices = new Float64Array(k.length);
    hestonSmile(bates, years, k, smileRoom(), prices);
    const exact = hestonExpiry(bates, years);
    k.forEach((strike, i) => {
      expect(Math.abs(prices[i] - exact.otmPrice(strike))).toBeLessThan(1e-10);
    });
  });

  test.each([0.1, 0.5, 3])("has the gradient of its price at %d years", (years) => {
    const prices = new Float64Array(k.length);
    const gradient = new Float64Array(k.length * names.length);
    hestonSmile(bates, years, k, smileRoom(), prices, gradient);
    names.forEach((name, p) => {
      const h = 6e-6;
      const up = hestonExpiry({ ...bates, [name]: bates[name] + h }, years);
      const down = hestonExpiry({ ...bates, [name]: bates[name] - h }, years);
      k.forEach((strike, i) => {
        const difference = (up.otmPrice(strike) - down.otmPrice(strike)) / (2 * h);
        expect(Math.abs(gradient[i * names.length + p] - difference)).toBeLessThan(2e-8);
      });
    });
  });

  test("reverts to Heston without jumps", () => {
    const { lambda, jumpMean, jumpStdDev, ...heston } = bates;
    expect([lambda, jumpMean, jumpStdDev]).toHaveLength(3);
    const none = hestonExpiry({ ...bates, lambda: 0 }, 0.5);
    const plain = hestonExpiry(heston, 0.5);
    for (const strike of k) expect(none.otmPrice(strike)).toBe(plain.otmPrice(strike));
  });

  test("without a moving variance is Merton's sum of Black prices", () => {
    // ν = 0 and v₀ = θ: variance is constant, and given n jumps the price is lognormal.
    const merton = { ...bates, v0: 0.04, theta: 0.04, nu: 0 };
    const { lambda, jumpMean, jumpStdDev } = merton;
    const years = 0.75;
    const gain = Math.expm1(jumpMean + jumpStdDev ** 2 / 2);
    for (const strike of [-0.6, -0.2, 0.15, 0.5]) {
      let price = 0;
      let weight = Math.exp(-lambda * years);
      for (let n = 0; n < 40; n++) {
        const drift = n * (jumpMean + jumpStdDev ** 2 / 2) - lambda * years * gain;
        const stdDev = Math.sqrt(0.04 * years + n * jumpStdDev ** 2);
        const own = strike - drift;
        // the Black price of the side that is out of the money for the whole sum
        const otm = Math.exp(drift) * blackOtm(own, stdDev);
        const isCall = strike >= 0;
        const parity = Math.exp(drift) - Math.exp(strike);
        price += weight * (own >= 0 === isCall ? otm : otm + (isCall ? parity : -parity));
        weight *= (lambda * years) / (n + 1);
      }
      expect(hestonExpiry(merton, years).otmPrice(strike)).toBeCloseTo(price, 13);
    }
  });
});

describe("Heston's price", () => {
  test("is Black's when variance does not move", () => {
    const still = { v0: 0.09, kappa: 2, theta: 0.09, nu: 0, rho: -0.5 };
    for (const k of [-2, -0.3, 0, 0.2, 1.5]) {
      const exact = blackOtm(k, 0.3 * Math.sqrt(0.5));
      expect(Math.abs(hestonExpiry(still, 0.5).otmPrice(k) / exact - 1)).toBeLessThan(1e-13);
    }
  });

  test.each([
    ["Bates", bates, 0.3],
    ["a tail that all but ends", { v0: 0.04, kappa: 1, theta: 0.09, nu: 1, rho: -0.999 }, 2],
    ["tails that explode soon", { v0: 0.3, kappa: 0.5, theta: 0.5, nu: 6, rho: -0.3 }, 1],
    ["two days", { v0: 0.2, kappa: 8, theta: 0.3, nu: 4, rho: -0.2 }, 2 / 365],
  ])("of many strikes that share contours is that of each alone: %s", (_, params, years) => {
    const shared = hestonExpiry(params, years);
    const stdDev = Math.sqrt(0.3 * years);
    for (let z = -6; z <= 6; z += 0.05) {
      const alone = hestonExpiry(params, years).otmPrice(z * stdDev);
      const price = shared.otmPrice(z * stdDev);
      expect(Math.abs(price - alone)).toBeLessThan(2e-12 * alone + 1e-300);
    }
  });

  test("lies between nothing and the forward or the strike, for any parameters", () => {
    const share = fc.integer({ min: 0, max: 1000 }).map((x) => x / 1000);
    fc.assert(
      fc.property(share, share, share, share, share, share, (a, b, c, d, e, f) => {
        const params = {
          v0: 1e-3 + a,
          kappa: 0.05 + 20 * b,
          theta: 1e-3 + c,
          nu: 5 * d,
          rho: 2 * e - 1,
        };
        const years = 0.01 + 5 * f;
        const expiry = hestonExpiry(params, years);
        for (const k of [-3, -0.5, -0.1, 0, 0.1, 0.5, 3]) {
          const price = expiry.otmPrice(k);
          expect(price).toBeGreaterThanOrEqual(0);
          expect(price).toBeLessThan(Math.min(1, Math.exp(k)));
          expect(Number.isFinite(expiry.totalVariance(k))).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("is Merton's sum where the variance hardly moves, however far a jump is from the rest", () => {
    const params = {
      v0: 0.001,
      kappa: 0.05,
      theta: 0.001,
      nu: 0.002,
      rho: 0.945,
      lambda: 33.876,
      jumpMean: -0.241,
      jumpStdDev: 0.02,
    };
    const years = 0.01;
    const expected = params.lambda * years;
    const drift = expected * Math.expm1(params.jumpMean + 0.5 * params.jumpStdDev ** 2);
    const expiry = hestonExpiry(params, years);
    for (const k of [-0.6, -0.4, -0.2]) {
      let [sum, weight] = [0, Math.exp(-expected)];
      for (let n = 0; n < 40; n++) {
        if (n > 0) weight *= expected / n;
        const variance = params.v0 * years + n * params.jumpStdDev ** 2;
        const forward = Math.exp(n * (params.jumpMean + 0.5 * params.jumpStdDev ** 2) - drift);
        const own = k - Math.log(forward);
        const otm = forward * blackOtm(own, Math.sqrt(variance));
        sum += weight * (own > 0 ? otm + Math.exp(k) - forward : otm);
      }
      expect(expiry.otmPrice(k) / sum - 1).toBeCloseTo(0, 3);
      expect(expiry.totalVariance(k)).toBeGreaterThan(0);
    }
  });

  test.each([
    [
      "26 jumps of +30 % expected beside no volatility of variance",
      {
        v0: 0.157,
        kappa: 20,
        theta: 0.037,
        nu: 0,
        rho: -0.89,
        lambda: 60,
        jumpMean: 0.3,
        jumpStdDev: 0.244,
      },
      0.4364,
    ],
    [
      "a correlation of almost −1",
      {
        v0: 0.489,
        kappa: 18.2,
        theta: 0.049,
        nu: 5,
        rho: -0.999995,
        lambda: 0.00028,
        jumpMean: 0.3,
        jumpStdDev: 0.02,
      },
      0.42,
    ],
    [
      "50 jumps of +30 % beside almost nothing",
      {
        v0: 0.00117,
        kappa: 0.05,
        theta: 0.001,
        nu: 1.5e-8,
        rho: -1,
        lambda: 60,
        jumpMean: 0.3,
        jumpStdDev: 0.255,
      },
      0.8323,
    ],
  ])("is a price with %s", (_, params, years) => {
    const expiry = hestonExpiry(params, years);
    for (const k of [-0.4, -0.2, -0.05, 0, 0.1, 0.25, 0.5]) {
      expect(expiry.otmPrice(k)).toBeGreaterThanOrEqual(-1e-12);
      expect(expiry.otmPrice(k)).toBeLessThanOrEqual(Math.min(1, Math.exp(k)));
    }
  });

  test("falls and is convex in strike, for any parameters", () => {
    // thousandths: among doubles the generator prefers those next to 0, which no market has
    const between = (min: number, max: number) =>
      fc.integer({ min: 1000 * min, max: 1000 * max }).map((x) => x / 1000);
    const params = fc.record({
      v0: between(0.001, 1),
      kappa: between(0.05, 20),
      theta: between(0.001, 1),
      nu: between(0, 5),
      rho: between(-1, 1),
      lambda: between(0, 60),
      jumpMean: between(-0.3, 0.3),
      jumpStdDev: between(0.02, 0.3),
    });
    fc.assert(
      fc.property(params, between(0.01, 3), (p, years) => {
        const expiry = hestonExpiry(p, years);
        const strikes = [-0.4, -0.2, -0.05, 0, 0.1, 0.25, 0.5].map(Math.exp);
        const calls = strikes.map((K) => {
          const otm = expiry.otmPrice(Math.log(K));
          return K >= 1 ? otm : otm + 1 - K;
        });
        const slopes = calls.slice(1).map((c, i) => (c - calls[i]) / (strikes[i + 1] - strikes[i]));
        let before = -1;
        for (const slope of slopes) {
          expect(slope).toBeGreaterThan(before - 1e-10);
          expect(slope).toBeLessThan(1e-10);
          before = slope;
        }
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ["v0", -0.1],
    ["kappa", 0],
    ["theta", Number.NaN],
    ["nu", -1],
    ["rho", 1.2],
    ["lambda", -1],
    ["jumpStdDev", -0.1],
  ])("names the parameter that is out of range: %s = %d", (name, value) => {
    expect(() => hestonExpiry({ ...bates, [name]: value }, 1)).toThrow(`expected ${name}`);
  });

  test("refuses times and strikes that are none", () => {
    expect(() => hestonExpiry(bates, 0)).toThrow("yearsToExpiry");
    const option = { type: "call", forward: 100, strike: -5, yearsToExpiry: 1 } as const;
    expect(() => hestonPrice(bates, option)).toThrow("strike");
  });
});

describe("moments", () => {
  test("of order 0 and 1 are 1: the forward is a martingale", () => {
    const room = characteristicRoom();
    for (const p of [0, 1]) {
      logCharacteristic(bates, 2, 0, -p, room);
      expect(room[0]).toBeCloseTo(0, 14);
    }
  });

  test("explode where the moment grows without bound", () => {
    const params = { v0: 0.04, kappa: 0.5, theta: 0.04, nu: 1, rho: -0.6 };
    const { low, high } = momentRange(params, 2);
    const room = characteristicRoom();
    for (const [edge, inside] of [
      [high, -1],
      [low, 1],
    ] as const) {
      expect(explosionTime(params, edge)).toBeCloseTo(2, 6);
      logCharacteristic(params, 2, 0, -(edge + inside * 1e-6), room);
      const near = room[0];
      logCharacteristic(params, 2, 0, -(edge + inside * 1e-3), room);
      expect(near).toBeGreaterThan(100 * room[0]);
    }
  });
});
