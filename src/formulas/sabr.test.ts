import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  sabrAFromAtm,
  sabrAlphaFromAtm,
  type SabrForm,
  type SabrInputs,
  sabrSliceGradient,
  sabrSliceVol,
  sabrStrike,
  sabrVol,
  sabrX,
} from "./sabr.ts";

const file = new URL("../../../shared/reference/sabr.json", import.meta.url);

interface Case {
  readonly group: string;
  readonly F: number;
  readonly K: number;
  readonly T: number;
  readonly alpha: number;
  readonly beta: number;
  readonly rho: number;
  readonly nu: number;
  readonly shift?: number;
  readonly sigma_atm: number;
  readonly hagan_lognormal?: number;
  readonly obloj_lognormal?: number;
  readonly shifted_lognormal?: number;
  readonly obloj_shifted_lognormal?: number;
  readonly hagan_normal?: number;
}

const inputsOf = (c: Case): SabrInputs => ({
  forward: c.F,
  strike: c.K,
  yearsToExpiry: c.T,
  alpha: c.alpha,
  beta: c.beta,
  rho: c.rho,
  nu: c.nu,
  shift: c.shift,
});

/** Largest relative error over the cases that state a value. */
function worst(cases: readonly Case[], form: SabrForm, value: (c: Case) => number | undefined) {
  const errors = cases.flatMap((c) => {
    const expected = value(c);
    return expected === undefined ? [] : [Math.abs(sabrVol(form, inputsOf(c)) / expected - 1)];
  });
  return { count: errors.length, error: Math.max(...errors) };
}

describe.skipIf(!existsSync(file))("SABR against 50 digits (shared/reference/sabr.json)", () => {
  const read = () =>
    JSON.parse(readFileSync(file, "utf8")) as { cases: Case[]; alpha_from_atm: Case[] };

  test("Hagan's lognormal volatility is right to a few ulp", () => {
    const { count, error } = worst(
      read().cases,
      "hagan",
      (c) => c.hagan_lognormal ?? c.shifted_lognormal,
    );
    expect(count).toBeGreaterThan(70);
    expect(error).toBeLessThan(2e-15);
  });

  test("Obłój's leading term is right to a few ulp", () => {
    const { count, error } = worst(
      read().cases,
      "obloj",
      (c) => c.obloj_lognormal ?? c.obloj_shifted_lognormal,
    );
    expect(count).toBeGreaterThan(70);
    expect(error).toBeLessThan(2e-15);
  });

  test("Hagan's normal volatility is right to a few ulp, for negative forwards too", () => {
    const { count, error } = worst(read().cases, "normal", (c) => c.hagan_normal);
    expect(count).toBeGreaterThan(80);
    expect(error).toBeLessThan(2e-15);
  });

  test("alpha from the volatility at the forward is right to a few ulp", () => {
    for (const c of read().alpha_from_atm) {
      const alpha = sabrAlphaFromAtm("hagan", { ...inputsOf(c), atmVol: c.sigma_atm });
      expect(Math.abs(alpha / c.alpha - 1)).toBeLessThan(2e-15);
    }
  });
});

const dynamics = fc.record({
  form: fc.constantFrom<SabrForm>("hagan", "obloj", "normal"),
  beta: fc.constantFrom(0, 0.3, 0.5, 0.9, 1),
  years: fc.double({ min: 0.003, max: 1, noNaN: true }),
  rho: fc.double({ min: -0.95, max: 0.95, noNaN: true }),
  nu: fc.double({ min: 0.01, max: 2, noNaN: true }),
  a: fc.double({ min: 0.05, max: 1, noNaN: true }),
});

