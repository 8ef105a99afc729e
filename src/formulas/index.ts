/** Closed-form option formulas: Black, Bachelier, implied volatility and conversions. */
export { blackOtm, logBlackOtm } from "./blackKernel.ts";
export { impliedStdDevPlain as impliedTotalStdDev } from "./impliedStdDevPlain.ts";
