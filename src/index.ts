/**
 * Volterra: neural stochastic volatility learned from option chains.
 *
 * The parts are also there on their own: `volterra/market`, `volterra/calibrate` and so on, and the differentiable
 * engine underneath as `volterra/engine`.
 *
 *   loadChainFile → Chain → fitChain → model, surface, certificate
 */
export * from "./calibrate/index.ts";
export * from "./compare/index.ts";
export * from "./formulas/index.ts";
export * from "./hedging/index.ts";
export type { OptionType } from "./formulas/index.ts";
export * from "./market/index.ts";
export * from "./models/index.ts";
export {
  InputError,
  InternalError,
  NumericalError,
  ShapeError,
  UnsupportedError,
} from "./num/errors.ts";
export * from "./pricing/index.ts";
export * from "./surface/index.ts";
export * from "./report/index.ts";
