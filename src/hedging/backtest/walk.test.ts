/** The walk along a history: what it must not know, what it must repeat, what it must refuse. */
import { describe, expect, test } from "vitest";
import { wasmBackend } from "../../backend/wasm/index.ts";
import type { QuoteSet } from "../../market/index.ts";
import { deribitFees } from "../costs/venueFees.ts";
import { readBacktestConfig } from "./config.ts";
import { historyMoments } from "./history.ts";
import { learnedHedges } from "./learned.ts";
import type { Moment } from "./moment.ts";
import { settlementPrice } from "./settlement.ts";
import { baselineStrategies } from "./strategies.ts";
import { allMoments, firstExpiryMs, testChain, testChains, testMoments } from "./testHistory.ts";
import { walker } from "./walk.ts";
import {
  type LearnedHedge,
  startOfWalk,
  type WalkSettings,
  type WalkState,
  type WalkStep,
} from "./walkState.ts";

const settings: WalkSettings = {
  underlying: "BTC",
  position: { kind: "straddle", quantity: -1, days: 7, daysTolerance: 2, delta: 0.25 },
  openEveryHours: 24,
  hedgeEveryHours: 6,
  refitEveryHours: 48,
  retrainEveryHours: 168,
  model: "black-scholes",
  maxGapHours: 30,
  terms: () => ({
    venue: deribitFees[1],
    perpetualHalfSpread: 1e-5,
    contractSize: 10,
    delivery: { perContract: 0.00015, capShare: 0.125 },
  }),
  logged: ["delta", "model delta", "minimum variance", "delta-vega", "Leland", "Whalley-Wilmott"],
};
const baselines = baselineStrategies({ costShare: 0.00051, aversion: 30, everyHours: 6 });

/** Walks moments; the state goes through JSON after each, as it does on disk. */
async function walked(
  moments: readonly Moment[],
  from: WalkState = startOfWalk,
  learned: readonly LearnedHedge[] = [],
): Promise<{ state: WalkState; steps: WalkStep[] }> {
  const logged = [...settings.logged, ...learned.map(({ name }) => name)];
  const step = walker({ ...settings, logged }, baselines, learned);
  let state = from;
  const steps: WalkStep[] = [];
  for (const moment of moments) {
    const taken = await step(state, moment);
    steps.push(taken);
    // policies are compiled again when their data are new objects, which takes long
    state =
      learned.length > 0 ? taken.state : (JSON.parse(JSON.stringify(taken.state)) as WalkState);
  }
  return { state, steps };
}

const closedOf = (steps: readonly WalkStep[]) => steps.flatMap(({ closed }) => closed);

/** Everything that was decided by a time: log entries of open and closed trades. */
function decisionsUntil(steps: readonly WalkStep[], timeMs: number) {
  const last = steps[steps.length - 1].state;
  return [...closedOf(steps), ...last.open]
    .flatMap(({ trade, log }) => log.map((entry) => ({ id: trade.id, ...entry })))
    .filter((entry) => entry.timeMs <= timeMs)
    .toSorted((a, b) =>
      `${a.id}${a.timeMs}${a.strategy}`.localeCompare(`${b.id}${b.timeMs}${b.strategy}`),
    );
}

