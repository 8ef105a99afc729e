import { describe, expect, it } from "vitest";
import { gradcheck } from "../grad/gradcheck.ts";
import { philoxNormals } from "../random/normals.ts";
import {
  centredMeans,
  correlationCount,
  correlationFactor,
  shockParameterCount,
  stepDensity,
  unpackShocks,
} from "./density.ts";

const d = 3;
const kinds = 3;
const pairs = correlationCount(d);
const shockCount = shockParameterCount(kinds, d);

describe("correlationFactor", () => {
  it("gives a correlation matrix whose partial correlations are the inputs", () => {
    const w = Float64Array.of(0.6, -0.3, 0.45);
    const c = correlationFactor(w, d, new Float64Array(d * d));
    const r = (i: number, j: number) =>
      [0, 1, 2].reduce((sum, l) => sum + c[i * d + l] * c[j * d + l], 0);
    for (let i = 0; i < d; i++) expect(r(i, i)).toBeCloseTo(1, 14);
    expect(r(1, 0)).toBeCloseTo(0.6, 14);
    expect(r(2, 0)).toBeCloseTo(-0.3, 14);
    // partial correlation of components 2 and 1 given 0
    const partial =
      (r(2, 1) - r(1, 0) * r(2, 0)) / Math.sqrt((1 - r(1, 0) ** 2) * (1 - r(2, 0) ** 2));
    expect(partial).toBeCloseTo(0.45, 14);
  });
});

describe("stepDensity", () => {
  it("has the gradient that central differences give, in every argument", () => {
    // mean [d], log scale [d], partial correlations [pairs], shocks
    const x = philoxNormals(3, 0, 2 * d + pairs + shockCount).map((z) => 0.4 * z);
    const y = Float64Array.of(0.9, -1.4, 2.2);
    const split = (p: Float64Array) => ({
      mean: p.subarray(0, d),
      logScale: p.subarray(d, 2 * d),
      partial: p.subarray(2 * d, 2 * d + pairs),
      density: stepDensity(unpackShocks(p, 2 * d + pairs, kinds, d), d),
    });
    const value = (p: Float64Array) => {
      const { mean, logScale, partial, density } = split(p);
      return density.evaluate(y, 0, mean, logScale, partial, false);
    };
    const { mean, logScale, partial, density } = split(x);
    density.evaluate(y, 0, mean, logScale, partial, true);
    const gradient = new Float64Array(x.length);
    gradient.set(density.dMean, 0);
    gradient.set(density.dLogScale, d);
    gradient.set(density.dPartial, 2 * d);
    density.addShockGradient(1, gradient, 2 * d + pairs);
    const found = gradcheck(value, gradient, x);
    expect(found.relativeError, found.where).toBeLessThan(1e-7);
  });

  it("integrates to one, with the mean it is given, on a grid in two components", () => {
    const theta = Float64Array.of(-0.5, -2, 0.3, -0.8, 1.1, 0.2, 0.4, 0.1, 0.9, 0.7);
    const density = stepDensity(unpackShocks(theta, 0, 3, 2), 2);
    const mean = Float64Array.of(0.2, -0.1);
    const logScale = Float64Array.of(-0.4, 0.1);
    const partial = Float64Array.of(0.5);
    let mass = 0;
    let first = 0;
    let second = 0;
    const h = 0.1;
    for (let a = -20; a <= 20; a += h) {
      for (let b = -25; b <= 25; b += h) {
        const p =
          Math.exp(density.evaluate(Float64Array.of(a, b), 0, mean, logScale, partial, false)) *
          h *
          h;
        mass += p;
        first += p * a;
        second += p * b;
      }
    }
    // the trapezoidal rule on a smooth density is exact to rounding
    expect(mass).toBeCloseTo(1, 9);
    expect(first).toBeCloseTo(0.2, 8);
    expect(second).toBeCloseTo(-0.1, 8);
  });

  it("is the multivariate normal density when no shock has weight", () => {
    const theta = Float64Array.of(-60, 0, 0, 0, 0);
    const density = stepDensity(unpackShocks(theta, 0, 2, 2), 2);
    const [s1, s2, rho, x, y] = [0.5, 2, 0.7, 0.3, -1.1];
    const q = ((x / s1) ** 2 - (2 * rho * x * y) / (s1 * s2) + (y / s2) ** 2) / (1 - rho ** 2);
    const expected = -0.5 * q - Math.log(2 * Math.PI * s1 * s2 * Math.sqrt(1 - rho ** 2));
    const found = density.evaluate(
      Float64Array.of(x, y),
      0,
      new Float64Array(2),
      Float64Array.of(Math.log(s1), Math.log(s2)),
      Float64Array.of(rho),
      false,
    );
    expect(found).toBeCloseTo(expected, 12);
  });

  it("compensates its shocks", () => {
    const shocks = unpackShocks(philoxNormals(8, 0, shockCount), 0, kinds, d);
    const centred = centredMeans(shocks, d);
    for (let j = 0; j < d; j++) {
      const mean = [0, 1, 2].reduce(
        (sum, k) => sum + shocks.probability[k] * centred[k * d + j],
        0,
      );
      expect(mean).toBeCloseTo(0, 15);
    }
  });
});
