import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { spreadStrikes, syntheticChain } from "../../test/models/syntheticChain.ts";
import { type Chain, clean, loadChainFile, makeQuoteSet } from "../market/index.ts";
import { hestonVol } from "../pricing/index.ts";
import { audit } from "../surface/index.ts";
import { bates } from "./bates.ts";
import { heston } from "./heston.ts";

const truthFile = new URL("../../../shared/reference/surface_truth.json", import.meta.url);

interface Row {
  readonly T: number;
  readonly K: number;
  readonly forward: number;
  readonly type: "call" | "put";
  readonly implied_vol: number;
  readonly bid_vol: number;
  readonly ask_vol: number;
}

const asOfMs = Date.UTC(2026, 0, 5, 8);

/** Rows as a chain whose mids are the given volatilities. */
function chainOf(rows: readonly Row[]): Chain {
  const quotes = rows.map((row, i) => {
    const half = (row.ask_vol - row.bid_vol) / 2;
    return {
      instrument: `row ${i}`,
      underlying: "TRUTH",
      type: row.type,
      strike: row.K,
      expiryMs: asOfMs + Math.round(row.T * 365 * 86_400_000),
      asOfMs,
      unit: "vol" as const,
      bid: row.implied_vol - half,
      ask: row.implied_vol + half,
      mark: null,
      markIv: null,
      forward: row.forward,
      discount: 1,
      openInterest: null,
    };
  });
  return clean(makeQuoteSet("truth", quotes), { minQuotes: 1, minDelta: 1e-9, maxDelta: 1 }).chain;
}

interface Truth {
  readonly models: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly heston_equity: readonly Row[];
  readonly bates_equity: readonly Row[];
}

describe.skipIf(!existsSync(truthFile))(
  "on surfaces of known parameters (shared/reference/surface_truth.json)",
  () => {
    /** The reference's sigma is our nu. */
    const read = (): Truth => {
      const truth = JSON.parse(readFileSync(truthFile, "utf8")) as Truth;
      const models = Object.fromEntries(
        Object.entries(truth.models).map(([name, { sigma: nu, ...rest }]) => [
          name,
          { ...rest, nu },
        ]),
      );
      return { ...truth, models };
    };

    test("Heston finds them all", async () => {
      const truth = read();
      const fit = await heston.fit(chainOf(truth.heston_equity));
      expect(fit.status).toBe("converged");
      for (const name of ["v0", "kappa", "theta", "nu", "rho"] as const) {
        expect(fit.params?.[name]).toBeCloseTo(truth.models.heston_equity[name], 7);
      }
    });

    test("Bates finds them all", async () => {
      const truth = read();
      const { lam, muJ, sigJ, ...diffusion } = truth.models.bates_equity;
      const wanted = { ...diffusion, lambda: lam, jumpMean: muJ, jumpStdDev: sigJ };
      const fit = await bates.fit(chainOf(truth.bates_equity));
      for (const [name, value] of Object.entries(wanted)) {
        expect(fit.params?.[name as "lambda"]).toBeCloseTo(value, 6);
      }
    });

    test("a surface of Bates without jumps is one of Heston: no quote is off by a hundredth of its spread", async () => {
      const rows = read().heston_equity;
      const chain = chainOf(rows);
      const fit = await bates.fit(chain);
      for (const { quotes, yearsToExpiry } of chain.expiries) {
        for (const { logMoneyness, midVol, halfSpreadVol } of quotes) {
          const vol = fit.surface?.impliedVol(logMoneyness, yearsToExpiry) ?? Number.NaN;
          expect(Math.abs(vol - midVol)).toBeLessThan(0.01 * halfSpreadVol);
        }
      }
    });
  },
);

/** Implied volatilities of the DAX on 5 July 2002, percent [strike][expiry], as QuantLib's test takes them: expiries in
 * whole weeks, zero rates linear between the days of the rates.
 *
 * Source  A. Sepp, Pricing European-style options under jump diffusion processes with stochastic volatility (2003);
 *         the calibration test of QuantLib, whose sum of squared errors in volatility points is 177.2
 */
