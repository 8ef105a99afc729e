/**
 * The nearest arbitrage-free surface to one that may not be: any fitted model, put through the SANOS program.
 *
 *   minimise Σ_{dates, strikes} |σ_projected − σ| to first order, over laws in convex order (sanos/fitLaws.ts)
 *
 * Volatilities are asked at strikes equally spaced in z = k/s, s the date's at-the-money deviation. A kernel of width
 * η V cannot follow every smile exactly, so several η are tried and the one with the smallest largest change is kept: what
 * an arbitrage-free surface is changed by is the resolution of the method, a few hundredths of a vol point.
 */
import { blackOtm } from "../formulas/index.ts";
import { InputError } from "../num/errors.ts";
import { audit, type VarianceFunction } from "./audit.ts";
import type { Certificate, SurfacePoint } from "./certificate.ts";
import type { ModelSurface } from "./modelSurface.ts";
import { fitLaws, type SanosTarget } from "./sanos/fitLaws.ts";
import { surfaceOfLaws } from "./sanos/surface.ts";

export interface ProjectionOptions {
  /** Strikes asked: this many deviations to both sides, */
  readonly deviations?: number;
  /** and so many in each. */
  readonly perDeviation?: number;
  /** Shares of the at-the-money variance in the kernel to choose from. */
  readonly kernelShares?: readonly number[];
}

export const projectionDefaults = {
  deviations: 4,
  perDeviation: 5,
  kernelShares: [0.25, 0.1],
} as const;

export interface Projection {
  readonly surface: ModelSurface;
  /** Largest |σ_projected − σ| between the outermost strikes asked, at the dates given, and where it is. */
  readonly largestChangeVol: number;
  readonly at: SurfacePoint;
  /** Root mean square of the same. */
  readonly rmsChangeVol: number;
  /** η that was chosen. */
  readonly kernelShare: number;
  /** Audit of the projected surface at the dates given and two in every gap. */
  readonly certificate: Certificate;
}

/** Projects a surface onto those without static arbitrage.
 *
 * Shape     years [date], increasing
 * Accuracy  a surface without arbitrage moves by less than 0.15 vol points within ±4 deviations (project.test.ts)
 * Throws    InputError when there are no dates, they do not increase, or the surface has no variance at the money of one
 */
export async function projectArbitrageFree(
  surface: VarianceFunction,
  years: ArrayLike<number>,
  options: ProjectionOptions = {},
): Promise<Projection> {
  const settings = { ...projectionDefaults, ...options };
  const dates = Array.from(years);
  checkDates(surface, dates);
  let best: Omit<Projection, "certificate"> | undefined;
  for (const kernelShare of settings.kernelShares) {
    const expiries = dates.map((t) => {
      const atmVariance = surface.totalVariance(0, t);
      return { atmVariance, kernelShare, targets: targetsOf(surface, t, atmVariance, settings) };
    });
    const laws = await fitLaws(expiries, { midWeight: 0, margin: 0, knotsPerKernel: 1.6 });
    const projected = await surfaceOfLaws(dates, laws);
    const change = changeOf(surface, projected, dates, settings.deviations);
    if (best === undefined || change.largestChangeVol < best.largestChangeVol) {
      best = { surface: projected, kernelShare, ...change };
    }
  }
  if (best === undefined) {
    throw new InputError(
      "projectArbitrageFree: expected at least one kernel share, got none. Pass 0.25.",
    );
  }
  return { ...best, certificate: audit(best.surface, { years: denser(dates) }) };
}

function checkDates(surface: VarianceFunction, dates: readonly number[]): void {
  if (dates.length === 0) {
    throw new InputError("projectArbitrageFree: expected dates, got none. Pass at least one.");
  }
  dates.forEach((t, j) => {
    if (!(t > (j === 0 ? 0 : dates[j - 1]))) {
      throw new InputError(
        `projectArbitrageFree: expected years to increase from above 0, got ${t} at ${j}. Sort them.`,
      );
    }
    const w = surface.totalVariance(0, t);
    if (!(w > 0 && Number.isFinite(w))) {
      throw new InputError(
        `projectArbitrageFree: expected a positive total variance at the money, got ${w} at T = ${t}. Leave that date out.`,
      );
    }
  });
}

/** A unit of cost worth less than this share of the deviation is lost in rounding: too far out to be seen. */
const leastUnit = 1e-10;

function targetsOf(
  surface: VarianceFunction,
  t: number,
  atmVariance: number,
  { deviations, perDeviation }: Required<ProjectionOptions>,
): SanosTarget[] {
  const s = Math.sqrt(atmVariance);
  const count = deviations * perDeviation;
  const point = 0.01 * Math.sqrt(t);
  return Array.from({ length: 2 * count + 1 }, (_, i) => ((i - count) / perDeviation) * s).flatMap(
    (k) => {
      const w = surface.totalVariance(k, t);
      if (!(w > 0 && Number.isFinite(w))) return [];
      const mid = blackOtm(k, Math.sqrt(w));
      const unit = blackOtm(k, Math.sqrt(w) + point) - mid;
      return unit > leastUnit * s ? [{ k, mid, bid: mid, ask: mid, unit, weight: 1 }] : [];
    },
  );
}

/** Strikes per date at which changes are measured. */
const measured = 81;

function changeOf(
  before: VarianceFunction,
  after: ModelSurface,
  dates: readonly number[],
  deviations: number,
): Pick<Projection, "largestChangeVol" | "at" | "rmsChangeVol"> {
  let largestChangeVol = 0;
  let at: SurfacePoint = { k: 0, years: dates[0] };
  let [sum, count] = [0, 0];
  for (const t of dates) {
    const s = Math.sqrt(before.totalVariance(0, t));
    for (let i = 0; i < measured; i++) {
      const k = deviations * s * ((2 * i) / (measured - 1) - 1);
      const w = before.totalVariance(k, t);
      if (!(w > 0)) continue;
      const change = Math.abs(after.impliedVol(k, t) - Math.sqrt(w / t));
      sum += change * change;
      count++;
      if (change <= largestChangeVol) continue;
      largestChangeVol = change;
      at = { k, years: t };
    }
  }
  return { largestChangeVol, at, rmsChangeVol: Math.sqrt(sum / count) };
}

const denser = (dates: readonly number[]): number[] =>
  dates.flatMap((t, j) => {
    const from = j === 0 ? 0 : dates[j - 1];
    return [from + (t - from) / 3, from + (2 * (t - from)) / 3, t];
  });
