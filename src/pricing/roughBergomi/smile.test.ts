import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { blackOtm } from "../../formulas/index.ts";
import { conditionalLaws, driverNormals, intervalSums } from "./drivers.ts";
import { type RoughBergomiFlat, roughBergomiSmile, type SmilePoint } from "./smile.ts";
import { volterraLaw, volterraPaths } from "./volterra.ts";

const file = new URL("../../../../shared/reference/rough_bergomi.json", import.meta.url);
const hasReference = existsSync(file);

interface Case {
  readonly T: number;
  readonly log_moneyness: number;
  readonly se_vol: number;
  readonly vol_by_steps: Readonly<Record<string, number>>;
}

/** Derivative of the price by volatility. */
function vega(k: number, vol: number, years: number): number {
  const s = vol * Math.sqrt(years);
  const h = 1e-4 * s;
  return ((blackOtm(k, s + h) - blackOtm(k, s - h)) / (2 * h)) * Math.sqrt(years);
}

/** Standard error in volatility. */
const volError = (point: SmilePoint, years: number): number =>
  point.standardError / vega(point.k, point.impliedVol, years);

describe.skipIf(!hasReference)("reference smiles (skipped without ../shared/reference)", () => {
  const { model, cases } = hasReference
    ? (JSON.parse(readFileSync(file, "utf8")) as {
        model: { H: number; eta: number; rho: number; xi: number };
        cases: readonly Case[];
      })
    : { model: { H: 0, eta: 0, rho: 0, xi: 0 }, cases: [] };
  const params = { hurst: model.H, eta: model.eta, rho: model.rho, xi: model.xi };
  const expiries = [...new Set(cases.map((c) => c.T))];

  test.each([
    [64, "exact", 1024],
    [64, "hybrid", 1024],
    [128, "exact", 512],
  ] as const)(
    "are met at %d steps by the %s scheme within four standard errors",
    (steps, scheme, pairs) => {
      let largestShare = 0;
      for (const years of expiries) {
        const here = cases.filter((c) => c.T === years);
        const smile = roughBergomiSmile(
          params,
          years,
          here.map((c) => c.log_moneyness),
          { steps, scheme, pairs, seed: 5 },
        );
        here.forEach((reference, i) => {
          const expected = reference.vol_by_steps[steps];
          const error = volError(smile[i], years);
          const tolerance = 4 * Math.hypot(error, reference.se_vol);
          expect(Math.abs(smile[i].impliedVol - expected)).toBeLessThan(tolerance);
          if (Math.abs(reference.log_moneyness) < 1e-12)
            largestShare = Math.max(largestShare, error);
        });
      }
      // at the money the test can see a tenth of a vol point
      expect(largestShare).toBeLessThan(0.0015);
    },
  );
});

describe("rough Bergomi smiles", () => {
  const params: RoughBergomiFlat = { hurst: 0.1, eta: 1.5, rho: -0.7, xi: 0.04 };

  test("are flat without volatility of volatility", () => {
    const smile = roughBergomiSmile({ ...params, eta: 0 }, 0.5, [-0.3, 0, 0.2], {
      steps: 16,
      pairs: 1024,
    });
    for (const point of smile) {
      const error = 4 * volError(point, 0.5) + 1e-12;
      expect(Math.abs(point.impliedVol - 0.2)).toBeLessThan(error);
      expect(error).toBeLessThan(2e-3);
    }
  });

  test("agree with an independent simulation of Brownian log-volatility at H = 1/2", () => {
    // Y is W there: the sums written out path by path, without the Volterra law
    const [steps, pairs, years] = [64, 4096, 1];
    const flat: RoughBergomiFlat = { hurst: 0.5, eta: 0.8, rho: -0.5, xi: 0.04 };
    const times = Float64Array.from({ length: steps + 1 }, (_, i) => i / steps);
    const normals = driverNormals(times, pairs, 77);
    const dt = years / steps;
    let [sum, squares] = [0, 0];
    for (let p = 0; p < pairs; p++) {
      let pair = 0;
      for (const side of [1, -1]) {
        let [w, a, b] = [0, 0, 0];
        for (let i = 0; i < steps; i++) {
          const variance = 0.04 * Math.exp(0.8 * w - 0.32 * i * dt);
          const dw = side * normals.z[i * pairs + p] * Math.sqrt(dt);
          a += Math.sqrt(variance) * dw;
          b += variance * dt;
          w += dw;
        }
        const s = Math.sqrt(0.75 * b);
        const x = -0.5 * a - 0.125 * b;
        const forward = Math.exp(x);
        // a put struck at 0.9, by Black's formula on the path's forward
        const price = blackOtm(Math.log(0.9 / forward), s) * forward;
        pair += 0.5 * (price + (forward < 0.9 ? 0.9 - forward : 0));
      }
      sum += pair;
      squares += pair * pair;
    }
    const mean = sum / pairs;
    const error = Math.sqrt((squares / pairs - mean * mean) / pairs);
    const [point] = roughBergomiSmile(flat, years, [Math.log(0.9)], { steps, pairs: 512, seed: 9 });
    expect(Math.abs(point.price - mean)).toBeLessThan(4 * Math.hypot(error, point.standardError));
    expect(error).toBeLessThan(0.01 * mean);
  });

  test("have a forward of 1 within four standard errors, on a coarse and uneven grid too", () => {
    const times = Float64Array.from({ length: 25 }, (_, i) => (i / 24) ** 2);
    const normals = driverNormals(times, 8192, 3);
    const volterra = volterraPaths(volterraLaw(0.1, times), normals);
    const sums = intervalSums({ hurst: 0.1, times, normals, volterra }, 1.9, [8, 24]);
    for (const { logForward } of conditionalLaws(sums, -0.9, [0.05, 0.08])) {
      let [sum, squares] = [0, 0];
      for (let p = 0; p < 8192; p++) {
        const pair = 0.5 * (Math.exp(logForward[p]) + Math.exp(logForward[8192 + p]));
        sum += pair;
        squares += pair * pair;
      }
      const mean = sum / 8192;
      const error = Math.sqrt((squares / 8192 - mean * mean) / 8192);
      expect(Math.abs(mean - 1)).toBeLessThan(4 * error);
      expect(error).toBeLessThan(2e-3);
    }
  });

  test("approach a limit as steps are added", () => {
    const at = (steps: number) =>
      roughBergomiSmile(params, 0.25, [-0.1], { steps, pairs: 4096, batches: 4, seed: 2 })[0];
    const [coarse, middle, fine] = [8, 32, 128].map(at);
    expect(Math.abs(middle.impliedVol - fine.impliedVol)).toBeLessThan(
      Math.abs(coarse.impliedVol - fine.impliedVol),
    );
  });

  test("are the same for the same seed and others for another", () => {
    const price = (seed: number) =>
      roughBergomiSmile(params, 0.25, [0], { steps: 16, pairs: 64, seed })[0].price;
    expect(price(1)).toBe(price(1));
    expect(price(1)).not.toBe(price(2));
  });

  test.each([
    { ...params, hurst: 0.6 },
    { ...params, rho: -1 },
    { ...params, xi: 0 },
    { ...params, eta: Number.NaN },
  ])("refuse parameters out of range", (bad) => {
    expect(() => roughBergomiSmile(bad, 1, [0])).toThrow(/roughBergomi: expected/);
  });
});
