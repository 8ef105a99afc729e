import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { creditLimiter } from "./limits.ts";

/** A clock on which time passes only by sleeping. */
function jumpingClock(): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    sleep: async (ms: number) => {
      clock.at += ms;
    },
  };
  return clock;
}

/** Times at which so many calls of a method, asked for at once, are let through. */
async function timesOf(method: string, calls: number): Promise<number[]> {
  const clock = jumpingClock();
  const limiter = creditLimiter(clock);
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: calls }, () => limiter.take(method).then(() => times.push(clock.at))),
  );
  return times;
}

describe("credits as the exchange documents them", () => {
  it.each([
    ["get_book_summary_by_currency", 100, 50],
    ["public/subscribe", 10, 300],
    ["public/unsubscribe", 10, 300],
    ["get_instruments", 5, 10_000],
  ])("%s: a burst of %i, then one call in %i ms", async (method, burst, stepMs) => {
    const times = await timesOf(method, burst + 3);
    expect(times.slice(0, burst)).toEqual(Array.from({ length: burst }, () => 0));
    expect(times.slice(burst)).toEqual([stepMs, 2 * stepMs, 3 * stepMs]);
  });

  it("a pool does not grow above its size", async () => {
    const clock = jumpingClock();
    const limiter = creditLimiter(clock);
    clock.at = 1e9;
    for (let i = 0; i < 6; i++) await limiter.take("get_instruments");
    expect(clock.at).toBe(1e9 + 10_000);
  });

  it("after error 10028 all pools are empty", async () => {
    const clock = jumpingClock();
    const limiter = creditLimiter(clock);
    limiter.drain();
    await limiter.take("ticker");
    expect(clock.at).toBe(50);
    await limiter.take("get_instruments");
    expect(clock.at).toBe(10_000);
  });

  it("who gives up while waiting takes no credits", async () => {
    const clock = jumpingClock();
    const limiter = creditLimiter(clock);
    for (let i = 0; i < 5; i++) await limiter.take("get_instruments");
    await expect(
      limiter.take("get_instruments", AbortSignal.abort(new Error("enough"))),
    ).rejects.toThrow("enough");
    await limiter.take("get_instruments");
    expect(clock.at).toBe(10_000);
  });
});

describe("pauses between attempts", () => {
  const backoff = { baseMs: 100, longestMs: 5000, seed: 3 };

  it("double up to a limit, each between half and all of itself", () => {
    for (let attempt = 0; attempt < 60; attempt++) {
      const whole = Math.min(100 * 2 ** attempt, 5000);
      const pause = backoffMs(attempt, backoff);
      expect(pause).toBeGreaterThanOrEqual(whole / 2);
      expect(pause).toBeLessThan(whole);
    }
  });

  it("follow from the seed and differ between seeds", () => {
    const of = (seed: number): number[] =>
      Array.from({ length: 8 }, (_, attempt) => backoffMs(attempt, { ...backoff, seed }));
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
  });
});
