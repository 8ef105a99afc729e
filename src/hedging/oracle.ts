/**
 * The best hedge there is, where it can be computed: Black-Scholes, one instrument, proportional cost, entropic risk.
 *
 *   W_N(S, δ) = Z(S) + u S |δ|
 *   W_n(S, δ₋) = min_δ { c S |δ − δ₋| + (1/a) ln E[exp(a (W_{n+1}(S', δ) − δ (S' − S)))] }
 *
 * An exponential utility forgets wealth, so spot and position are the whole state. W₀(S₀, 0) is the indifference price
 * of the seller: no policy has a smaller one. S' = S exp(−σ²Δ/2 + σ√Δ z) is a sum over a grid of ln S whose step divides
 * σ√Δ: the trapezoidal rule of a Gaussian, exact but for the payoff's kinks, of which the strike's is corrected to
 * fourth order (Euler-Maclaurin). Positions are a grid; the minimum over them takes two sweeps, because cost is linear.
 *
 * Source  Hodges & Neuberger (1989); Davis, Panas & Zariphopoulou (1993), European option pricing with transaction
 * costs, in discrete time
 *
 * Units   prices in those of spot; costs as shares of the value traded; a per unit of price
 */
import { InputError } from "../num/errors.ts";

/** What is hedged, with what, and how averse one is. */
export interface OracleProblem {
  readonly spot: number;
  readonly strike: number;
  readonly type: "call" | "put";
  /** Decimal per √year. */
  readonly vol: number;
  readonly yearsToExpiry: number;
  /** Trades are at n T/N, n = 0 … N − 1. */
  readonly dates: number;
  /** Cost of a trade, share of its value. */
  readonly proportionalCost: number;
  /** a. */
  readonly riskAversion: number;
  /** Cost of closing the position at expiry, share of its value. */
  readonly unwindCost?: number;
  /** Short (+1, the default) or long (−1) one option. */
  readonly sold?: 1 | -1;
}

/** How finely. */
export interface OracleGrid {
  /** Steps of ln S per σ√Δ. */
  readonly stepsPerDeviation?: number;
  /** Reach of the grid in standard deviations of ln S_T. */
  readonly deviations?: number;
  /** Step of the position. */
  readonly positionStep?: number;
}

export const oracleDefaults = {
  stepsPerDeviation: 8,
  deviations: 7,
  positionStep: 0.0025,
} as const;

/** Where it is best not to trade: positions between `low` and `high` stay, others go to the nearer end. */
export interface NoTradeBand {
  readonly low: number;
  readonly high: number;
}

/** The solution. */
export interface Oracle {
  /** Indifference price at time 0 without a position: the least entropic risk. */
  readonly price: number;
  /** Best trade now: no position before. */
  readonly firstPosition: number;
  /** The band at a date and spot.
   *
   * Throws  InputError when there is no such date
   */
  band(date: number, spot: number): NoTradeBand;
}

/** Mass of a step's Gaussian beyond this many deviations is left out. */
const gaussianReach = 8.5;

/** Solves the dynamic program.
 *
 * Cost    dates × spots × positions × (17 stepsPerDeviation); 30 daily dates take about two seconds
 * Throws  InputError for numbers out of range
 */
export function solveOracle(problem: OracleProblem, grid: OracleGrid = {}): Oracle {
  check(problem);
  const settings = { ...oracleDefaults, ...grid };
  const { vol, yearsToExpiry, dates, riskAversion: a, proportionalCost: c } = problem;
  const deviation = vol * Math.sqrt(yearsToExpiry / dates);
  const h = deviation / settings.stepsPerDeviation;
  const spots = spotGrid(problem, settings, h);
  const positions = positionGrid(problem, settings.positionStep);
  const kernel = gaussianKernel(deviation, h);
  const n = positions.length;
  let value = terminalValue(problem, spots, positions);
  const bands: { readonly low: Float64Array; readonly high: Float64Array }[] = [];
  for (let date = dates - 1; date >= 0; date--) {
    const isLast = date === dates - 1;
    const kept = certainEquivalent(problem, spots, positions, value, kernel, isLast, a);
    const low = new Float64Array(spots.price.length);
    const high = new Float64Array(spots.price.length);
    const next = new Float64Array(value.length);
    for (let i = 0; i < spots.price.length; i++) {
      const row = kept.subarray(i * n, (i + 1) * n);
      const unit = c * spots.price[i];
      const out = next.subarray(i * n, (i + 1) * n);
      const band = trade(row, positions, unit, out);
      low[i] = band.low;
      high[i] = band.high;
    }
    value = next;
    bands.unshift({ low, high });
  }
  const at = (column: Float64Array, spot: number): number =>
    interpolate(column, (Math.log(spot) - spots.first) / h);
  const flat = positions.findIndex((position) => Math.abs(position) < 1e-12);
  const now = Float64Array.from(spots.price, (_, i) => value[i * n + flat]);
  const band = (date: number, spot: number): NoTradeBand => {
    if (!(Number.isInteger(date) && date >= 0 && date < dates)) {
      throw new InputError(`oracle: expected date in 0 … ${dates - 1}, got ${date}.`);
    }
    return { low: at(bands[date].low, spot), high: at(bands[date].high, spot) };
  };
  const first = band(0, problem.spot);
  return {
    price: at(now, problem.spot),
    firstPosition: Math.min(Math.max(0, first.low), first.high),
    band,
  };
}

