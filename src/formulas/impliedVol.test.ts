import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blackOtm } from "./blackKernel.ts";
import { impliedTotalStdDev } from "./impliedStdDev.ts";
import { impliedStdDevPlain } from "./impliedStdDevPlain.ts";
import { impliedNormalVol, impliedVol, impliedVolReasons, impliedVols } from "./impliedVol.ts";
import type { OptionType } from "./optionType.ts";

interface Case {
  readonly group: string;
  readonly F: number;
  readonly K: number;
  readonly T: number;
  readonly type: OptionType;
  readonly price: number;
  readonly sigma: number;
  readonly sigma_n: number;
  readonly rel_tol: number;
  readonly expect: string;
}

const file = new URL("../../../shared/reference/implied_vol.json", import.meta.url);
const present = existsSync(file);
const reference = (present ? JSON.parse(readFileSync(file, "utf8")) : {}) as Readonly<
  Record<"black" | "normal" | "edge", readonly Case[]>
>;

function quoteOf(c: Case) {
  return { type: c.type, price: c.price, forward: c.F, strike: c.K, yearsToExpiry: c.T };
}

describe.skipIf(!present)(
  "implied volatility on reference/implied_vol.json (skipped if absent)",
  () => {
    it("recovers every Black volatility within the tolerance of its condition", () => {
      const misses = reference.black.filter((c) => {
        const result = impliedVol(quoteOf(c));
        return !(result.ok && Math.abs(result.vol / c.sigma - 1) <= c.rel_tol);
      });
      expect(reference.black.length).toBeGreaterThan(60);
      expect(misses).toEqual([]);
    });

    it("recovers every normal volatility within the tolerance of its condition", () => {
      const misses = reference.normal.filter((c) => {
        const result = impliedNormalVol(quoteOf(c));
        return !(result.ok && Math.abs(result.vol / c.sigma_n - 1) <= c.rel_tol);
      });
      expect(reference.normal.length).toBeGreaterThan(4);
      expect(misses).toEqual([]);
    });

    it("reports the expected reason where there is no volatility", () => {
      const found = reference.edge.map((c) => {
        const result = impliedVol(quoteOf(c));
        return result.ok ? "ok" : result.reason;
      });
      expect(found).toEqual(reference.edge.map((c) => c.expect.replace("_", "-")));
    });

    it("gives in a batch the very numbers and reasons of the scalar function", () => {
      const cases = [...reference.black, ...reference.edge];
      const vols = new Float64Array(cases.length);
      const reasons = new Uint8Array(cases.length);
      const found = impliedVols(
        {
          isCall: Uint8Array.from(cases, (c) => (c.type === "call" ? 1 : 0)),
          prices: Float64Array.from(cases, (c) => c.price),
          forwards: Float64Array.from(cases, (c) => c.F),
          strikes: Float64Array.from(cases, (c) => c.K),
          years: Float64Array.from(cases, (c) => c.T),
        },
        vols,
        reasons,
      );
      expect(found).toBe(reference.black.length);
      cases.forEach((c, i) => {
        const scalar = impliedVol(quoteOf(c));
        expect(impliedVolReasons[reasons[i]]).toBe(scalar.ok ? "ok" : scalar.reason);
        expect(vols[i]).toBe(scalar.ok ? scalar.vol : 0);
      });
    });
  },
);

