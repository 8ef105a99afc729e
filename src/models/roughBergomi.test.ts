import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { syntheticChain } from "../../test/models/syntheticChain.ts";
import { loadChainFile } from "../market/index.ts";
import { roughBergomiSmile } from "../pricing/index.ts";
import { audit } from "../surface/index.ts";
import { roughBergomi } from "./roughBergomi.ts";

const truth = { hurst: 0.15, eta: 1.6, rho: -0.6, xi: 0.09 };

describe("rough Bergomi fitted to smiles of its own", () => {
  const years = [0.05, 0.2, 0.6];
  const strikes = (t: number) =>
    [-2, -1.5, -1, -0.6, -0.3, 0, 0.3, 0.6, 1].map((z) => z * 0.3 * Math.sqrt(t));
  // 128 equal steps to each expiry: a finer simulation than the fit's, with other paths
  const smiles = new Map(
    years.map((t) => [
      t,
      roughBergomiSmile(truth, t, strikes(t), { steps: 128, pairs: 2048, batches: 4, seed: 11 }),
    ]),
  );
  const vol = (k: number, t: number): number => {
    const near = years.reduce((a, b) => (Math.abs(b - t) < Math.abs(a - t) ? b : a));
    const smile = smiles.get(near) ?? [];
    return smile.reduce((a, b) => (Math.abs(b.k - k) < Math.abs(a.k - k) ? b : a)).impliedVol;
  };
  const chain = syntheticChain({ years, vol, logMoneyness: strikes });
  const fit = roughBergomi.fit(chain, { seed: 3 });

  test("finds its parameters, up to the bias of a coarser grid and Monte Carlo noise", async () => {
    const { params, status } = await fit;
    expect(status).toBe("converged");
    expect(params?.hurst).toBeGreaterThan(0.08);
    expect(params?.hurst).toBeLessThan(0.22);
    expect(Math.abs((params?.eta ?? 0) - truth.eta)).toBeLessThan(0.3);
    expect(Math.abs((params?.rho ?? 0) - truth.rho)).toBeLessThan(0.12);
    for (const { xi } of params?.expiries ?? []) {
      expect(Math.abs(Math.sqrt(xi) - 0.3)).toBeLessThan(0.015);
    }
  });

  test("reprices the smiles to a quarter of a vol point", async () => {
    const { surface } = await fit;
    for (const { quotes, yearsToExpiry } of chain.expiries) {
      for (const { logMoneyness: k, midVol } of quotes) {
        expect(Math.abs((surface?.impliedVol(k, yearsToExpiry) ?? 0) - midVol)).toBeLessThan(
          0.0035,
        );
      }
    }
  });

  test("has a surface without static arbitrage, between and before expiries too", async () => {
    const { surface } = await fit;
    if (surface === null) throw new Error("the fit failed");
    const dates = [0.02, 0.05, 0.08, 0.12, 0.2, 0.35, 0.6, 0.9];
    expect(audit(surface, { years: dates }).pass).toBe(true);
  });

  test("is itself when no time has passed, and keeps calendar dates' variance later", async () => {
    const { surface, rolled } = await fit;
    const now = await rolled?.(0);
    for (const t of [0.05, 0.3, 0.6]) {
      expect(now?.impliedVol(-0.05, t)).toBe(surface?.impliedVol(-0.05, t));
    }
    const later = await rolled?.(0.1);
    expect(later?.years.length).toBe(2);
    expect(later?.years[0]).toBeCloseTo(0.1, 4);
    // a flat ξ stays flat
    expect(later?.impliedVol(0, 0.5)).toBeCloseTo(surface?.impliedVol(0, 0.5) ?? 0, 2);
    expect(() => rolled?.(0.7)).toThrow(/Roll by less/);
  });
});

describe("rough Bergomi", () => {
  const chain = syntheticChain({ years: [0.25], vol: (k) => 0.3 - 0.3 * k });

  test.each([{ pairs: 0 }, { steps: 1.5 }, { huber: -1 }])("refuses %o", async (options) => {
    await expect(roughBergomi.fit(chain, options)).rejects.toThrow(
      /rough-bergomi: .*expected a positive/,
    );
  });

  test("stops where it is told to", async () => {
    const stop = AbortSignal.abort();
    expect((await roughBergomi.fit(chain, { signal: stop })).status).toBe("cancelled");
  });
});

const reference = new URL("../../../shared/reference/surface_truth.json", import.meta.url);

describe.skipIf(!existsSync(reference))(
  "on the reference surface (skipped without ../shared/reference)",
  () => {
    test("four quotes in five are met within 0.3 points of volatility, parameters near those that made it", async () => {
      const { rough_bergomi: rows } = JSON.parse(readFileSync(reference, "utf8")) as {
        rough_bergomi: readonly { T: number; K: number; forward: number; implied_vol: number }[];
      };
      const years = [...new Set(rows.map((row) => row.T))];
      const at = (t: number) => rows.filter((row) => Math.abs(row.T - t) < 1e-3);
      const chain = syntheticChain({
        years,
        logMoneyness: (t) => at(t).map(({ K, forward }) => Math.log(K / forward)),
        vol: (k, t) =>
          at(t).reduce((a, b) =>
            Math.abs(Math.log(b.K / b.forward) - k) < Math.abs(Math.log(a.K / a.forward) - k)
              ? b
              : a,
          ).implied_vol,
        halfSpread: () => 0.003,
      });
      const { params, surface } = await roughBergomi.fit(chain);
      // H = 0.07, η = 1.9, ρ = −0.9: bias of some twenty steps per expiry included
      expect(Math.abs((params?.hurst ?? 0) - 0.07)).toBeLessThan(0.05);
      expect(Math.abs((params?.eta ?? 0) - 1.9)).toBeLessThan(0.35);
      expect(Math.abs((params?.rho ?? 0) + 0.9)).toBeLessThan(0.1);
      let [inside, count] = [0, 0];
      for (const { quotes, yearsToExpiry } of chain.expiries) {
        for (const { logMoneyness: k, midVol } of quotes) {
          if (Math.abs((surface?.impliedVol(k, yearsToExpiry) ?? 0) - midVol) < 0.003) inside += 1;
          count += 1;
        }
      }
      expect(inside / count).toBeGreaterThan(0.8);
    });
  },
);

const month = new URL("../../../shared/data/deribit/chains/2026-01/", import.meta.url);

describe.skipIf(!existsSync(month))("on a real BTC chain (skipped without ../shared/data)", () => {
  test("two quotes in five are inside bid and ask with three numbers and a level per expiry", async () => {
    const file = new URL(readdirSync(month).sort()[9], month);
    const { chain } = await loadChainFile(file.pathname, { underlying: "BTC" });
    const { surface, parameterCount } = await roughBergomi.fit(chain);
    let [inside, count] = [0, 0];
    for (const { quotes, yearsToExpiry } of chain.expiries) {
      for (const q of quotes) {
        const vol = surface?.impliedVol(q.logMoneyness, yearsToExpiry) ?? Number.NaN;
        if (vol >= q.bidVol && vol <= q.askVol) inside += 1;
        count += 1;
      }
    }
    expect(parameterCount).toBe(3 + chain.expiries.length);
    expect(inside / count).toBeGreaterThan(0.4);
  });
});
