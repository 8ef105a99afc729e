/**
 * The objective of learning: mean negative log-likelihood of steps, and a Gaussian prior around the skeleton.
 *
 *   J(θ) = −Σ_r ω_r ln p(y_r | x_r, θ) / Σ_r ω_r  +  ½ Σ_i ρ_i (θ_i − θ⁰_i)² / Σ_r ω_r
 *
 * θ⁰ is a constant drift, an EWMA in the size of moves and no network; ρ is one ridge on the skeleton, another, λ, on what
 * the network adds. Full batches in float64, gradient by hand: an engine
 * program looks at tables that all its paths share, so a history would be one path of 64; and the quasi-Newton
 * method wants an exact, deterministic gradient.
 */
import type { Evaluation } from "../nn/index.ts";
import { philoxNormals } from "../random/normals.ts";
import type { Design } from "./design.ts";
import { stepDensity, unpackShocks } from "./density.ts";
import { featuresOf } from "./features.ts";
import { isSkeleton, layoutOf, network, type Shape } from "./transition.ts";

/** Precisions of the prior on what is not shrunk by λ. */
const priors = { bias: 0.1, inner: 1, shock: 4, shockMean: 10 } as const;

/** Precisions of the prior on the two parts of the model, both chosen by folds. */
export interface Ridges {
  readonly skeleton: number;
  /** null leaves the network where it is */
  readonly network: number | null;
}

/** Slopes of ln s in its own averages before anything is seen, by the place of their half-life: a mild EWMA. */
const ewmaSlopes = [0, 0.4, 0.3];

/** Logits and logarithms of sizes of shocks before anything is seen: a quarter of the steps 2 times, 4 % 4 times. */
const shockStart = (kind: number, kinds: number) => ({
  logit: Math.log(0.3) - 1.8 * (kind - 1),
  logSize: kinds === 2 ? Math.log(2.5) : Math.log(2) * kind,
});

/** Centre of the prior and where learning starts; hidden weights are drawn by the seed. */
export function startingPoint(shape: Shape, seed: number): Float64Array {
  const { innerAt, outerAt, shocksAt, features, size, d } = layoutOf(shape);
  const theta = priorCentre(shape);
  const draws = philoxNormals(seed, 0, outerAt - innerAt);
  for (let i = innerAt; i < outerAt; i++) theta[i] = draws[i - innerAt] / Math.sqrt(features);
  // shocks of the same size as each other would move together for ever
  for (let i = shocksAt; i < size; i++) theta[i] += 0.01 * Math.sin(1 + i * d);
  return theta;
}

function priorCentre(shape: Shape): Float64Array {
  const { shocksAt, size, d, linearAt, features } = layoutOf(shape);
  const { kinds, set } = shape;
  const centre = new Float64Array(size);
  const places = new Map<number, number>();
  featuresOf(set).forEach(({ role, component }, f) => {
    if (role !== "scale") return;
    const place = places.get(component) ?? 0;
    places.set(component, place + 1);
    const slope = ewmaSlopes[place] ?? 0;
    centre[linearAt + (d + component) * features + f] = slope * shape.featureSd[f];
  });
  for (let k = 1; k < kinds; k++) {
    const { logit, logSize } = shockStart(k, kinds);
    centre[shocksAt + k - 1] = logit;
    const sizesAt = shocksAt + (kinds - 1) * (1 + d) + (k - 1) * d;
    centre.fill(logSize, sizesAt, sizesAt + d);
  }
  return centre;
}

/** ρ for some ridges; infinite, that is fixed, on the network when it has none. */
function precisions(shape: Shape, ridges: Ridges): Float64Array {
  const layout = layoutOf(shape);
  const { outputs, features, linearAt, innerAt, outerAt, shocksAt, size, d } = layout;
  const network = ridges.network ?? Number.POSITIVE_INFINITY;
  const rho = new Float64Array(size).fill(priors.bias, 0, outputs);
  featuresOf(shape.set).forEach((feature, f) => {
    for (let k = 0; k < outputs; k++) {
      rho[linearAt + k * features + f] = isSkeleton(shape.set, k, feature)
        ? ridges.skeleton
        : network;
    }
  });
  rho.fill(ridges.network === null ? network : priors.inner, innerAt, outerAt);
  rho.fill(network, outerAt, shocksAt);
  rho.fill(priors.shock, shocksAt, size);
  const meansAt = shocksAt + shape.kinds - 1;
  rho.fill(priors.shockMean, meansAt, meansAt + (shape.kinds - 1) * d);
  return rho;
}

/** Value and gradient at a point. */
export interface Likelihood {
  readonly evaluate: (theta: Float64Array) => Evaluation;
}

/** The objective over rows from ≤ row < to; without a ridge the network stays where it is.
 *
 * Shape  weights [row − from], ones when absent
 */
export function likelihood(
  shape: Shape,
  design: Design,
  from: number,
  to: number,
  ridges: Ridges,
  weights?: Float64Array,
): Likelihood {
  const net = network(shape);
  const { d, features, shocksAt, size } = net.layout;
  const centre = priorCentre(shape);
  const rho = precisions(shape, ridges);
  const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? to - from;
  return {
    evaluate(theta) {
      const density = stepDensity(unpackShocks(theta, shocksAt, shape.kinds, d), d);
      const gradient = new Float64Array(size);
      let value = 0;
      for (let r = from; r < to; r++) {
        const weight = weights?.[r - from] ?? 1;
        if (weight === 0) continue;
        net.forward(theta, design.features, r * features);
        const { mean, logScale, partial } = net;
        value -= weight * density.evaluate(design.moves, r * d, mean, logScale, partial, true);
        net.backward(theta, -weight, density.dMean, density.dLogScale, density.dPartial, gradient);
        density.addShockGradient(-weight, gradient, shocksAt);
      }
      for (let i = 0; i < size; i++) {
        if (rho[i] === Number.POSITIVE_INFINITY) {
          gradient[i] = 0;
          continue;
        }
        const away = theta[i] - centre[i];
        value += 0.5 * rho[i] * away * away;
        gradient[i] = (gradient[i] + rho[i] * away) / total;
      }
      return { value: value / total, gradient };
    },
  };
}