function check(problem: OracleProblem): void {
  const { dates, unwindCost = 0, proportionalCost } = problem;
  for (const name of ["spot", "strike", "vol", "yearsToExpiry", "riskAversion"] as const) {
    if (!(problem[name] > 0 && Number.isFinite(problem[name]))) {
      throw new InputError(`oracle: expected ${name} > 0, got ${problem[name]}.`);
    }
  }
  if (!(Number.isInteger(dates) && dates >= 1)) {
    throw new InputError(`oracle: expected dates to be a whole number from 1, got ${dates}.`);
  }
  if (!(proportionalCost >= 0 && proportionalCost < 1)) {
    throw new InputError(
      `oracle: expected proportionalCost in [0, 1), got ${proportionalCost}. It is a share: 0.001 is 10 bp.`,
    );
  }
  if (!(unwindCost >= 0 && unwindCost < 1)) {
    throw new InputError(`oracle: expected unwindCost in [0, 1), got ${unwindCost}.`);
  }
}

interface Spots {
  /** ln of the first. */
  readonly first: number;
  /** [spot] increasing, equally spaced in ln; the strike is one of them. */
  readonly price: Float64Array;
  /** Index of the strike. */
  readonly strike: number;
}

function spotGrid(problem: OracleProblem, settings: Required<OracleGrid>, h: number): Spots {
  const { spot, strike, vol, yearsToExpiry } = problem;
  const reach = settings.deviations * vol * Math.sqrt(yearsToExpiry);
  const distance = Math.log(spot / strike);
  const below = Math.ceil((reach - Math.min(0, distance)) / h);
  const above = Math.ceil((reach + Math.max(0, distance)) / h);
  return {
    first: Math.log(strike) - below * h,
    price: Float64Array.from(
      { length: below + above + 1 },
      (_, i) => strike * Math.exp((i - below) * h),
    ),
    strike: below,
  };
}

/** From no position to one unit of the option's delta, and a little beyond. */
function positionGrid({ type, sold = 1 }: OracleProblem, step: number): Float64Array {
  const sign = (type === "call" ? 1 : -1) * sold;
  const beyond = 0.1;
  const [low, high] = sign > 0 ? [-beyond, 1 + beyond] : [-1 - beyond, beyond];
  const from = Math.round(low / step);
  const to = Math.round(high / step);
  return Float64Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}

/** Weights of S' at j steps of the grid from S: a Gaussian with mean −σ²Δ/2. */
function gaussianKernel(
  deviation: number,
  h: number,
): { readonly weight: Float64Array; readonly reach: number; readonly kink: (j: number) => number } {
  const reach = Math.ceil((gaussianReach * deviation) / h);
  const density = (j: number) => {
    const z = (j * h + 0.5 * deviation * deviation) / deviation;
    return Math.exp(-0.5 * z * z) / (Math.sqrt(2 * Math.PI) * deviation);
  };
  const weight = Float64Array.from({ length: 2 * reach + 1 }, (_, j) => h * density(j - reach));
  return { weight, reach, kink: (j) => (h * h * density(j)) / 12 };
}

function payoff({ type, strike, sold = 1 }: OracleProblem, spot: number): number {
  return sold * Math.max(0, type === "call" ? spot - strike : strike - spot);
}

