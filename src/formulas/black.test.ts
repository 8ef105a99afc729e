import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bachelierGreeks, bachelierPrice, logBachelierOtm } from "./bachelier.ts";
import { blackGreeks, blackPrice } from "./black.ts";
import { logBlackOtm } from "./blackKernel.ts";
import { blackScholesGreeks, blackScholesPrice } from "./blackScholes.ts";
import { logMoneyness } from "./moneyness.ts";
import { impliedShiftedVol, shiftedBlackGreeks, shiftedBlackPrice } from "./shiftedBlack.ts";

type Row = Readonly<Record<string, number>>;

const file = new URL("../../../shared/reference/black.json", import.meta.url);
const present = existsSync(file);
const reference = (present ? JSON.parse(readFileSync(file, "utf8")) : {}) as Readonly<
  Record<"black" | "bs" | "bachelier" | "shifted", readonly Row[]>
>;

/**
 * Relative agreement to a few ulp times the condition of φ(d) and N(d) in their rounded argument,
 * which is d²; a value below 1e-307 is stored as 0. `terms` is the size of terms that cancel.
 */
function expectClose(got: number, want: number, d: number, what: string, terms = 0): void {
  const tolerance = 2 ** -52 * (8 + 4 * d * d) * Math.max(Math.abs(want), terms) + 1e-306;
  expect(Math.abs(got - want), `${what}: got ${got}, reference ${want}`).toBeLessThanOrEqual(
    tolerance,
  );
}

describe.skipIf(!present)("closed forms on reference/black.json (skipped if absent)", () => {
  it("gives every Black price and greek to rounding", () => {
    expect(reference.black.length).toBeGreaterThan(50);
    for (const c of reference.black) {
      const inputs = { forward: c.F, strike: c.K, yearsToExpiry: c.T, vol: c.sigma };
      const call = blackGreeks("call", inputs);
      const put = blackGreeks("put", inputs);
      const d = Math.max(Math.abs(call.d1), Math.abs(call.d2));
      const s = c.sigma * Math.sqrt(c.T);
      const where = `F=${c.F} K=${c.K} T=${c.T} sigma=${c.sigma}`;
      const check = (name: string, got: number, terms = 0) =>
        expectClose(got, c[name], d, `${name} at ${where}`, terms);
      // The two terms of d1, d2: where they cancel the digits of each remain, not of the difference.
      const parts = Math.abs(logMoneyness(c.F, c.K)) / s + 0.5 * s;
      check("call", call.price);
      check("put", put.price);
      check("delta_call", call.delta);
      check("delta_put", put.delta);
      check("dual_delta_call", call.dualDelta);
      check("dual_delta_put", put.dualDelta);
      check("d1", call.d1, parts / (1 + d * d));
      check("d2", call.d2, parts / (1 + d * d));
      for (const name of ["gamma", "vega", "theta"] as const) check(name, call[name]);
      check("dual_gamma", call.dualGamma);
      check("veta", call.veta);
      const size = parts / (1 + d * d);
      check("vanna", call.vanna, (call.vega / (c.F * s)) * size);
      check("volga", call.volga, (call.vega / c.sigma) * size * d);
      check("charm", call.charm, (call.gamma * c.F * s * size) / (2 * c.T));
      check("speed", call.speed, (call.gamma / c.F / s) * (size + s));
      check("zomma", call.zomma, call.gamma / c.sigma);
      check("color", call.color, call.gamma / c.T);
      check("ultima", call.ultima, (call.vega / c.sigma ** 2) * (size * d + 1) * 2);
      expect(put.gamma).toBe(call.gamma);
      const log = logBlackOtm(logMoneyness(c.F, c.K), s) + Math.log(c.F);
      expect(Math.abs(log - c.log_otm)).toBeLessThan(
        2 ** -52 * (8 + 4 * Math.abs(c.log_otm) + Math.abs(Math.log(c.F)) * 4),
      );
    }
  });

  it("gives every Black-Scholes value, Hull's worked example among them", () => {
    for (const c of reference.bs) {
      const inputs = {
        spot: c.S,
        strike: c.K,
        yearsToExpiry: c.T,
        vol: c.sigma,
        ratePerYear: c.r,
        dividendYieldPerYear: c.q,
      };
      const call = blackScholesGreeks("call", inputs);
      const put = blackScholesGreeks("put", inputs);
      const d = Math.abs(Math.log(c.S / c.K)) / (c.sigma * Math.sqrt(c.T)) + 1;
      const check = (name: string, got: number, terms = 0) =>
        expectClose(got, c[name], d, `${name} at K=${c.K}`, terms);
      check("forward", call.forward);
      check("df", call.discount);
      check("call", call.price);
      check("put", put.price);
      check("delta_call", call.delta);
      check("delta_put", put.delta);
      check("gamma", call.gamma);
      check("vega", call.vega);
      const carry = (Math.abs(c.r) * c.K + Math.abs(c.q) * c.S) * call.discount;
      check("theta_call", call.theta, Math.abs(call.delta) * carry);
      check("theta_put", put.theta, Math.abs(put.delta) * carry);
      check("rho_call", call.rho);
      check("rho_put", put.rho);
      check("rho_q_call", call.dividendRho);
      check("rho_q_put", put.dividendRho);
      check("vanna", call.vanna);
      check("volga", call.volga);
      expect(blackScholesPrice("put", inputs)).toBe(put.price);
    }
    const hull = reference.bs.find((c) => c.S === 42 && c.K === 40);
    expect(hull?.call.toFixed(2)).toBe("4.76");
    expect(hull?.put.toFixed(2)).toBe("0.81");
  });

  it("gives every Bachelier value, negative forwards and strikes among them", () => {
    for (const c of reference.bachelier) {
      const inputs = { forward: c.F, strike: c.K, yearsToExpiry: c.T, normalVol: c.sigma_n };
      const call = bachelierGreeks("call", inputs);
      const put = bachelierGreeks("put", inputs);
      const d = Math.abs(c.F - c.K) / (c.sigma_n * Math.sqrt(c.T));
      const check = (name: string, got: number) => expectClose(got, c[name], d, `${name} K=${c.K}`);
      check("call", call.price);
      check("put", put.price);
      check("delta_call", call.delta);
      check("delta_put", put.delta);
      for (const name of ["gamma", "vega", "theta", "vanna", "volga"] as const) {
        check(name, call[name]);
      }
      expect(logBachelierOtm(inputs)).toBeCloseTo(c.log_otm, 11);
    }
  });

  it("gives every displaced lognormal value and inverts it", () => {
    for (const c of reference.shifted) {
      const inputs = {
        forward: c.F,
        strike: c.K,
        yearsToExpiry: c.T,
        vol: c.sigma,
        shift: c.shift,
      };
      const greeks = shiftedBlackGreeks("call", inputs);
      // F + shift is rounded, which the difference F - K of an in-the-money price shows.
      const check = (name: string, got: number) => expectClose(got, c[name], 2, name);
      check("call", greeks.price);
      check("put", shiftedBlackPrice("put", inputs));
      check("delta_call", greeks.delta);
      check("gamma", greeks.gamma);
      check("vega", greeks.vega);
      const back = impliedShiftedVol({ ...inputs, type: "put", price: c.put });
      expect(back.ok && back.vol).toBeCloseTo(c.sigma, 12);
    }
  });
});

