import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../num/errors.ts";
import { audit } from "./audit.ts";

interface Svi {
  readonly a: number;
  readonly b: number;
  readonly rho: number;
  readonly m: number;
  readonly sigma: number;
}

const svi =
  (p: Svi) =>
  (k: number): number =>
    p.a + p.b * (p.rho * (k - p.m) + Math.sqrt((k - p.m) ** 2 + p.sigma ** 2));

/** Gatheral & Jacquier (2014), example 3.1, after Axel Vogt. */
const vogt = { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 };

const reference = new URL("../../../shared/reference/svi.json", import.meta.url);

describe("audit", () => {
  it("passes a flat volatility", () => {
    const certificate = audit(
      { totalVariance: (_k, t) => 0.04 * t },
      { years: [0.01, 0.1, 0.5, 1] },
    );
    expect(certificate.pass).toBe(true);
    expect(certificate.failures).toEqual([]);
    expect(certificate.checked).toMatchObject({
      dates: 4,
      strikesPerDate: 241,
      butterfly: 4 * 239,
    });
  });

  it("finds Vogt's butterfly arbitrage where the density is negative", () => {
    const certificate = audit({ totalVariance: svi(vogt) }, { years: [1], standardDeviations: 12 });
    expect(certificate.pass).toBe(false);
    expect(certificate.worstCalendar).toBe(0);
    const failure = certificate.failures.find((f) => f.relation === "butterfly");
    if (failure === undefined) throw new Error("no butterfly failure listed");
    // g < 0 between its roots 0.6424 and 1.2569 (svi.json, 50 digits)
    expect(failure.k).toBeGreaterThan(0.6424);
    expect(failure.k).toBeLessThan(1.2569);
    expect(certificate.where.butterfly).toEqual({ k: failure.k, years: 1 });
    expect(failure.value).toBe(certificate.worstButterfly);
  });

  it("passes Vogt's smile once its right wing is repaired", () => {
    // Gatheral & Jacquier (2014), section 5.1: c' = p + 2ψ, ṽ' as printed; raw parameters from svi.json
    const repaired = {
      a: 0.007740912420365594,
      b: 0.06924203448893687,
      rho: -0.3340364806114791,
      m: 0.042033745229584474,
      sigma: 0.11860780291327239,
    };
    expect(audit({ totalVariance: svi(repaired) }, { years: [1] }).pass).toBe(true);
  });

  it("finds a calendar crossing at its strike and date", () => {
    // the later smile is lower only for k > 0.05
    const surface = {
      totalVariance: (k: number, t: number): number =>
        t < 0.75 ? 0.02 + 0.04 * Math.max(0, k) ** 2 : 0.0201 - 0.002 * Math.tanh(8 * k),
    };
    const certificate = audit(surface, { years: [0.25, 0.5, 1], standardDeviations: 3 });
    const failure = certificate.failures.find((f) => f.relation === "calendar");
    expect(failure?.years).toBe(1);
    expect(failure?.k).toBeGreaterThan(0);
    expect(certificate.worstCalendar).toBeLessThan(-1e-5);
  });

  it("finds a wing steeper than Lee's bound and a variance that is not a number", () => {
    const steep = audit({ totalVariance: (k) => 0.04 + 2.4 * Math.max(0, k - 1) }, { years: [1] });
    expect(steep.failures.some((f) => f.relation === "wing" || f.relation === "butterfly")).toBe(
      true,
    );
    const holed = audit({ totalVariance: (k) => (k > 0.5 ? -0.01 : 0.04) }, { years: [1] });
    expect(holed.failures[0].relation).toBe("defined");
    expect(holed.failures[0].k).toBeGreaterThan(0.5);
  });

  it("refuses a function without dates", () => {
    expect(() => audit({ totalVariance: () => 0.04 })).toThrow(InputError);
  });
});

describe.skipIf(!existsSync(reference))("audit on svi.json (skipped without ../shared)", () => {
  const data = existsSync(reference)
    ? (JSON.parse(readFileSync(reference, "utf8")) as {
        raw: (Svi & { name: string; t: number; butterfly_free: boolean })[];
        essvi: Record<string, number | boolean>[];
      })
    : { raw: [], essvi: [] };

  it("agrees with the butterfly verdict of every raw SVI slice", () => {
    for (const c of data.raw) {
      const certificate = audit(
        { totalVariance: svi(c) },
        { years: [c.t], standardDeviations: 12 },
      );
      expect([c.name, certificate.pass]).toEqual([c.name, c.butterfly_free]);
    }
  });

  it("agrees with the calendar verdict of every pair of eSSVI slices", () => {
    for (const c of data.essvi) {
      const slice =
        (n: number) =>
        (k: number): number => {
          const [theta, rho, phi] = ["theta", "rho", "phi"].map(
            (name) => c[`${name}${n}`] as number,
          );
          return (
            (theta / 2) * (1 + rho * phi * k + Math.sqrt((phi * k + rho) ** 2 + 1 - rho * rho))
          );
        };
      const [first, second] = [slice(1), slice(2)];
      const totalVariance = (k: number, t: number): number => (t === 1 ? first(k) : second(k));
      const { worstCalendar, where } = audit(
        { totalVariance },
        { years: [1, 2], standardDeviations: 12 },
      );
      expect([c.min_dw, worstCalendar >= -1e-8, where.calendar]).toEqual([
        c.min_dw,
        c["calendar_free_on_[-30,30]"],
        where.calendar,
      ]);
    }
  });
});
