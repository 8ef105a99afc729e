/**
 * Deribit's rate limits as credits: a call costs credits of a pool that refills.
 *
 *   most methods      500 of 50,000, 10,000 a second: 20 calls a second, bursts of 100
 *   subscribe         3,000 of 30,000, 10,000 a second: 3.3 a second, bursts of 10
 *   get_instruments   1 in 10 seconds, bursts of 5
 *
 * Who runs out gets error 10028 and loses the session, so calls wait here instead. Source: the exchange's page on
 * rate limits (see docs/store.md).
 */
import type { Clock } from "./clock.ts";

interface Pool {
  readonly size: number;
  readonly refillPerS: number;
  readonly cost: number;
}

/** Pools by method; `other` is for the rest. */
const deribitLimits = {
  other: { size: 50_000, refillPerS: 10_000, cost: 500 },
  subscribe: { size: 30_000, refillPerS: 10_000, cost: 3_000 },
  get_instruments: { size: 5, refillPerS: 0.1, cost: 1 },
} as const satisfies Readonly<Record<string, Pool>>;

/** Error code of the exchange for too many requests. */
export const TOO_MANY_REQUESTS = 10028;
/** Error code of the exchange for parameters that it does not accept, such as a currency that it does not list. */
export const WRONG_PARAMETERS = -32602;

/** Makes callers wait until the exchange has credits for them. */
export interface Limiter {
  /** Resolves, in the order of asking, when the method may be called. */
  take(method: string, signal?: AbortSignal): Promise<void>;
  /** The exchange said that the credits are gone: all pools are empty now. */
  drain(): void;
}

/** A limiter with full pools. */
export function creditLimiter(clock: Clock): Limiter {
  const levels = new Map<string, { credits: number; atMs: number; queue: Promise<void> }>();
  const nameOf = (method: string): keyof typeof deribitLimits => {
    const bare = method.replace(/^public\//, "").replace(/^un(?=subscribe)/, "");
    return bare === "subscribe" || bare === "get_instruments" ? bare : "other";
  };
  const levelOf = (name: keyof typeof deribitLimits) => {
    let level = levels.get(name);
    if (level === undefined) {
      const { size } = deribitLimits[name];
      level = { credits: size, atMs: clock.now(), queue: Promise.resolve() };
      levels.set(name, level);
    }
    return level;
  };
  const refill = (name: keyof typeof deribitLimits): number => {
    const { size, refillPerS } = deribitLimits[name];
    const level = levelOf(name);
    const now = clock.now();
    const gained = (Math.max(0, now - level.atMs) / 1000) * refillPerS;
    level.credits = Math.min(size, level.credits + gained);
    level.atMs = now;
    return level.credits;
  };
  return {
    take(method, signal) {
      const name = nameOf(method);
      const { cost, refillPerS } = deribitLimits[name];
      const level = levelOf(name);
      const turn = level.queue.then(async () => {
        signal?.throwIfAborted();
        for (let left = refill(name); left < cost; left = refill(name)) {
          await clock.sleep(Math.ceil((1000 * (cost - left)) / refillPerS), signal);
        }
        level.credits -= cost;
      });
      level.queue = turn.catch(() => undefined);
      return turn;
    },
    drain() {
      for (const name of Object.keys(deribitLimits) as (keyof typeof deribitLimits)[]) {
        const level = levelOf(name);
        level.credits = 0;
        level.atMs = clock.now();
      }
    },
  };
}