describe("implied volatility", () => {
  /** |∂ln s/∂ln price| and |∂ln s/∂k|·ulp(k), from differences of the price itself. */
  function attainable(k: number, s: number): number {
    const h = 1e-6 * s;
    const price = blackOtm(k, s);
    const vega = (blackOtm(k, s + h) - blackOtm(k, s - h)) / (2 * h);
    return 2 ** -52 * (8 + (8 * price) / (s * vega));
  }

  it("inverts the price to rounding over moneyness, volatility and both regions", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: Math.log(5e-3), max: Math.log(5), noNaN: true }),
        (k, logS) => {
          const s = Math.exp(logS);
          const price = blackOtm(k, s);
          const bound = k >= 0 ? 1 : Math.exp(k);
          if (price < 1e-290 || bound - price < 1e-9 * bound) return;
          expect(Math.abs(impliedTotalStdDev(price, k) / s - 1)).toBeLessThan(attainable(k, s));
        },
      ),
      { numRuns: 3000, seed: 1 },
    );
  });

  it("agrees with the plain bracketed Newton solver also at extreme strikes", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -40, max: 40, noNaN: true }),
        fc.double({ min: -6, max: 2.5, noNaN: true }),
        (k, logS) => {
          const s = Math.exp(logS);
          const price = blackOtm(k, s);
          const bound = k >= 0 ? 1 : Math.exp(k);
          if (price < 1e-290 || bound - price < 1e-7 * bound) return;
          const plain = impliedStdDevPlain(price, k);
          expect(Math.abs(impliedTotalStdDev(price, k) / plain - 1)).toBeLessThan(1e-9);
        },
      ),
      { numRuns: 2000, seed: 2 },
    );
  });

  it("returns a number or a reason at the ends of the double range", () => {
    const sizes = [5e-324, 1e-300, 1e-10, 1, 1e200, 1e300];
    for (const forward of sizes) {
      for (const strike of sizes) {
        for (const yearsToExpiry of [5e-324, 1, 1e300]) {
          const quote = {
            type: "call",
            price: forward / 2,
            forward,
            strike,
            yearsToExpiry,
          } as const;
          for (const result of [impliedVol(quote), impliedNormalVol(quote)]) {
            if (result.ok) expect(Number.isFinite(result.vol)).toBe(true);
            else expect(impliedVolReasons).toContain(result.reason);
          }
        }
      }
    }
  });

  it("is increasing in the price", () => {
    for (const k of [-2, -0.1, 0, 1e-6, 0.3, 4]) {
      const bound = k >= 0 ? 1 : Math.exp(k);
      let previous = 0;
      for (let i = 1; i < 400; i += 1) {
        const s = impliedTotalStdDev((bound * i) / 400, k);
        expect(s).toBeGreaterThan(previous);
        previous = s;
      }
    }
  });

  it("answers zero and infinity at the two bounds and NaN beyond them", () => {
    expect(impliedTotalStdDev(0, 0.1)).toBe(0);
    expect(impliedTotalStdDev(1, 0.1)).toBe(Number.POSITIVE_INFINITY);
    expect(impliedTotalStdDev(-1e-9, 0.1)).toBeNaN();
    expect(impliedTotalStdDev(0.95, -0.1)).toBeNaN();
  });

  it("refuses nonsense with a reason, never with NaN", () => {
    const base = { type: "call", price: 10, forward: 100, strike: 100, yearsToExpiry: 1 } as const;
    const reason = (change: object) => {
      const result = impliedVol({ ...base, ...change });
      return result.ok ? result.vol : result.reason;
    };
    expect(reason({ price: Number.NaN })).toBe("invalid-input");
    expect(reason({ forward: -1 })).toBe("invalid-input");
    expect(reason({ strike: 0 })).toBe("invalid-input");
    expect(reason({ yearsToExpiry: Number.NaN })).toBe("invalid-T");
    expect(reason({ strike: 90, price: 9.99 })).toBe("below-intrinsic");
    expect(impliedNormalVol({ ...base, strike: 90, price: 9.99 })).toEqual({
      ok: false,
      reason: "below-intrinsic",
    });
  });

  it("refuses columns of different lengths", () => {
    const one = new Float64Array(1);
    const batch = {
      isCall: new Uint8Array(1),
      prices: one,
      forwards: one,
      strikes: new Float64Array(2),
      years: one,
    };
    expect(() => impliedVols(batch, one, new Uint8Array(1))).toThrow(/expected every column/);
  });
});
