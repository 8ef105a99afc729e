import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { syntheticChain } from "../../test/models/syntheticChain.ts";
import { ssviVariance } from "../formulas/index.ts";
import { loadChainFile } from "../market/index.ts";
import { audit } from "../surface/index.ts";
import { localVol } from "./localVol.ts";

const years = [0.05, 0.25, 0.8];

/** SSVI without arbitrage, φ = 1/√(θ(1+θ)). */
const clean = (k: number, t: number): number => {
  const theta = 0.09 * t;
  return Math.sqrt(
    ssviVariance({ theta, rho: -0.4, phi: 1 / Math.sqrt(theta * (1 + theta)) }, k) / t,
  );
};

describe("local vol fitted to a surface without arbitrage", () => {
  const chain = syntheticChain({ years, vol: clean });
  const fit = localVol.fit(chain);

  test("reprices every quote to two basis points, and converges", async () => {
    const { surface, status, warnings } = await fit;
    expect(status).toBe("converged");
    expect(warnings).toEqual([]);
    for (const { quotes, yearsToExpiry } of chain.expiries) {
      for (const { logMoneyness: k, midVol } of quotes) {
        expect(Math.abs((surface?.impliedVol(k, yearsToExpiry) ?? 0) - midVol)).toBeLessThan(2e-4);
      }
    }
  });

  test("has no static arbitrage", async () => {
    const { surface } = await fit;
    if (surface === null) throw new Error("the fit failed");
    expect(audit(surface, { years: [0.03, 0.05, 0.1, 0.25, 0.5, 0.8] }).pass).toBe(true);
  });

  test("rolls to itself at once, and to fewer expiries later, with a flatter smile", async () => {
    const { surface, rolled } = await fit;
    const now = await rolled?.(0);
    expect(now?.impliedVol(-0.1, 0.25)).toBe(surface?.impliedVol(-0.1, 0.25));
    const later = await rolled?.(0.1);
    expect(later?.years.length).toBe(2);
    const skew = (at: typeof surface, t: number) =>
      (at?.impliedVol(-0.05, t) ?? 0) - (at?.impliedVol(0.05, t) ?? 0);
    // Gatheral (2006), chapter 3: the forward smiles of local volatility flatten
    expect(skew(later ?? null, 0.15)).toBeLessThan(skew(surface, 0.15));
    expect(skew(later ?? null, 0.15)).toBeGreaterThan(0);
    expect(() => rolled?.(0.9)).toThrow(/Roll by less/);
  });
});

describe("local vol", () => {
  test("names expiry, place and kind of arbitrage where it had to be floored", async () => {
    // a steep left wing before a flatter one: far out, past where the order is kept, total variance falls
    const chain = syntheticChain({
      years: [0.25, 0.3],
      vol: (k, t) => (t < 0.27 ? 0.25 + Math.hypot(0.02, k) : 0.5 - 0.5 * k),
    });
    const fit = await localVol.fit(chain, { base: "svi", reach: 14 });
    expect(fit.status).toBe("outside-validity");
    expect(fit.message).toMatch(/arbitrage/);
    expect(fit.warnings.join("\n")).toMatch(
      /^\d{4}-\d\d-\d\d: no local volatility at \d+ places.* k = -?\d.*total variance falls with time/m,
    );
  });

  test.each([{ base: "sabr" as "svi" }, { reach: 0 }])("refuses %o", async (options) => {
    const chain = syntheticChain({ years: [0.25], vol: clean });
    await expect(localVol.fit(chain, options)).rejects.toThrow(/local-vol: expected base/);
  });
});

const month = new URL("../../../shared/data/deribit/chains/2026-01/", import.meta.url);

describe.skipIf(!existsSync(month))("on a real BTC chain (skipped without ../shared/data)", () => {
  test("four quotes in five are inside bid and ask, and eSSVI below it leaves no arbitrage", async () => {
    const file = new URL(readdirSync(month).sort()[9], month);
    const { chain } = await loadChainFile(file.pathname, { underlying: "BTC" });
    const { surface } = await localVol.fit(chain);
    let [inside, count] = [0, 0];
    for (const { quotes, yearsToExpiry } of chain.expiries) {
      for (const q of quotes) {
        const vol = surface?.impliedVol(q.logMoneyness, yearsToExpiry) ?? Number.NaN;
        if (vol >= q.bidVol && vol <= q.askVol) inside += 1;
        count += 1;
      }
    }
    expect(inside / count).toBeGreaterThan(0.8);
    const safe = await localVol.fit(chain, { base: "essvi" });
    expect(safe.status).not.toBe("outside-validity");
    if (safe.surface === null) throw new Error("the fit failed");
    expect(audit(safe.surface, { years: safe.surface.years }).pass).toBe(true);
  });
});
