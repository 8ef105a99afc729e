/** Pricing of given dynamics: Fourier, Monte Carlo, partial differential equations. */
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
