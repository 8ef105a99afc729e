/**
 * Quotes that are not in a chain, each with the reason.
 */

/** Why a quote is not in the chain. */
export type DropReason =
  | "missing"
  | "zero"
  | "crossed"
  | "locked"
  | "not-a-number"
  | "bad-strike"
  | "duplicate"
  | "expired"
  | "too-near"
  | "no-forward"
  | "off-forward"
  | "below-intrinsic"
  | "above-maximum"
  | "in-the-money"
  | "stale-mark"
  | "too-wide"
  | "outside-delta-range"
  | "thinned"
  | "too-few-strikes";

export interface Dropped {
  readonly instrument: string;
  readonly reason: DropReason;
  /** The figures behind the reason. */
  readonly detail: string;
}

/** Number of dropped quotes for each reason, most frequent first. */
export function countReasons(dropped: readonly Dropped[]): ReadonlyMap<DropReason, number> {
  const counts = new Map<DropReason, number>();
  for (const { reason } of dropped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}
