/**
 * Dupire's local volatility of any surface, on a grid of times and strikes.
 *
 *   σ_loc²(k, T) = w_T / g(k),   g(k) = (1 − k w'/(2w))² − (w'²/4)(1/w + 1/4) + w''/2
 *
 * w_T at fixed k is the difference quotient over a time cell, so that a surface that is linear in T between expiries
 * has its own exact derivative in every cell; g is taken in the middle of the cell, from derivatives in k by
 * five-point differences (or the caller's own).
 *
 * Nothing is clamped in silence. Where w_T < 0 (calendar arbitrage) or g ≤ 0 (butterfly arbitrage) there is no local
 * volatility: the place is listed in `failures`, and a stand-in is used (the floor, or the nearest strike that has
 * one). Beyond `reach` at-the-money standard deviations local volatility is held flat in k.
 *
 * Units   k = ln(K/F(T)); T in years; variance per year
 * Source  Dupire (1994), Pricing with a smile; Gatheral (2006), The Volatility Surface, (1.10)
 */
import { durrleman, type VarianceJet } from "../../formulas/index.ts";
import { InputError } from "../../num/errors.ts";
import { quadraticGrid } from "../../sde/index.ts";

/** What local volatility needs of a surface: σ²T at k = ln(K/F) and T in years, and the dates it was fitted at. */
export interface VarianceSurface {
  readonly years: ArrayLike<number>;
  totalVariance(k: number, years: number): number;
}

export const localVolDefaults = {
  /** Time cells over the whole horizon, before the two minima. */
  steps: 100,
  firstSteps: 32,
  minStepsPerInterval: 8,
  /** Nodes in k. */
  strikes: 401,
  /** At-the-money standard deviations, of the date, up to which the surface is asked. */
  reach: 5,
  /** The same, of the last date, up to which the grid goes. */
  gridReach: 7,
  /** Volatility that stands in where there is none. */
  floorVol: 1e-3,
} as const;

export interface LocalVolOptions
  extends Partial<{ readonly [K in keyof typeof localVolDefaults]: number }> {
  /** Derivatives by k in closed form. */
  readonly jet?: (k: number, years: number) => VarianceJet;
}

/** A place where the surface has no local volatility. */
export interface LocalVolFailure {
  readonly kind: "calendar" | "butterfly";
  readonly k: number;
  readonly years: number;
  /** w_T < 0, or g ≤ 0. */
  readonly value: number;
}

/** Local variance on cells of time and nodes of k. */
export interface LocalVolatility {
  /** [cell + 1] times[0] = 0; every date of the surface is among them. */
  readonly times: Float64Array;
  /** [date] index into times. */
  readonly dates: Int32Array;
  /** [node] k = scale · sinh(ξ), ξ equally spaced; 0 is the middle node. */
  readonly ks: Float64Array;
  readonly scale: number;
  /** [cell][node] σ_loc² per year. */
  readonly variance: Float64Array;
  readonly failures: readonly LocalVolFailure[];
  /** σ_loc at any (k, T): linear in ξ, constant in each time cell. */
  vol(k: number, years: number): number;
}

/** Local volatility of a surface.
 *
 * Throws  InputError when the surface has no dates, or an option is out of range
 */
export function localVolatility(
  surface: VarianceSurface,
  options: LocalVolOptions = {},
): LocalVolatility {
  const settings = settingsOf(options);
  if (surface.years.length === 0) {
    throw new InputError("localVolatility: expected a surface with dates, got none. Fit it first.");
  }
  const { times, dates } = timeGrid(surface.years, settings);
  const { ks, scale } = strikeGrid(surface, settings);
  const jet = options.jet ?? ((k, t) => numericalJet(surface, k, t));
  const cells = times.length - 1;
  const nodes = ks.length;
  const variance = new Float64Array(cells * nodes);
  const failures: LocalVolFailure[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const row = variance.subarray(cell * nodes, (cell + 1) * nodes);
    fillCell(surface, jet, ks, times[cell], times[cell + 1], settings, row, failures);
  }
  const spacing = Math.asinh(ks[nodes - 1] / scale) / ((nodes - 1) / 2);
  return {
    times,
    dates,
    ks,
    scale,
    variance,
    failures,
    vol: (k, years) => {
      const cell = cellOf(times, years);
      const place = Math.asinh(k / scale) / spacing + (nodes - 1) / 2;
      const inside = Math.min(Math.max(place, 0), nodes - 1);
      const i = Math.min(Math.floor(inside), nodes - 2);
      const share = inside - i;
      const at = cell * nodes + i;
      return Math.sqrt((1 - share) * variance[at] + share * variance[at + 1]);
    },
  };
}

