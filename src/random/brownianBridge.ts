/**
 * Brownian bridge over non-uniform times, as an orthogonal map of unit normals to unit increments.
 *
 * Write d = (W(r) - W(l)) / √(r - l) for the unit increment over (l, r). Splitting it at m, with
 * a = (m - l)/(r - l) and a fresh normal z, the two halves are again unit and independent:
 *
 *   d_left  = √a · d + √(1-a) · z
 *   d_right = √(1-a) · d - √a · z
 *
 * a rotation of (d, z). So the bridge is the product of steps - 1 plane rotations and works in place:
 * row l holds d, row m holds z, and neither differences nor divisions by a small √dt occur.
 * The first normal is the increment over the whole span; then the longest interval is always split
 * next (earliest first among equals), at the time nearest to its middle. "Long" and "middle" may be meant on another
 * scale than the motion's own time: a simulation whose dates crowd near zero wants their splits early as well.
 *
 * Sources: R. E. Caflisch and B. Moskowitz, "Modified Monte Carlo methods using quasi-random
 * sequences" (1995); P. Glasserman, Monte Carlo Methods in Financial Engineering, section 3.1.
 */
import { InputError } from "../num/errors.ts";

/** One split of the interval [left, right) of steps at `middle`. */
export interface BridgeSplit {
  readonly left: number;
  readonly middle: number;
  readonly right: number;
  /** √a, a = (t_middle - t_left)/(t_right - t_left) */
  readonly cosine: number;
  /** √(1-a) */
  readonly sine: number;
}

function checkTimes(times: ArrayLike<number>): void {
  if (times.length < 2) {
    throw new InputError(
      `bridgeSplits: times: expected at least 2 values, got ${times.length}. Pass the start and every step's end.`,
    );
  }
  for (let k = 1; k < times.length; k++) {
    if (!(times[k] > times[k - 1]) || !Number.isFinite(times[k])) {
      throw new InputError(
        `bridgeSplits: times[${k}]: expected a finite value above times[${k - 1}] = ${times[k - 1]}, got ${times[k]}. Sort the times and drop repeats.`,
      );
    }
  }
}

/** Index strictly inside (left, right) whose time is nearest to the middle of the interval. */
function middleIndex(times: ArrayLike<number>, left: number, right: number): number {
  const target = 0.5 * (times[left] + times[right]);
  let low = left + 1;
  let high = right - 1;
  while (low < high) {
    const probe = (low + high) >> 1;
    if (times[probe] < target) low = probe + 1;
    else high = probe;
  }
  // `low` is the first at or past the target; the one before it may be nearer.
  return low - 1 > left && target - times[low - 1] < times[low] - target ? low - 1 : low;
}

/** Splits in the order in which they take their normals: coarse first.
 *
 * With a `stride`, the motion at every stride-th time is split as if there were no others, and the times between
 * afterwards: a refined grid's paths are those of the coarse grid with more detail.
 *
 * Shape   times [steps + 1] → [steps - 1]; scale [steps + 1]: where the middles and the lengths are measured
 * Throws  InputError unless times and scale are finite, strictly increasing and of the same length
 */
export function bridgeSplits(
  times: ArrayLike<number>,
  scale: ArrayLike<number> = times,
  stride = 1,
): readonly BridgeSplit[] {
  checkTimes(times);
  checkTimes(scale);
  if (!(Number.isInteger(stride) && stride >= 1 && (times.length - 1) % stride === 0)) {
    throw new InputError(
      `bridgeSplits: stride: expected a divisor of the ${times.length - 1} steps, got ${stride}. Refine every step alike.`,
    );
  }
  if (scale.length !== times.length) {
    throw new InputError(
      `bridgeSplits: scale: expected ${times.length} values, one a time, got ${scale.length}. Leave it out to split by time.`,
    );
  }
  const every = Array.from({ length: (times.length - 1) / stride + 1 }, (_, k) => k * stride);
  const splits = orderedSplits(times, scale, every);
  for (let k = 0; stride > 1 && k + stride < times.length; k += stride) {
    const inner = Array.from({ length: stride + 1 }, (_, i) => k + i);
    splits.push(...orderedSplits(times, scale, inner));
  }
  return splits;
}

/** Splits of the interval between the first and the last of some indices, at these indices. */
function orderedSplits(
  times: ArrayLike<number>,
  scale: ArrayLike<number>,
  indices: readonly number[],
): BridgeSplit[] {
  const places = Float64Array.from(indices, (i) => scale[i]);
  const splits: BridgeSplit[] = [];
  const pending: (readonly [number, number])[] = [[0, indices.length - 1]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [from, to] = next;
    if (to - from < 2) continue;
    const between = middleIndex(places, from, to);
    const [left, middle, right] = [indices[from], indices[between], indices[to]];
    const a = (times[middle] - times[left]) / (times[right] - times[left]);
    splits.push({ left, middle, right, cosine: Math.sqrt(a), sine: Math.sqrt(1 - a) });
    pending.push([from, between], [between, to]);
  }
  // A part is shorter than its whole, so this order never puts a child before its parent.
  const span = (s: BridgeSplit) => scale[s.right] - scale[s.left];
  const tolerance = 1e-9 * (places[places.length - 1] - places[0]);
  const rank = new Map(splits.map((s) => [s, Math.round(span(s) / tolerance)]));
  return splits.sort(
    (p, q) =>
      (rank.get(q) as number) - (rank.get(p) as number) ||
      q.right - q.left - (p.right - p.left) ||
      p.left - q.left,
  );
}

/** Applies one split in place to two rows of paths: (d, z) → (d_left, d_right).
 *
 * Shape   rows [path], the increment over the interval and the fresh normal
 */
export function splitIncrement(
  split: Pick<BridgeSplit, "cosine" | "sine">,
  increment: Float32Array | Float64Array,
  fresh: Float32Array | Float64Array,
): void {
  const { cosine, sine } = split;
  for (let i = 0; i < increment.length; i++) {
    const d = increment[i];
    const z = fresh[i];
    increment[i] = cosine * d + sine * z;
    fresh[i] = sine * d - cosine * z;
  }
}
