import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { durrleman } from "./durrleman.ts";
import {
  isSviButterflyFree,
  type SviJumpWings,
  type SviRaw,
  sviButterflyRepair,
  sviDurrleman,
  sviDurrlemanRoots,
  sviJet,
  sviJumpWingsToRaw,
  sviLeastVariance,
  sviNaturalToRaw,
  sviRawToJumpWings,
  sviRawToNatural,
  sviSmallestDurrleman,
  sviVariance,
  sviWingSlope,
  checkSvi,
} from "./svi.ts";
import {
  isEssviCalendarFree,
  isEssviOrderedAtEnds,
  isSsviButterflyFree,
  ssviButterflyLoads,
  type SsviCurvature,
  ssviPhi,
  ssviToSvi,
  ssviVariance,
  essviSmallestGap,
} from "./ssvi.ts";

const file = new URL("../../../shared/reference/svi.json", import.meta.url);
const isHere = existsSync(file);
// biome-ignore-start lint: shapes of a JSON file
interface Reference {
  readonly raw: readonly (SviRaw & {
    name: string;
    t: number;
    k: number[];
    w: number[];
    w1: number[];
    w2: number[];
    g: number[];
    butterfly_free: boolean;
    min_g: number;
    g_roots: number[];
    max_wing_slope: number;
    min_w: number;
    jw: { v: number; psi: number; p: number; c: number; v_tilde: number };
    natural: { Delta: number; mu: number; rho: number; omega: number; zeta: number };
    jw_degenerate?: boolean;
  })[];
  readonly jw: readonly {
    name: string;
    t: number;
    jw: { v: number; psi: number; p: number; c: number; v_tilde: number };
    raw: SviRaw;
  }[];
  readonly ssvi: readonly {
    phi: string;
    params: Record<string, number>;
    rho: number;
    theta: number;
    phi_value: number;
    k: number[];
    w: number[];
    raw: SviRaw;
    "theta_phi_(1+|rho|)": number;
    "theta_phi2_(1+|rho|)": number;
    gj_sufficient_butterfly: boolean;
    "min_g_on_[-4,4]": number;
  }[];
  readonly essvi: readonly {
    theta1: number;
    rho1: number;
    phi1: number;
    theta2: number;
    rho2: number;
    phi2: number;
    min_dw: number;
    "calendar_free_on_[-30,30]": boolean;
    wing_and_atm_necessary: boolean;
  }[];
}
// biome-ignore-end lint: shapes of a JSON file
const reference: Reference = isHere
  ? JSON.parse(readFileSync(file, "utf8"))
  : { raw: [], jw: [], ssvi: [], essvi: [] };

const near = (actual: number, expected: number, ulps = 16, floor = 0): void => {
  const error = Math.abs(actual - expected);
  expect(error, `${actual} against ${expected}`).toBeLessThanOrEqual(
    ulps * 2 ** -52 * Math.max(Math.abs(expected), floor),
  );
};
const wings = (jw: {
  v: number;
  psi: number;
  p: number;
  c: number;
  v_tilde: number;
}): SviJumpWings => ({
  v: jw.v,
  psi: jw.psi,
  p: jw.p,
  c: jw.c,
  vTilde: jw.v_tilde,
});

