/** Payoffs: what is owed. One family per file. */
export { type Asian, asian } from "./asian.ts";
export { type Barrier, barrier, type BarrierKind } from "./barrier.ts";
export { type BlackInputs, blackGreeks } from "./blackGreeks.ts";
export { type AverageOptions, averageDefaults, deliveryAverage } from "./deliveryAverage.ts";
export { type Digital, digital } from "./digital.ts";
export { type ForwardStart, forwardStart } from "./forwardStart.ts";
export { type Lookback, lookback } from "./lookback.ts";
export type { Greeks, PathValues, Payoff, PayoffView, Values } from "./payoff.ts";
export { type Vanilla, vanilla } from "./vanilla.ts";
export { type VarianceSwap, varianceSwap } from "./varianceSwap.ts";
