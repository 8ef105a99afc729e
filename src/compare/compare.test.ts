import { expect, test } from "vitest";
import { blackOtm, impliedTotalStdDev } from "../formulas/index.ts";
import { type Chain, clean, makeQuoteSet, type RawQuote } from "../market/index.ts";
import { audit, surfaceOfVariance } from "../surface/index.ts";
import { compareChain } from "./compareChain.ts";
import { compareTask } from "./evaluate.ts";
import { heldOutExpiryRanks, holdOutExpiries, holdOutStrikes, isHeldOutRank } from "./holdOut.ts";
import { modelsNamed } from "./models.ts";
import { moneyness, quoteErrors, summariseErrors } from "./quoteErrors.ts";
import { scenarioChain, sparseChain, stressedChain } from "./scenario.ts";
import { shockedVol, stressShock } from "./shock.ts";
import { failingModel, flatModel, midModel, throwingModel } from "./testModels.ts";

const asOfMs = Date.parse("2026-01-05T08:00:00Z");
const days = [7, 30, 60, 91, 182];

/** A chain whose mid is `vol(k, T)` and whose half spread is one vol point. */
function testChain(vol: (k: number, years: number) => number, startMs = asOfMs): Chain {
  const quotes = days.flatMap((day) =>
    Array.from({ length: 11 }, (_, i): RawQuote => {
      const years = (asOfMs + day * 86_400_000 - startMs) / (365 * 86_400_000);
      const k = 0.3 * (i - 5) * 0.5 * Math.sqrt(years);
      return {
        instrument: `X-${day}-${i}`,
        underlying: "X",
        asOfMs: startMs,
        expiryMs: asOfMs + day * 86_400_000,
        strike: 100 * Math.exp(k),
        type: k >= 0 ? "call" : "put",
        unit: "vol",
        bid: vol(k, years) - 0.01,
        ask: vol(k, years) + 0.01,
        mark: null,
        forward: 100,
        discount: 1,
      } as RawQuote;
    }),
  );
  return clean(makeQuoteSet("test", quotes), {}).chain;
}

const smile = (k: number, years: number): number => 0.5 - (0.1 * k) / Math.sqrt(years);
const chain = testChain(smile);
const surface = surfaceOfVariance([0.02, 0.5], (k, t) => smile(k, t) ** 2 * t);
const count = ({ expiries }: Chain): number =>
  expiries.reduce((sum, { quotes }) => sum + quotes.length, 0);

test("a surface that gave the quotes has no error, and every quote inside", () => {
  const summary = summariseErrors(quoteErrors(surface, chain));
  expect(summary.quotes).toBe(55);
  expect(summary.insideShare).toBe(1);
  expect(summary.rmseVolPoints).toBeLessThan(1e-10);
});

test("an error of half a vol point is 0.5 vol points and half a half spread, everywhere", () => {
  const moved = surfaceOfVariance([0.02, 0.5], (k, t) => (smile(k, t) + 0.005) ** 2 * t);
  const summary = summariseErrors(quoteErrors(moved, chain));
  for (const name of ["rmseVolPoints", "atmRmseVolPoints", "wingRmseVolPoints"] as const) {
    expect(summary[name]).toBeCloseTo(0.5, 8);
  }
  expect(summary.rmseSpreads).toBeCloseTo(0.5, 8);
  expect(summary.worst?.volPoints).toBeCloseTo(0.5, 8);
});

test("a quote without a model volatility is outside, is counted, and is in no RMSE", () => {
  const holed = surfaceOfVariance([0.02, 0.5], (k, t) =>
    k > 0.1 ? Number.NaN : smile(k, t) ** 2 * t,
  );
  const errors = quoteErrors(holed, chain);
  const unpriced = errors.filter(({ logMoneyness }) => logMoneyness > 0.1).length;
  const summary = summariseErrors(errors);
  expect(unpriced).toBeGreaterThan(0);
  expect(summary.unpriced).toBe(unpriced);
  expect(summary.insideShare).toBeCloseTo(1 - unpriced / 55, 12);
  expect(summary.rmseVolPoints).toBeLessThan(1e-10);
});

test("z is measured in at-the-money standard deviations", () => {
  const errors = quoteErrors(surface, chain);
  // strikes were placed 0.3 standard deviations apart at 50 % volatility, which is the volatility at k = 0
  expect(errors[0].z).toBeCloseTo(-1.5, 2);
  expect(errors.filter(({ z }) => Math.abs(z) <= moneyness.atmBelow)).toHaveLength(5 * 3);
});

test("held-out strikes are every third one, never the outermost", () => {
  const ranks = Array.from({ length: 11 }, (_, i) => i).filter((i) => isHeldOutRank(i, 11));
  expect(ranks).toEqual([1, 4, 7]);
  expect(isHeldOutRank(1, 2)).toBe(false);
  const parts = holdOutStrikes(chain);
  expect(parts && count(parts.hidden)).toBe(15);
  expect(parts && count(parts.shown)).toBe(40);
});

