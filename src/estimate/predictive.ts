/**
 * Forecasts of a learned model: the mixture of its members, one step ahead.
 *
 * A component's margin is a mixture of normals, members × kinds of shocks; the joint density of a step is the mean
 * of the members' densities.
 */
import { centredMeans, correlationFactor } from "./density.ts";
import type { Design } from "./design.ts";
import { type Forecast, normalMixture } from "./forecast.ts";
import type { LearnedModel } from "./learn.ts";
import { logScores, network, shocksOf } from "./transition.ts";

/** Forecasts of a component's move over each step of rows from ≤ row < to, as of the beginning of the step. */
export function forecasts(
  { shape, members }: Pick<LearnedModel, "shape" | "members">,
  design: Design,
  component: number,
  from: number,
  to: number,
): Forecast[] {
  const net = network(shape);
  const { d, features } = net.layout;
  const { kinds } = shape;
  const parts = members.length * kinds;
  const shocks = members.map((theta) => shocksOf(shape, theta));
  const centres = shocks.map((shock) => centredMeans(shock, d));
  return Array.from({ length: to - from }, (_, i) => {
    const weights = new Float64Array(parts);
    const means = new Float64Array(parts);
    const sds = new Float64Array(parts);
    members.forEach((theta, m) => {
      net.forward(theta, design.features, (from + i) * features);
      const scale = Math.exp(net.logScale[component]);
      for (let k = 0; k < kinds; k++) {
        const at = m * kinds + k;
        weights[at] = shocks[m].probability[k] / members.length;
        means[at] = net.mean[component] + scale * centres[m][k * d + component];
        sds[at] = scale * Math.exp(shocks[m].logSize[k * d + component]);
      }
    });
    return normalMixture(weights, means, sds);
  });
}

/** Joint log density of each step of rows from ≤ row < to. */
export function jointLogScores(
  { shape, members }: Pick<LearnedModel, "shape" | "members">,
  design: Design,
  from: number,
  to: number,
): Float64Array {
  const each = members.map((theta) => logScores(shape, theta, design, from, to));
  return Float64Array.from({ length: to - from }, (_, i) => {
    const most = Math.max(...each.map((scores) => scores[i]));
    const sum = each.reduce((total, scores) => total + Math.exp(scores[i] - most), 0);
    return most + Math.log(sum / each.length);
  });
}

/** Drift and diffusion of one step, the shocks included. */
export interface StepMoments {
  /** [row][component], mean move */
  readonly mean: Float64Array;
  /** [row][component], standard deviation of the move */
  readonly sd: Float64Array;
  /** [row][component][component] */
  readonly correlation: Float64Array;
}

/** Means, standard deviations and correlations of the moves of rows from ≤ row < to, averaged over the members. */
export function stepMoments(
  { shape, members }: Pick<LearnedModel, "shape" | "members">,
  design: Design,
  from: number,
  to: number,
): StepMoments {
  const net = network(shape);
  const { d, features } = net.layout;
  const mean = new Float64Array((to - from) * d);
  const second = new Float64Array((to - from) * d * d);
  const factor = new Float64Array(d * d);
  for (const theta of members) {
    const shocks = shocksOf(shape, theta);
    const centre = centredMeans(shocks, d);
    for (let r = 0; r < to - from; r++) {
      net.forward(theta, design.features, (from + r) * features);
      correlationFactor(net.partial, d, factor);
      for (let i = 0; i < d; i++) {
        mean[r * d + i] += net.mean[i] / members.length;
        for (let j = 0; j < d; j++) {
          let rho = 0;
          for (let l = 0; l < d; l++) rho += factor[i * d + l] * factor[j * d + l];
          let shape2 = 0;
          for (let k = 0; k < shape.kinds; k++) {
            const [a, b] = [k * d + i, k * d + j];
            const sizes = Math.exp(shocks.logSize[a] + shocks.logSize[b]);
            shape2 += shocks.probability[k] * (rho * sizes + centre[a] * centre[b]);
          }
          const scales = Math.exp(net.logScale[i] + net.logScale[j]);
          const moment = scales * shape2 + net.mean[i] * net.mean[j];
          second[(r * d + i) * d + j] += moment / members.length;
        }
      }
    }
  }
  const sd = new Float64Array((to - from) * d);
  const correlation = new Float64Array((to - from) * d * d);
  for (let r = 0; r < to - from; r++) {
    const covariance = (i: number, j: number): number =>
      second[(r * d + i) * d + j] - mean[r * d + i] * mean[r * d + j];
    for (let i = 0; i < d; i++) sd[r * d + i] = Math.sqrt(covariance(i, i));
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        correlation[(r * d + i) * d + j] = covariance(i, j) / (sd[r * d + i] * sd[r * d + j]);
      }
    }
  }
  return { mean, sd, correlation };
}
