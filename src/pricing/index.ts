/** Prices of given dynamics: Fourier, Monte Carlo and PDE. Fits are in models/. */
export {
  type HestonExpiry,
  type HestonOption,
  hestonExpiry,
  hestonPrice,
  hestonVol,
} from "./heston/price.ts";
export type { BatesParams, HestonParams } from "./heston/params.ts";
export { hestonSmile, type SmileRoom, smileRoom } from "./heston/smile.ts";
export {
  conditionalLaws,
  type ConditionalLaw,
  driverNormals,
  type DriverPaths,
  type IntervalSums,
  intervalSlopes,
  intervalSums,
} from "./roughBergomi/drivers.ts";
export { hybridLaw } from "./roughBergomi/hybrid.ts";
export {
  type PathSums,
  quotePrices,
  type RowPrices,
} from "./roughBergomi/quotePrices.ts";
export {
  type RoughBergomiFlat,
  roughBergomiSmile,
  type SmileOptions,
  type SmilePoint,
  type VolterraScheme,
} from "./roughBergomi/smile.ts";
export {
  volterraCovariance,
  type VolterraLaw,
  volterraLaw,
  type VolterraNormals,
  volterraPaths,
} from "./roughBergomi/volterra.ts";
export { type ForwardPdeSolution, solveForward } from "./localVol/forwardPde.ts";
export {
  localVolatility,
  type LocalVolatility,
  localVolDefaults,
  type LocalVolFailure,
  type LocalVolOptions,
  rollLocalVolatility,
  type VarianceSurface,
} from "./localVol/localVolatility.ts";
export { simulateLocalVol } from "./localVol/simulate.ts";
export { hestonPaths } from "./heston/paths.ts";
export {
  type ForwardPaths,
  type LawGivenVolatility,
  type PathRequest,
  pathsGivenVolatility,
} from "./forwardPaths.ts";
export { poissonQuantile } from "./poisson.ts";
export {
  roughBergomiNoise,
  type RoughBergomiNoiseOptions,
  roughBergomiPlan,
  roughBergomiProgram,
  type RoughBergomiProgramOptions,
  type RoughBergomiRows,
  roughBergomiTheta,
} from "./roughBergomi/program.ts";
