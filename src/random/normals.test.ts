import { describe, expect, it } from "vitest";
import { inverseNormCdf } from "../num/normal.ts";
import { normalFromWord, normalsFromWords, philoxNormals, philoxUniforms } from "./normals.ts";

describe("normals from words", () => {
  it("agrees with the accurate quantile to 1.2e-9 relative over the whole range", () => {
    let worst = 0;
    for (let word = 0; word < 2 ** 32; word += 104_729) {
      const exact = inverseNormCdf((word + 0.5) / 2 ** 32);
      worst = Math.max(worst, Math.abs(normalFromWord(word) / exact - 1));
    }
    expect(worst).toBeLessThan(1.2e-9);
    expect(Math.abs(normalFromWord(0) / inverseNormCdf(2 ** -33) - 1)).toBeLessThan(1.2e-9);
  });

  it("increases with the word across both joins of the approximation", () => {
    for (const join of [0.02425, 1 - 0.02425]) {
      const word = Math.round(join * 2 ** 32);
      for (let k = -50; k < 50; k++) {
        expect(normalFromWord(word + 20 * (k + 1))).toBeGreaterThan(normalFromWord(word + 20 * k));
      }
    }
  });

  it("is odd to the last bit under complement of the word", () => {
    for (const word of [0, 1, 12345, 2 ** 31 - 1, 4_000_000_000]) {
      expect(normalFromWord(2 ** 32 - 1 - word)).toBe(-normalFromWord(word));
    }
  });

  it("has the first four moments of the normal law", () => {
    const n = 200_000;
    const z = philoxNormals(11, 3, n);
    const moments = [0, 0, 0, 0];
    for (const x of z) for (let k = 0; k < 4; k++) moments[k] += x ** (k + 1) / n;
    // Standard deviations of x, x², x³, x⁴ are 1, √2, √15, √96.
    [1, 2, 15, 96].forEach((variance, k) => {
      const fourErrors = 4 * Math.sqrt(variance / n);
      expect(Math.abs(moments[k] - [0, 1, 0, 3][k])).toBeLessThan(fourErrors);
      expect(fourErrors).toBeLessThan(0.1);
    });
  });

  it("keeps streams and seeds of one generator uncorrelated", () => {
    const n = 100_000;
    const base = philoxNormals(1, 0, n);
    for (const other of [philoxNormals(1, 1, n), philoxNormals(2, 0, n)]) {
      const covariance = base.reduce((sum, x, i) => sum + x * other[i], 0) / n;
      expect(Math.abs(covariance)).toBeLessThan(4 / Math.sqrt(n));
    }
  });

  it("draws uniforms strictly inside (0, 1) that a longer draw begins with", () => {
    const short = philoxUniforms(5, 0, 1001);
    expect(short.every((u) => u > 0 && u < 1)).toBe(true);
    expect(philoxUniforms(5, 0, 4000).slice(0, 1001)).toEqual(short);
  });

  it("refuses arrays of different lengths", () => {
    expect(() => normalsFromWords(new Uint32Array(3), new Float32Array(4))).toThrow(
      /expected 3 elements as in words, got 4/,
    );
  });
});
