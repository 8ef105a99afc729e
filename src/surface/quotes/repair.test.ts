/** Repairs against the published optimum of each set, and properties of any repair. */
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blackOtm } from "../../formulas/index.ts";
import { linearProgram } from "../linearProgram.ts";
import type { CallQuote } from "./callQuotes.ts";
import { findQuoteArbitrage, isBidAskFeasible } from "./quoteArbitrage.ts";
import { repairQuotes } from "./repair.ts";

const file = new URL("../../../../shared/reference/arbitrage.json", import.meta.url);

interface ReferenceSet {
  readonly name: string;
  readonly quotes: readonly {
    T: number;
    F: number;
    K: number;
    bid: number;
    ask: number;
    mid: number;
  }[];
  readonly min_l1_repair_of_mid_in_units_of_F: number;
}

const sets: readonly ReferenceSet[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as { sets: ReferenceSet[] }).sets
  : [];

describe.skipIf(sets.length === 0)("reference sets (skipped: no shared/reference)", () => {
  test.each(sets.map((set) => [set.name, set] as const))("%s", async (_, set) => {
    const quotes = set.quotes.map(({ T, F, K, bid, ask, mid }, i) => ({
      name: `quote ${i}`,
      yearsToExpiry: T,
      moneyness: K / F,
      bid: bid / F,
      ask: ask / F,
      mid: mid / F,
    }));
    const known = set.min_l1_repair_of_mid_in_units_of_F;
    const repair = await repairQuotes(quotes);
    expect(Math.abs(repair.totalMove - known)).toBeLessThan(1e-8);
    expect(findQuoteArbitrage(repair.quotes)).toEqual([]);
    if (known === 0) repair.quotes.forEach((quote, i) => expect(quote).toBe(quotes[i]));
    const inSpreads = await repairQuotes(quotes, { measure: "half-spread" });
    expect(findQuoteArbitrage(inSpreads.quotes)).toEqual([]);
    expect(inSpreads.totalMove).toBeGreaterThan(known - 1e-8);
  });
});

/** Black prices of one volatility at random strikes: convex, ordered in time. */
const cleanQuotes = fc
  .record({
    vol: fc.double({ min: 0.05, max: 1.5, noNaN: true }),
    strikes: fc.array(
      fc.uniqueArray(fc.integer({ min: -25, max: 25 }), { minLength: 1, maxLength: 9 }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ vol, strikes }) =>
    strikes.flatMap((zs, j) =>
      zs.map((z): CallQuote => {
        const years = 0.1 * (j + 1);
        const s = vol * Math.sqrt(years);
        const k = 0.1 * z * s;
        const mid = blackOtm(k, s) + Math.max(-Math.expm1(k), 0);
        const moneyness = Math.exp(k);
        return {
          name: `${years} ${z}`,
          yearsToExpiry: years,
          moneyness,
          mid,
          bid: mid - 1e-3,
          ask: mid + 1e-3,
        };
      }),
    ),
  );

/** The same optimum the long way: a call curve for every expiry at 0, all moneyness and 4 times the largest. */
async function optimumOnUnionGrid(quotes: readonly CallQuote[]): Promise<number> {
  const program = linearProgram();
  const all = [...new Set(quotes.map(({ moneyness }) => moneyness))].sort((a, b) => a - b);
  const grid = [0, ...all, 4 * all[all.length - 1]];
  const years = [...new Set(quotes.map(({ yearsToExpiry }) => yearsToExpiry))].sort(
    (a, b) => a - b,
  );
  const curves = years.map((t, j) => {
    const c = grid.map((x) => program.column(0, x === 0 ? 1 : Math.max(1 - x, 0), 1));
    grid.forEach((x, i) => {
      if (i === 0) return;
      program.row(-Infinity, 0, [
        [c[i], 1],
        [c[i - 1], -1],
      ]);
      if (i === 1) return;
      const share = (grid[i - 1] - grid[i - 2]) / (x - grid[i - 2]);
      program.row(-Infinity, 0, [
        [c[i - 1], 1],
        [c[i - 2], share - 1],
        [c[i], -share],
      ]);
    });
    for (const { yearsToExpiry, moneyness, mid } of quotes) {
      if (yearsToExpiry !== t) continue;
      const [up, down] = [program.column(1), program.column(1)];
      program.row(mid, mid, [
        [c[grid.indexOf(moneyness)], 1],
        [up, -1],
        [down, 1],
      ]);
    }
    return { c, j };
  });
  for (const { c, j } of curves.slice(1)) {
    c.forEach((column, i) =>
      program.row(0, Infinity, [
        [column, 1],
        [curves[j - 1].c[i], -1],
      ]),
    );
  }
  return (await program.solve("union grid")).objective;
}

test("clean quotes are not touched: the same objects come back", async () => {
  await fc.assert(
    fc.asyncProperty(cleanQuotes, async (quotes) => {
      const repair = await repairQuotes(quotes);
      expect(repair.moved).toBe(0);
      repair.quotes.forEach((quote, i) => expect(quote).toBe(quotes[i]));
      expect(isBidAskFeasible(quotes)).toBe(true);
    }),
    { seed: 11, numRuns: 200 },
  );
});

test("noisy quotes are repaired: no arbitrage is left, and a second repair does nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      cleanQuotes,
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 36, maxLength: 36 }),
      fc.constantFrom(1e-6, 1e-4, 0.01, 0.2),
      fc.constantFrom("forward" as const, "half-spread" as const),
      async (clean, noise, size, measure) => {
        const noisy = clean.map((quote, i) => ({ ...quote, mid: quote.mid + size * noise[i] }));
        const repair = await repairQuotes(noisy, { measure });
        expect(findQuoteArbitrage(repair.quotes)).toEqual([]);
        const least = await optimumOnUnionGrid(noisy);
        if (measure === "forward") expect(Math.abs(repair.totalMove - least)).toBeLessThan(1e-8);
        else expect(repair.totalMove).toBeGreaterThan(least - 1e-8);
        const again = await repairQuotes(repair.quotes, { measure });
        again.quotes.forEach((quote, i) => expect(quote).toBe(repair.quotes[i]));
      },
    ),
    { seed: 12, numRuns: 60 },
  );
});
