/**
 * What a report shows of a hedge beyond its document: distributions, a frontier, policy maps, a few paths, the training.
 *
 * Profits are measured from the fair value: what is owed on average. A perfect hedge without costs has a profit of 0, and a
 * mean profit below 0 is what the frictions took. Positions are in units of the instrument, days since the start.
 */
import type { HedgeDocument } from "./document.ts";

/** Profit of a policy over the evaluation's paths. */
export interface ProfitSample {
  readonly name: string;
  /** [bin + 1] increasing, and [bin] share of paths; the outermost bins hold everything beyond. */
  readonly edges: readonly number[];
  readonly shares: readonly number[];
  /** [share, profit], increasing in share. */
  readonly quantiles: readonly (readonly [share: number, profit: number])[];
}

/** One point of a frontier. */
export interface FrontierPoint {
  readonly label: string;
  /** Mean cost, and the mean of the worst twentieth of losses beyond the fair value. */
  readonly cost: number;
  readonly tail: number;
}

/** A policy at one or several settings. */
export interface FrontierSeries {
  readonly name: string;
  readonly isPolicy: boolean;
  readonly points: readonly FrontierPoint[];
}

/** Risk beyond the fair value at a multiple of all costs. */
export interface CostScalePoint {
  readonly costScale: number;
  readonly risk: number;
  readonly standardError: number;
}

/** A quantity over two axes of the state. */
export interface StudyMap {
  readonly title: string;
  readonly note: string;
  readonly value: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** [y][x] */
  readonly values: readonly (readonly number[])[];
  /** Is 0 the middle of the colours? */
  readonly isSigned: boolean;
}

/** One path with what the policy did on it. */
export interface ShownPath {
  readonly title: string;
  readonly note: string;
  /** [date + 1]: the last is the horizon. */
  readonly days: readonly number[];
  readonly spot: readonly number[];
  /** [instrument] */
  readonly instruments: readonly {
    readonly name: string;
    /** [date + 1] */
    readonly price: readonly number[];
    /** [date] after the trade. */
    readonly position: readonly number[];
    /** [date] the same of the delta hedge, where it trades this instrument. */
    readonly rule: readonly number[] | null;
  }[];
  /** [date] cost of the trades of a date. */
  readonly cost: readonly number[];
  readonly profit: number;
}

/** Everything a report draws. */
export interface HedgeStudy {
  readonly document: HedgeDocument;
  /** Name of the baseline whose position is drawn beside the policy's. */
  readonly ruleName: string;
  readonly profits: readonly ProfitSample[];
  readonly frontier: readonly FrontierSeries[];
  /** How the frontier came about, in a sentence. */
  readonly frontierNote: string;
  readonly costScales: readonly {
    readonly name: string;
    readonly points: readonly CostScalePoint[];
  }[];
  readonly maps: readonly StudyMap[];
  readonly paths: readonly ShownPath[];
  /** [iteration] risk on the iteration's own paths; empty when nothing was trained. */
  readonly history: readonly number[];
}
