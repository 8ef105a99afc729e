/** Mixtures for the tests of this folder: synthetic, seeded, no Monte Carlo engine needed. */
import type { MixtureNode, SurfaceInput } from "./mixture.ts";

/** A mixture of these (log forward, total variance, number of paths). */
export function mixtureOf(parts: readonly (readonly [number, number, number])[]): MixtureNode {
  const x = parts.flatMap(([logForward, , count]) => Array<number>(count).fill(logForward));
  const w = parts.flatMap(([, variance, count]) => Array<number>(count).fill(variance));
  return { logForward: Float64Array.from(x), totalVariance: Float64Array.from(w) };
}

/** Settings of a Heston model with dv = κ(θ − v)dt + ν√v dW. */
export interface HestonLike {
  readonly kappa: number;
  readonly theta: number;
  readonly nu: number;
  readonly rho: number;
  readonly v0: number;
}

/** Full-truncation Euler paths of the variance, mixed as in Romano & Touzi (1997). */
export function hestonMixtures(
  years: readonly number[],
  paths: number,
  { kappa, theta, nu, rho, v0 }: HestonLike,
  seed = 1,
): SurfaceInput {
  const normal = normals(seed);
  const x = new Float64Array(paths);
  const w = new Float64Array(paths);
  const v = new Float64Array(paths).fill(v0);
  let before = 0;
  const nodes = years.map((t) => {
    const steps = Math.max(1, Math.ceil((t - before) / 0.02));
    const dt = (t - before) / steps;
    for (let j = 0; j < steps; j++) {
      for (let p = 0; p < paths; p++) {
        const variance = Math.max(v[p], 0);
        const shock = Math.sqrt(variance * dt) * normal();
        x[p] += rho * shock - 0.5 * rho * rho * variance * dt;
        w[p] += (1 - rho * rho) * variance * dt;
        v[p] += kappa * (theta - variance) * dt + nu * shock;
      }
    }
    before = t;
    return { logForward: Float32Array.from(x), totalVariance: Float32Array.from(w) };
  });
  return { years, nodes };
}

/** Box-Muller on a 32-bit linear congruential generator: enough for fixtures. */
function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
