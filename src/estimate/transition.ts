/**
 * The neural SDE under P: drift, diffusion and correlation of one step as networks around a parametric skeleton.
 *
 *   o = b + A z + V tanh(W z + c),   z standardised features (features.ts)
 *   m_j = σ̄_j o_j                                drift of component j over the step
 *   ln s_j = ln σ̄_j + B tanh(o_{d+j} / B)         its diffusion, within a factor e^B of the average σ̄_j
 *   w_p = 0.999 tanh(o_{2d+p})                    partial correlations: a positive diagonal always
 *
 * The skeleton is the part of A that classical models have: the diffusion of a component is log-linear in its own
 * averages of realised variance, in the volatility factors of its asset and the calendar (log-HAR, an EWMA, the
 * Heston volatility are cases); the drift of a volatility is linear in its own level and averages (an
 * Ornstein-Uhlenbeck process of several speeds), that of a price constant; correlations are constant. All else, the rest
 * of A and V, W, is the network: it is shrunk to zero by a ridge λ, so that at λ → ∞ the skeleton remains.
 *
 * With one step per observation the likelihood is that of density.ts, exact for this discrete law. For a linear
 * drift and constant diffusion the law over a step is that of the continuous Ornstein-Uhlenbeck process itself,
 * κ = −ln(1 + slope)/Δt; otherwise it is its Euler-Maruyama scheme at the step of the data.
 */
import type { Design } from "./design.ts";
import {
  correlationCount,
  type Shocks,
  shockParameterCount,
  stepDensity,
  unpackShocks,
} from "./density.ts";
import { type Feature, type FeatureSet, featuresOf } from "./features.ts";

/** All but the parameters. */
export interface Shape {
  readonly set: FeatureSet;
  /** width of the hidden layer; 0 leaves the linear part */
  readonly hidden: number;
  /** kinds of shocks, the diffusion included */
  readonly kinds: number;
  /** [feature] of the rows it was learned from */
  readonly featureMean: Float64Array;
  readonly featureSd: Float64Array;
  /** [component], standard deviation of a step's moves */
  readonly moveSd: Float64Array;
}

/** Places of the parameters in theta. */
export interface Layout {
  readonly d: number;
  readonly outputs: number;
  readonly features: number;
  readonly hidden: number;
  readonly linearAt: number;
  readonly innerAt: number;
  readonly innerBiasAt: number;
  readonly outerAt: number;
  readonly shocksAt: number;
  readonly size: number;
}

/** B: the diffusion stays within a factor e^B of its average. */
const SCALE_BOUND = 2.5;
/** Features further out than this many standard deviations count as this far. */
const FAR = 6;

/** The layout of a shape. */
export function layoutOf({ set, hidden, kinds }: Pick<Shape, "set" | "hidden" | "kinds">): Layout {
  const d = set.components.length;
  const features = featuresOf(set).length;
  const outputs = 2 * d + correlationCount(d);
  const linearAt = outputs;
  const innerAt = linearAt + outputs * features;
  const innerBiasAt = innerAt + hidden * features;
  const outerAt = innerBiasAt + hidden;
  const shocksAt = outerAt + outputs * hidden;
  const size = shocksAt + shockParameterCount(kinds, d);
  return { d, outputs, features, hidden, linearAt, innerAt, innerBiasAt, outerAt, shocksAt, size };
}

/** Whether the skeleton has this entry of A. */
export function isSkeleton(set: FeatureSet, output: number, feature: Feature): boolean {
  const d = set.components.length;
  if (output >= 2 * d) return false;
  const target = set.components[output % d];
  const isOwn = feature.component === output % d;
  if (feature.role === "calendar") return output >= d || target.kind !== "price";
  if (output < d) {
    return target.kind !== "price" && isOwn && (feature.role === "level" || feature.role === "gap");
  }
  if (feature.component < 0) return false;
  const isOfAsset = set.components[feature.component].asset === target.asset;
  if (feature.role === "scale") return isOwn;
  if (feature.role === "level") return isOwn || (isOfAsset && target.kind === "price");
  return feature.role === "gap" && isOfAsset && target.kind === "price";
}

/** Means and standard deviations of rows from ≤ row < to. */
export function shapeOf(
  design: Design,
  from: number,
  to: number,
  { hidden, kinds }: { readonly hidden: number; readonly kinds: number },
): Shape {
  const features = design.features.length / design.rows;
  const d = design.moves.length / design.rows;
  const feature = moments(design.features, features, from, to);
  const move = moments(design.moves, d, from, to);
  // a column that does not move has no scale of its own: it stays at zero
  const featureSd = feature.sd.map((sd) => (sd > 1e-9 ? sd : 1));
  return {
    set: design.set,
    hidden,
    kinds,
    featureMean: feature.mean,
    featureSd,
    moveSd: move.sd.map((sd) => Math.max(sd, 1e-9)),
  };
}

function moments(
  values: Float64Array,
  columns: number,
  from: number,
  to: number,
): { mean: Float64Array; sd: Float64Array } {
  const mean = new Float64Array(columns);
  const sd = new Float64Array(columns);
  for (let c = 0; c < columns; c++) {
    for (let r = from; r < to; r++) mean[c] += values[r * columns + c] / (to - from);
    for (let r = from; r < to; r++) sd[c] += (values[r * columns + c] - mean[c]) ** 2 / (to - from);
    sd[c] = Math.sqrt(sd[c]);
  }
  return { mean, sd };
}

