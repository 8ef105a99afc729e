import { describe, expect, it } from "vitest";
import {
  cauchyLoss,
  hingeLoss,
  pseudoHuberLoss,
  type RobustLoss,
  squaredLoss,
} from "./robustLoss.ts";

const LOSSES: readonly (readonly [string, RobustLoss])[] = [
  ["squared", squaredLoss],
  ["pseudo-Huber", pseudoHuberLoss(1.5)],
  ["Cauchy", cauchyLoss(0.8)],
  ["hinge", hingeLoss(1)],
  ["hinge with pseudo-Huber beyond", hingeLoss(1, pseudoHuberLoss(2))],
];
const POINTS = [-30, -2.2, -1.01, -0.3, 0, 0.4, 0.99, 1.7, 12];

describe.each(LOSSES)("%s loss", (_, loss) => {
  it("has the slope of its central difference", () => {
    for (const r of POINTS) {
      const h = 1e-5;
      const difference = (loss.loss(r + h) - loss.loss(r - h)) / (2 * h);
      expect(Math.abs(loss.slope(r) - difference)).toBeLessThan(1e-8 * Math.max(1, Math.abs(r)));
    }
  });

  it("is even, and zero at zero", () => {
    expect(loss.loss(0)).toBe(0);
    expect(Math.abs(loss.slope(0))).toBe(0);
    for (const r of POINTS) expect(loss.loss(r)).toBe(loss.loss(-r));
  });

  it("lies below the quadratic that its curvature makes", () => {
    for (const r of POINTS.filter((at) => loss.curvature(at) > 0)) {
      for (const s of POINTS) {
        // Outside its dead zone a hinge has this bound only for points on the same side.
        if (loss !== squaredLoss && Math.sign(r) !== Math.sign(s)) continue;
        const bound =
          loss.loss(r) + loss.slope(r) * (s - r) + 0.5 * loss.curvature(r) * (s - r) ** 2;
        expect(loss.loss(s)).toBeLessThanOrEqual(bound + 1e-12);
      }
    }
  });
});

describe("robust losses", () => {
  it("are square near zero and linear far out for pseudo-Huber", () => {
    const loss = pseudoHuberLoss(2);
    expect(loss.loss(1e-6) / 5e-13).toBeCloseTo(1, 10);
    expect(loss.slope(1e9)).toBeCloseTo(2, 8);
  });

  it("are square near zero and pull less the farther out for Cauchy", () => {
    const loss = cauchyLoss(2);
    expect(loss.loss(1e-6) / 5e-13).toBeCloseTo(1, 10);
    // the pull is largest at h, where it is h/2
    expect(loss.slope(2)).toBe(1);
    expect(loss.slope(1.9)).toBeLessThan(1);
    expect(loss.slope(2.1)).toBeLessThan(1);
    expect(loss.slope(1e6)).toBeCloseTo(4e-6, 12);
  });

  it("ignore residuals inside the hinge", () => {
    const loss = hingeLoss(1);
    expect([loss.loss(0.9), loss.slope(-0.9), loss.curvature(1)].map(Math.abs)).toEqual([0, 0, 0]);
    expect(loss.loss(3)).toBe(2);
  });

  it("keep NaN", () => {
    for (const [, loss] of LOSSES) expect(loss.loss(Number.NaN)).toBeNaN();
  });

  it("refuse widths that are not positive", () => {
    expect(() => pseudoHuberLoss(0)).toThrow(/h: expected a positive number, got 0/);
    expect(() => hingeLoss(-1)).toThrow(/halfWidth: expected a positive number/);
  });
});
