/** Back-tests of hedges on recorded markets. */
export type { ClosedTrade, TradeResult, VoidTrade } from "./closedTrade.ts";
export { type BacktestConfig, readBacktestConfig } from "./config.ts";
export {
  type BacktestDocument,
  type PeriodSummary,
  type StrategySummary,
  summarise,
} from "./document.ts";
export { historyMoments, type SideSeries } from "./history.ts";
export type { Interval } from "./intervals.ts";
export type { HistoryState } from "./moment.ts";
export { learnedHedges } from "./learned.ts";
export { baselinesOf, walkSettings } from "./parts.ts";
export { readSideSeries, sideKind } from "./sideSeries.ts";
export { walker } from "./walk.ts";
export { startOfWalk, type WalkState } from "./walkState.ts";
