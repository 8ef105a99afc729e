import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversions, convert, quantities } from "./conversions.ts";
import { premiumAdjustedDelta } from "./delta.ts";

type Row = Readonly<Record<string, number>> & { readonly group: string };

const file = new URL("../../../shared/reference/black.json", import.meta.url);
const present = existsSync(file);
const cases = (present ? JSON.parse(readFileSync(file, "utf8")).conversions : []) as readonly Row[];

function valueOf(name: string, inputs: Readonly<Record<string, number>>): number {
  const result = convert(name, inputs);
  if (!result.ok) throw new Error(`${name}: ${result.reason}`);
  return result.value;
}

function expectRounded(got: number, want: number, what: string): void {
  const tolerance = 2 ** -52 * 8 * Math.abs(want);
  expect(Math.abs(got - want), `${what}: got ${got}, reference ${want}`).toBeLessThanOrEqual(
    tolerance,
  );
}

describe.skipIf(!present)("conversions on reference/black.json (skipped if absent)", () => {
  it("gives the strike of every delta, and none above the largest adjusted delta", () => {
    const deltas = cases.filter((c) => c.group === "delta");
    expect(deltas.length).toBeGreaterThan(2);
    for (const c of deltas) {
      const base = { forward: c.F, vol: c.sigma, years: c.T };
      const inputs = { ...base, absDelta: c.abs_delta };
      for (const type of ["call", "put"] as const) {
        const strike = valueOf(`${type}-delta-to-strike`, inputs);
        expectRounded(strike, c[`K_${type}_forward_delta`], type);
        const adjusted = convert(`${type}-premium-adjusted-delta-to-strike`, inputs);
        const want: number | undefined = c[`K_${type}_premium_adjusted_forward_delta`];
        expect(adjusted.ok).toBe(want !== undefined);
        if (adjusted.ok) expectRounded(adjusted.value, want, `${type} adjusted`);
      }
      expectRounded(valueOf("delta-neutral-strike", base), c.K_atm_dns_forward, "neutral");
      const neutral = valueOf("premium-adjusted-delta-neutral-strike", base);
      expectRounded(neutral, c.K_atm_dns_premium_adjusted, "adjusted neutral");
    }
  });

  it("gives every moneyness, variance and delta of a strike", () => {
    for (const c of cases.filter((row) => row.group === "moneyness")) {
      const base = { strike: c.K, forward: c.F };
      const full = { ...base, vol: c.sigma, years: c.T };
      expectRounded(valueOf("strike-to-log-moneyness", base), c.log_moneyness, "k");
      const w = valueOf("vol-to-total-variance", { vol: c.sigma, years: c.T });
      expectRounded(w, c.total_variance, "w");
      const z = valueOf("strike-to-standardised-moneyness", full);
      expectRounded(z, c.standardised_moneyness, "z");
      expectRounded(valueOf("strike-to-call-delta", full), c.forward_delta_call, "delta");
    }
  });
});