/** Law of a step at one row of features; the arrays are overwritten by the next call. */
export interface StepLaw {
  readonly mean: Float64Array;
  readonly logScale: Float64Array;
  readonly partial: Float64Array;
}

/** Evaluates the networks. */
export interface Network extends StepLaw {
  readonly layout: Layout;
  /** Raw features [feature] from `at` on → law of the step. */
  forward(theta: Float64Array, features: Float64Array, at: number): void;
  /** Adds weight · d/dθ of what has these cotangents at the last forward's law. */
  backward(
    theta: Float64Array,
    weight: number,
    dMean: Float64Array,
    dLogScale: Float64Array,
    dPartial: Float64Array,
    gradient: Float64Array,
  ): void;
}

const CORRELATION_BOUND = 0.999;

/** Networks of a shape. */
export function network(shape: Shape): Network {
  const layout = layoutOf(shape);
  const { d, outputs, features: width, hidden, linearAt, innerAt, innerBiasAt, outerAt } = layout;
  const z = new Float64Array(width);
  const h = new Float64Array(hidden);
  const o = new Float64Array(outputs);
  const dO = new Float64Array(outputs);
  const bent = new Float64Array(d);
  const mean = new Float64Array(d);
  const logScale = new Float64Array(d);
  const partial = new Float64Array(correlationCount(d));
  const logSd = shape.moveSd.map(Math.log);
  return {
    layout,
    mean,
    logScale,
    partial,
    forward(theta, features, at) {
      for (let f = 0; f < width; f++) {
        const value = (features[at + f] - shape.featureMean[f]) / shape.featureSd[f];
        z[f] = value > FAR ? FAR : value < -FAR ? -FAR : value;
      }
      for (let i = 0; i < hidden; i++) {
        let sum = theta[innerBiasAt + i];
        for (let f = 0, w = innerAt + i * width; f < width; f++) sum += theta[w + f] * z[f];
        h[i] = Math.tanh(sum);
      }
      for (let k = 0; k < outputs; k++) {
        let sum = theta[k];
        for (let f = 0, a = linearAt + k * width; f < width; f++) sum += theta[a + f] * z[f];
        for (let i = 0, v = outerAt + k * hidden; i < hidden; i++) sum += theta[v + i] * h[i];
        o[k] = sum;
      }
      for (let j = 0; j < d; j++) {
        mean[j] = shape.moveSd[j] * o[j];
        bent[j] = Math.tanh(o[d + j] / SCALE_BOUND);
        logScale[j] = logSd[j] + SCALE_BOUND * bent[j];
      }
      for (let p = 0; p < partial.length; p++)
        partial[p] = CORRELATION_BOUND * Math.tanh(o[2 * d + p]);
    },
    backward(theta, weight, dMean, dLogScale, dPartial, gradient) {
      for (let j = 0; j < d; j++) {
        dO[j] = weight * shape.moveSd[j] * dMean[j];
        dO[d + j] = weight * dLogScale[j] * (1 - bent[j] * bent[j]);
      }
      for (let p = 0; p < partial.length; p++) {
        const tanh = partial[p] / CORRELATION_BOUND;
        dO[2 * d + p] = weight * dPartial[p] * CORRELATION_BOUND * (1 - tanh * tanh);
      }
      for (let k = 0; k < outputs; k++) {
        const g = dO[k];
        gradient[k] += g;
        for (let f = 0, a = linearAt + k * width; f < width; f++) gradient[a + f] += g * z[f];
        for (let i = 0, v = outerAt + k * hidden; i < hidden; i++) gradient[v + i] += g * h[i];
      }
      for (let i = 0; i < hidden; i++) {
        let sum = 0;
        for (let k = 0; k < outputs; k++) sum += dO[k] * theta[outerAt + k * hidden + i];
        const g = sum * (1 - h[i] * h[i]);
        gradient[innerBiasAt + i] += g;
        for (let f = 0, w = innerAt + i * width; f < width; f++) gradient[w + f] += g * z[f];
      }
    },
  };
}

/** Shocks of a member's parameters. */
export const shocksOf = (shape: Shape, theta: Float64Array): Shocks => {
  const { shocksAt, d } = layoutOf(shape);
  return unpackShocks(theta, shocksAt, shape.kinds, d);
};

/** Log densities of rows from ≤ row < to, in units of the state. */
export function logScores(
  shape: Shape,
  theta: Float64Array,
  design: Design,
  from: number,
  to: number,
): Float64Array {
  const net = network(shape);
  const { d, features } = net.layout;
  const density = stepDensity(shocksOf(shape, theta), d);
  const out = new Float64Array(to - from);
  for (let r = from; r < to; r++) {
    net.forward(theta, design.features, r * features);
    out[r - from] = density.evaluate(
      design.moves,
      r * d,
      net.mean,
      net.logScale,
      net.partial,
      false,
    );
  }
  return out;
}
