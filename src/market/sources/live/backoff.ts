/**
 * Pauses before trying again: doubling, up to a limit, each between half and all of itself.
 *
 *   pause(n) = min(base · 2ⁿ, longest) · (1/2 + u/2),   u uniform on [0, 1), a function of seed and n
 *
 * The spread keeps clients that failed together from coming back together; the seed keeps tests exact.
 */
import { fillPhilox, philoxKey } from "../../../random/philox.ts";

/** How long to wait. */
export interface Backoff {
  readonly baseMs: number;
  readonly longestMs: number;
  readonly seed: number;
}

/** Pause before the retry after `attempt` failures (the first is 0), in ms. */
export function backoffMs(attempt: number, { baseMs, longestMs, seed }: Backoff): number {
  const word = new Uint32Array(1);
  fillPhilox(word, philoxKey(seed), [attempt, 0, 0, 0]);
  return Math.min(baseMs * 2 ** Math.min(attempt, 40), longestMs) * (0.5 + word[0] / 2 ** 33);
}