type Settings = { readonly [K in keyof typeof localVolDefaults]: number };

function settingsOf(options: LocalVolOptions): Settings {
  const { jet: _, ...given } = options;
  const settings: Settings = { ...localVolDefaults, ...given };
  for (const [name, value] of Object.entries(settings)) {
    const whole = name === "strikes" || name.toLowerCase().includes("steps");
    if (!(value > 0) || (whole && !Number.isInteger(value))) {
      throw new InputError(
        `localVolatility: ${name}: expected a positive ${whole ? "integer" : "number"}, got ${value}. Leave it out for the default.`,
      );
    }
  }
  return { ...settings, strikes: settings.strikes | 1 };
}

/** Cells that grow like √t and land on every date, enough of them before the first. */
function timeGrid(
  years: ArrayLike<number>,
  { steps, firstSteps, minStepsPerInterval }: Settings,
): { times: Float64Array; dates: Int32Array } {
  const plain = quadraticGrid(years, { steps, minPerInterval: minStepsPerInterval });
  const extra = firstSteps - plain.dates[0];
  if (extra <= 0) return plain;
  const first = quadraticGrid([years[0]], { steps: firstSteps, minPerInterval: firstSteps });
  return {
    times: Float64Array.of(...first.times, ...plain.times.subarray(plain.dates[0] + 1)),
    dates: plain.dates.map((step) => step + extra),
  };
}

/** Nodes dense where the first date's smile bends, wide enough for the last. */
function strikeGrid(
  surface: VarianceSurface,
  { strikes, gridReach }: Settings,
): { ks: Float64Array; scale: number } {
  const { years } = surface;
  const deviation = (t: number) => Math.sqrt(surface.totalVariance(0, t));
  const scale = deviation(years[0]);
  const end = Math.asinh((gridReach * deviation(years[years.length - 1])) / scale);
  const half = (strikes - 1) / 2;
  return {
    ks: Float64Array.from(
      { length: strikes },
      (_, i) => scale * Math.sinh((end * (i - half)) / half),
    ),
    scale,
  };
}

const cellOf = (times: Float64Array, years: number): number => {
  let low = 0;
  let high = times.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= years) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** One time cell's row of local variances. */
function fillCell(
  surface: VarianceSurface,
  jet: (k: number, years: number) => VarianceJet,
  ks: Float64Array,
  from: number,
  to: number,
  { reach, floorVol }: Settings,
  row: Float64Array,
  failures: LocalVolFailure[],
): void {
  const years = 0.5 * (from + to);
  const limit = reach * Math.sqrt(surface.totalVariance(0, years));
  const half = (ks.length - 1) / 2;
  // outwards from the money, so that a node without a value can take its inner neighbour's
  const fill = (i: number, inner: number): void => {
    const k = ks[i];
    if (Math.abs(k) > limit && i !== half) {
      row[i] = row[inner];
      return;
    }
    const before = from === 0 ? 0 : surface.totalVariance(k, from);
    const slope = (surface.totalVariance(k, to) - before) / (to - from);
    const g = durrleman(k, jet(k, years));
    // a flat stretch is no arbitrage: its difference quotient may round to either side of 0
    const least = -1e-12 * (before / years);
    if (!(slope >= least)) failures.push({ kind: "calendar", k, years, value: slope });
    if (!(g > 0)) failures.push({ kind: "butterfly", k, years, value: g });
    if (g > 0 && slope >= least) row[i] = Math.max(slope / g, floorVol ** 2);
    else if (g > 0 || i === half) row[i] = floorVol ** 2;
    else row[i] = row[inner];
  };
  fill(half, half);
  for (let i = half + 1; i < ks.length; i++) fill(i, i - 1);
  for (let i = half - 1; i >= 0; i--) fill(i, i + 1);
}

/** w, w', w'' by five-point differences a twentieth of a standard deviation apart. */
function numericalJet(surface: VarianceSurface, k: number, years: number): VarianceJet {
  const w = surface.totalVariance(k, years);
  const h = 0.05 * Math.sqrt(surface.totalVariance(0, years));
  const [a, b, c, d] = [-2, -1, 1, 2].map((m) => surface.totalVariance(k + m * h, years));
  return {
    w,
    w1: (a - 8 * b + 8 * c - d) / (12 * h),
    w2: (-a + 16 * b - 30 * w + 16 * c - d) / (12 * h * h),
  };
}