describe.skipIf(!isHere)("SVI reference values", () => {
  test.each(reference.raw.map((c) => [c.name, c] as const))("raw %s", (_, c) => {
    c.k.forEach((k, i) => {
      const jet = sviJet(c, k);
      near(sviVariance(c, k), c.w[i], 8, Math.abs(c.a));
      near(jet.w1, c.w1[i], 8, c.b);
      near(jet.w2, c.w2[i], 8);
      near(sviDurrleman(c, k), c.g[i], 64, 1);
    });
    near(sviSmallestDurrleman(c).g, c.min_g, 64, 1);
    expect(sviDurrlemanRoots(c)).toHaveLength(c.g_roots.length);
    sviDurrlemanRoots(c).forEach((root, i) => near(root, c.g_roots[i], 1000, 1));
    expect(isSviButterflyFree(c)).toBe(c.butterfly_free);
    near(sviWingSlope(c), c.max_wing_slope);
    near(sviLeastVariance(c), c.min_w, 16, Math.abs(c.a));
  });

  test.each(reference.raw.map((c) => [c.name, c] as const))("conversions of %s", (_, c) => {
    const natural = sviRawToNatural(c);
    near(natural.delta, c.natural.Delta, 16, Math.abs(c.a));
    near(natural.mu, c.natural.mu, 16, Math.abs(c.m) + c.sigma);
    near(natural.omega, c.natural.omega);
    near(natural.zeta, c.natural.zeta);
    const jw = sviRawToJumpWings(c, c.t);
    const scale = Math.abs(c.a) / c.t;
    near(jw.v, c.jw.v, 16, scale);
    near(jw.psi, c.jw.psi, 16, c.b / Math.sqrt(c.jw.v * c.t));
    near(jw.p, c.jw.p);
    near(jw.c, c.jw.c);
    near(jw.vTilde, c.jw.v_tilde, 16, scale);
    const back = sviNaturalToRaw(natural);
    for (const k of c.k) near(sviVariance(back, k), sviVariance(c, k), 64, Math.abs(c.a));
    if (c.jw_degenerate) {
      expect(() => sviJumpWingsToRaw(jw, c.t)).toThrow(/jump-wings do not determine/);
    } else {
      const again = sviJumpWingsToRaw(jw, c.t);
      for (const k of c.k) near(sviVariance(again, k), sviVariance(c, k), 1000, Math.abs(c.a));
    }
  });

  test.each(reference.jw.map((c) => [c.name, c] as const))("jump-wings %s", (_, c) => {
    const raw = sviJumpWingsToRaw(wings(c.jw), c.t);
    near(raw.a, c.raw.a, 64);
    near(raw.b, c.raw.b);
    near(raw.rho, c.raw.rho);
    near(raw.m, c.raw.m, 64);
    near(raw.sigma, c.raw.sigma, 64);
  });

  test("Vogt's smile is repaired to the published c and least variance", () => {
    const vogt = reference.raw.find((c) => c.name === "vogt_arbitrage")!;
    const repaired = sviButterflyRepair(wings(vogt.jw));
    expect(repaired.c).toBeCloseTo(0.3493158, 7);
    expect(repaired.vTilde).toBeCloseTo(0.01548182, 8);
    expect(isSviButterflyFree(sviJumpWingsToRaw(repaired, vogt.t))).toBe(true);
  });

  test.each(reference.ssvi.map((c, i) => [`${c.phi} ${i}`, c] as const))("SSVI %s", (_, c) => {
    const curvature = (
      c.phi === "heston"
        ? { kind: "heston", lambda: c.params.lambda }
        : {
            kind: c.phi === "power" ? "power" : "power-gj",
            eta: c.params.eta,
            gamma: c.params.gamma,
          }
    ) as SsviCurvature;
    const slice = { theta: c.theta, phi: ssviPhi(curvature, c.theta), rho: c.rho };
    near(slice.phi, c.phi_value, 32);
    const raw = ssviToSvi({ ...slice, phi: c.phi_value });
    c.k.forEach((k, i) => {
      near(ssviVariance(slice, k), c.w[i], 64, c.theta);
      near(sviVariance(raw, k), c.w[i], 64, c.theta);
    });
    for (const name of ["a", "b", "rho", "m", "sigma"] as const) near(raw[name], c.raw[name], 16);
    const loads = ssviButterflyLoads(slice);
    near(loads.slope, c["theta_phi_(1+|rho|)"], 64);
    near(loads.curvature, c["theta_phi2_(1+|rho|)"], 64);
    expect(isSsviButterflyFree(slice)).toBe(c.gj_sufficient_butterfly);
    // the reference looked at a grid of step 0.01
    const grid = Array.from({ length: 801 }, (_unused, i) => sviDurrleman(raw, (i - 400) / 100));
    expect(Math.min(...grid)).toBeCloseTo(c["min_g_on_[-4,4]"], 11);
    expect(sviSmallestDurrleman(raw, 4).g).toBeLessThanOrEqual(c["min_g_on_[-4,4]"] + 1e-12);
  });

  test.each(reference.essvi.map((c, i) => [i, c] as const))("eSSVI pair %i", (_, c) => {
    const early = { theta: c.theta1, rho: c.rho1, phi: c.phi1 };
    const late = { theta: c.theta2, rho: c.rho2, phi: c.phi2 };
    expect(isEssviOrderedAtEnds(early, late)).toBe(c.wing_and_atm_necessary);
    expect(isEssviCalendarFree(early, late)).toBe(c["calendar_free_on_[-30,30]"]);
    const { gap } = essviSmallestGap(early, late);
    // the reference looked at a grid of step 0.01
    expect(gap).toBeLessThanOrEqual(c.min_dw + 1e-12);
    expect(gap).toBeCloseTo(c.min_dw, 5);
  });
});

