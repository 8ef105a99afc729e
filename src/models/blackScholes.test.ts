import { expect, test } from "vitest";
import { syntheticChain } from "../../test/models/syntheticChain.ts";
import { blackScholes, blackScholesTerm } from "./blackScholes.ts";

const years = [0.1, 0.5, 1];

test("Black-Scholes is the mean of the mids, weighted by 1/half spread²", async () => {
  // Two strikes, 20 % quoted ±1 point and 30 % quoted ±2 points: (20·4 + 30·1)/5 = 22 %.
  const chain = syntheticChain({
    years: [0.5],
    logMoneyness: [-0.1, 0.1],
    vol: (k) => (k < 0 ? 0.2 : 0.3),
    halfSpread: (k) => (k < 0 ? 0.01 : 0.02),
  });
  const fit = await blackScholes.fit(chain);
  expect(fit.params?.vol).toBeCloseTo(0.22, 12);
  expect(fit.surface?.impliedVol(0.3, 2)).toBeCloseTo(0.22, 12);
  expect(fit.parameterCount).toBe(1);
});

test("Black-Scholes per expiry has the volatility of each expiry at every strike", async () => {
  const chain = syntheticChain({ years, vol: (_, t) => 0.2 + 0.1 * t });
  const fit = await blackScholesTerm.fit(chain);
  for (const t of fit.params?.yearsToExpiry ?? []) {
    expect(fit.surface?.impliedVol(-0.3, t)).toBeCloseTo(0.2 + 0.1 * t, 12);
  }
  expect(fit.parameterCount).toBe(3);
});

test("spreads below 0.05 volatility points count as that: a crossed-to-zero spread does not rule", async () => {
  const chain = syntheticChain({
    years: [0.5],
    logMoneyness: [-0.1, 0.1],
    vol: (k) => (k < 0 ? 0.2 : 0.3),
    halfSpread: (k) => (k < 0 ? 1e-9 : 0.0005),
  });
  expect((await blackScholes.fit(chain)).params?.vol).toBeCloseTo(0.25, 6);
});
