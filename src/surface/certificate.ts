/** What an audit says: which static-arbitrage relations were looked at, where, and how far from broken. */

/** A place on the surface. */
export interface SurfacePoint {
  /** ln(K/F). */
  readonly k: number;
  readonly years: number;
}

/** The relations, each with the quantity that must not be negative.
 *
 * - butterfly: s² ∂²C/∂K², s the date's at-the-money total standard deviation (a butterfly one s wide)
 * - calendar: C(k, T₂) − C(k, T₁) at the same k = ln(K/F), T₁ < T₂
 * - vertical: how far the slope −∂C/∂K is inside [0, 1]
 * - bound: how far the price is inside [(F − K)⁺, F]
 * - wing: 2 − |∂w/∂k| at the ends of the smile (Lee's moment formula), where w < 2|k|
 * - defined: a price that is a finite number
 */
export type Relation = "butterfly" | "calendar" | "vertical" | "bound" | "wing" | "defined";

/** One broken relation: the worst of its kind at a date. */
export interface AuditFailure extends SurfacePoint {
  readonly relation: Relation;
  /** Negative; NaN for `defined`. */
  readonly value: number;
  /** Points at this date at which this relation is broken. */
  readonly points: number;
}

/** The outcome of `audit`. */
export interface Certificate {
  readonly pass: boolean;
  /** A value may be this far below 0 (units of F). */
  readonly tolerance: number;
  /** Smallest value of each relation; at least −tolerance when nothing is wrong. */
  readonly worstButterfly: number;
  readonly worstCalendar: number;
  readonly worstVertical: number;
  readonly worstBound: number;
  readonly worstWing: number;
  /** Where the smallest values are. */
  readonly where: Readonly<Record<Exclude<Relation, "defined">, SurfacePoint | null>>;
  /** Number of points at which each relation was looked at, and the grid. */
  readonly checked: Readonly<Record<Exclude<Relation, "defined">, number>> & {
    readonly dates: number;
    readonly strikesPerDate: number;
  };
  /** The box that was audited. */
  readonly range: {
    readonly kMin: number;
    readonly kMax: number;
    readonly yearsMin: number;
    readonly yearsMax: number;
  };
  /** Broken relations, by date; empty when pass. At most 100 are listed. */
  readonly failures: readonly AuditFailure[];
}
