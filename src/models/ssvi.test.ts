import { describe, expect, test } from "vitest";
import { syntheticChain } from "../../test/models/syntheticChain.ts";
import { ssviPhi, ssviVariance } from "../formulas/index.ts";
import { audit } from "../surface/index.ts";
import { ssvi } from "./ssvi.ts";

const years = [0.05, 0.2, 0.5, 1.2];
const truth = { rho: -0.35, eta: 1.1, gamma: 0.4 };
const thetaAt = (t: number) => 0.09 * t + 0.01 * t * t;
const vol = (k: number, t: number) => {
  const theta = thetaAt(t);
  const phi = ssviPhi({ kind: "power-gj", eta: truth.eta, gamma: truth.gamma }, theta);
  return Math.sqrt(ssviVariance({ theta, phi, rho: truth.rho }, k) / t);
};

describe("SSVI", () => {
  test("finds the parameters that made the quotes", async () => {
    const fit = await ssvi.fit(syntheticChain({ years, vol }));
    expect(fit.status).toBe("converged");
    expect(fit.params?.rho).toBeCloseTo(truth.rho, 4);
    expect(fit.params?.eta).toBeCloseTo(truth.eta, 3);
    expect(fit.params?.gamma).toBeCloseTo(truth.gamma, 3);
    fit.params?.theta.forEach((theta, i) => {
      expect(theta).toBeCloseTo(thetaAt(fit.params?.yearsToExpiry[i] ?? 0), 6);
    });
    expect(fit.parameterCount).toBe(7);
  });

  test.each([
    ["a steep skew and fat wings", (k: number, t: number) => 0.8 - 2 * k + 9 * k * k + 0.1 * t],
    ["falling total variance", (k: number, t: number) => Math.sqrt((0.1 - 0.06 * t) / t) + k * k],
    ["a flat market", () => 0.4],
  ])("passes the audit at every date, whatever it was shown: %s", async (_, quoted) => {
    const { surface } = await ssvi.fit(syntheticChain({ years, vol: quoted }));
    expect(surface).not.toBeNull();
    if (surface === null) return;
    expect(
      audit(surface, { years: [0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 3] }).failures,
    ).toEqual([]);
  });

  test("names the option out of range", async () => {
    const chain = syntheticChain({ years, vol });
    await expect(ssvi.fit(chain, { huber: -1 })).rejects.toThrow("expected huber");
  });
});