describe("the walk", () => {
  const chains = testChains({ days: 24 });

  test("cannot see the future: shuffled and shifted, it changes no earlier decision", async () => {
    const cut = 44;
    const now = chains[cut].asOfMs;
    const past = chains.slice(0, cut + 1);
    // the same times with prices of another order, and of a crash
    const later = chains.slice(cut + 1);
    const prices = later.map(({ quotes }) => quotes[0].forward ?? 0);
    const futures: QuoteSet[][] = [
      later.map(({ asOfMs }, i) =>
        testChain(asOfMs, prices[(i * 17 + 5) % prices.length], 0.6, 0.0005),
      ),
      later.map(({ asOfMs }) => testChain(asOfMs, 45_000, 1.4, 0.002)),
      [],
    ];
    const real = await walked(await testMoments(chains));
    const known = decisionsUntil(real.steps, now);
    expect(known.length).toBeGreaterThan(200);
    for (const future of futures) {
      const other = await walked(await testMoments([...past, ...future]));
      expect(decisionsUntil(other.steps, now)).toEqual(known);
      // and the test can fail: what comes later does differ
      if (future.length > 0) {
        const end = later[later.length - 1].asOfMs;
        expect(decisionsUntil(other.steps, end)).not.toEqual(decisionsUntil(real.steps, end));
      }
    }
  });

  test("cannot see the future when policies are trained along the way, with an option or without", async () => {
    const config = readBacktestConfig(`
version: 1
underlying: BTC
position: { days: 7, daysTolerance: 2 }
market: { model: black-scholes }
policies:
  - { name: learned, iterations: 3, paths: 64, hidden: 2 }
  - { name: with option, iterations: 3, paths: 64, hidden: 2, option: { days: 14 } }
`);
    const learned = learnedHedges(config, wasmBackend, 1);
    const cut = 40;
    const now = chains[cut].asOfMs;
    const later = chains.slice(cut + 1, cut + 20);
    const real = await walked(await testMoments(chains.slice(0, cut + 20)), startOfWalk, learned);
    const crash = later.map(({ asOfMs }) => testChain(asOfMs, 45_000, 1.4, 0.002));
    const past = chains.slice(0, cut + 1);
    const other = await walked(await testMoments([...past, ...crash]), startOfWalk, learned);
    const known = decisionsUntil(real.steps, now);
    const optionTrades = known.filter((entry) => entry.strategy === "with option");
    expect(optionTrades.length).toBeGreaterThan(20);
    expect(optionTrades.some(({ optionContracts }) => optionContracts !== 0)).toBe(true);
    expect(decisionsUntil(other.steps, now)).toEqual(known);
    const end = later[later.length - 1].asOfMs;
    expect(decisionsUntil(other.steps, end)).not.toEqual(decisionsUntil(real.steps, end));
  });

  test("goes on from its state, written down and read again, as if it had never stopped", async () => {
    const moments = await testMoments(chains);
    const whole = await walked(moments);
    const first = await walked(moments.slice(0, 37));
    const second = await walked(moments.slice(37), first.state);
    expect(second.state).toEqual(whole.state);
    expect([...closedOf(first.steps), ...closedOf(second.steps)]).toEqual(closedOf(whole.steps));
    expect(closedOf(whole.steps).length).toBeGreaterThan(5);
  });

  test("hedged by delta, leaves less than half of the spread of the naked position, and pays for it", async () => {
    const { steps } = await walked(await testMoments(testChains({ days: 90, seed: 3 })));
    const closed = closedOf(steps);
    const of = (name: string) =>
      closed.map(({ results }) => results.find(({ strategy }) => strategy === name));
    const deviation = (name: string) => {
      const values = of(name).map((result) => result?.pnlShare ?? Number.NaN);
      const centre = values.reduce((a, b) => a + b, 0) / values.length;
      return Math.sqrt(values.reduce((a, b) => a + (b - centre) ** 2, 0) / values.length);
    };
    expect(deviation("delta")).toBeLessThan(0.5 * deviation("no hedge"));
    expect(deviation("delta-vega")).toBeLessThan(0.5 * deviation("no hedge"));
    for (const result of of("Whalley-Wilmott")) {
      const delta = of("delta").find((other) => other?.pnlUsd !== undefined);
      expect(result?.costs.perpetualFees).toBeLessThan(2 * (delta?.costs.perpetualFees ?? 0));
    }
  });

  test("ends each curve at the profit that is reported, in dollars and in coin", async () => {
    const { steps } = await walked(await testMoments(chains));
    for (const { results, curve, settlement } of closedOf(steps)) {
      for (const { strategy, pnlUsd, pnlCoin, drawdown } of results) {
        expect(curve.pnl[strategy][curve.pnl[strategy].length - 1]).toBe(pnlUsd);
        expect(pnlCoin * settlement.price).toBeCloseTo(pnlUsd, 8);
        expect(drawdown).toBeGreaterThanOrEqual(Math.max(0, -pnlUsd) - 1e-9);
      }
    }
  });

  test("voids a trade whose history has a hole, and counts it", async () => {
    const holed = chains.filter(({ asOfMs }) => {
      const days = (asOfMs - firstExpiryMs) / 86_400_000;
      return days < 2 || days > 4;
    });
    const { steps, state } = await walked(await testMoments(holed));
    const voided = steps.flatMap((step) => step.voided);
    expect(voided.length).toBeGreaterThan(0);
    for (const { gapHours } of voided) expect(gapHours).toBeGreaterThan(30);
    expect(state.opened).toBe(closedOf(steps).length + voided.length + state.open.length);
  });

  test("opens nothing where no expiry is near, and says why", async () => {
    const step = walker(
      { ...settings, position: { ...settings.position, days: 90 } },
      baselines,
      [],
    );
    const [moment] = await testMoments(chains.slice(0, 1));
    const { state } = await step(startOfWalk, moment);
    expect(state.opened).toBe(0);
    expect(Object.keys(state.notOpened)[0]).toContain("no listed expiry within 2 days of 90 days");
  });
});

