/** Paths of the neural SDE against its surface: two ways from the same parameters to the price of a vanilla. */
import { expect, test } from "vitest";
import { impliedTotalStdDev } from "../formulas/index.ts";
import { initialTheta, neuralSdeDefaults, neuralSdeProgram } from "../models/index.ts";
import { modelSurface } from "./assess.ts";
import { defaultMachine } from "./fitChain.ts";
import { neuralSdePaths } from "./neuralSdePaths.ts";

const yearsToExpiry = [0.05, 0.2, 0.5];
const config = { ...neuralSdeDefaults, yearsToExpiry, forwardVol: [0.6, 0.55, 0.5] };
const program = neuralSdeProgram(config);
const theta = initialTheta(config, program, 1, 0.55);
const { backend } = defaultMachine();
const paths = 65536;

test("paths are a martingale and price the vanillas of the surface", async () => {
  const { years, logPrices } = await neuralSdePaths({ config, theta }, backend, 1, {
    paths,
    seed: 3,
  });
  expect(Array.from(years)).toEqual(yearsToExpiry);
  const { surface } = await modelSurface({ program, config, backend, threads: 1 }, theta, {
    paths: 16384,
    seed: 3,
  });
  for (const [date, x] of logPrices.entries()) {
    const t = yearsToExpiry[date];
    for (const z of [-1.2, 0, 1]) {
      const k = z * 0.55 * Math.sqrt(t);
      const owed = x.map((v) => Math.max(0, (k >= 0 ? 1 : -1) * (Math.exp(v) - Math.exp(k))));
      const mean = owed.reduce((sum, v) => sum + v, 0) / paths;
      const variance = owed.reduce((sum, v) => sum + (v - mean) ** 2, 0) / paths;
      const error = 4 * Math.sqrt(variance / paths);
      const low = impliedTotalStdDev(mean - error, k) / Math.sqrt(t);
      const high = impliedTotalStdDev(mean + error, k) / Math.sqrt(t);
      expect(high - low).toBeLessThan(0.04);
      // and two thousandths for the surface's own paths and its shorter sum over jumps
      expect(surface.impliedVol(k, t)).toBeGreaterThan(low - 0.002);
      expect(surface.impliedVol(k, t)).toBeLessThan(high + 0.002);
    }
    const martingale = x.reduce((sum, v) => sum + Math.exp(v), 0) / paths;
    const deviation = Math.sqrt(x.reduce((sum, v) => sum + (Math.exp(v) - 1) ** 2, 0) / paths);
    expect(Math.abs(martingale - 1)).toBeLessThan((4 * deviation) / Math.sqrt(paths));
  }
});

test("the same seed gives the same paths whatever the threads", async () => {
  const request = { paths: 1024, seed: 5 };
  const [one, two] = await Promise.all(
    [1, 2].map((threads) => neuralSdePaths({ config, theta }, backend, threads, request)),
  );
  expect(two.logPrices).toEqual(one.logPrices);
});
