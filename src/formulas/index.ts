/** Closed-form option formulas: Black, Bachelier, implied volatility and conversions. */
export {
  type BachelierGreeks,
  bachelierGreeks,
  type BachelierInputs,
  bachelierPrice,
  logBachelierOtm,
} from "./bachelier.ts";
export { type BlackGreeks, blackGreeks, type BlackInputs, blackPrice } from "./black.ts";
export { blackOtm, logBlackOtm } from "./blackKernel.ts";
export {
  type BlackScholesGreeks,
  blackScholesGreeks,
  type BlackScholesInputs,
  blackScholesPrice,
} from "./blackScholes.ts";
export {
  type Conversion,
  type ConversionInputs,
  type ConversionResult,
  conversions,
  convert,
  type NoConversion,
  quantities,
  type Quantity,
} from "./conversions.ts";
export {
  forwardDelta,
  logMoneynessOfAdjustedDelta,
  logMoneynessOfDelta,
  premiumAdjustedDelta,
} from "./delta.ts";
export { impliedTotalStdDev } from "./impliedStdDev.ts";
export {
  impliedNormalVol,
  impliedVol,
  type ImpliedVolBatch,
  type ImpliedVolQuote,
  impliedVolReasons,
  type ImpliedVolResult,
  impliedVols,
  type NoImpliedVolReason,
} from "./impliedVol.ts";
export { logMoneyness } from "./moneyness.ts";
export {
  type ConversionStep,
  convertQuantity,
  type EditedOption,
  type KnownTerms,
  type NoOptionValue,
  optionQuantities,
  type OptionQuantity,
  type OptionRoot,
  type OptionTerms,
  type OptionValue,
  quantityOf,
  rootOf,
  withQuantity,
} from "./optionGraph.ts";
export type { OptionType } from "./optionType.ts";
export {
  impliedShiftedVol,
  shiftedBlackGreeks,
  type ShiftedBlackInputs,
  shiftedBlackPrice,
} from "./shiftedBlack.ts";
export { durrleman, type ScanRange, smallestDurrleman, type VarianceJet } from "./durrleman.ts";
export {
  checkSvi,
  isSviButterflyFree,
  type SviJumpWings,
  type SviNatural,
  type SviRaw,
  sviButterflyRepair,
  sviDurrleman,
  sviDurrlemanRoots,
  sviJet,
  sviJumpWingsToRaw,
  sviLeastVariance,
  sviNaturalToRaw,
  sviRawToJumpWings,
  sviRawToNatural,
  sviSmallestDurrleman,
  sviVariance,
  sviWingSlope,
} from "./svi.ts";
export {
  essviLargestPsi,
  essviSmallestGap,
  isEssviCalendarFree,
  isEssviOrderedAtEnds,
  isSsviButterflyFree,
  type SsviCurvature,
  type SsviSlice,
  ssviButterflyLoads,
  ssviPhi,
  ssviToSvi,
  ssviVariance,
} from "./ssvi.ts";
export {
  sabrAFromAtm,
  sabrAlphaFromAtm,
  type SabrForm,
  type SabrInputs,
  type SabrSlice,
  sabrSliceGradient,
  sabrSliceVol,
  type SabrStrike,
  sabrStrike,
  sabrTimeFactor,
  sabrVol,
  sabrX,
} from "./sabr.ts";