test("weights of the shown quotes have mean one again", () => {
  const shown = holdOutStrikes(chain)?.shown;
  const weights = shown?.expiries.flatMap(({ quotes }) => quotes.map(({ weight }) => weight)) ?? [];
  expect(weights.reduce((sum, w) => sum + w, 0) / weights.length).toBeCloseTo(1, 12);
});

test("the expiry held out is the middle one, or several spread over the interior", () => {
  expect(heldOutExpiryRanks(5, 1)).toEqual([2]);
  expect(heldOutExpiryRanks(12, 3)).toEqual([2, 6, 9]);
  expect(heldOutExpiryRanks(4, 9)).toEqual([1, 2]);
  expect(heldOutExpiryRanks(2, 1)).toEqual([]);
  const [part] = holdOutExpiries(chain);
  expect(part.hidden.expiries.map(({ expiryMs }) => (expiryMs - asOfMs) / 86_400_000)).toEqual([
    60,
  ]);
  expect(part.shown.expiries).toHaveLength(4);
});

test("a sparse chain has five quotes around the forward of four expiries, ends included", () => {
  const sparse = sparseChain(chain);
  expect(sparse.expiries.map(({ expiryMs }) => (expiryMs - asOfMs) / 86_400_000)).toEqual([
    7, 30, 91, 182,
  ]);
  expect(sparse.expiries.map(({ quotes }) => quotes.length)).toEqual([5, 5, 5, 5]);
});

test("a sparse market is measured at all quotes, and says which were hidden", () => {
  const task = compareTask(chain, "sparse");
  expect(count(task.fitted)).toBe(20);
  expect(count(task.measured)).toBe(55);
  expect(task.hidden?.strikes && count(task.hidden.strikes)).toBe(24);
  expect(task.hidden?.expiries && count(task.hidden.expiries)).toBe(11);
  expect(task.strikes).toBeNull();
});

test("the shock of a flat market by diffusion alone adds its variance at every strike", () => {
  const size = { ...stressShock, diffusion: 1, jumpsPerYear: 0 };
  for (const years of [0.02, 0.25, 1]) {
    const added = 0.5 ** 2 * size.fadeYears * -Math.expm1(-years / size.fadeYears);
    for (const z of [-2, 0, 2]) {
      const k = z * 0.5 * Math.sqrt(years);
      const vol = shockedVol(() => 0.5, k, years, 0.5, size);
      expect(vol).toBeCloseTo(Math.sqrt(0.25 + added / years), 6);
    }
  }
});

test("the shock of a flat market by jumps alone is Merton's model (1976, eq. 16) with a constant jump", () => {
  const size = { diffusion: 0, jumpsPerYear: 2, jump: -0.75, fadeYears: 1e9 };
  const [vol, jump] = [0.5, -0.75 * 0.5];
  for (const years of [0.1, 0.5]) {
    for (const k of [-0.4, 0, 0.3]) {
      const s = vol * Math.sqrt(years);
      let [call, probability] = [0, Math.exp(-2 * years)];
      for (let n = 0; n < 60; n++) {
        if (n > 0) probability *= (2 * years) / n;
        const forward = Math.exp(n * jump - 2 * years * Math.expm1(jump));
        const at = k - Math.log(forward);
        const otm = blackOtm(at, s);
        call += probability * forward * (at >= 0 ? otm : otm - Math.expm1(at));
      }
      const otm = k >= 0 ? call : call + Math.expm1(k);
      const merton = impliedTotalStdDev(otm, k) / Math.sqrt(years);
      expect(shockedVol(() => vol, k, years, vol, size)).toBeCloseTo(merton, 7);
    }
  }
});

test("a shocked flat market has no arbitrage, a higher level, a steeper skew and an inverted term structure", () => {
  const vol = (k: number, years: number): number => shockedVol(() => 0.5, k, years, 0.5);
  const shocked = { totalVariance: (k: number, t: number): number => vol(k, t) ** 2 * t };
  const certificate = audit(shocked, {
    years: [0.02, 0.08, 0.25, 1],
    strikes: 61,
    standardDeviations: 4,
  });
  expect(certificate.failures).toEqual([]);
  expect(vol(0, 0.02)).toBeGreaterThan(0.65);
  expect(vol(0, 1)).toBeLessThan(vol(0, 0.02) - 0.05);
  expect(vol(-0.05, 0.02)).toBeGreaterThan(vol(0.05, 0.02) + 0.02);
});

test("a stressed chain keeps its strikes, and its spreads are at least twice as wide in volatility", () => {
  const stressed = stressedChain(chain);
  expect(count(stressed)).toBe(count(chain));
  stressed.expiries.forEach(({ quotes }, e) =>
    quotes.forEach((quote, i) => {
      const before = chain.expiries[e].quotes[i];
      expect(quote.logMoneyness).toBe(before.logMoneyness);
      expect(quote.halfSpreadVol).toBeGreaterThan(2 * before.halfSpreadVol);
      expect(quote.midVol).toBeGreaterThan(before.midVol);
    }),
  );
  expect(scenarioChain(chain, "stress").measured).toEqual(stressed);
});

