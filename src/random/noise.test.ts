import { describe, expect, it } from "vitest";
import { normCdf } from "../num/normal.ts";
import { type Noise, type NoiseOptions, pseudoRandomNoise, sobolNoise } from "./noise.ts";
import { SOBOL_DIMENSIONS } from "./sobol.ts";

const TIMES = Array.from({ length: 14 }, (_, k) => (k / 13) ** 1.5);
const OPTIONS: NoiseOptions = {
  steps: 13,
  factors: 2,
  initialNormals: 1,
  paths: 4096,
  seed: 20,
  times: TIMES,
};

function rowsOf(noise: Noise, paths: number): Float32Array[] {
  const rows: Float32Array[] = [];
  for (const array of [noise.initial, noise.increments]) {
    for (let i = 0; i < array.length; i += paths) rows.push(array.subarray(i, i + paths));
  }
  return rows;
}

function meanProduct(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum / x.length;
}

/** Undiscounted at-the-money call on factor 0 at the last time, volatility 30 %. */
function callEstimate(noise: Noise, paths: number): number {
  let total = 0;
  for (let i = 0; i < paths; i++) {
    let w = 0;
    for (let k = 0; k < 13; k++) {
      w += Math.sqrt(TIMES[k + 1] - TIMES[k]) * noise.increments[2 * k * paths + i];
    }
    total += Math.max(Math.exp(0.3 * w - 0.045) - 1, 0);
  }
  return total / paths;
}

/** Root mean square error over seeds of an estimate of a known number. */
function rootMeanSquareError(
  make: (options: NoiseOptions) => Noise,
  estimate: (noise: Noise) => number,
  truth: number,
): number {
  const seeds = 20;
  let sum = 0;
  for (let seed = 0; seed < seeds; seed++) {
    sum += (estimate(make({ ...OPTIONS, paths: 1024, seed })) - truth) ** 2 / seeds;
  }
  return Math.sqrt(sum);
}

describe.each([
  ["sobolNoise", sobolNoise],
  ["pseudoRandomNoise", pseudoRandomNoise],
] as const)("%s", (_, make) => {
  it("has rows of mean zero, variance one and no correlation", () => {
    const rows = rowsOf(make(OPTIONS), OPTIONS.paths);
    expect(rows).toHaveLength(27);
    // 27 · 28 / 2 products: the largest of 378 normals is below 4.5 deviations but once in 400 times.
    const bound = 4.5 / Math.sqrt(OPTIONS.paths);
    const ones = new Float32Array(OPTIONS.paths).fill(1);
    rows.forEach((x, a) => {
      expect(Math.abs(meanProduct(x, ones))).toBeLessThan(bound);
      expect(Math.abs(meanProduct(x, x) - 1)).toBeLessThan(bound * Math.SQRT2);
      for (let b = 0; b < a; b++) expect(Math.abs(meanProduct(x, rows[b]))).toBeLessThan(bound);
    });
  });

  it("is the same bit for bit for the same seed, and another for another seed", () => {
    const again = make(OPTIONS);
    expect(make(OPTIONS)).toEqual(again);
    expect(make({ ...OPTIONS, seed: 21 }).increments).not.toEqual(again.increments);
    expect(make({ ...OPTIONS, seed: 21 }).initial).not.toEqual(again.initial);
  });

  it("begins with the paths of a smaller request", () => {
    const rows = rowsOf(make(OPTIONS), 4096);
    rowsOf(make({ ...OPTIONS, paths: 100 }), 100).forEach((row, r) => {
      expect(row).toEqual(rows[r].slice(0, 100));
    });
  });

  it("is finite, and in range, in every element", () => {
    const rows = rowsOf(make(OPTIONS), OPTIONS.paths);
    expect(rows.every((row) => row.every((z) => Math.abs(z) < 7))).toBe(true);
  });

  it.each(["steps", "factors", "initialNormals", "paths"] as const)(
    "refuses a broken %s",
    (name) => {
      for (const value of [-1, 1.5, Number.NaN]) {
        expect(() => make({ ...OPTIONS, [name]: value })).toThrow(
          new RegExp(`: ${name}: expected`),
        );
      }
      expect(() => make({ ...OPTIONS, seed: -3 })).toThrow(/seed: expected/);
    },
  );
});

