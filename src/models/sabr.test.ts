import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { spreadStrikes, syntheticChain } from "../../test/models/syntheticChain.ts";
import { type SabrForm, sabrVol } from "../formulas/index.ts";
import { loadChainFile } from "../market/index.ts";
import { type SabrOptions, sabr } from "./sabr.ts";

const forward = 100;
const years = [0.1, 0.5, 2];
const shape = { rho: -0.4, nu: 0.7 };

/** Quotes made by the formula itself: β = 1, α = 0.3. */
const lognormal = (form: SabrForm, beta: number) => (k: number, t: number) =>
  sabrVol(form, {
    forward,
    strike: forward * Math.exp(k),
    yearsToExpiry: t,
    alpha: 0.3 * forward ** (1 - beta),
    beta,
    ...shape,
  });

describe("SABR finds the parameters that made the quotes", () => {
  test.each([
    ["hagan", 1],
    ["hagan", 0.5],
    ["obloj", 0.5],
    ["obloj", 1],
  ] as const)("%s, beta %d", async (form, beta) => {
    const chain = syntheticChain({ years, vol: lognormal(form, beta) });
    const fit = await sabr.fit(chain, { form, beta });
    for (const expiry of fit.params?.expiries ?? []) {
      expect(expiry.rho).toBeCloseTo(shape.rho, 5);
      expect(expiry.nu).toBeCloseTo(shape.nu, 5);
      expect(expiry.alpha / forward ** (1 - beta)).toBeCloseTo(0.3, 5);
    }
    expect(fit.parameterCount).toBe(9);
  });

  test("the normal form, through Bachelier prices", async () => {
    // α in currency at β = 0; the surface answers in Black's volatility.
    const chain = syntheticChain({ years: [0.5], vol: lognormal("hagan", 1) });
    const fit = await sabr.fit(chain, { form: "normal", beta: 0 });
    const [expiry] = chain.expiries;
    for (const { logMoneyness, midVol } of expiry.quotes) {
      expect(fit.surface?.impliedVol(logMoneyness, expiry.yearsToExpiry)).toBeCloseTo(midVol, 2);
    }
    expect(fit.params?.expiries[0].alpha).toBeGreaterThan(20);
  });

  test("the shifted form, with the shift in currency", async () => {
    const chain = syntheticChain({ years: [0.5], vol: lognormal("hagan", 1) });
    const fit = await sabr.fit(chain, { shift: 50 });
    const [expiry] = chain.expiries;
    for (const { logMoneyness, midVol } of expiry.quotes) {
      expect(fit.surface?.impliedVol(logMoneyness, expiry.yearsToExpiry)).toBeCloseTo(midVol, 2);
    }
  });
});

test("pinned at the money, the smile passes through the volatility between the quotes at the forward", async () => {
  const chain = syntheticChain({
    years: [0.25],
    logMoneyness: [-0.2, -0.1, 0, 0.1, 0.2],
    vol: (k) => 0.5 + (k === 0 ? 0.03 : 0) + k * k,
  });
  const pinned = await sabr.fit(chain, { atm: "quoted" });
  const fitted = await sabr.fit(chain);
  const t = chain.expiries[0].yearsToExpiry;
  expect(pinned.surface?.impliedVol(0, t)).toBeCloseTo(0.53, 6);
  expect(fitted.surface?.impliedVol(0, t)).toBeLessThan(0.53);
  expect(pinned.parameterCount).toBe(2);
});

test("says where its density is negative and that it is outside its validity", async () => {
  // Long and wild: Hagan's expansion with β < 1 loses its left wing.
  const vol = (k: number) => 0.6 - 0.5 * k + 0.4 * k * k;
  const chain = syntheticChain({ years: [5], vol, logMoneyness: spreadStrikes(5, 15, 1.5, 0.5) });
  const fit = await sabr.fit(chain, { beta: 0.3 });
  expect(fit.status).toBe("outside-validity");
  expect(fit.message).not.toBe("");
  expect(fit.warnings.join("\n")).toMatch(
    /\d{4}-\d{2}-\d{2}: (negative density (below|above)|the expansion ends at)/,
  );
});

test("an expiry with two quotes leans on its neighbour and says so", async () => {
  const chain = syntheticChain({
    years,
    vol: lognormal("hagan", 1),
    logMoneyness: (t) => (t === 0.5 ? [0, 0.1] : spreadStrikes(t)),
  });
  const fit = await sabr.fit(chain);
  const few = fit.warnings.filter((warning) => warning.includes("quotes for three parameters"));
  expect(few).toHaveLength(1);
  expect(few[0]).toMatch(/2 quotes for three parameters; nu from the nearest/);
});

test.each([
  ["beta", { beta: 1.5 }],
  ["form", { form: "normalish" }],
  ["shift", { shift: Number.NaN }],
  ["atm", { atm: "guessed" }],
  ["huber", { huber: 0 }],
])("names the option out of range: %s", async (name, options) => {
  const chain = syntheticChain({ years, vol: () => 0.3 });
  await expect(sabr.fit(chain, options as SabrOptions)).rejects.toThrow(`expected ${name}`);
});

test("a shift that leaves a strike below zero is refused with the strike that matters", async () => {
  const chain = syntheticChain({ years, vol: () => 0.3 });
  await expect(sabr.fit(chain, { shift: -90 })).rejects.toThrow("the lowest strike");
});

const month = new URL("../../../shared/data/deribit/chains/2026-01/", import.meta.url);

test.skipIf(!existsSync(month))(
  "on a real BTC chain most quotes are inside bid and ask",
  async () => {
    const file = new URL(readdirSync(month).sort()[9], month);
    const { chain } = await loadChainFile(file.pathname, { underlying: "BTC" });
    const { surface, status } = await sabr.fit(chain);
    expect(status).not.toBe("failed");
    const inside = chain.expiries.flatMap(({ quotes, yearsToExpiry }) =>
      quotes.map((q) => {
        const vol = surface?.impliedVol(q.logMoneyness, yearsToExpiry) ?? Number.NaN;
        return vol >= q.bidVol && vol <= q.askVol;
      }),
    );
    expect(inside.filter(Boolean).length / inside.length).toBeGreaterThan(0.75);
  },
);
