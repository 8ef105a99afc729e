import { expect, test } from "vitest";
import { audit } from "./audit.ts";
import { projectArbitrageFree } from "./project.ts";

const years = [0.1, 0.5, 1];
const flat = { totalVariance: (_: number, t: number) => 0.04 * t };

/** SSVI with the power law (Gatheral & Jacquier 2014), inside their no-arbitrage conditions. */
const ssvi = {
  totalVariance: (k: number, t: number) => {
    const [theta, rho] = [0.04 * t, -0.4];
    const phi = 0.7 / (Math.sqrt(theta) * Math.sqrt(1 + theta));
    return (theta / 2) * (1 + rho * phi * k + Math.sqrt((phi * k + rho) ** 2 + 1 - rho * rho));
  },
};

test("a surface without arbitrage stays where it is", async () => {
  const kept = await projectArbitrageFree(flat, years);
  expect(kept.largestChangeVol).toBeLessThan(1e-8);
  expect(kept.certificate.pass).toBe(true);
  const skewed = await projectArbitrageFree(ssvi, years);
  expect(skewed.largestChangeVol).toBeLessThan(0.0015);
  expect(skewed.rmsChangeVol).toBeLessThan(0.0002);
  expect(skewed.certificate.failures).toEqual([]);
});

test("total variance that falls with time is brought together between its dates", async () => {
  const falling = { totalVariance: (_: number, t: number) => (t < 0.4 ? 0.0225 : 0.01805) };
  expect(audit(falling, { years: [0.25, 0.5] }).pass).toBe(false);
  const { surface, certificate, largestChangeVol } = await projectArbitrageFree(
    falling,
    [0.25, 0.5],
  );
  expect(certificate.failures).toEqual([]);
  // flat smiles at 30 % and 19 % have to meet at some w: the larger change is least where 0.3 − 2√w = √2 √w − 0.19
  expect(largestChangeVol).toBeGreaterThan(0.0129);
  const w = [0.25, 0.5].map((t) => surface.totalVariance(0, t));
  expect(w[1]).toBeGreaterThanOrEqual(w[0] * (1 - 1e-9));
  expect(w[0]).toBeGreaterThan(0.018);
  expect(w[1]).toBeLessThan(0.0226);
});

test("Vogt's smile, which has a negative density, is changed where it has to be and no longer has one", async () => {
  // Gatheral & Jacquier (2014), Example 3.1: raw SVI at T = 1
  const [a, b, m, rho, sigma] = [-0.041, 0.1331, 0.3586, 0.306, 0.4153];
  const vogt = {
    totalVariance: (k: number, t: number) =>
      t * (a + b * (rho * (k - m) + Math.sqrt((k - m) ** 2 + sigma * sigma))),
  };
  expect(audit(vogt, { years: [1] }).pass).toBe(false);
  const { certificate, largestChangeVol, rmsChangeVol } = await projectArbitrageFree(vogt, [1]);
  expect(certificate.failures).toEqual([]);
  expect(largestChangeVol).toBeGreaterThan(1e-4);
  expect(rmsChangeVol).toBeLessThan(0.001);
});

test("dates that do not increase, and a surface without variance, are refused", async () => {
  await expect(projectArbitrageFree(flat, [])).rejects.toThrow(/expected dates/);
  await expect(projectArbitrageFree(flat, [1, 0.5])).rejects.toThrow(/to increase/);
  const none = { totalVariance: () => 0 };
  await expect(projectArbitrageFree(none, [1])).rejects.toThrow(/positive total variance/);
});