const dax = {
  spot: 4468.17,
  weeks: [2, 6, 11, 24, 37, 49, 75, 100],
  rateDays: [0, 13, 41, 75, 165, 256, 345, 524, 703],
  ratesPerYear: [0.0357, 0.0357, 0.0349, 0.0341, 0.0355, 0.0359, 0.0368, 0.0386, 0.0401],
  strikes: [3400, 3600, 3800, 4000, 4200, 4400, 4500, 4600, 4800, 5000, 5200, 5400, 5600],
  vols: [
    [66.25, 48.75, 42.04, 36.67, 34.31, 32.67, 31.21, 31.21],
    [60.07, 45.43, 39.67, 35.11, 32.79, 31.54, 29.84, 29.21],
    [50.84, 42.21, 37.18, 33.27, 31.55, 30.27, 29.19, 28.89],
    [45.41, 38.69, 34.92, 31.49, 29.63, 29.26, 28.19, 28.0],
    [40.6, 36.07, 33.3, 29.99, 28.87, 28.11, 27.51, 27.75],
    [37.26, 33.96, 31.08, 27.81, 27.88, 27.22, 26.61, 26.86],
    [35.5, 32.77, 30.12, 27.81, 27.81, 26.61, 26.61, 26.81],
    [34.28, 32.09, 29.58, 27.4, 26.88, 26.27, 25.8, 26.2],
    [33.02, 30.62, 27.99, 26.31, 25.73, 25.33, 25.04, 25.44],
    [33.43, 29.59, 27.05, 25.4, 25.04, 24.64, 24.48, 24.62],
    [34.6, 28.45, 26.24, 24.63, 24.25, 23.85, 23.73, 24.22],
    [38.57, 28.6, 25.78, 23.99, 23.57, 23.27, 23.12, 23.51],
    [39.76, 28.6, 26.07, 23.56, 22.97, 22.68, 22.41, 23.2],
  ],
};

test("on the DAX of 5 July 2002 Heston errs no more than QuantLib's calibration: 177.2 points squared", async () => {
  const rateAt = (day: number) => {
    const next = dax.rateDays.findIndex((other) => other >= day);
    const [d0, d1] = [dax.rateDays[next - 1], dax.rateDays[next]];
    const share = (day - d0) / (d1 - d0);
    return (1 - share) * dax.ratesPerYear[next - 1] + share * dax.ratesPerYear[next];
  };
  const rows = dax.weeks.flatMap((weeks, e) =>
    dax.strikes.map((K, s): Row => {
      const T = (7 * weeks) / 365;
      const forward = dax.spot * Math.exp(rateAt(7 * weeks) * T);
      const vol = dax.vols[s][e] / 100;
      const type = K >= forward ? "call" : "put";
      return { T, K, forward, type, implied_vol: vol, bid_vol: vol - 0.01, ask_vol: vol + 0.01 };
    }),
  );
  const chain = chainOf(rows);
  expect(chain.expiries.flatMap(({ quotes }) => quotes)).toHaveLength(104);
  // every quote with the same weight, squares throughout: the sum that QuantLib minimises
  const fit = await heston.fit(chain, { huber: 1e6 });
  const { params } = fit;
  if (params === null) throw new Error(fit.message);
  const sse = rows.reduce((sum, { T, K, forward, implied_vol }) => {
    const error = 100 * (hestonVol(params, Math.log(K / forward), T) - implied_vol);
    return sum + error * error;
  }, 0);
  // 177.2333 is the minimum to all digits shown; QuantLib prints one decimal
  expect(sse).toBeLessThan(177.24);
  expect(sse).toBeGreaterThan(177.2);
});

test("says when the quotes do not tell parameters apart", async () => {
  // One expiry: v0, kappa and theta are one number.
  const chain = syntheticChain({ years: [0.5], vol: (k) => 0.3 - 0.1 * k + 0.1 * k * k });
  const fit = await heston.fit(chain);
  expect(fit.warnings.join("\n")).toMatch(
    /hardly tell some parameters apart|at the end of its range/,
  );
});

