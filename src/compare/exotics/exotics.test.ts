/** Contracts on several dates: against Black-Scholes, where each has a closed form or a bound, and in the document. */
import { expect, test } from "vitest";
import { syntheticChain } from "../../../test/models/syntheticChain.ts";
import { blackScholes, blackScholesTerm, type ModelFit, svi } from "../../models/index.ts";
import { pathsGivenVolatility } from "../../pricing/index.ts";
import { surfaceOfVariance } from "../../surface/index.ts";
import { compareChain } from "../compareChain.ts";
import { compareTask } from "../evaluate.ts";
import { exoticContracts, type ExoticSet } from "./contracts.ts";
import { compareExotics, type ExoticsComparison } from "./exotics.ts";

const years = [0.1, 0.25, 0.5, 0.75, 1];
const flat = syntheticChain({ years, vol: () => 0.4 });

const few = { paths: 32768, batches: 2 };

const setOf = (chain = flat): ExoticSet => {
  const set = exoticContracts(chain.expiries);
  if (set === null) throw new Error("no contracts");
  return set;
};

/** A fit that publishes one volatility and simulates with another. */
const lognormal = (published: number, simulated = published): ModelFit => ({
  model: "lognormal",
  status: "converged",
  message: "",
  warnings: [],
  params: {},
  parameterCount: 1,
  surface: surfaceOfVariance(years, (_, t) => published ** 2 * t),
  simulate: ({ paths, seed }) =>
    pathsGivenVolatility(
      flat.expiries.map(({ yearsToExpiry }) => yearsToExpiry),
      flat.expiries.map(({ yearsToExpiry }) => ({
        logForward: new Float64Array(paths),
        totalVariance: new Float64Array(paths).fill(simulated ** 2 * yearsToExpiry),
      })),
      seed,
    ),
  seconds: 0,
});

const alone = (whole: ModelFit): Promise<ExoticsComparison> =>
  compareExotics({ whole, withoutStrikes: null }, setOf(), flat, few);

test("under Black-Scholes forward starts have its volatility, and the others respect their bounds", async () => {
  const { contracts, message } = await alone(lognormal(0.4));
  expect(message).toBe("");
  const of = (name: string) => {
    const found = contracts.find((contract) => contract.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  expect(of("forward-start-call").impliedVol).toBeCloseTo(0.4, 2.3);
  expect(of("forward-start-put").impliedVol).toBeCloseTo(0.4, 2.3);
  // Black's at-the-money call of a year at 40 %: an average is worth less, what a barrier leaves too
  const vanilla = 0.15852;
  expect(of("asian-call").price).toBeLessThan(vanilla);
  expect(of("up-and-out-call").price).toBeLessThan(vanilla);
  expect(of("down-and-in-put").price).toBeLessThan(vanilla);
  expect(of("lookback-put").price).toBeGreaterThan(vanilla);
  // the touch is at least the chance of ending below e^{−s}, N(−1 + s/2), and at most about twice that
  const below = 0.21186;
  expect(of("one-touch").price).toBeGreaterThan(below);
  expect(of("one-touch").price).toBeLessThan(2 * below);
  // E √(Σ r²/T) is below √E(Σ r²/T) = σ√(1 + σ²Σ Δ²/4T) and above what five normals leave of it
  expect(of("volatility-swap").price).toBeLessThan(0.402);
  expect(of("volatility-swap").price).toBeGreaterThan(0.36);
});

test("simulated and published volatilities that differ by a point are a point apart, net of noise", async () => {
  const same = await alone(lognormal(0.4));
  expect(same.vanillas).toBe(55);
  expect(same.vanillaRmseVolPoints).toBeLessThan(0.1);
  expect(same.noiseVolPoints).toBeLessThan(0.3);
  const apart = await alone(lognormal(0.4, 0.41));
  expect(apart.vanillaRmseVolPoints).toBeCloseTo(1, 1);
  expect(apart.vanillaMarketRmseVolPoints).toBeCloseTo(1, 1);
});

test("a refit at another volatility shifts prices, the same one shifts none", async () => {
  const shiftTo = async (vol: number) =>
    (
      await compareExotics(
        { whole: lognormal(0.4), withoutStrikes: lognormal(vol) },
        setOf(),
        flat,
        few,
      )
    ).heldOutStrikeShift;
  expect(await shiftTo(0.4)).toBe(0);
  // most prices grow about like the volatility, by a tenth; what knocks in by more
  expect(await shiftTo(0.44)).toBeGreaterThan(0.05);
  expect(await shiftTo(0.44)).toBeLessThan(0.25);
});

test("a surface without dynamics prices nothing and says why", async () => {
  const fit = await svi.fit(flat);
  const result = await alone(fit);
  expect(result.message).toContain("no dynamics");
  expect(result.contracts).toEqual([]);
  expect(result.vanillaRmseVolPoints).toBeNull();
});

test("volatilities whose total variance falls are no process: the reason is the row", async () => {
  const chain = syntheticChain({ years, vol: (_, t) => Math.sqrt(0.1 - 0.08 * t) / Math.sqrt(t) });
  const whole = await blackScholesTerm.fit(chain);
  const result = await compareExotics({ whole, withoutStrikes: null }, setOf(chain), chain, few);
  expect(result.message).toMatch(/expected total variance to grow/);
});

test("contracts fix on the fitted expiries, and need three of them", () => {
  const { exotics } = compareTask(flat, "liquid", { exotics: true });
  expect(exotics?.years).toEqual(flat.expiries.map(({ yearsToExpiry }) => yearsToExpiry));
  expect(compareTask(flat, "liquid").exotics).toBeNull();
  expect(exoticContracts(flat.expiries.slice(0, 2))).toBeNull();
});

test("a comparison with exotics holds them, with their dates", async () => {
  const { document } = await compareChain(flat, [blackScholes, svi], { exotics: true });
  expect(document.exoticDates).toHaveLength(5);
  const [dynamic, smiles] = document.models.map(({ exotics }) => exotics);
  expect(dynamic?.contracts.map(({ name }) => name)).toContain("cliquet");
  // a flat market is the same whatever is held out
  expect(dynamic?.heldOutStrikeShift).toBeLessThan(1e-6);
  expect(smiles?.message).not.toBe("");
  const without = await compareChain(flat, [blackScholes], { quick: true });
  expect(without.document.models[0].exotics).toBeNull();
});
