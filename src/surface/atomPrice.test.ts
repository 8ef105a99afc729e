import { describe, expect, test } from "vitest";
import { normCdf } from "../num/normal.ts";
import { atomSum, atomTable } from "./atomPrice.ts";

/** Black's price of a call or put on a lognormal of this variance, per unit of its forward. */
function black(x: number, h: number, side: 1 | -1): number {
  return side * (normCdf(side * (x + h / 2)) - Math.exp(-h * x) * normCdf(side * (x - h / 2)));
}

describe("the price of an atom", () => {
  for (const side of [1, -1] as const) {
    for (const h of [0.3, 0.01, 1e-4]) {
      test(`is Black's, ${side > 0 ? "call" : "put"}, kernel ${h}`, () => {
        const table = atomTable(h, side);
        for (let x = -8.97; x < 9; x += 0.0731) {
          const value = atomSum(table, Float64Array.of(1), 0, 1, x);
          // the difference of two numbers near 1 rounds at a few 1e-16
          expect(Math.abs(value - black(x, h, side))).toBeLessThan(2e-13 * h + 1e-15);
        }
      });
    }
  }

  test("sums atoms that are one kernel width apart", () => {
    const h = 0.02;
    const mass = Float64Array.of(0, 0.2, 0.5, 0.3);
    const sum = atomSum(atomTable(h, 1), mass, 1, 4, -1.3);
    const wanted = 0.2 * black(-1.3, h, 1) + 0.5 * black(-0.3, h, 1) + 0.3 * black(0.7, h, 1);
    expect(sum).toBeCloseTo(wanted, 14);
  });
});