test("a model's failure is its row, whatever way it fails, and others go on", async () => {
  const { document } = await compareChain(chain, [failingModel, throwingModel, midModel]);
  const [failing, throwing, mids] = document.models;
  expect([failing.status, failing.message]).toEqual(["failed", "no two quotes agree"]);
  expect([throwing.status, throwing.message]).toEqual(["failed", "division by zero"]);
  expect(throwing.insideShare).toBeNull();
  expect(mids.insideShare).toBe(1);
  expect(mids.rmseVolPoints).toBeLessThan(1e-10);
  expect(document.complete).toBe(true);
});

test("a smile linear in k is foretold at held-out strikes by straight lines, and not by a flat smile", async () => {
  const { document } = await compareChain(chain, [midModel, flatModel]);
  const [mids, flat] = document.models;
  expect(mids.heldOutStrikeRmseVolPoints).toBeLessThan(1e-9);
  expect(flat.heldOutStrikeRmseVolPoints).toBeGreaterThan(1);
  expect(flat.atmRmseVolPoints).toBeLessThan(flat.wingRmseVolPoints ?? 0);
  expect(document.heldOutExpiries).toEqual(["2026-03-06T08:00:00.000Z"]);
});

test("without held-out fits their errors are null", async () => {
  const { document } = await compareChain(chain, [midModel], { quick: true });
  expect(document.models[0].heldOutStrikeRmseVolPoints).toBeNull();
  expect(document.models[0].heldOutExpiryRmseVolPoints).toBeNull();
  expect(document.heldOut).toBe(false);
});

test("a market that keeps each expiry's volatility at fixed k is foretold exactly by a sticky surface", async () => {
  const later = asOfMs + 86_400_000;
  const expiries = chain.expiries.map(({ expiryMs, yearsToExpiry }) => ({
    expiryMs,
    yearsToExpiry,
  }));
  const elapsed = 1 / 365;
  const next = testChain((k, years) => {
    const before = expiries.find((e) => Math.abs(e.yearsToExpiry - years - elapsed) < 1e-9);
    return smile(k, before?.yearsToExpiry ?? Number.NaN);
  }, later);
  const { document } = await compareChain(chain, [midModel], { next, quick: true });
  expect(document.nextAsOf).toBe("2026-01-06T08:00:00.000Z");
  expect(document.models[0].nextSnapshotRmseVolPoints).toBeLessThan(1e-9);
});

test("a model that rolls itself is asked for its own surface", async () => {
  const next = testChain(() => 0.4, asOfMs + 86_400_000);
  const rolling: typeof midModel = {
    ...midModel,
    fit: async (c, o) => ({
      ...(await midModel.fit(c, o)),
      rolled: async () => surfaceOfVariance([0.1], (_, t) => 0.4 ** 2 * t),
    }),
  };
  const { document } = await compareChain(chain, [rolling], { next, quick: true });
  expect(document.models[0].nextSnapshotRmseVolPoints).toBeLessThan(1e-9);
});

test("a surface with arbitrage at the quotes fails, one with arbitrage only beyond them says so", async () => {
  const with_ = (totalVariance: (k: number, t: number) => number): typeof midModel => ({
    ...midModel,
    fit: async (c, o) => ({
      ...(await midModel.fit(c, o)),
      surface: surfaceOfVariance([0.02, 0.5], totalVariance),
    }),
  });
  const falling = with_((_, t) => 0.25 * t * (1 - 1.8 * t));
  const steep = with_((k, t) => 0.25 * t + 4 * t * Math.max(0, Math.abs(k) - 2.6 * Math.sqrt(t)));
  const { document } = await compareChain(chain, [falling, steep], { quick: true });
  expect(document.models[0].certificate).toMatchObject({ pass: false, passAtQuotes: false });
  expect(document.models[0].certificate?.failures[0]).toMatch(/^calendar/);
  expect(document.models[1].certificate).toMatchObject({ pass: false, passAtQuotes: true });
});

test("an abort leaves the models that were finished", async () => {
  const abort = new AbortController();
  const { document } = await compareChain(chain, [midModel, flatModel], {
    signal: abort.signal,
    onModel: () => abort.abort(),
  });
  expect(document.models.map(({ name }) => name)).toEqual(["mids"]);
  expect(document.complete).toBe(false);
});

test("a fit that takes too long is asked to stop, and measured as it is", async () => {
  const slow: typeof midModel = {
    ...midModel,
    fit: async (c, o) => {
      await new Promise<void>((resolve) => o?.signal?.addEventListener("abort", () => resolve()));
      return { ...(await midModel.fit(c, o)), status: "cancelled" };
    },
  };
  const { document } = await compareChain(chain, [slow, midModel], {
    quick: true,
    limitSeconds: 0.05,
  });
  expect(document.models.map(({ status }) => status)).toEqual(["cancelled", "converged"]);
  expect(document.models[0].insideShare).toBe(1);
  expect(document.complete).toBe(true);
});

test("an unknown model is refused with a list of the known ones", () => {
  expect(() => modelsNamed(["mids", "sabre"], [midModel, flatModel])).toThrow(
    'models: expected names among mids, flat, got "sabre". Separate them by commas.',
  );
});
