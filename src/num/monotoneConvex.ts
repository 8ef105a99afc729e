/**
 * Monotone-convex interpolation of a quantity that is known by its means over intervals: forward rates, forward variances.
 *
 * A continuous curve f ≥ 0 whose mean over every interval is the given one. With f_i at the ends (the means of the two
 * neighbours, weighted by each other's length) and g = f − mean on an interval, g₀ and g₁ at its ends, u in [0, 1]:
 *
 *   (i)    g₀(1 − 4u + 3u²) + g₁(−2u + 3u²)                      g₁/g₀ between −2 and −½
 *   (ii)   flat at g₀, then a parabola to g₁                     g₁/g₀ below −2
 *   (iii)  a parabola from g₀, then flat at g₁                   g₁/g₀ between −½ and 0
 *   (iv)   a parabola down to A = −g₀g₁/(g₀ + g₁) and one up     same sign
 *
 * Ends are held between 0 and twice the least mean beside them, which keeps f at or above 0.
 *
 * Source  Hagan & West (2006), Interpolation methods for curve construction, section 3.4
 */
import { InputError } from "./errors.ts";

/** The integral of the curve from 0 on.
 *
 * Shape   ends [interval], increasing from above 0; means [interval], at least 0 → integral at any x in [0, last end]
 * Throws  InputError unless there are as many means as ends, at least one, in order
 */
export function monotoneConvex(
  ends: ArrayLike<number>,
  means: ArrayLike<number>,
): (x: number) => number {
  const count = ends.length;
  const isOrdered = Array.from(ends).every((end, i) => end > (i === 0 ? 0 : ends[i - 1]));
  const isPositive = Array.from(means).every((mean) => mean >= 0);
  if (count === 0 || means.length !== count || !isOrdered || !isPositive) {
    throw new InputError(
      `monotoneConvex: expected increasing ends above 0 and as many means of at least 0, got ends ${Array.from(ends).join(", ")} and means ${Array.from(means).join(", ")}.`,
    );
  }
  const lengths = Array.from({ length: count }, (_, i) => ends[i] - (i === 0 ? 0 : ends[i - 1]));
  const values = endValues(lengths, means);
  const integrals = [0];
  for (let i = 0; i < count; i++) integrals.push(integrals[i] + means[i] * lengths[i]);
  return (x) => {
    let i = 0;
    while (i < count - 1 && x > ends[i]) i++;
    const u = Math.min(1, Math.max(0, 1 - (ends[i] - x) / lengths[i]));
    const excess = deviationIntegral(values[i] - means[i], values[i + 1] - means[i], u);
    return integrals[i] + lengths[i] * (u * means[i] + excess);
  };
}

/** f at 0 and at every end. */
function endValues(lengths: readonly number[], means: ArrayLike<number>): number[] {
  const count = lengths.length;
  const inner = lengths.slice(1).map((length, i) => {
    const before = lengths[i];
    return (before * means[i + 1] + length * means[i]) / (before + length);
  });
  const last = count - 1;
  const first = count === 1 ? means[0] : 1.5 * means[0] - 0.5 * inner[0];
  const end = count === 1 ? means[0] : 1.5 * means[last] - 0.5 * inner[last - 1];
  return [first, ...inner, end].map((value, i) => {
    const least = Math.min(means[Math.max(0, i - 1)], means[Math.min(last, i)]);
    return Math.min(Math.max(value, 0), 2 * least);
  });
}

/** ∫₀ᵘ g, which is 0 at u = 1. */
function deviationIntegral(g0: number, g1: number, u: number): number {
  if (g0 === 0 && g1 === 0) return 0;
  const ratio = g1 / g0;
  if (ratio <= -0.5 && ratio >= -2) return g0 * u * (1 - u) ** 2 - g1 * u * u * (1 - u);
  if (ratio < -2) {
    const turn = (g1 + 2 * g0) / (g1 - g0);
    return g0 * u + parabolaUp(g1 - g0, turn, u);
  }
  if (ratio < 0) {
    const turn = (3 * g1) / (g1 - g0);
    return g1 * u + parabolaDown(g0 - g1, turn, u);
  }
  const turn = g1 / (g0 + g1);
  const least = (-g0 * g1) / (g0 + g1);
  return least * u + parabolaDown(g0 - least, turn, u) + parabolaUp(g1 - least, turn, u);
}

/** ∫₀ᵘ of height ((turn − u)/turn)² before the turn, 0 after it. */
function parabolaDown(height: number, turn: number, u: number): number {
  if (turn <= 0) return 0;
  const left = Math.max(0, 1 - u / turn);
  return (height * turn * (1 - left ** 3)) / 3;
}

/** ∫₀ᵘ of height ((u − turn)/(1 − turn))² after the turn, 0 before it. */
function parabolaUp(height: number, turn: number, u: number): number {
  if (u <= turn) return 0;
  return (height * (u - turn) ** 3) / (3 * (1 - turn) ** 2);
}
