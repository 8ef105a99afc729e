/** As-of reads against a plain model of the store: an array of rows and the definition of "known". */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type StoreReader } from "./reader.ts";
import type { RowOf } from "./kinds.ts";
import { testOption, testSource } from "./testRows.ts";
import { openWriter } from "./writer.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 27);
const SPAN_HOURS = 60;

interface ModelRow {
  readonly row: RowOf<"option">;
  readonly seq: number;
  readonly ingestedMs: number;
}

const parent = mkdtempSync(join(tmpdir(), "volterra-as-of-"));
const model: ModelRow[] = [];
let store: StoreReader;

/** Random rows: ten instruments, whole hours so that observations repeat, some known up to two days later. */
function randomRows(seed: number): RowOf<"option">[] {
  const [rows] = fc.sample(
    fc.array(
      fc.record({
        hour: fc.nat(SPAN_HOURS),
        delay: fc.nat(48),
        late: fc.boolean(),
        name: fc.nat(9),
        bid: fc.double({ min: 0.01, max: 1, noNaN: true }),
      }),
      { minLength: 60, maxLength: 90 },
    ),
    { numRuns: 1, seed },
  );
  return rows.map(({ hour, delay, late, name, bid }) =>
    testOption({
      eventMs: START + hour * HOUR,
      knownMs: START + (hour + (late ? delay : 0)) * HOUR,
      instrument: `BTC-26JUN26-${name + 70}000-C`,
      strike: (name + 70) * 1000,
      bid,
    }),
  );
}

/** What a read must return, by the definition. */
function expected(
  asOf: number,
  from: number,
  to: number,
  ingestedBy = Infinity,
): RowOf<"option">[] {
  const best = new Map<string, ModelRow & { order: number }>();
  for (const [order, item] of model.entries()) {
    const { row, ingestedMs } = item;
    if (row.knownMs > asOf || ingestedMs > ingestedBy || row.eventMs < from || row.eventMs >= to)
      continue;
    const key = `${row.instrument} ${row.eventMs}`;
    const other = best.get(key);
    if (
      other === undefined ||
      row.knownMs > other.row.knownMs ||
      (row.knownMs === other.row.knownMs && item.seq > other.seq)
    )
      best.set(key, { ...item, order });
  }
  return [...best.values()]
    .map(({ row }) => row)
    .sort((a, b) => a.eventMs - b.eventMs || (a.instrument < b.instrument ? -1 : 1));
}

/** Within one source, later rows of the same observation and knowledge are left out: neither is later than the other. */
function distinct(rows: readonly RowOf<"option">[]): RowOf<"option">[] {
  return [
    ...new Map(
      rows.map((row) => [`${row.instrument} ${row.eventMs} ${row.knownMs}`, row]),
    ).values(),
  ];
}

beforeAll(async () => {
  let clock = START;
  const writer = await openWriter(join(parent, "store"), { now: () => clock });
  for (let seq = 1; seq <= 6; seq++) {
    clock = START + seq * 1000 * HOUR;
    const rows = distinct(randomRows(seq));
    await writer.commit([testSource(`source ${seq}`, rows)]);
    for (const row of rows) model.push({ row, seq, ingestedMs: clock });
  }
  await writer.free();
  store = await openStore(join(parent, "store"));
});

afterAll(() => {
  store.free();
  rmSync(parent, { recursive: true });
});

const hours = fc.integer({ min: -3, max: SPAN_HOURS + 60 }).map((hour) => START + hour * HOUR);

describe("a read as of a time", () => {
  test("returns exactly the rows that were known, each observation once, in its last known version", async () => {
    await fc.assert(
      fc.asyncProperty(
        hours,
        hours,
        hours,
        fc.option(fc.integer({ min: 0, max: 7 })),
        async (asOf, a, b, commits) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const ingestedBy = commits === null ? undefined : START + commits * 1000 * HOUR;
          const rows = await store.rows("option", {
            underlying: "BTC",
            asOf,
            from,
            to,
            ingestedBy,
          });
          expect(rows.filter(({ knownMs }) => knownMs > asOf)).toEqual([]);
          expect(rows).toEqual(expected(asOf, from, to, ingestedBy));
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  test("returns the newest chain that was known, and nothing that came later", async () => {
    await fc.assert(
      fc.asyncProperty(hours, async (asOf) => {
        const known = expected(asOf, -Infinity, Infinity);
        const newest = known.at(-1)?.eventMs ?? Number.NaN;
        const chain = known.filter(({ eventMs }) => eventMs === newest);
        const reading = store.chain({ underlying: "BTC", asOf });
        if (chain.length === 0)
          await expect(reading).rejects.toThrow(/known by .*, got the first one known at/);
        else {
          const { quotes, asOfMs } = await reading;
          expect(asOfMs).toBe(newest);
          expect(quotes.map(({ instrument, bid }) => [instrument, bid])).toEqual(
            chain.map(({ instrument, bid }) => [instrument, bid]),
          );
        }
      }),
      { numRuns: 25, seed: 8 },
    );
  });

  test("gives a column through time with the moment at which each value was known", async () => {
    const asOf = START + 50 * HOUR;
    const name = "BTC-26JUN26-75000-C";
    const series = await store.series("option", "bid", { underlying: "BTC", name, asOf });
    const rows = expected(asOf, -Infinity, Infinity).filter(
      ({ instrument }) => instrument === name,
    );
    expect(rows.length).toBeGreaterThan(5);
    expect([...series.values]).toEqual(rows.map(({ bid }) => bid));
    expect([...series.knownMs]).toEqual(rows.map(({ knownMs }) => knownMs));
  });

  test("has no default for the time", async () => {
    // @ts-expect-error: a read without asOf does not compile
    await expect(store.rows("option", { underlying: "BTC" })).rejects.toThrow(/expected asOf/);
    // @ts-expect-error: nor does a chain
    await expect(store.chain({ underlying: "BTC" })).rejects.toThrow(/expected asOf/);
  });
});
