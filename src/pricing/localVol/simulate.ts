/**
 * Paths of the forward under a local volatility.
 *
 *   x ← x − ½σ²(x, t) Δt + σ(x, t) √Δt z,   x = ln(S/F)
 *
 * Log-Euler on the cells of the local volatility: E[e^x] = 1 on any grid, weak order one. σ is read off the table
 * (linear in its own coordinate asinh(k/scale)); normals are scrambled Sobol' through a bridge.
 *
 * Source  Kloeden & Platen (1992), section 10.2, for the scheme
 */
import { InputError } from "../../num/errors.ts";
import { sobolNoise } from "../../random/index.ts";
import type { ForwardPaths, PathRequest } from "../forwardPaths.ts";
import type { LocalVolatility } from "./localVolatility.ts";

const simulateDefaults = { paths: 16384, seed: 1 } as const;

/** Simulates at the dates of the surface that the local volatility came from.
 *
 * Shape   → logPrices [date][path]
 * Throws  InputError when paths is not a positive integer
 */
export function simulateLocalVol(
  local: LocalVolatility,
  options: Partial<PathRequest> = {},
): ForwardPaths {
  const { paths, seed } = { ...simulateDefaults, ...options };
  if (!(Number.isInteger(paths) && paths > 0)) {
    throw new InputError(
      `simulateLocalVol: paths: expected a positive integer, got ${paths}. Take a power of two.`,
    );
  }
  const { times, ks, scale, variance } = local;
  const steps = times.length - 1;
  const nodes = ks.length;
  const half = (nodes - 1) / 2;
  const perUnit = half / Math.asinh(ks[nodes - 1] / scale);
  const { increments } = sobolNoise({ steps, factors: 1, initialNormals: 0, paths, seed, times });
  const x = new Float64Array(paths);
  const logPrices: Float64Array[] = [];
  for (let step = 0; step < steps; step++) {
    const dt = times[step + 1] - times[step];
    const row = step * nodes;
    for (let p = 0; p < paths; p++) {
      const place = Math.min(Math.max(Math.asinh(x[p] / scale) * perUnit + half, 0), nodes - 1.001);
      const i = place | 0;
      const share = place - i;
      const local2 = (1 - share) * variance[row + i] + share * variance[row + i + 1];
      x[p] += -0.5 * local2 * dt + Math.sqrt(local2 * dt) * increments[step * paths + p];
    }
    if (local.dates.includes(step + 1)) logPrices.push(x.slice());
  }
  return { years: Float64Array.from(local.dates, (at) => times[at]), logPrices };
}
