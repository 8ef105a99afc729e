/**
 * Forecasts of one number: a law with density, distribution function and quantiles in closed form or by bisection.
 */
import { normCdf } from "../num/normal.ts";
import { studentTCdf, studentTLogDensity } from "../num/studentT.ts";

/** The law of one number. */
export interface Forecast {
  readonly mean: number;
  logDensity(y: number): number;
  cdf(y: number): number;
  quantile(p: number): number;
}

/** A mixture of normals.
 *
 * Shape   weights, means, sds [part]; weights sum to one
 */
export function normalMixture(
  weights: Float64Array,
  means: Float64Array,
  sds: Float64Array,
): Forecast {
  const mean = weights.reduce((sum, weight, i) => sum + weight * means[i], 0);
  const cdf = (y: number): number => {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += weights[i] * normCdf((y - means[i]) / sds[i]);
    return sum;
  };
  return {
    mean,
    cdf,
    logDensity(y) {
      let most = Number.NEGATIVE_INFINITY;
      const logs = new Float64Array(weights.length);
      for (let i = 0; i < weights.length; i++) {
        const z = (y - means[i]) / sds[i];
        logs[i] = Math.log(weights[i] / sds[i]) - 0.5 * z * z;
        if (logs[i] > most) most = logs[i];
      }
      let sum = 0;
      for (const log of logs) sum += Math.exp(log - most);
      return most + Math.log(sum) - 0.5 * Math.log(2 * Math.PI);
    },
    quantile: (p) => bisect(cdf, p, mean, Math.max(...sds)),
  };
}

/** A normal law. */
export const normalForecast = (mean: number, sd: number): Forecast =>
  normalMixture(Float64Array.of(1), Float64Array.of(mean), Float64Array.of(sd));

/** Student's t with ν > 2 degrees of freedom, by mean and standard deviation. */
export function studentForecast(mean: number, sd: number, nu: number): Forecast {
  const scale = sd * Math.sqrt((nu - 2) / nu);
  const cdf = (y: number): number => studentTCdf((y - mean) / scale, nu);
  return {
    mean,
    cdf,
    logDensity: (y) => studentTLogDensity((y - mean) / scale, nu) - Math.log(scale),
    quantile: (p) => bisect(cdf, p, mean, sd),
  };
}

/** Root of cdf(y) = p. */
function bisect(cdf: (y: number) => number, p: number, mean: number, width: number): number {
  let low = mean - width;
  let high = mean + width;
  for (let w = width; cdf(low) > p && w < 1e6 * width; w *= 2) low -= w;
  for (let w = width; cdf(high) < p && w < 1e6 * width; w *= 2) high += w;
  for (let i = 0; i < 60; i++) {
    const middle = 0.5 * (low + high);
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}
