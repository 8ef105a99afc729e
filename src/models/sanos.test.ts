/** SANOS on surfaces of known models with spreads around the truth, and what it promises on any market. */
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { spreadStrikes, syntheticChain } from "../../test/models/syntheticChain.ts";
import { type Chain, clean, loadChainFile, makeQuoteSet, type RawQuote } from "../market/index.ts";
import { audit, chainArbitrage } from "../surface/index.ts";
import { sanos } from "./sanos.ts";

const truthFile = new URL("../../../shared/reference/surface_truth.json", import.meta.url);
const realFile = new URL(
  "../../../shared/data/deribit/chains/2026-06/deribit_options_snapshot_20260616T085302Z.csv.gz",
  import.meta.url,
);

interface TruthRow {
  readonly T: number;
  readonly forward: number;
  readonly K: number;
  readonly type: "call" | "put";
  readonly implied_vol: number;
  readonly bid_vol: number;
  readonly ask_vol: number;
}

function truthChain(model: string): Chain {
  const rows = (JSON.parse(readFileSync(truthFile, "utf8")) as Record<string, TruthRow[]>)[model];
  const asOfMs = Date.UTC(2026, 0, 5, 8);
  const quotes = rows.map(
    (row, i): RawQuote => ({
      instrument: `${model} ${i}`,
      underlying: "TRUTH",
      type: row.type,
      strike: row.K,
      expiryMs: asOfMs + Math.round(row.T * 365 * 24 * 60) * 60_000,
      asOfMs,
      unit: "vol",
      bid: row.bid_vol,
      ask: row.ask_vol,
      mark: null,
      markIv: null,
      forward: row.forward,
      discount: 1,
      openInterest: null,
    }),
  );
  return clean(makeQuoteSet("truth", quotes), {
    minQuotes: 1,
    minDelta: 0,
    maxDelta: 1,
    minDays: 0,
  }).chain;
}

/** Dates of the chain, two in each gap, one before the first and one after the last. */
function auditDates({ expiries }: Chain): number[] {
  const years = expiries.map((expiry) => expiry.yearsToExpiry);
  const gaps = years.flatMap((t, j) => {
    const from = j === 0 ? 0 : years[j - 1];
    return [1 / 3, 2 / 3, 1].map((share) => from + share * (t - from));
  });
  return [...gaps, 1.5 * years[years.length - 1]];
}

const countQuotes = (chain: Chain): number =>
  chain.expiries.reduce((sum, { quotes }) => sum + quotes.length, 0);

async function insideAndAudit(chain: Chain) {
  const { surface, warnings } = await sanos.fit(chain);
  if (surface === null) throw new Error("no surface");
  const inside = chain.expiries.flatMap(({ quotes, yearsToExpiry }) =>
    quotes.filter(({ logMoneyness, bidVol, askVol }) => {
      const vol = surface.impliedVol(logMoneyness, yearsToExpiry);
      return vol >= bidVol && vol <= askVol;
    }),
  ).length;
  return { inside, certificate: audit(surface, { years: auditDates(chain) }), warnings };
}

describe.skipIf(!existsSync(truthFile))(
  "surfaces of known models (skipped: no shared/reference)",
  () => {
    test.each(["heston_equity", "bates_equity", "rough_bergomi"])(
      "every quote of %s is inside its spread, and the surface passes the audit",
      async (model) => {
        const chain = truthChain(model);
        expect(countQuotes(chain)).toBeGreaterThan(40);
        expect(chainArbitrage(chain).isBidAskFeasible).toBe(true);
        const { inside, certificate, warnings } = await insideAndAudit(chain);
        expect(inside).toBe(countQuotes(chain));
        expect(certificate.failures).toEqual([]);
        // rough Bergomi's shortest smile bends more than the widest kernel can
        if (model !== "rough_bergomi") expect(warnings).toEqual([]);
      },
    );
  },
);

test.skipIf(!existsSync(realFile))(
  "a real chain is held inside every spread (skipped: no shared/data)",
  async () => {
    const { chain } = await loadChainFile(realFile.pathname, { underlying: "BTC" });
    expect(chainArbitrage(chain).isBidAskFeasible).toBe(true);
    const { inside, certificate } = await insideAndAudit(chain);
    expect(inside).toBe(countQuotes(chain));
    expect(certificate.failures).toEqual([]);
  },
);

test("whatever the quotes say, the surface has no arbitrage", async () => {
  const market = fc.record({
    // at 200 % for 17 months the audit's outermost strike is e⁻¹⁸ of the forward, where rounding alone is above its tolerance
    level: fc.double({ min: 0.1, max: 1.2, noNaN: true }),
    noise: fc.array(fc.double({ min: -0.4, max: 0.4, noNaN: true }), {
      minLength: 44,
      maxLength: 44,
    }),
    dates: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(market, async ({ level, noise, dates }) => {
      const chain = syntheticChain({
        years: dates.toSorted((a, b) => a - b).map((n) => n / 40),
        logMoneyness: (t) => spreadStrikes(t, 9, 3, level),
        vol: (k, t) => level * (1 + noise[Math.abs(Math.round(1e3 * k + 40 * t)) % noise.length]),
        halfSpread: () => 0.01 * level,
      });
      const { surface } = await sanos.fit(chain);
      if (surface === null) throw new Error("no surface");
      expect(audit(surface, { years: auditDates(chain) }).failures).toEqual([]);
    }),
    { seed: 5, numRuns: 6 },
  );
});

test("quotes that a wide kernel cannot hold are held by a narrower one, with a warning", async () => {
  // a kink at the money, as before a yes-or-no event: the density has two peaks
  const chain = syntheticChain({
    years: [0.1],
    logMoneyness: spreadStrikes(0.1, 21, 2, 0.3),
    vol: (k) => 0.3 - 0.25 * Math.abs(k),
    halfSpread: () => 0.001,
  });
  const { warnings } = await sanos.fit(chain);
  const { inside } = await insideAndAudit(chain);
  expect(chainArbitrage(chain).isBidAskFeasible).toBe(true);
  expect(inside).toBe(21);
  expect(warnings.join()).toMatch(/kernel narrowed to 0\.\d+ of the variance$/);
});
