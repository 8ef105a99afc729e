/**
 * Optimised certainty equivalents: ρ(L) = min_y  y + E[ℓ(L − y)] with a learned threshold y.
 *
 * ℓ is convex with ℓ(0) = 0 and ℓ'(0) ≈ 1 somewhere; increasing ℓ make ρ monotone. CVaR, entropic and monotone mean-variance
 * risk are of this kind.
 *
 * Source  Ben-Tal & Teboulle (2007), An old-new concept of convex risk measures: the optimized certainty equivalent
 */
import { add, type Expr, max, mul, type Num, square, sub } from "../../ir/index.ts";
import { InputError } from "../../num/errors.ts";
import type { Risk } from "../problem.ts";

/** A disutility of losses, in expressions and in numbers. */
export interface Disutility {
  readonly name: string;
  readonly of: (x: Expr) => Num;
  readonly at: (x: number) => number;
  readonly slopeAt: (x: number) => number;
  /** Entropic aversion with the same weight on small risks: ℓ''(0). */
  readonly aversion: number;
  readonly isIncreasing: boolean;
}

/** The measure of a disutility. */
export function oceRisk(disutility: Disutility): Risk {
  const { name, of, at, slopeAt, aversion, isIncreasing } = disutility;
  return {
    name,
    aversion,
    isMonotone: isIncreasing,
    isCashInvariant: true,
    thresholds: ["threshold"],
    rows: [(excess, { threshold }) => add(threshold, of(sub(excess, threshold) as Expr))],
    value: ([mean]) => mean,
    slopes: () => Float64Array.of(1),
    ofSample: (losses, weights) => {
      const n = losses.length;
      const y = bestThreshold(losses, weights, slopeAt);
      let sum = 0;
      let squares = 0;
      losses.forEach((loss, i) => {
        const own = (weights?.[i] ?? 1) * at(loss - y);
        sum += own / n;
        squares += (own * own) / n;
      });
      return { value: y + sum, standardError: Math.sqrt(Math.max(0, squares - sum * sum) / n) };
    },
  };
}

/** E[ℓ'(L − y)] = 1, by bisection: the left side falls in y. */
function bestThreshold(
  losses: Float64Array,
  weights: Float32Array | undefined,
  slopeAt: (x: number) => number,
): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const loss of losses) {
    low = Math.min(low, loss);
    high = Math.max(high, loss);
  }
  const width = high - low + 1e-12;
  low -= width;
  for (let i = 0; i < 60; i++) {
    const y = (low + high) / 2;
    let slope = 0;
    losses.forEach((loss, k) => {
      slope += ((weights?.[k] ?? 1) * slopeAt(loss - y)) / losses.length;
    });
    if (slope > 1) low = y;
    else high = y;
  }
  return (low + high) / 2;
}

/** Monotone mean-variance: ℓ(x) = x + (a/2)x² where that rises, and level below −1/a. Large gains are not punished.
 *
 * Throws  InputError unless a > 0
 * Source  Maccheroni, Marinacci, Rustichini & Taboga (2009), Portfolio selection with monotone mean-variance preferences
 */
export function monotoneMeanVarianceRisk(a: number): Risk {
  if (!(a > 0 && Number.isFinite(a))) {
    throw new InputError(`monotoneMeanVarianceRisk: expected a risk aversion > 0, got ${a}.`);
  }
  const least = -1 / (2 * a);
  return oceRisk({
    name: `monotone mean-variance, a = ${a}`,
    // ((1 + ax)⁺² − 1)/(2a)
    of: (x) => add(mul(1 / (2 * a), square(max(add(1, mul(a, x)), 0))), least),
    at: (x) => Math.max(0, 1 + a * x) ** 2 / (2 * a) + least,
    slopeAt: (x) => Math.max(0, 1 + a * x),
    aversion: a,
    isIncreasing: true,
  });
}