describe("SVI", () => {
  const smile = fc.record({
    a: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
    b: fc.double({ min: 0.001, max: 1, noNaN: true }),
    rho: fc.double({ min: -0.95, max: 0.95, noNaN: true }),
    m: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    sigma: fc.double({ min: 0.01, max: 1, noNaN: true }),
  });

  test("has the derivatives of its own differences", () => {
    fc.assert(
      fc.property(smile, fc.double({ min: -2, max: 2, noNaN: true }), (raw, k) => {
        const h = 1e-5 * raw.sigma;
        const up = sviJet(raw, k + h);
        const down = sviJet(raw, k - h);
        const { w1, w2 } = sviJet(raw, k);
        expect(Math.abs((up.w - down.w) / (2 * h) - w1)).toBeLessThan(
          1e-7 * (1 + raw.b / raw.sigma),
        );
        expect(Math.abs((up.w1 - down.w1) / (2 * h) - w2)).toBeLessThan(
          1e-7 * (1 + raw.b / raw.sigma),
        );
      }),
    );
  });

  test("keeps its variance through natural parameters", () => {
    fc.assert(
      fc.property(smile, fc.double({ min: -2, max: 2, noNaN: true }), (raw, k) => {
        const back = sviNaturalToRaw(sviRawToNatural(raw));
        expect(sviVariance(back, k)).toBeCloseTo(sviVariance(raw, k), 11);
      }),
    );
  });

  test("of a flat smile has Durrleman's function 1", () => {
    expect(durrleman(0.7, { w: 0.04, w1: 0, w2: 0 })).toBe(1);
  });

  test.each([
    [{ a: 0.1, b: -0.1, rho: 0, m: 0, sigma: 0.1 }, /b: expected ≥ 0, got -0.1/],
    [{ a: 0.1, b: 0.1, rho: 1, m: 0, sigma: 0.1 }, /rho/],
    [{ a: 0.1, b: 0.1, rho: 0, m: 0, sigma: 0 }, /sigma/],
    [{ a: -0.1, b: 0.1, rho: 0, m: 0, sigma: 0.1 }, /a: expected at least/],
    [{ a: 0.1, b: 0.1, rho: 0, m: Number.NaN, sigma: 0.1 }, /m: expected a finite number, got NaN/],
  ])("refuses %o", (raw, message) => {
    expect(() => checkSvi(raw)).toThrow(message);
  });

  test("refuses jump-wings that no smile has, by name", () => {
    const fine = { v: 0.04, psi: -0.05, p: 0.5, c: 0.3, vTilde: 0.03 };
    expect(() => sviJumpWingsToRaw({ ...fine, vTilde: 0.05 }, 1)).toThrow(/vTilde/);
    expect(() => sviJumpWingsToRaw({ ...fine, psi: 0.4 }, 1)).toThrow(/psi/);
    expect(() => sviJumpWingsToRaw({ ...fine, v: 0 }, 1)).toThrow(/v: expected > 0/);
    expect(() => sviJumpWingsToRaw(fine, 0)).toThrow(/years/);
  });
});
