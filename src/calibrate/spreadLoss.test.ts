import { describe, expect, test } from "vitest";
import { spreadLoss, spreadLossDefaults } from "./spreadLoss.ts";

describe.each(["linear", "logarithmic"] as const)("the loss of a quote, %s tail", (tail) => {
  const loss = spreadLoss(tail);

  test("is zero at the mid, even, and grows outwards", () => {
    expect(loss.loss(0)).toBe(0);
    for (const r of [0.1, 0.5, 0.8, 1, 1.5, 4, 40]) {
      expect(loss.loss(-r)).toBeCloseTo(loss.loss(r), 14);
      expect(loss.loss(1.01 * r)).toBeGreaterThan(loss.loss(r));
    }
  });

  test("has the slope of its own central differences", () => {
    for (const r of [-30, -2, -1, -0.61, -0.3, 0.05, 0.3, 0.6, 0.9, 1.4, 7]) {
      const h = 1e-6;
      expect(loss.slope(r)).toBeCloseTo((loss.loss(r + h) - loss.loss(r - h)) / (2 * h), 7);
    }
  });

  test("costs a quote on the edge of its spread more than ten inside half of it", () => {
    expect(loss.loss(1)).toBeGreaterThan(10 * loss.loss(0.4));
  });

  test("pulls outliers evenly, or less and less", () => {
    const { inside, huber, cauchy, edge } = spreadLossDefaults;
    const r = 1000;
    const phi = (1 + inside) * r - edge;
    const pull = tail === "linear" ? huber : cauchy ** 2 / phi;
    expect(loss.slope(r) / (pull * (1 + inside))).toBeCloseTo(1, 3);
  });

  test("never divides slope by nothing", () => {
    for (const r of [0, 1e-12, 5, 1e6]) {
      expect(loss.curvature(r)).toBeGreaterThan(0);
      expect(Number.isFinite(loss.curvature(r))).toBe(true);
    }
  });
});