describe("a history", () => {
  test("out of order is refused with both times and the file", async () => {
    const chains = testChains({ days: 2 });
    const [a, b] = await testMoments(chains.slice(0, 2));
    const step = walker(settings, baselines, []);
    const { state } = await step(startOfWalk, b);
    await expect(step(state, a)).rejects.toThrow(/chain .*expected a time after 2026.*got 2026/);
  });

  test("without a forward or a perpetual's price is refused", async () => {
    const [chain] = testChains({ days: 1 });
    const bare = { ...chain, quotes: chain.quotes.map((quote) => ({ ...quote, forward: null })) };
    await expect(testMoments([bare])).rejects.toThrow("expected a forward or a recorded price");
  });

  test("takes the recorded price near a chain, bars only when they have ended, and their ratio later", async () => {
    const start = Date.UTC(2026, 0, 5, 0);
    const hour = 3_600_000;
    const bar = (i: number) => ({
      startMs: start + i * hour,
      endMs: start + (i + 1) * hour,
      open: 25_000 + 100 * i,
      high: 25_100 + 100 * i,
      low: 25_000 + 100 * i,
      close: 25_100 + 100 * i,
    });
    const bars = Array.from({ length: 30 }, (_, i) => bar(i));
    const chains = [2.5, 4.5, 25].map((hours) => testChain(start + hours * hour, 50_000, 0.6, 0));
    const perpetual = [{ timeMs: start + 2.5 * hour + 20_000, price: 50_500 }];
    const funding = [{ timeMs: start + 3 * hour, ratePer8h: 1e-4 }];
    const moments = await allMoments(
      historyMoments(chains, { perpetual, bars, funding }, { fillHours: 8 }),
    );
    expect(moments.map(({ priceFrom }) => priceFrom)).toEqual([
      "perpetual",
      "forward",
      "bars",
      "bars",
      "forward",
    ]);
    expect(moments[0].price).toBe(50_500);
    expect(moments[0].bars.map(({ endMs }) => (endMs - start) / hour)).toEqual([1, 2]);
    expect(moments[1].funding).toEqual(funding);
    // at 2.5 h the bar from 25,200 to 25,300 stood at 25,250: the perpetual was twice that
    expect(moments[0].barBasis).toBe(1);
    expect(moments[1].barBasis).toBeCloseTo(2, 12);
    const all = moments.flatMap((moment) => moment.bars);
    expect(new Set(all.map(({ startMs }) => startMs)).size).toBe(all.length);
    for (const moment of moments) {
      for (const { endMs } of moment.bars) expect(endMs).toBeLessThanOrEqual(moment.timeMs);
    }
  });

  test("settles at the mean of the last half hour, or between the moments around", async () => {
    const [moment] = await testMoments(testChains({ days: 1 }).slice(0, 1));
    const expiry = moment.timeMs - 1_800_000;
    const bar = {
      startMs: expiry - 1_800_000,
      endMs: expiry,
      open: 10,
      high: 14,
      low: 9,
      close: 11,
    };
    const before = { timeMs: moment.timeMs - 7_200_000, price: moment.price - 100 };
    const exact = settlementPrice(expiry, before, { ...moment, bars: [bar], barBasis: 2 });
    expect(exact).toMatchObject({ price: 22, from: "30-minute bar", gapHours: 2 });
    const hourly = { ...bar, startMs: expiry - 3_600_000 };
    const near = settlementPrice(expiry, before, { ...moment, bars: [hourly] });
    expect(near).toMatchObject({ price: 10.75, from: "hourly bar" });
    const between = settlementPrice(expiry, before, moment);
    expect(between.from).toBe("interpolated");
    expect(between.price).toBeCloseTo(moment.price - 25, 9);
  });
});