const smooth = fc.record({
  forward: fc.double({ min: 20, max: 200, noNaN: true }),
  k: fc.double({ min: -0.15, max: 0.15, noNaN: true }),
  yearsToExpiry: fc.double({ min: 0.1, max: 3, noNaN: true }),
  vol: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
});

/** Central difference with the step that balances rounding and truncation. */
function slope(f: (x: number) => number, x: number): number {
  const h = 2 ** -17 * Math.abs(x);
  return (f(x + h) - f(x - h)) / (2 * h);
}

describe("closed-form identities", () => {
  it("keeps put-call parity in price and in every greek", () => {
    fc.assert(
      fc.property(smooth, ({ k, ...rest }) => {
        const inputs = { ...rest, strike: rest.forward * Math.exp(k) };
        const call = blackGreeks("call", inputs);
        const put = blackGreeks("put", inputs);
        expect(call.price - put.price).toBeCloseTo(inputs.forward - inputs.strike, 10);
        expect(call.delta - put.delta).toBeCloseTo(1, 14);
        expect(call.dualDelta - put.dualDelta).toBeCloseTo(-1, 14);
        for (const name of ["gamma", "vega", "theta", "vanna", "volga", "ultima"] as const) {
          expect(call[name]).toBe(put[name]);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it("has Black greeks equal to central differences of the next lower one", () => {
    fc.assert(
      fc.property(smooth, ({ k, ...rest }) => {
        const base = { ...rest, strike: rest.forward * Math.exp(k) };
        const at = blackGreeks("call", base);
        const along = (input: keyof typeof base, name: keyof typeof at) =>
          slope((x) => blackGreeks("call", { ...base, [input]: x })[name], base[input]);
        const pairs = [
          [at.delta, along("forward", "price"), 1],
          [at.dualDelta, along("strike", "price"), 1],
          [at.gamma, along("forward", "delta"), at.gamma],
          [at.dualGamma, along("strike", "dualDelta"), at.dualGamma],
          [at.vega, along("vol", "price"), at.vega + (1e-3 * at.price) / base.vol],
          [at.theta, -along("yearsToExpiry", "price"), (1e-3 * at.price) / base.yearsToExpiry],
          [at.vanna, along("forward", "vega"), 1],
          [at.volga, along("vol", "vega"), at.vega / base.vol],
          [at.charm, -along("yearsToExpiry", "delta"), 1 / base.yearsToExpiry],
          [at.speed, along("forward", "gamma"), (10 * at.gamma) / base.forward],
          [at.zomma, along("vol", "gamma"), at.gamma / base.vol],
          [at.color, -along("yearsToExpiry", "gamma"), at.gamma / base.yearsToExpiry],
          [at.veta, -along("yearsToExpiry", "vega"), at.vega / base.yearsToExpiry],
          [at.ultima, along("vol", "volga"), at.vega / base.vol ** 2],
        ];
        pairs.forEach(([exact, difference, scale], i) => {
          const tolerance = 1e-6 * (Math.abs(exact) + Math.abs(scale));
          expect(Math.abs(exact - difference), `pair ${i}`).toBeLessThan(tolerance);
        });
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it("has Black-Scholes greeks equal to central differences of price, delta, gamma and vega", () => {
    const base = {
      spot: 95,
      strike: 103,
      yearsToExpiry: 0.8,
      vol: 0.31,
      ratePerYear: 0.04,
      dividendYieldPerYear: 0.015,
    };
    for (const type of ["call", "put"] as const) {
      const at = blackScholesGreeks(type, base);
      const along = (input: keyof typeof base, name: keyof typeof at) =>
        slope((x) => blackScholesGreeks(type, { ...base, [input]: x })[name], base[input]);
      const close = (exact: number, difference: number) =>
        expect(Math.abs(exact / difference - 1)).toBeLessThan(1e-6);
      close(at.delta, along("spot", "price"));
      close(at.dualDelta, along("strike", "price"));
      close(at.dualGamma, along("strike", "dualDelta"));
      close(at.theta, -along("yearsToExpiry", "price"));
      close(at.rho, along("ratePerYear", "price"));
      close(at.dividendRho, along("dividendYieldPerYear", "price"));
      close(at.charm, -along("yearsToExpiry", "delta"));
      close(at.speed, along("spot", "gamma"));
      close(at.zomma, along("vol", "gamma"));
      close(at.color, -along("yearsToExpiry", "gamma"));
      close(at.veta, -along("yearsToExpiry", "vega"));
    }
  });

  it("has Bachelier greeks equal to central differences", () => {
    const base = { forward: 0.03, strike: 0.041, yearsToExpiry: 2, normalVol: 0.009 };
    const at = bachelierGreeks("put", base);
    const along = (input: keyof typeof base, name: keyof typeof at) =>
      slope((x) => bachelierGreeks("put", { ...base, [input]: x })[name], base[input]);
    const close = (exact: number, difference: number) =>
      expect(Math.abs(exact / difference - 1)).toBeLessThan(1e-6);
    close(at.delta, along("forward", "price"));
    close(at.dualDelta, along("strike", "price"));
    close(at.dualGamma, along("strike", "dualDelta"));
    close(at.theta, -along("yearsToExpiry", "price"));
    close(at.charm, -along("yearsToExpiry", "delta"));
    close(at.speed, along("forward", "gamma"));
  });

  it("gives intrinsic value without time or volatility, and a step of delta", () => {
    const expired = { forward: 110, strike: 100, yearsToExpiry: 0, vol: 0.3 };
    expect(blackPrice("call", expired)).toBe(10);
    expect(blackPrice("put", expired)).toBe(0);
    expect(blackGreeks("call", expired).delta).toBe(1);
    expect(blackGreeks("put", { ...expired, strike: 120 }).delta).toBe(-1);
    expect(bachelierPrice("put", { ...expired, strike: 120, normalVol: 0 })).toBe(10);
    expect(() => blackGreeks("call", { ...expired, strike: 110 })).toThrow(/at the strike/);
  });

  it("refuses inputs that are no option, with the field in the message", () => {
    const good = { forward: 100, strike: 100, yearsToExpiry: 1, vol: 0.2 };
    expect(() => blackPrice("call", { ...good, strike: -1 })).toThrow(/strike to be positive/);
    expect(() => blackPrice("call", { ...good, vol: Number.NaN })).toThrow(/vol to be/);
    expect(() => shiftedBlackPrice("call", { ...good, forward: -2, shift: 1 })).toThrow(/forward/);
  });
});
