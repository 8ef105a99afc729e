/** What the walk along a history is told, what it carries from moment to moment, and what a moment brings to an end. */
import type { ClosedTrade, VoidTrade } from "./closedTrade.ts";
import type { MarketFit, MarketModelName } from "./marketFit.ts";
import type { PositionRule } from "./opening.ts";
import type { OpenTrade, TradingTerms } from "./openTrade.ts";
import type { HedgeStrategy } from "./strategies.ts";
import type { VolSlope } from "./volSlope.ts";

/** What is walked with. */
export interface WalkSettings {
  readonly underlying: string;
  readonly position: PositionRule;
  readonly openEveryHours: number;
  readonly hedgeEveryHours: number;
  readonly refitEveryHours: number;
  readonly retrainEveryHours: number;
  readonly model: MarketModelName;
  /** A trade that meets a longer gap between two moments is void: listed, in no statistic. */
  readonly maxGapHours: number;
  readonly terms: (timeMs: number) => TradingTerms;
  /** Strategies whose decisions are written down. */
  readonly logged: readonly string[];
}

/** A policy that is trained along the way. Its data is plain, so that the walk can go on with it. */
export interface LearnedHedge {
  readonly name: string;
  train(fit: MarketFit, seed: number): Promise<unknown>;
  strategy(data: unknown): Promise<HedgeStrategy>;
}

/** Everything that the walk carries from moment to moment. Plain data. */
export interface WalkState {
  readonly lastMs: number;
  readonly lastPrice: number;
  readonly moments: number;
  readonly lastOpenedMs: number;
  readonly opened: number;
  readonly open: readonly OpenTrade[];
  readonly slope: VolSlope | null;
  readonly fit: MarketFit | null;
  readonly fits: number;
  readonly failedFits: number;
  readonly trainedMs: number;
  readonly trainings: number;
  /** By name of the learned hedge. */
  readonly policies: Readonly<Record<string, unknown>>;
  readonly notOpened: Readonly<Record<string, number>>;
  readonly longestGapHours: number;
  readonly momentsFrom: Readonly<Record<string, number>>;
}

/** What a moment brought to an end. */
export interface WalkStep {
  readonly state: WalkState;
  readonly closed: readonly ClosedTrade[];
  readonly voided: readonly VoidTrade[];
  /** For progress: what took time. */
  readonly did: readonly string[];
}

/** Before the first moment. */
export const startOfWalk: WalkState = {
  lastMs: Number.MIN_SAFE_INTEGER,
  lastPrice: 0,
  moments: 0,
  lastOpenedMs: Number.MIN_SAFE_INTEGER,
  opened: 0,
  open: [],
  slope: null,
  fit: null,
  fits: 0,
  failedFits: 0,
  trainedMs: Number.MIN_SAFE_INTEGER,
  trainings: 0,
  policies: {},
  notOpened: {},
  longestGapHours: 0,
  momentsFrom: {},
};
