/** Closed-form option formulas: Black, Bachelier, implied volatility and conversions. */
export { blackOtm, logBlackOtm } from "./blackKernel.ts";
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
export type { OptionType } from "./optionType.ts";
