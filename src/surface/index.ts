/** Arbitrage-free volatility surfaces, their audit and their export. */
export { audit, auditDefaults, type AuditOptions, type VarianceFunction } from "./audit.ts";
export { buildSurface, selectNodes } from "./build.ts";
export type { AuditFailure, Certificate, Relation, SurfacePoint } from "./certificate.ts";
export {
  checkSurfaceInput,
  logMeanForward,
  mixtureOtmPrice,
  type MixtureNode,
  type SurfaceInput,
} from "./mixture.ts";
export {
  type ModelSurface,
  onForwardClock,
  type Smile,
  surfaceOfSmiles,
  surfaceOfVariance,
} from "./modelSurface.ts";
export { surfaceFromJson, surfaceToJson, type SurfaceJson } from "./serialise.ts";
export type { Delta, Slice, Surface, SurfaceQuantity } from "./surface.ts";
export { surfaceColumns, surfaceCsv, surfaceTable, type SurfaceRow } from "./table.ts";
export { rollSurface } from "./rollSurface.ts";
export { type CallQuote, callQuotes } from "./quotes/callQuotes.ts";
export {
  type ChainArbitrage,
  chainArbitrage,
  findQuoteArbitrage,
  isBidAskFeasible,
  type QuoteArbitrage,
  quoteArbitrageDefaults,
  type QuoteArbitrageOptions,
  type QuoteArbitrageType,
  quoteArbitrageTypes,
} from "./quotes/quoteArbitrage.ts";
export {
  type QuoteRepair,
  repairDefaults,
  type RepairOptions,
  repairQuotes,
} from "./quotes/repair.ts";
export {
  fitSanos,
  sanosDefaults,
  type SanosExpiryFit,
  type SanosFitOptions,
} from "./sanos/fitSanos.ts";
export { lawPrice, lawVariance, type SanosLaw } from "./sanos/law.ts";
export { lawSurfaceDefaults, type LawSurfaceOptions, surfaceOfLaws } from "./sanos/surface.ts";
export {
  projectArbitrageFree,
  type Projection,
  projectionDefaults,
  type ProjectionOptions,
} from "./project.ts";
export { type ChainRepair, repairChain } from "./quotes/repairChain.ts";
