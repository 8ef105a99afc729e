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
 * volatility: the place is listed in `failures`, and a stand-in is used (the floor, or the nearest strike's). So is a
 * local volatility below the floor. Beyond `reach` at-the-money standard deviations local volatility is held flat in k.
 *
 * Units   k = ln(K/F(T)); T in years; variance per year
 * Source  Dupire (1994), Pricing with a smile; Gatheral (2006), The Volatility Surface, (1.10)
 */
import { blackOtm, durrleman, type VarianceJet } from "../../formulas/index.ts";
import { InputError } from "../../num/errors.ts";

/** What local volatility needs of a surface: σ²T at k = ln(K/F) and T in years, and the dates it was fitted at. */
export interface VarianceSurface {
  readonly years: ArrayLike<number>;
  totalVariance(k: number, years: number): number;
}

export const localVolDefaults = {
  /** Time cells over the whole horizon, and at least to the first date. */
  steps: 200,
  firstSteps: 80,
  /** Largest ratio of the ends of a cell after the first date. */
  cellRatio: 1.04,
  /** Nodes in k, rounded up to one more than a multiple of 4. */
  strikes: 601,
  /** At-the-money standard deviations, of the date, up to which the surface is asked. */
  reach: 10,
  /** The grid goes where the last date's options are worth this, per unit of forward. */
  gridPrice: 1e-14,
  /** Lowest local volatility, relative to that at the money at the same time. */
  floor: 1e-2,
} as const;

export interface LocalVolOptions
  extends Partial<{ readonly [K in keyof typeof localVolDefaults]: number }> {
  /** Derivatives by k in closed form. */
  readonly jet?: (k: number, years: number) => VarianceJet;
}

/** A place where the surface has no local volatility, or one out of range. */
export interface LocalVolFailure {
  readonly kind: "calendar" | "butterfly" | "floor";
  readonly k: number;
  readonly years: number;
  /** calendar: w_T < 0; butterfly: g ≤ 0; floor: the local volatility. */
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
  return assemble({ times, dates, ks, scale, variance, failures });
}

/** The same local volatility seen `elapsedYears` later by a forward that has not moved.
 *
 * Shape   years [date]: what is left to each date, increasing
 * Throws  InputError as `localVolatility`
 */
export function rollLocalVolatility(
  local: LocalVolatility,
  years: ArrayLike<number>,
  elapsedYears: number,
  options: LocalVolOptions = {},
): LocalVolatility {
  const settings = settingsOf(options);
  const { times, dates } = timeGrid(years, settings);
  const nodes = settings.strikes;
  const half = (nodes - 1) / 2;
  const scale = local.vol(0, elapsedYears + 0.5 * years[0]) * Math.sqrt(years[0]);
  const end = Math.asinh(local.ks[local.ks.length - 1] / scale);
  const ks = Float64Array.from({ length: nodes }, (_, i) => {
    return scale * Math.sinh((end * (i - half)) / half);
  });
  const variance = new Float64Array((times.length - 1) * nodes);
  for (let cell = 0; cell + 1 < times.length; cell++) {
    const middle = elapsedYears + 0.5 * (times[cell] + times[cell + 1]);
    for (let i = 0; i < nodes; i++) variance[cell * nodes + i] = local.vol(ks[i], middle) ** 2;
  }
  return assemble({ times, dates, ks, scale, variance, failures: local.failures });
}

/** Adds the lookup. */
function assemble(parts: Omit<LocalVolatility, "vol">): LocalVolatility {
  const { times, ks, scale, variance } = parts;
  const nodes = ks.length;
  const spacing = Math.asinh(ks[nodes - 1] / scale) / ((nodes - 1) / 2);
  return {
    ...parts,
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
    if (!(value > (name === "cellRatio" ? 1 : 0)) || (whole && !Number.isInteger(value))) {
      throw new InputError(
        `localVolatility: ${name}: expected a positive ${whole ? "integer" : "number"}, got ${value}. Leave it out for the default.`,
      );
    }
  }
  // every other node is a grid of its own with the money at a node: 4m + 1 of them
  return { ...settings, strikes: 4 * Math.ceil((settings.strikes - 1) / 4) + 1 };
}

/** Cells that grow like √t and land on every date. */
function timeGrid(
  years: ArrayLike<number>,
  { steps, firstSteps, cellRatio }: Settings,
): { times: Float64Array; dates: Int32Array } {
  const times = [0];
  const dates: number[] = [];
  const last = years[years.length - 1];
  for (let date = 0; date < years.length; date++) {
    const [from, to] = [date === 0 ? 0 : Math.sqrt(years[date - 1]), Math.sqrt(years[date])];
    if (!(to > from)) {
      throw new InputError(
        `localVolatility: years: expected positive increasing dates, got ${years[date]} at ${date}. Sort the expiries.`,
      );
    }
    const fine =
      date === 0 ? firstSteps : Math.ceil((2 * Math.log(to / from)) / Math.log(cellRatio));
    const cells = Math.max(fine, Math.round((steps * (to - from)) / Math.sqrt(last)));
    for (let i = 1; i < cells; i++) times.push((from + ((to - from) * i) / cells) ** 2);
    times.push(years[date]);
    dates.push(times.length - 1);
  }
  return { times: Float64Array.from(times), dates: Int32Array.from(dates) };
}

/** Nodes dense where the first date's smile bends, wide enough for the last. */
function strikeGrid(
  surface: VarianceSurface,
  { strikes, gridPrice }: Settings,
): { ks: Float64Array; scale: number } {
  const { years } = surface;
  const last = years[years.length - 1];
  const scale = Math.sqrt(surface.totalVariance(0, years[0]));
  const unit = Math.sqrt(surface.totalVariance(0, last));
  const isWorth = (k: number) => blackOtm(k, Math.sqrt(surface.totalVariance(k, last))) > gridPrice;
  let reach = 5 * unit;
  while (reach < 40 * unit && (isWorth(-reach) || isWorth(reach))) reach += unit;
  const end = Math.asinh(reach / scale);
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
  settings: Settings,
  row: Float64Array,
  failures: LocalVolFailure[],
): void {
  const years = 0.5 * (from + to);
  const limit = settings.reach * Math.sqrt(surface.totalVariance(0, years));
  const half = (ks.length - 1) / 2;
  let low = 0;
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
    const book = (kind: LocalVolFailure["kind"], value: number, standIn: number): void => {
      failures.push({ kind, k, years, value });
      row[i] = standIn;
    };
    // a flat stretch is no arbitrage: its difference quotient may round to either side of 0
    const least = -1e-12 * (before / years);
    const variance = Math.max(0, slope) / g;
    // at the money there is no neighbour: total variance itself says what to go on with
    if (!(g > 0)) {
      book("butterfly", g, i === half ? surface.totalVariance(0, years) / years : row[inner]);
    } else if (!(slope >= least)) book("calendar", slope, low);
    else if (variance < low) book("floor", Math.sqrt(variance), low);
    else row[i] = variance;
  };
  fill(half, half);
  const typical = Math.max(row[half], 0.01 * (surface.totalVariance(0, years) / years));
  low = settings.floor ** 2 * typical;
  row[half] = Math.max(row[half], low);
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
