import { describe, expect, it } from "vitest";
import { philoxNormals } from "../random/normals.ts";
import { makeDesign } from "./design.ts";
import { learn } from "./learn.ts";
import { riskPremium, type VarianceCurves } from "./riskPremium.ts";
import { hestonHistory } from "./testHistory.ts";

/** Heston under P, and under Q with the same ν. */
const p = { kappa: 5, theta: 0.4, nu: 0.8, rho: -0.5, dt: 1 / 365, fine: 4 };
const q = { kappa: 3, theta: 0.6 };
const years = [1 / 12, 0.25, 0.5, 1];

/** The price of risk that makes the one the other. */
const lambda = (y: number): number => {
  const v = Math.exp(2 * y);
  return (p.kappa * (p.theta - v) - q.kappa * (q.theta - v)) / (p.nu * Math.sqrt(v));
};

async function fitPair(rows: number, seed: number) {
  const design = makeDesign(hestonHistory(rows, seed, p));
  const noise = philoxNormals(seed, 99, design.rows * years.length);
  const variances = Float64Array.from({ length: design.rows * years.length }, (_, i) => {
    const v = Math.exp(2 * design.states[2 * Math.floor(i / years.length) + 1]);
    const x = q.kappa * years[i % years.length];
    return q.theta + ((v - q.theta) * -Math.expm1(-x)) / x + 0.005 * noise[i];
  });
  const curves: VarianceCurves = { years, variances };
  const model = await learn(design, {
    members: 1,
    folds: 1,
    ridges: [],
    skeletonRidges: [1],
    hidden: 0,
    learningCurve: false,
  });
  const premium = await riskPremium(model, design, 1, curves);
  let square = 0;
  let mean = 0;
  for (let r = 0; r < design.rows; r++) {
    const y = design.states[2 * r + 1];
    const error = premium.at(y) - lambda(y);
    square += error ** 2 / design.rows;
    mean += error / design.rows;
  }
  return { premium, design, model, curves, rms: Math.sqrt(square), mean };
}

describe("riskPremium", () => {
  it("recovers the measures of a Heston pair: Q from the curves, the price of risk from the history", async () => {
    const { premium, rms, mean } = await fitPair(6000, 4);
    // 23,600 variances with noise 0.005
    expect(premium.kappa).toBeCloseTo(q.kappa, 1);
    expect(premium.theta).toBeCloseTo(q.theta, 2);
    expect(premium.curveError).toBeCloseTo(0.005, 3);
    // 16 years: the level is known to 1/√16 = 0.25; level and slope together to √2 of it
    expect(premium.levelStandardError).toBeCloseTo(0.25, 1);
    expect(Math.abs(mean)).toBeLessThan(4 * premium.levelStandardError);
    expect(rms).toBeLessThan(4 * premium.levelStandardError);
    // it is not nothing: λ averages −1.2 and changes sign nowhere near the mean
    const truth = lambda(0.5 * Math.log(p.theta));
    expect(truth).toBeLessThan(-1);
    expect(Math.abs(premium.at(0.5 * Math.log(p.theta)) - truth)).toBeLessThan(Math.abs(truth));
  });

  it("is bounded, whatever the state", async () => {
    const { premium, design, model, curves } = await fitPair(700, 2);
    for (const y of [-50, -2, 0, 3, 50]) expect(Math.abs(premium.at(y))).toBeLessThanOrEqual(10);
    await expect(riskPremium(model, design, 0, curves)).rejects.toThrow(
      /a volatility among H, H.vol, got H/,
    );
    const short = { years, variances: curves.variances.slice(8) };
    await expect(riskPremium(model, design, 1, short)).rejects.toThrow(/rows at 4 maturities/);
  });
});