/** [spot][position] */
function terminalValue(
  problem: OracleProblem,
  spots: Spots,
  positions: Float64Array,
): Float64Array {
  const { unwindCost = 0 } = problem;
  const n = positions.length;
  const value = new Float64Array(spots.price.length * n);
  spots.price.forEach((spot, i) => {
    const due = payoff(problem, spot);
    for (let j = 0; j < n; j++) value[i * n + j] = due + unwindCost * spot * Math.abs(positions[j]);
  });
  return value;
}

/** (1/a) ln E[exp(a (W(S', δ) − δ (S' − S)))] at every spot and position.
 *
 * Sums run over whole rows of positions: W is shifted by the payoff-free bound δ S', so that exponents stay small.
 */
function certainEquivalent(
  problem: OracleProblem,
  spots: Spots,
  positions: Float64Array,
  value: Float64Array,
  kernel: ReturnType<typeof gaussianKernel>,
  isLast: boolean,
  a: number,
): Float64Array {
  const n = positions.length;
  const count = spots.price.length;
  const { weight, reach, kink } = kernel;
  // exp(a (W(S', δ) − δ S' − shift_δ)), shift so that nothing overflows
  const grown = new Float64Array(count * n);
  const shift = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < n; j++) {
      shift[j] = Math.max(shift[j], value[i * n + j] - positions[j] * spots.price[i]);
    }
  }
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < n; j++) {
      grown[i * n + j] = Math.exp(
        a * (value[i * n + j] - positions[j] * spots.price[i] - shift[j]),
      );
    }
  }
  const out = new Float64Array(count * n);
  const sum = new Float64Array(n);
  // the slope of exp(aW) in ln S jumps by a K at the strike, for a sold call as for a sold put
  const jump = isLast ? a * problem.strike * (problem.sold ?? 1) : 0;
  for (let i = 0; i < count; i++) {
    sum.fill(0);
    let mass = 0;
    const from = Math.max(0, i - reach);
    const to = Math.min(count - 1, i + reach);
    for (let other = from; other <= to; other++) {
      const w = weight[other - i + reach];
      mass += w;
      const row = other * n;
      for (let j = 0; j < n; j++) sum[j] += w * grown[row + j];
    }
    if (jump !== 0 && Math.abs(spots.strike - i) <= reach) {
      const correction = kink(spots.strike - i) * jump;
      const row = spots.strike * n;
      for (let j = 0; j < n; j++) sum[j] += correction * grown[row + j];
    }
    for (let j = 0; j < n; j++) {
      out[i * n + j] = Math.log(sum[j] / mass) / a + shift[j] + positions[j] * spots.price[i];
    }
  }
  return out;
}

/** min over δ of kept(δ) + unit |δ − δ₋| for every δ₋, and the positions that stay. */
function trade(
  kept: Float64Array,
  positions: Float64Array,
  unit: number,
  out: Float64Array,
): NoTradeBand {
  const n = positions.length;
  let least = Number.POSITIVE_INFINITY;
  let low = positions[0];
  let high = positions[n - 1];
  // selling from above: the best position at or below
  for (let j = 0; j < n; j++) {
    least += j === 0 ? 0 : unit * (positions[j] - positions[j - 1]);
    if (kept[j] <= least) {
      least = kept[j];
      high = positions[j];
    }
    out[j] = least;
  }
  least = Number.POSITIVE_INFINITY;
  for (let j = n - 1; j >= 0; j--) {
    least += j === n - 1 ? 0 : unit * (positions[j + 1] - positions[j]);
    if (kept[j] <= least) {
      least = kept[j];
      low = positions[j];
    }
    out[j] = Math.min(out[j], least);
  }
  return { low: Math.min(low, high), high: Math.max(low, high) };
}

/** Cubic through the four nearest points. */
function interpolate(column: Float64Array, place: number): number {
  const i = Math.min(Math.max(Math.floor(place), 1), column.length - 3);
  const t = place - i;
  if (t === 0) return column[i];
  const [p, q, r, s] = column.subarray(i - 1, i + 3);
  return (
    (-t * (t - 1) * (t - 2) * p) / 6 +
    ((t + 1) * (t - 1) * (t - 2) * q) / 2 -
    ((t + 1) * t * (t - 2) * r) / 2 +
    ((t + 1) * t * (t - 1) * s) / 6
  );
}
