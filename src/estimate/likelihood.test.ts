import { describe, expect, it } from "vitest";
import { gradcheck } from "../grad/gradcheck.ts";
import { philoxNormals } from "../random/normals.ts";
import { makeDesign } from "./design.ts";
import { likelihood, startingPoint } from "./likelihood.ts";
import { hestonHistory } from "./testHistory.ts";
import { logScores, shapeOf } from "./transition.ts";

const heston = { kappa: 3, theta: 0.3, nu: 0.8, rho: -0.6, dt: 1 / 365, fine: 4 };
const design = makeDesign(hestonHistory(300, 1, heston));
const shape = shapeOf(design, 0, design.rows, { hidden: 3, kinds: 3 });
const start = startingPoint(shape, 2);
const noise = philoxNormals(9, 0, start.length);
const theta = start.map((x, i) => x + 0.15 * noise[i]);

describe("likelihood", () => {
  it("has the gradient that central differences give, with weights and ridge", () => {
    const weights = Float64Array.from({ length: 70 }, (_, i) => i % 3);
    const { evaluate } = likelihood(shape, design, 10, 80, { skeleton: 2, network: 5 }, weights);
    const found = gradcheck((x) => evaluate(x).value, evaluate(theta).gradient, theta);
    expect(found.relativeError, found.where).toBeLessThan(1e-6);
  });

  it("leaves the network alone without a ridge, and has the skeleton's gradient", () => {
    const free = likelihood(shape, design, 10, 80, { skeleton: 1, network: 1 }).evaluate(
      theta,
    ).gradient;
    const { gradient } = likelihood(shape, design, 10, 80, { skeleton: 1, network: null }).evaluate(
      theta,
    );
    const still = gradient.filter((g) => g === 0).length;
    // V and W with c: 5 outputs and 22 features through 3 hidden units
    expect(still).toBeGreaterThan(3 * (5 + 22));
    gradient.forEach((g, i) => expect(g === 0 || Math.abs(g - free[i]) < 1e-12).toBe(true));
  });

  it("is the mean of the rows' log scores and the prior", () => {
    const weights = new Float64Array(60).fill(0, 0, 60).fill(1, 20, 30);
    const value = likelihood(
      shape,
      design,
      0,
      60,
      { skeleton: 1, network: null },
      weights,
    ).evaluate(start).value;
    const scores = logScores(shape, start, design, 20, 30);
    const mean = scores.reduce((sum, x) => sum + x, 0) / 10;
    // the start lies 0.01 from the prior's centre in the shocks alone
    expect(Math.abs(value + mean)).toBeLessThan(1e-3);
  });
});
