/**
 * Lognormal mixtures: what a simulated stochastic-volatility model says about each date.
 *
 * Given the variance driver's path p, the underlying at a date is lognormal with effective forward e^{x_p}
 * (per unit of today's forward) and total variance w_p, so
 *
 *   C(k) = mean_p Black(forward e^{x_p}, strike e^k, variance w_p)
 *
 * The sample mean of e^{x_p} is 1 only up to Monte Carlo error m = ln mean e^{x_p}; everywhere in this folder
 * a node means its mixture divided by that mean, which is what makes its prices satisfy put-call parity.
 *
 * Source: Hull & White (1987), Romano & Touzi (1997), "mixing".
 */
import { InputError, ShapeError } from "../num/errors.ts";
import { normCdf } from "../num/normal.ts";

/** One date's mixture. */
export interface MixtureNode {
  /** [path] ln of the effective forward per unit of today's forward. */
  readonly logForward: Float32Array | Float64Array;
  /** [path] effective total variance, ≥ 0. */
  readonly totalVariance: Float32Array | Float64Array;
  /** [path] weights, ≥ 0, of any sum; all the same when absent. */
  readonly weight?: Float64Array;
}

/** Mixtures by node: an array, or something that makes each when it is asked, so that they need not all be held. */
export interface MixtureNodes {
  readonly length: number;
  at(n: number): MixtureNode | undefined;
}

/** Mixtures on an increasing grid of times. */
export interface SurfaceInput {
  /** [node] years from the valuation date, increasing, positive. */
  readonly years: ArrayLike<number>;
  /** [node] */
  readonly nodes: MixtureNodes;
}

/** The mixture of a node.
 *
 * Throws  ShapeError when there is none
 */
export function nodeAt(nodes: MixtureNodes, n: number): MixtureNode {
  const node = nodes.at(n);
  if (node === undefined) {
    throw new ShapeError(
      `buildSurface: expected a mixture for node ${n} of ${nodes.length}, got none.`,
    );
  }
  return node;
}

/** Smallest path variance told apart from 0: a total standard deviation of 1e-6. */
export const smallestVariance = 1e-12;

/** Refuses grids and mixtures that have no surface.
 *
 * Throws  ShapeError when array lengths differ; InputError when times do not increase or a value is not finite
 */
export function checkSurfaceInput(input: SurfaceInput): void {
  const { years, nodes } = input;
  if (nodes.length === 0 || years.length !== nodes.length) {
    throw new ShapeError(
      `buildSurface: expected one mixture for each of years [node ${years.length}], got ${nodes.length}. Pass at least one node.`,
    );
  }
  for (let n = 0; n < nodes.length; n++) {
    const t = years[n];
    const before = n === 0 ? 0 : years[n - 1];
    if (!(t > before && Number.isFinite(t))) {
      throw new InputError(
        `buildSurface: expected years to increase from above 0, got ${t} after ${before} at node ${n}. Sort and deduplicate the grid.`,
      );
    }
    checkNode(nodeAt(nodes, n), n);
  }
}

function checkNode(node: MixtureNode, n: number): void {
  const { logForward, totalVariance } = node;
  if (logForward.length === 0 || logForward.length !== totalVariance.length) {
    throw new ShapeError(
      `buildSurface: expected logForward [path] and totalVariance [path] of one length at node ${n}, got ${logForward.length} and ${totalVariance.length}. Read both from the same run.`,
    );
  }
  if (node.weight !== undefined && node.weight.length !== logForward.length) {
    throw new ShapeError(
      `buildSurface: expected weight [path ${logForward.length}] at node ${n}, got ${node.weight.length} numbers. Give every path a weight, or none.`,
    );
  }
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let weights = 0;
  for (let p = 0; p < logForward.length; p++) {
    const w = totalVariance[p];
    sum += logForward[p] + w;
    if (w < least) least = w;
    const weight = weightOf(node, p);
    weights += weight >= 0 ? weight : Number.NaN;
  }
  if (!(weights > 0 && Number.isFinite(weights))) {
    throw new InputError(
      `buildSurface: expected weights ≥ 0 with a positive, finite sum at node ${n}, got a sum of ${weights}. Check the probabilities of the mixture.`,
    );
  }
  if (!Number.isFinite(sum) || least < 0) {
    throw new InputError(
      `buildSurface: expected finite logForward and totalVariance ≥ 0 at node ${n}, got a value that is not. Check the simulation for overflow.`,
    );
  }
}

/** A path's weight. */
export const weightOf = (node: MixtureNode, path: number): number => node.weight?.[path] ?? 1;

/** ln mean e^{x_p}: the Monte Carlo error of the forward, in units of log-moneyness. */
export function logMeanForward(node: MixtureNode): number {
  let sum = 0;
  let total = 0;
  for (let p = 0; p < node.logForward.length; p++) {
    const weight = weightOf(node, p);
    sum += weight * Math.exp(node.logForward[p]);
    total += weight;
  }
  return Math.log(sum / total);
}

/** Out-of-the-money price of the normalised mixture by the plain sum: the slow version that tests trust.
 *
 * Units   k = ln(K/F); price in units of F: a call where k > 0, else a put
 * Throws  nothing; pass `stride` > 1 for every stride-th path only
 */
export function mixtureOtmPrice(
  node: MixtureNode,
  k: number,
  logMean = logMeanForward(node),
  stride = 1,
): number {
  const sign = k > 0 ? 1 : -1;
  const strike = Math.exp(k);
  let sum = 0;
  let total = 0;
  for (let p = 0; p < node.logForward.length; p += stride) {
    const x = node.logForward[p] - logMean;
    const s = Math.sqrt(Math.max(node.totalVariance[p], smallestVariance));
    const d1 = (x - k) / s + s / 2;
    const weight = weightOf(node, p);
    sum += weight * sign * (Math.exp(x) * normCdf(sign * d1) - strike * normCdf(sign * (d1 - s)));
    total += weight;
  }
  return sum / total;
}