describe("conversions", () => {
  const inverses = conversions.flatMap(({ name }) => {
    const parts = /^(.*)-to-(.*)$/.exec(name);
    const adjusted = name.includes("delta") || name.includes("price");
    return parts && !adjusted ? [[name, `${parts[2]}-to-${parts[1]}`] as const] : [];
  });

  it("invert each other where both directions are listed", () => {
    const start = { vol: 0.3, totalVariance: 0.09, annualVariance: 0.04, strike: 107 } as const;
    const rest = {
      ...start,
      forward: 100,
      years: 0.7,
      days: 255.5,
      spot: 100 * Math.exp(-0.021),
      carry: 0.03,
      logMoneyness: 0.2,
      standardisedMoneyness: -1.3,
    };
    expect(inverses.length).toBe(16);
    for (const [there, back] of inverses) {
      const record = conversions.find((c) => c.name === there);
      const pick = (names: readonly string[], from: Readonly<Record<string, number>>) =>
        Object.fromEntries(names.map((name) => [name, from[name]]));
      if (record === undefined) throw new Error(there);
      const value = valueOf(there, pick(record.inputs, rest));
      const other = conversions.find((c) => c.name === back);
      if (other === undefined) throw new Error(`${there} has no inverse ${back}`);
      const again = valueOf(back, pick(other.inputs, { ...rest, [record.output]: value }));
      expect(Math.abs(again / rest[other.output as keyof typeof rest] - 1)).toBeLessThan(1e-14);
    }
  });

  it("take volatility to a price in currency or coin and back, for both models", () => {
    const at = { strike: 110, forward: 100, years: 0.4 };
    for (const type of ["call", "put"]) {
      for (const [forward, output, back] of [
        [`vol-to-${type}-price`, "price", `${type}-price-to-vol`],
        [`vol-to-${type}-coin-price`, "coinPrice", `${type}-coin-price-to-vol`],
      ]) {
        const value = valueOf(forward, { ...at, vol: 0.6 });
        expect(valueOf(back, { ...at, [output]: value })).toBeCloseTo(0.6, 13);
      }
      const price = valueOf(`normal-vol-to-${type}-price`, { ...at, normalVol: 30 });
      expect(valueOf(`${type}-price-to-normal-vol`, { ...at, price })).toBeCloseTo(30, 11);
    }
    const below = { strike: -0.01, forward: -0.02, years: 1 };
    const price = valueOf("normal-vol-to-call-price", { ...below, normalVol: 0.005 });
    expect(valueOf("call-price-to-normal-vol", { ...below, price })).toBeCloseTo(0.005, 15);
    expect(valueOf("price-to-coin-price", { price: 300, forward: 60_000 })).toBe(0.005);
    expect(valueOf("coin-price-to-price", { coinPrice: 0.005, forward: 60_000 })).toBe(300);
    expect(valueOf("premium-to-price", { premium: 9, discount: 0.9 })).toBe(10);
    expect(valueOf("price-to-premium", { price: 10, discount: 0.9 })).toBe(9);
  });

  it("find a strike that has the premium-adjusted delta asked for", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("call" as const, "put" as const),
        fc.double({ min: 1e-3, max: 0.97, noNaN: true }),
        fc.double({ min: 0.01, max: 1.5, noNaN: true }),
        (type, absDelta, vol) => {
          const inputs = { absDelta, vol, forward: 1, years: 1 };
          const result = convert(`${type}-premium-adjusted-delta-to-strike`, inputs);
          if (type === "put") expect(result.ok).toBe(true);
          if (!result.ok) return;
          const delta = premiumAdjustedDelta(type, Math.log(result.value), vol);
          expect(Math.abs(Math.abs(delta) / absDelta - 1)).toBeLessThan(1e-12 / vol);
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });

  it("list unique names, formulas and known units", () => {
    expect(new Set(conversions.map((c) => c.name)).size).toBe(conversions.length);
    for (const c of conversions) {
      expect(c.formula.length).toBeGreaterThan(3);
      expect(c.units).toBe(quantities[c.output].units);
    }
  });

  it("give a reason where no volatility exists", () => {
    const at = { strike: 90, forward: 100, years: 1 };
    expect(convert("call-price-to-vol", { ...at, price: 9 })).toEqual({
      ok: false,
      code: "below-intrinsic",
      reason: "the price is below the intrinsic value",
    });
    expect(convert("call-delta-to-strike", { absDelta: 1, forward: 1, vol: 1, years: 1 }).ok).toBe(
      false,
    );
  });

  it("refuse unknown names and senseless, missing or surplus inputs", () => {
    expect(() => convert("vol-to-luck", {})).toThrow(/expected a conversion of the list/);
    expect(() => convert("vol-to-total-variance", { vol: 0.2 })).toThrow(/years.*got nothing/);
    expect(() => convert("vol-to-annual-variance", { vol: -1 })).toThrow(
      /non-negative number, got -1/,
    );
    expect(() => convert("vol-to-annual-variance", { vol: 1, years: 1 })).toThrow(/got years/);
  });
});
