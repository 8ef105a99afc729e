/**
 * The differentiable Monte Carlo engine: `volterra/engine`.
 *
 * Write a simulation as TypeScript functions (`defineProgram`), prepare it for a plan on a backend, and get
 * means, gradients, Jacobians and per-path observations. See docs/engine.md.
 *
 *   wasmBackend       float32 SIMD, threads where memory can be shared: the one to use
 *   referenceBackend  float64, plain and slow: the one to check against
 */
export type {
  Backend,
  Gradient,
  Jacobian,
  PathNoise,
  Plan,
  RowMeans,
  Runner,
} from "./backend/backend.ts";
export { referenceBackend } from "./backend/reference/index.ts";
export { wasmBackend } from "./backend/wasm/index.ts";
export * from "./ir/index.ts";
export { type AdamState, adamStart, adamUpdate, cosineRate } from "./nn/index.ts";
export type { Noise, NoiseOptions } from "./random/noise.ts";
export { pseudoRandomNoise, sobolNoise } from "./random/noise.ts";