describe("SABR", () => {
  test("x(z) stays exact where the printed formula has lost all digits", () => {
    // x = z + ρz²/2 + …, and for ρ = 0 it is asinh z.
    expect(sabrX(1e-20, -0.9)).toBe(1e-20);
    expect(sabrX(-1e9, 0) / Math.asinh(-1e9)).toBeCloseTo(1, 15);
    expect(sabrX(0.3, 0) / Math.asinh(0.3)).toBeCloseTo(1, 15);
    // ρ → −1: x = ln(1 + z) for z > −1
    expect(sabrX(1e-3, -1 + 2 ** -53) / Math.log1p(1e-3)).toBeCloseTo(1, 14);
  });

  test("x(z) is odd in z and rho together, and rises", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: -0.999, max: 0.999, noNaN: true }),
        (z, rho) => {
          expect(sabrX(-z, -rho)).toBe(-sabrX(z, rho));
          expect(sabrX(z + 1e-3, rho)).toBeGreaterThan(sabrX(z, rho));
        },
      ),
    );
  });

  test("alpha from the volatility at the forward gives it back", () => {
    fc.assert(
      fc.property(dynamics, ({ form, beta, years, rho, nu, a }) => {
        const found = sabrAFromAtm({ form, beta, years, rho, nu }, a);
        fc.pre(!Number.isNaN(found));
        const atm = sabrSliceVol(
          { form, beta, years, a: found, rho, nu },
          sabrStrike(form, beta, 0),
        );
        expect(found).toBeGreaterThan(0);
        expect(atm / a).toBeCloseTo(1, 12);
      }),
    );
  });

  test("derivatives agree with central differences", () => {
    const out = new Float64Array(4);
    fc.assert(
      fc.property(dynamics, fc.double({ min: -1.5, max: 1.5, noNaN: true }), (slice, k) => {
        const strike = sabrStrike(slice.form, slice.beta, k);
        sabrSliceGradient(slice, strike, out);
        expect(out[0] / sabrSliceVol(slice, strike)).toBeCloseTo(1, 13);
        for (const [i, name] of (["a", "rho", "nu"] as const).entries()) {
          const step = 6e-6 * Math.max(0.05, Math.abs(slice[name]));
          const up = sabrSliceVol({ ...slice, [name]: slice[name] + step }, strike);
          const down = sabrSliceVol({ ...slice, [name]: slice[name] - step }, strike);
          const difference = (up - down) / (2 * step);
          expect(Math.abs(out[i + 1] - difference)).toBeLessThan(
            1e-6 * Math.max(1, Math.abs(difference)),
          );
        }
      }),
    );
  });

  test("nu = 0 with beta = 1 is flat, and beta = 0 is then the normal model's skew", () => {
    const flat = { forward: 100, strike: 60, yearsToExpiry: 2, alpha: 0.3, rho: 0.1, nu: 0 };
    expect(sabrVol("hagan", { ...flat, beta: 1 })).toBeCloseTo(0.3, 15);
    expect(sabrVol("normal", { ...flat, alpha: 20, beta: 0 })).toBeCloseTo(20, 12);
  });

  test("a time correction at or below zero is an error, not a clamped volatility", () => {
    const long = {
      forward: 1,
      strike: 1,
      yearsToExpiry: 30,
      alpha: 0.3,
      beta: 1,
      rho: -0.95,
      nu: 2,
    };
    expect(() => sabrVol("hagan", long)).toThrow(/expected a positive time correction, got -/);
    expect(() => sabrAlphaFromAtm("hagan", { ...long, atmVol: 0.3 })).toThrow(
      /expected an alpha for atmVol = 0.3, got none/,
    );
  });

  test("parameters out of range are refused by name", () => {
    const fine = { forward: 1, strike: 1, yearsToExpiry: 1, alpha: 0.3, beta: 1, rho: 0, nu: 1 };
    expect(() => sabrVol("hagan", { ...fine, rho: 1 })).toThrow(/expected rho in \(-1, 1\), got 1/);
    expect(() => sabrVol("hagan", { ...fine, beta: 2 })).toThrow(/expected beta/);
    expect(() => sabrVol("hagan", { ...fine, strike: -1 })).toThrow(/expected strike/);
    expect(() => sabrVol("obloj", { ...fine, alpha: 0 })).toThrow(/expected alpha/);
  });
});
