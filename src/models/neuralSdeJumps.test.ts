import { describe, expect, test } from "vitest";
import { referenceBackend } from "../backend/reference/index.ts";
import { blackOtm } from "../formulas/index.ts";
import { add, defineProgram, packParams, scalar, vector } from "../ir/index.ts";
import { conditionalBlack } from "../sde/conditionalBlack.ts";
import { jumpMixture, type JumpStructure, jumpTerms } from "./neuralSdeJumps.ts";

const diffusionVariance = 0.01;
const strikes = [0.85, 0.95, 1, 1.05, 1.2];

/** A program without randomness: x = 0, w given, so that its prices are the jump law's alone. */
function jumpsOnly(structure: JumpStructure) {
  const count = structure.yearsToExpiry.length;
  return defineProgram({
    name: "jumps only",
    params: {
      logJumps: scalar(),
      jumpMean: scalar(),
      logJumpStdDev: scalar(),
      jumpRates: vector(count),
      jumpMeans: vector(count),
      jumpSizes: vector(count),
    },
    factors: 1,
    initialNormals: 0,
    stepTables: ["variance"],
    rowTables: ["strike", "logStrike", "sign", "interval"],
    init: () => ({ x: 0, w: 0 }),
    step: ({ s, t }) => ({ x: s.x, w: add(s.w, t.variance) }),
    observe: ({ s }) => ({ x: s.x, w: s.w }),
    row: ({ p, o, t }) =>
      jumpMixture(structure, p, t, o, (x, w) =>
        conditionalBlack({ x, w, strike: t.strike, logStrike: t.logStrike, sign: t.sign }),
      ),
  });
}

const structure = (maxJumps: number): JumpStructure => ({
  yearsToExpiry: [0.01, 0.03, 0.2],
  maxJumps,
  jumpDecayYears: 0.1,
});

const values = {
  logJumps: Math.log(4),
  jumpMean: -0.03,
  logJumpStdDev: Math.log(0.06),
  jumpRates: [0.6, -0.4, 0.2],
  jumpMeans: [1, -0.8, 0.3],
  jumpSizes: [0.2, -0.3, 0.1],
};

async function programPrices(of: JumpStructure, parameters: typeof values) {
  const program = jumpsOnly(of);
  const rows = of.yearsToExpiry.flatMap((_, e) => strikes.map((strike) => ({ e, strike })));
  const runner = await referenceBackend.prepare(program, {
    steps: 3,
    stepTables: [Float64Array.of(diffusionVariance, diffusionVariance, diffusionVariance)],
    dates: [1, 2, 3],
    rowDate: Int32Array.from(rows, (r) => r.e),
    rowTables: [
      rows.map((r) => r.strike),
      rows.map((r) => Math.log(r.strike)),
      rows.map((r) => (r.strike > 1 ? 1 : -1)),
      rows.map((r) => r.e),
    ].map((column) => Float64Array.from(column)),
    paths: 64,
  });
  runner.setNoise({ increments: new Float32Array(3 * 64), initial: new Float32Array(0) });
  const theta = packParams(program, parameters);
  return { program, theta, rows, mean: runner.means(theta).mean };
}

describe.each([1, 2])("with at most %i jumps in a payoff", (maxJumps) => {
  test("the program's prices are those of the law in numbers, at every expiry", async () => {
    const of = structure(maxJumps);
    const { program, theta, rows, mean } = await programPrices(of, values);
    rows.forEach(({ e, strike }, i) => {
      const terms = jumpTerms(of, program, theta, of.yearsToExpiry[e]);
      const expected = terms.probability.reduce((total, q, n) => {
        const s = Math.sqrt((e + 1) * diffusionVariance + terms.variance[n]);
        const forward = Math.exp(terms.shift[n]);
        const k = Math.log(strike / forward);
        const otm = forward * blackOtm(k, s);
        // blackOtm prices the side that is out of the money at the shifted forward
        const wanted = strike > 1 ? Math.max(forward - strike, 0) : Math.max(strike - forward, 0);
        return total + q * (otm + wanted);
      }, 0);
      expect(mean[i]).toBeCloseTo(expected, 11);
    });
  });

  test("probabilities sum to 1 and the forward stays, between expiries too", async () => {
    const of = structure(maxJumps);
    const { program, theta } = await programPrices(of, values);
    for (const years of [0.001, 0.01, 0.02, 0.03, 0.11, 0.2]) {
      const { probability, shift } = jumpTerms(of, program, theta, years);
      expect(Math.min(...probability)).toBeGreaterThanOrEqual(0);
      expect(probability.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 13);
      expect(probability.reduce((a, q, n) => a + q * Math.exp(shift[n]), 0)).toBeCloseTo(1, 13);
    }
  });
});

test("two jumps at most are Merton's series to third order in the expected number", async () => {
  const of = structure(2);
  const plain = { ...values, jumpRates: [0, 0, 0], jumpMeans: [0, 0, 0], jumpSizes: [0, 0, 0] };
  const { rows, mean } = await programPrices(of, plain);
  const m = plain.jumpMean;
  const d2 = Math.exp(2 * plain.logJumpStdDev);
  rows.forEach(({ e, strike }, i) => {
    const expected = 4 * 0.1 * (1 - Math.exp(-of.yearsToExpiry[e] / 0.1));
    let merton = 0;
    for (let n = 0, q = Math.exp(-expected); n < 20; n++, q *= expected / n) {
      const forward = Math.exp(n * (m + d2 / 2) - expected * Math.expm1(m + d2 / 2));
      const s = Math.sqrt((e + 1) * diffusionVariance + n * d2);
      const k = Math.log(strike / forward);
      const inside = strike > 1 ? Math.max(forward - strike, 0) : Math.max(strike - forward, 0);
      merton += q * (forward * blackOtm(k, s) + inside);
    }
    // (expected)³/6 of the mass misses one jump of about 7 %
    expect(Math.abs(mean[i] - merton)).toBeLessThan(0.07 * (expected ** 3 / 6) + 1e-9);
  });
});