describe("sobolNoise", () => {
  it("prices a European call with a tenth of the error of pseudo-random numbers", () => {
    const truth = 2 * normCdf(0.15) - 1;
    const sobol = rootMeanSquareError(sobolNoise, (n) => callEstimate(n, 1024), truth);
    const pseudo = rootMeanSquareError(pseudoRandomNoise, (n) => callEstimate(n, 1024), truth);
    expect(sobol).toBeLessThan(pseudo / 10);
  });

  it("integrates a function of all 27 normals better than pseudo-random numbers", () => {
    // E cos(c · sum of 27 unit normals) = exp(-27 c² / 2).
    const c = 1 / Math.sqrt(27);
    const estimate = (noise: Noise) => {
      const rows = rowsOf(noise, 1024);
      let total = 0;
      for (let i = 0; i < 1024; i++) {
        total += Math.cos(c * rows.reduce((sum, row) => sum + row[i], 0));
      }
      return total / 1024;
    };
    const sobol = rootMeanSquareError(sobolNoise, estimate, Math.exp(-0.5));
    const pseudo = rootMeanSquareError(pseudoRandomNoise, estimate, Math.exp(-0.5));
    expect(sobol).toBeLessThan(pseudo / 3);
  });

  it("gives the initial normals and the terminal values the first dimensions", () => {
    const { increments, initial } = sobolNoise(OPTIONS);
    // 4096 points of one scrambled coordinate: 64 in each of 64 cells of equal probability, but that
    // rounding to float32 may move a point across a border.
    const unevenness = (normals: ArrayLike<number>) => {
      const counts = Array.from({ length: 64 }, () => 0);
      for (let i = 0; i < normals.length; i++) counts[Math.floor(normCdf(normals[i]) * 64)] += 1;
      return Math.max(...counts.map((count) => Math.abs(count - 64)));
    };
    expect(unevenness(initial)).toBeLessThanOrEqual(2);
    for (const factor of [0, 1]) {
      const terminal = Array.from({ length: 4096 }, (_, i) =>
        TIMES.slice(1).reduce((w, time, k) => {
          const z = increments[(2 * k + factor) * 4096 + i];
          return w + Math.sqrt(time - TIMES[k]) * z;
        }, 0),
      );
      expect(unevenness(terminal)).toBeLessThanOrEqual(2);
    }
  });

  it("gives a mean-reverting factor's terminal value the first dimension on that factor's clock", () => {
    const kappa = 9;
    const clock = TIMES.map((t) => Math.expm1(2 * kappa * t));
    const { increments } = sobolNoise({ ...OPTIONS, clocks: [TIMES, clock] });
    // y(T) = Σ e^{−κ(T − t_k)} √((1 − e^{−2κ dt})/2κ) z_k, by the exact step of the Ornstein-Uhlenbeck process
    const last = TIMES[TIMES.length - 1];
    const cells = Array.from({ length: 64 }, () => 0);
    for (let i = 0; i < 4096; i++) {
      const y = TIMES.slice(1).reduce((sum, time, k) => {
        const decay = Math.exp(-kappa * (last - time));
        const size = Math.sqrt(-Math.expm1(-2 * kappa * (time - TIMES[k])) / (2 * kappa));
        return sum + decay * size * increments[(2 * k + 1) * 4096 + i];
      }, 0);
      const stdDev = Math.sqrt(-Math.expm1(-2 * kappa * last) / (2 * kappa));
      cells[Math.floor(normCdf(y / stdDev) * 64)] += 1;
    }
    expect(Math.max(...cells.map((count) => Math.abs(count - 64)))).toBeLessThanOrEqual(2);
    expect(() => sobolNoise({ ...OPTIONS, clocks: [TIMES] })).toThrow(/Give every factor a clock/);
  });

  it("goes on with pseudo-random normals past the table of dimensions", () => {
    const steps = SOBOL_DIMENSIONS + 40;
    const paths = 512;
    const times = Array.from({ length: steps + 1 }, (_, k) => k);
    const noise = sobolNoise({ steps, factors: 1, initialNormals: 0, paths, seed: 2, times });
    const mean = noise.increments.reduce((sum, z) => sum + z, 0) / noise.increments.length;
    const variance = meanProduct(noise.increments, noise.increments);
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(noise.increments.length));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / noise.increments.length));
  });

  it("makes the points in parts as at once, pseudo-random ones included", () => {
    const steps = SOBOL_DIMENSIONS + 2;
    const times = Array.from({ length: steps + 1 }, (_, k) => k);
    const options = { steps, factors: 1, initialNormals: 1, seed: 2, times };
    const whole = rowsOf(sobolNoise({ ...options, paths: 192 }), 192);
    const part = rowsOf(sobolNoise({ ...options, paths: 64, first: 128 }), 64);
    expect(part).toEqual(whole.map((row) => row.slice(128)));
    expect(() => sobolNoise({ ...options, paths: 64, first: 32 })).toThrow(/multiple of 64/);
  });

  it("refuses times that do not match the steps or do not increase", () => {
    expect(() => sobolNoise({ ...OPTIONS, times: [0, 1] })).toThrow(
      /times \[step \+ 1\]: expected 14/,
    );
    expect(() => sobolNoise({ ...OPTIONS, times: undefined })).toThrow(/got 0/);
    expect(() => sobolNoise({ ...OPTIONS, times: TIMES.map(() => 0) })).toThrow(/times\[1\]/);
  });
});
