import { describe, expect, it } from "vitest";
import { logGamma, studentTCdf, studentTLogDensity } from "./studentT.ts";

describe("logGamma", () => {
  it("has the values of factorials and of the half", () => {
    expect(logGamma(1)).toBeCloseTo(0, 13);
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
    expect(logGamma(11) / Math.log(3628800)).toBeCloseTo(1, 13);
  });
});

describe("studentTCdf", () => {
  it("has the closed forms of one, two and four degrees of freedom", () => {
    for (const t of [-30, -3, -0.4, 0, 0.7, 2.5, 12]) {
      expect(studentTCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12);
      expect(studentTCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12);
      const x = t / Math.sqrt(4 + t * t);
      expect(studentTCdf(t, 4)).toBeCloseTo(0.5 + 0.75 * (x - x ** 3 / 3), 12);
    }
  });

  it("has the printed quantiles of tables", () => {
    // 97.5 % points: ν = 5, 10, 30 (Abramowitz & Stegun, Table 26.10)
    expect(studentTCdf(2.571, 5)).toBeCloseTo(0.975, 4);
    expect(studentTCdf(2.228, 10)).toBeCloseTo(0.975, 4);
    expect(studentTCdf(2.042, 30)).toBeCloseTo(0.975, 4);
  });

  it("is the integral of its density", () => {
    const h = 1e-3;
    const difference = (studentTCdf(0.8 + h, 3.7) - studentTCdf(0.8 - h, 3.7)) / (2 * h);
    expect(difference).toBeCloseTo(Math.exp(studentTLogDensity(0.8, 3.7)), 6);
  });
});
