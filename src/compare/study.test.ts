import { expect, test } from "vitest";
import { bootstrapDefaults, meanInterval, quantile } from "./bootstrap.ts";
import { failedComparison } from "./evaluate.ts";
import { spreadOrder, type StudyRecord, summariseStudy } from "./study.ts";

const record = (
  model: string,
  underlying: string,
  day: number,
  heldOut: number | null,
  level = 0.5,
): StudyRecord => ({
  schemaVersion: 1,
  snapshot: `${underlying}-${day}`,
  underlying,
  asOf: new Date(Date.UTC(2026, 0, day, 9)).toISOString(),
  nextAsOf: null,
  scenario: "liquid",
  level,
  quotes: 100,
  model: {
    ...failedComparison(
      { name: model, title: model },
      { message: "", warnings: [], seconds: 1 },
      1,
    ),
    status: heldOut === null ? "failed" : "converged",
    heldOutStrikeRmseVolPoints: heldOut,
  },
});

test("the interval of normal means is ± 1.96 standard errors", () => {
  // 400 days of ±1 by turns: mean 0, standard error 1/20
  const observations = Array.from({ length: 400 }, (_, i) => ({
    cluster: `d${i}`,
    value: i % 2 === 0 ? 1 : -1,
  }));
  const interval = meanInterval(observations);
  expect(interval?.mean).toBe(0);
  expect(interval?.low).toBeCloseTo(-1.96 / 20, 1.7);
  expect(interval?.high).toBeCloseTo(1.96 / 20, 1.7);
  expect(interval?.count).toBe(400);
});

test("snapshots of one day count as one: copies do not narrow an interval", () => {
  const once = Array.from({ length: 30 }, (_, i) => ({ cluster: `d${i}`, value: i }));
  const often = once.flatMap((one) => [one, one, one, one]);
  const [a, b] = [meanInterval(once), meanInterval(often)];
  expect(b?.count).toBe(120);
  expect([b?.mean, b?.low, b?.high]).toEqual([a?.mean, a?.low, a?.high]);
});

test("one day has a mean and no interval, none has nothing", () => {
  expect(meanInterval([{ cluster: "d", value: 3 }])).toEqual({
    mean: 3,
    median: 3,
    low: null,
    high: null,
    count: 1,
    clusters: 1,
  });
  expect(meanInterval([])).toBeNull();
});

test("the same seed gives the same interval, another seed nearly the same", () => {
  const observations = Array.from({ length: 50 }, (_, i) => ({ cluster: `${i}`, value: i ** 2 }));
  expect(meanInterval(observations, 7)).toEqual(meanInterval(observations, 7));
  const [a, b] = [7, 8].map((seed) => meanInterval(observations, seed)?.high ?? Number.NaN);
  expect(a).not.toBe(b);
  expect(Math.abs(a / b - 1)).toBeLessThan(0.05);
  expect(bootstrapDefaults.resamples).toBeGreaterThanOrEqual(1000);
});

test("quantiles use the R-7 method", () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
});

test("a difference is paired: what a day does to both models cancels", () => {
  // days differ by tens of vol points, the models always by one
  const records = Array.from({ length: 20 }, (_, i) => [
    record("a", "BTC", i + 1, 10 * i + 1),
    record("b", "BTC", i + 1, 10 * i),
  ]).flat();
  const [group] = summariseStudy(records, "liquid", { reference: "b" }).groups;
  const [a, b] = group.rows;
  expect(b.differences).toBeNull();
  expect(a.differences?.heldOutStrikeRmseVolPoints).toMatchObject({ mean: 1, low: 1, high: 1 });
  const wide = a.means.heldOutStrikeRmseVolPoints;
  expect((wide?.high ?? 0) - (wide?.low ?? 0)).toBeGreaterThan(20);
});

test("failures are counted and in no mean", () => {
  const records = [
    record("a", "BTC", 1, 2),
    record("a", "BTC", 2, null),
    record("b", "BTC", 1, 1),
    record("b", "BTC", 2, 100),
  ];
  const [group] = summariseStudy(records, "liquid", { reference: "b" }).groups;
  expect(group.rows[0]).toMatchObject({ name: "a", snapshots: 2, failures: 1 });
  expect(group.rows[0].means.heldOutStrikeRmseVolPoints?.mean).toBe(2);
  expect(group.rows[0].differences?.heldOutStrikeRmseVolPoints).toMatchObject({
    mean: 1,
    count: 1,
  });
});

test("several underlyings have a group each and one together, in which a day is one day", () => {
  const records = [1, 2, 3].flatMap((day) => [
    record("a", "BTC", day, 1),
    record("a", "ETH", day, 3),
  ]);
  const { groups } = summariseStudy(records, "liquid", { order: ["a"] });
  expect(groups.map(({ name }) => name)).toEqual(["BTC", "ETH", "all"]);
  expect(groups[2]).toMatchObject({ snapshots: 6, days: 3 });
  expect(groups[2].rows[0].means.heldOutStrikeRmseVolPoints?.mean).toBe(2);
});

test("the most volatile tenth of an underlying's snapshots is a group of its own", () => {
  const records = Array.from({ length: 30 }, (_, i) =>
    record("a", "BTC", i + 1, i, 0.4 + 0.01 * i),
  );
  const stressed = summariseStudy(records, "liquid").groups.find(({ name }) => /stress/.test(name));
  expect(stressed?.snapshots).toBe(3);
  expect(stressed?.rows[0].means.heldOutStrikeRmseVolPoints?.mean).toBe(28);
});

test("records of another scenario are not mixed in", () => {
  expect(summariseStudy([record("a", "BTC", 1, 1)], "sparse").groups).toEqual([]);
});

test("an order of snapshots visits each once, and its beginnings keep no step with the hours of a day", () => {
  for (const count of [1, 2, 7, 463]) {
    expect([...spreadOrder(count)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
  }
  const hours = spreadOrder(464)
    .slice(0, 40)
    .map((i) => i % 4);
  for (const hour of [0, 1, 2, 3]) {
    expect(hours.filter((h) => h === hour).length).toBeGreaterThanOrEqual(5);
  }
});
