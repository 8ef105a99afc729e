/** What a trained policy does, and why. */
export type { NoTradeInterval } from "./band.ts";
export {
  type Binding,
  type Explanation,
  explainPolicy,
  type ExplainState,
  type InstrumentExplanation,
  type RuleAnswer,
  type TradeWorth,
} from "./explain.ts";
export { mapDefaults, type MapOptions, type PolicyMap, policyMaps } from "./maps.ts";
export { quotedPolicy, type QuotedPolicy, type QuotedState } from "./quotedPolicy.ts";
export { type Estimate, tradeValueDefaults, type TradeValueOptions } from "./tradeValue.ts";
export { stateAtVol } from "./volState.ts";