test.each(["down", "up"])(
  "Bates is no further from quotes than Heston, whose dynamics it has: %s",
  async (way) => {
    const sign = way === "up" ? 1 : -1;
    const chain = syntheticChain({
      years: [0.1, 0.5],
      vol: (k) => 0.6 + 0.5 * Math.tanh(sign * k),
    });
    const costs = await Promise.all(
      [heston, bates].map(async (model) => {
        // squares throughout: the sum that is minimised
        const { surface } = await model.fit(chain, { huber: 1e6 });
        return chain.expiries
          .flatMap(({ quotes, yearsToExpiry }) =>
            quotes.map((q) => {
              const vol = surface?.impliedVol(q.logMoneyness, yearsToExpiry) ?? Number.NaN;
              return ((vol - q.midVol) / q.halfSpreadVol) ** 2;
            }),
          )
          .reduce((sum, square) => sum + square, 0);
      }),
    );
    expect(costs[1]).toBeLessThan(1.0001 * costs[0]);
  },
);

test("passes a dense audit, between its expiries and eight deviations out", async () => {
  const vol = (k: number, t: number) => 0.5 - 0.2 * Math.tanh(k / Math.sqrt(t)) + 0.3 * k * k;
  const chain = syntheticChain({ years: [0.02, 0.1, 0.5], vol });
  for (const model of [heston, bates]) {
    const { surface } = await model.fit(chain);
    if (surface === null) throw new Error(`${model.name} has no surface`);
    expect(audit(surface, { years: [0.01, 0.02, 0.05, 0.1, 0.3, 0.5, 1] }).pass).toBe(true);
  }
});

test("a flat surface, which leaves most parameters without effect, names no number that is none", async () => {
  const chain = syntheticChain({ years: [0.1, 1], vol: () => 0.2 });
  for (const model of [heston, bates]) {
    const { warnings, params } = await model.fit(chain);
    expect(warnings.join("\n")).not.toMatch(/NaN/);
    expect(Object.values(params ?? { none: Number.NaN }).every(Number.isFinite)).toBe(true);
  }
});

test("with two quotes moves two parameters and says so", async () => {
  const chain = syntheticChain({ years: [0.25], logMoneyness: [-0.1, 0.05], vol: (k) => 0.3 - k });
  const fit = await heston.fit(chain);
  expect(fit.parameterCount).toBe(2);
  expect(fit.warnings[0]).toMatch(/2 quotes for 5 parameters/);
});

test("rolled, the same parameters price shorter options", async () => {
  const years = [0.25, 1];
  const truth = { v0: 0.09, kappa: 2, theta: 0.16, nu: 0.8, rho: -0.5 };
  const vol = (k: number, t: number) => hestonVol(truth, k, t);
  const fit = await heston.fit(
    syntheticChain({ years, vol, logMoneyness: (t) => spreadStrikes(t, 15) }),
  );
  const later = await fit.rolled?.(0.1);
  expect(later?.impliedVol(0.1, 0.15)).toBeCloseTo(vol(0.1, 0.15), 5);
  expect(later?.years[0]).toBeCloseTo(0.15, 3);
});

test.each([
  ["huber", { huber: 0 }],
  ["searches", { searches: 0 }],
])("names the option out of range: %s", async (name, options) => {
  const chain = syntheticChain({ years: [0.5], vol: () => 0.3 });
  await expect(heston.fit(chain, options)).rejects.toThrow(`expected ${name}`);
});

const month = new URL("../../../shared/data/deribit/chains/2026-01/", import.meta.url);

test.skipIf(!existsSync(month)).each(["BTC", "ETH"])(
  "on a real %s chain errs by a few points at most, and jumps help",
  async (underlying) => {
    const file = new URL(readdirSync(month).sort()[9], month);
    const { chain } = await loadChainFile(file.pathname, { underlying });
    const errors = await Promise.all(
      [heston, bates].map(async (model) => {
        const { surface } = await model.fit(chain);
        const all = chain.expiries.flatMap(({ quotes, yearsToExpiry }) =>
          quotes.map((q) => (surface?.impliedVol(q.logMoneyness, yearsToExpiry) ?? 9) - q.midVol),
        );
        return Math.sqrt(all.reduce((sum, e) => sum + e * e, 0) / all.length);
      }),
    );
    expect(errors[0]).toBeLessThan(0.06);
    expect(errors[1]).toBeLessThan(errors[0]);
  },
);
