/**
 * Tests of forecasts: are probability integral transforms uniform, do exceedances come as often as promised and
 * apart from each other, is one forecast better than another?
 *
 *   Kolmogorov-Smirnov   D = max |F_n − F|, Stephens' finite-sample form of the limit law
 *   Berkowitz            z = Φ⁻¹(PIT) against N(0, 1) and independence: an AR(1) with free mean and variance, χ²(3)
 *   Kupiec               proportion of failures, χ²(1)
 *   Christoffersen       independence of failures (χ²(1)) and, with Kupiec, conditional coverage (χ²(2))
 *   Diebold-Mariano      mean difference of scores over its Newey-West standard error, N(0, 1)
 *
 * Sources: Stephens (1970), J. R. Stat. Soc. B 32; Berkowitz (2001), J. Bus. Econ. Stat. 19; Kupiec (1995), J.
 * Derivatives 3; Christoffersen (1998), Int. Econ. Rev. 39; Diebold & Mariano (1995), J. Bus. Econ. Stat. 13;
 * Newey & West (1987), Econometrica 55.
 */
import { inverseNormCdf, normCdf } from "../../num/normal.ts";

/** A statistic with its p-value. */
export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

/** Upper tail of χ² with one, two or three degrees of freedom. */
export function chiSquareTail(x: number, degrees: 1 | 2 | 3): number {
  if (!(x > 0)) return 1;
  if (degrees === 2) return Math.exp(-x / 2);
  const one = 2 * normCdf(-Math.sqrt(x));
  return degrees === 1 ? one : one + Math.sqrt((2 * x) / Math.PI) * Math.exp(-x / 2);
}

/** Whether values are uniform on (0, 1). */
export function kolmogorovSmirnov(pit: Float64Array): TestResult {
  const sorted = pit.slice().sort();
  const n = sorted.length;
  let statistic = 0;
  sorted.forEach((value, i) => {
    statistic = Math.max(statistic, value - i / n, (i + 1) / n - value);
  });
  const root = Math.sqrt(n);
  const x = statistic * (root + 0.12 + 0.11 / root);
  let pValue = 0;
  for (let k = 1; k <= 100; k++)
    pValue += 2 * (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return { statistic, pValue: x < 0.3 ? 1 : Math.min(1, Math.max(0, pValue)) };
}

/** Whether Φ⁻¹(PIT) is standard normal and independent of its last value. */
export function berkowitz(pit: Float64Array): TestResult {
  const z = pit.map((p) => inverseNormCdf(Math.min(1 - 1e-12, Math.max(1e-12, p))));
  const n = z.length - 1;
  let [sx, sy, sxx, sxy] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    sx += z[i];
    sy += z[i + 1];
    sxx += z[i] * z[i];
    sxy += z[i] * z[i + 1];
  }
  const slope = (sxy - (sx * sy) / n) / (sxx - (sx * sx) / n);
  const level = (sy - slope * sx) / n;
  let free = 0;
  let standard = 0;
  for (let i = 0; i < n; i++) {
    free += (z[i + 1] - level - slope * z[i]) ** 2;
    standard += z[i + 1] ** 2;
  }
  const statistic = Math.max(0, standard - n - n * Math.log(free / n));
  return { statistic, pValue: chiSquareTail(statistic, 3) };
}

/** p ln q without NaN at p = 0. */
const times = (count: number, share: number): number => (count === 0 ? 0 : count * Math.log(share));

/** Whether exceedances of probability p come as often as promised. */
export function kupiec(hits: readonly boolean[], p: number): TestResult {
  const failures = hits.filter(Boolean).length;
  const rest = hits.length - failures;
  const share = failures / hits.length;
  const statistic = Math.max(
    0,
    -2 *
      (times(rest, 1 - p) + times(failures, p) - times(rest, 1 - share) - times(failures, share)),
  );
  return { statistic, pValue: chiSquareTail(statistic, 1) };
}

/** Whether an exceedance says nothing about the next step. */
export function christoffersenIndependence(hits: readonly boolean[]): TestResult {
  const n = [0, 0, 0, 0];
  for (let i = 1; i < hits.length; i++) n[2 * Number(hits[i - 1]) + Number(hits[i])] += 1;
  const after = (from: number): number =>
    n[2 * from + 1] / Math.max(1, n[2 * from] + n[2 * from + 1]);
  const share = (n[1] + n[3]) / Math.max(1, hits.length - 1);
  const nested = times(n[0] + n[2], 1 - share) + times(n[1] + n[3], share);
  const free =
    times(n[0], 1 - after(0)) +
    times(n[1], after(0)) +
    times(n[2], 1 - after(1)) +
    times(n[3], after(1));
  const statistic = Math.max(0, 2 * (free - nested));
  return { statistic, pValue: chiSquareTail(statistic, 1) };
}

/** Frequency and independence together. */
export function conditionalCoverage(hits: readonly boolean[], p: number): TestResult {
  const statistic = kupiec(hits, p).statistic + christoffersenIndependence(hits).statistic;
  return { statistic, pValue: chiSquareTail(statistic, 2) };
}

/** A difference of two forecasts' scores. */
export interface ScoreDifference extends TestResult {
  /** mean of a − b: positive when a is better */
  readonly mean: number;
  readonly standardError: number;
}

/** Whether the scores a are better than b; a two-sided p-value. */
export function dieboldMariano(a: Float64Array, b: Float64Array): ScoreDifference {
  const n = a.length;
  const difference = a.map((value, i) => value - b[i]);
  const mean = difference.reduce((sum, x) => sum + x, 0) / n;
  const lags = Math.floor(Math.cbrt(n));
  let variance = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (difference[i] - mean) * (difference[i - lag] - mean);
    variance += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * (sum / n);
  }
  const standardError = Math.sqrt(variance / n);
  const statistic = standardError > 0 ? mean / standardError : 0;
  return { mean, standardError, statistic, pValue: 2 * normCdf(-Math.abs(statistic)) };
}
