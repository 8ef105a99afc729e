import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { erfcx, inverseNormCdf, millsRatio, normCdf, normPdf } from "./normal.ts";

/** Relative agreement in units of 2^-52. */
function ulps(got: number, want: number): number {
  return Math.abs(got / want - 1) / 2 ** -52;
}

// Values at 50 digits by an arbitrary-precision library, rounded to double.
const cdf = [
  [-37.0, 5.725571222524577e-300],
  [-30.0, 4.906713927148187e-198],
  [-20.5, 1.0764673258790961e-93],
  [-10.1, 2.762109471764517e-24],
  [-5.7, 5.990371401063528e-9],
  [-3.0, 0.0013498980316300946],
  [-1.5, 0.06680720126885807],
  [-0.7, 0.24196365222307303],
  [-0.3, 0.3820885778110474],
  [-1e-5, 0.49999601057719606],
  [0.25, 0.5987063256829237],
  [1.0, 0.8413447460685429],
  [2.5, 0.9937903346742238],
  [6.0, 0.9999999990134123],
] as const;
const scaled = [
  [-3.0, 16205.988853999586],
  [-0.9, 4.039284322029826],
  [-0.3, 1.4537492328427655],
  [0.0, 1.0],
  [0.2, 0.8090195199015807],
  [0.4687, 0.6320964808935244],
  [0.5, 0.6156903441929259],
  [1.0, 0.427583576155807],
  [2.0, 0.25539567631050575],
  [3.9, 0.14031418160068973],
  [4.1, 0.133834116418652],
  [10.0, 0.05614099274382259],
  [100000.0, 5.6418958351954685e-6],
  [1000000000.0, 5.641895835477563e-10],
] as const;
const quantile = [
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-20, -9.262340089798407],
  [1e-9, -5.9978070150076865],
  [0.001, -3.0902323061678136],
  [0.02425, -1.972961051311885],
  [0.0749, -1.4402382675279637],
  [0.0751, -1.43882539275254],
  [0.1, -1.2815515655446004],
  [0.3, -0.5244005127080408],
  [0.49999, -2.5066282748960008e-5],
  [0.6, 0.2533471031357997],
  [0.9, 1.2815515655446006],
  [0.975, 1.9599639845400538],
  [0.999999, 4.753424308817087],
] as const;

describe("normal law", () => {
  it("has the distribution of the arbitrary-precision table, deep into the left tail", () => {
    for (const [x, want] of cdf) expect(ulps(normCdf(x), want), `x=${x}`).toBeLessThan(4);
  });

  it("has the scaled complementary error function of the table", () => {
    for (const [x, want] of scaled) expect(ulps(erfcx(x), want), `x=${x}`).toBeLessThan(4);
  });

  it("has the quantiles of the table", () => {
    for (const [p, want] of quantile) {
      expect(ulps(inverseNormCdf(p), want), `p=${p}`).toBeLessThan(4);
    }
  });

  it("is symmetric and has total mass one", () => {
    fc.assert(
      fc.property(fc.double({ min: -9, max: 9, noNaN: true }), (x) => {
        expect(Math.abs(normCdf(x) + normCdf(-x) - 1)).toBeLessThan(3e-16);
        expect(normPdf(x)).toBe(normPdf(-x));
      }),
      { seed: 5 },
    );
  });

  it("inverts itself in the left half, tails included", () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 0, noNaN: true }), (x) => {
        if (x > -1e-6) return;
        // ∂ln x/∂ln p = R(-x)/|x| turns the rounding of p into that of x.
        const condition = millsRatio(-x) / -x;
        expect(ulps(inverseNormCdf(normCdf(x)), x)).toBeLessThan(8 * (1 + condition));
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  it("reaches its limits and refuses what is no probability", () => {
    expect(normCdf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(normCdf(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(inverseNormCdf(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(inverseNormCdf(1)).toBe(Number.POSITIVE_INFINITY);
    expect(inverseNormCdf(0.5)).toBe(0);
    expect(() => inverseNormCdf(1.1)).toThrow(/expected a probability/);
  });
});
