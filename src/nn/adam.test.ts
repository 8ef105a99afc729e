import { describe, expect, it } from "vitest";
import { philoxNormals } from "../random/normals.ts";
import { adam, adamDefaults, adamStart, adamUpdate, cosineRate } from "./adam.ts";

describe("adamUpdate", () => {
  it("moves each parameter by the learning rate under a constant gradient, whatever its size", () => {
    // Both bias-corrected moments are then exact: m̂ = g, v̂ = g² (Kingma and Ba, section 3).
    let state = adamStart(3);
    let theta: Float64Array = new Float64Array(3);
    const gradient = Float64Array.of(1e-3, -5, 400);
    for (let t = 1; t <= 5; t++) {
      ({ state, theta } = adamUpdate(state, theta, gradient, 0.01));
      gradient.forEach((g, k) => {
        expect(theta[k]).toBeCloseTo((-0.01 * t * g) / (Math.abs(g) + 1e-8), 12);
      });
    }
  });

  it("follows Algorithm 1 when the gradient changes sign", () => {
    // By hand for g = 1, then g = -1: m = 0.1·0.9 - 0.1 = -0.01, m̂ = -0.01/0.19, v̂ = 1.
    const one = adamUpdate(adamStart(1), Float64Array.of(0), Float64Array.of(1), 0.5);
    const two = adamUpdate(one.state, one.theta, Float64Array.of(-1), 0.5);
    expect(two.theta[0]).toBeCloseTo(-0.5 + (0.5 * 0.01) / 0.19, 7);
    expect(two.state.time).toBe(2);
  });

  it("decays weights apart from the gradient", () => {
    const rates = { ...adamDefaults, weightDecay: 0.1 };
    const { theta } = adamUpdate(adamStart(1), Float64Array.of(2), Float64Array.of(0), 0.5, rates);
    expect(theta[0]).toBeCloseTo(2 * (1 - 0.5 * 0.1), 15);
  });

  it("shortens long gradients to the clip norm", () => {
    const rates = { ...adamDefaults, clipNorm: 1 };
    const gradient = Float64Array.of(3, 4);
    const { state } = adamUpdate(adamStart(2), new Float64Array(2), gradient, 0.1, rates);
    expect(state.mean[0]).toBeCloseTo(0.1 * 0.6, 15);
    expect(state.mean[1]).toBeCloseTo(0.1 * 0.8, 15);
  });
});

describe("cosineRate", () => {
  it("rises to its peak, is half of it in the middle and falls towards zero", () => {
    const rate = cosineRate(2, 110, 10);
    expect(rate(5)).toBeCloseTo(1, 15);
    expect(rate(10)).toBeCloseTo(2, 15);
    expect(rate(11)).toBeCloseTo(2, 15);
    expect(rate(61)).toBeCloseTo(1, 15);
    expect(rate(110)).toBeLessThan(0.001);
  });
});

describe("adam", () => {
  it("finds the minimum of a quadratic whose gradients are noisy", async () => {
    const noise = philoxNormals(4, 0, 2 * 2000);
    const result = await adam({
      theta0: Float64Array.of(3, -2),
      iterations: 2000,
      learningRate: cosineRate(0.05, 2000),
      objective: ([x, y], iteration) => ({
        value: (x - 1) ** 2 + 10 * (y - 2) ** 2,
        gradient: Float64Array.of(
          2 * (x - 1) + 0.1 * noise[2 * iteration - 2],
          20 * (y - 2) + 0.1 * noise[2 * iteration - 1],
        ),
      }),
    });
    expect(result.status).toBe("iterationLimit");
    expect(Math.abs(result.theta[0] - 1)).toBeLessThan(0.01);
    expect(Math.abs(result.theta[1] - 2)).toBeLessThan(0.01);
  });

  it("returns the last finite point when the objective breaks", async () => {
    const seen: number[] = [];
    const result = await adam({
      theta0: Float64Array.of(0),
      iterations: 10,
      learningRate: 0.1,
      objective: ([x], iteration) => {
        seen.push(x);
        return { value: iteration === 4 ? Number.NaN : -x, gradient: Float64Array.of(-1) };
      },
    });
    expect(result.status).toBe("nonFinite");
    expect(result.theta[0]).toBe(seen[2]);
    expect(result.history).toHaveLength(3);
  });

  it("stops when aborted", async () => {
    const abort = new AbortController();
    const result = await adam({
      theta0: Float64Array.of(1),
      iterations: 100,
      signal: abort.signal,
      onIteration: ({ iteration }) => {
        if (iteration === 5) abort.abort();
      },
      objective: ([x]) => ({ value: x * x, gradient: Float64Array.of(2 * x) }),
    });
    expect(result.status).toBe("aborted");
    expect(result.history).toHaveLength(5);
  });

  it("refuses bad options", async () => {
    const base = {
      theta0: Float64Array.of(1),
      iterations: 3,
      objective: ([x]: Float64Array) => ({ value: x * x, gradient: Float64Array.of(2 * x) }),
    };
    await expect(adam({ ...base, beta1: 1 })).rejects.toThrow(/beta1: expected a number in/);
    await expect(adam({ ...base, iterations: -1 })).rejects.toThrow(/iterations: expected/);
    await expect(adam({ ...base, theta0: Float64Array.of(1, 2) })).rejects.toThrow(/as in theta0/);
  });
});
