/**
 * The law of one observation step: a diffusion on a random clock, as a mixture of normals with one correlation.
 *
 *   y_j = m_j + s_j u_j,   u = a_k − Σ_l π_l a_l + diag(c_k) C ε,   k ~ π,  ε ~ N(0, I)
 *
 * k = 0 is the diffusion itself (a_0 = 0, c_0 = 1); k ≥ 1 are kinds of shocks, each with its own probability, mean
 * and size per component: fat tails and skewness. The shocks are compensated, so m is the mean whatever they are.
 * C is the Cholesky factor of a correlation matrix from canonical partial correlations w in (−1, 1):
 *
 *   C_i0 = w_i0,  C_ij = w_ij √(Π_{l<j} (1 − w_il²)),  C_ii = √(Π_{l<i} (1 − w_il²)) > 0
 *
 * The density of y is exact for this law, every component's margin is a mixture of normals in closed form, and the
 * gradient is by hand, checked against central differences. Given k it is an Euler-Maruyama step.
 *
 * Source of the parametrisation of C: Lewandowski, Kurowicka & Joe (2009), J. Multivariate Analysis 100.
 */

/** Shapes of the shocks, [kind][component], kind 0 the diffusion. */
export interface Shocks {
  /** [kind], sums to one */
  readonly probability: Float64Array;
  /** [kind][component], in units of s */
  readonly mean: Float64Array;
  /** [kind][component], logarithms of sizes in units of s */
  readonly logSize: Float64Array;
}

/** Number of partial correlations of d components. */
export const correlationCount = (d: number): number => (d * (d - 1)) / 2;

/** Number of free parameters of the shocks: K − 1 logits, then means, then logarithms of sizes. */
export const shockParameterCount = (kinds: number, d: number): number => (kinds - 1) * (1 + 2 * d);

/** Shocks from their parameters, from `at` on. */
export function unpackShocks(theta: Float64Array, at: number, kinds: number, d: number): Shocks {
  const probability = new Float64Array(kinds);
  let total = 1;
  probability[0] = 1;
  for (let k = 1; k < kinds; k++) {
    probability[k] = Math.exp(theta[at + k - 1]);
    total += probability[k];
  }
  for (let k = 0; k < kinds; k++) probability[k] /= total;
  const mean = new Float64Array(kinds * d);
  const logSize = new Float64Array(kinds * d);
  const first = at + kinds - 1;
  for (let i = 0; i < (kinds - 1) * d; i++) {
    mean[d + i] = theta[first + i];
    logSize[d + i] = theta[first + (kinds - 1) * d + i];
  }
  return { probability, mean, logSize };
}

/** Means of the shocks after compensation, [kind][component]. */
export function centredMeans(shocks: Shocks, d: number): Float64Array {
  const { probability, mean } = shocks;
  const centred = mean.slice();
  for (let j = 0; j < d; j++) {
    let average = 0;
    for (let k = 0; k < probability.length; k++) average += probability[k] * mean[k * d + j];
    for (let k = 0; k < probability.length; k++) centred[k * d + j] -= average;
  }
  return centred;
}

/** Cholesky factor [i][j] of the correlation matrix of partial correlations w, row by row below the diagonal. */
export function correlationFactor(w: Float64Array, d: number, out: Float64Array): Float64Array {
  out.fill(0);
  let at = 0;
  for (let i = 0; i < d; i++) {
    let rest = 1;
    for (let j = 0; j < i; j++) {
      const root = Math.sqrt(rest);
      out[i * d + j] = w[at] * root;
      rest *= 1 - w[at] * w[at];
      at += 1;
    }
    out[i * d + i] = Math.sqrt(rest);
  }
  return out;
}

/** Log density and its gradient, with the memory they work in. */
export interface StepDensity {
  /** log p(y) in units of y; fills the gradients below when `withGradient`. */
  evaluate(
    y: Float64Array,
    yAt: number,
    mean: Float64Array,
    logScale: Float64Array,
    partial: Float64Array,
    withGradient: boolean,
  ): number;
  /** [component] */
  readonly dMean: Float64Array;
  /** [component] */
  readonly dLogScale: Float64Array;
  /** [pair] */
  readonly dPartial: Float64Array;
  /** Sums d log p / d shock parameters of every evaluation with gradient, times its weight. */
  addShockGradient(weight: number, out: Float64Array, at: number): void;
}

/** The memory of one density: what evaluation leaves for the gradients. */
interface Work {
  readonly d: number;
  readonly kinds: number;
  readonly shocks: Shocks;
  /** [kind][component] compensated means and sizes, in units of s */
  readonly centre: Float64Array;
  readonly size: Float64Array;
  /** [kind] logarithms of all that does not depend on y */
  readonly logNorm: Float64Array;
  /** [kind] log densities, then shares of each kind in the density */
  readonly share: Float64Array;
  /** [component] moves in units of s */
  readonly u: Float64Array;
  /** [i][j] C and its cotangent */
  readonly factor: Float64Array;
  readonly dFactor: Float64Array;
  /** [kind][component] v = (u − centre)/size, z = C⁻¹v, g = C⁻ᵀz */
  readonly v: Float64Array;
  readonly z: Float64Array;
  readonly g: Float64Array;
  /** [component] */
  readonly dU: Float64Array;
}

function workOf(shocks: Shocks, d: number): Work {
  const { probability, logSize } = shocks;
  const kinds = probability.length;
  const zeros = (length: number): Float64Array => new Float64Array(length);
  const logNorm = probability.map((p, k) => {
    let sum = Math.log(p) - 0.5 * d * Math.log(2 * Math.PI);
    for (let j = 0; j < d; j++) sum -= logSize[k * d + j];
    return sum;
  });
  return {
    d,
    kinds,
    shocks,
    centre: centredMeans(shocks, d),
    size: logSize.map(Math.exp),
    logNorm,
    share: zeros(kinds),
    u: zeros(d),
    factor: zeros(d * d),
    dFactor: zeros(d * d),
    v: zeros(kinds * d),
    z: zeros(kinds * d),
    g: zeros(kinds * d),
    dU: zeros(d),
  };
}

/** The density for given shocks. */
export function stepDensity(shocks: Shocks, d: number): StepDensity {
  const work = workOf(shocks, d);
  const { kinds, logNorm, share, u, factor } = work;
  const dMean = new Float64Array(d);
  const dLogScale = new Float64Array(d);
  const dPartial = new Float64Array(correlationCount(d));
  return {
    dMean,
    dLogScale,
    dPartial,
    evaluate(y, yAt, mean, logScale, partial, withGradient) {
      let base = 0;
      for (let j = 0; j < d; j++) {
        u[j] = (y[yAt + j] - mean[j]) * Math.exp(-logScale[j]);
        base -= logScale[j];
      }
      correlationFactor(partial, d, factor);
      for (let j = 0; j < d; j++) base -= Math.log(factor[j * d + j]);
      let most = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < kinds; k++) {
        share[k] = logNorm[k] - 0.5 * squareOf(work, k);
        if (share[k] > most) most = share[k];
      }
      let sum = 0;
      for (let k = 0; k < kinds; k++) {
        share[k] = Math.exp(share[k] - most);
        sum += share[k];
      }
      if (withGradient) {
        for (let k = 0; k < kinds; k++) share[k] /= sum;
        backward(work);
        for (let j = 0; j < d; j++) {
          dMean[j] = -work.dU[j] * Math.exp(-logScale[j]);
          dLogScale[j] = -1 - u[j] * work.dU[j];
        }
        partialGradient(work.dFactor, partial, d, dPartial);
      }
      return base + most + Math.log(sum);
    },
    addShockGradient: (weight, out, at) => addShockGradient(work, weight, out, at),
  };
}

/** |z_k|², filling v_k and z_k. */
function squareOf({ d, u, centre, size, factor, v, z }: Work, k: number): number {
  let square = 0;
  for (let i = 0; i < d; i++) {
    const at = k * d + i;
    v[at] = (u[i] - centre[at]) / size[at];
    let sum = v[at];
    for (let j = 0; j < i; j++) sum -= factor[i * d + j] * z[k * d + j];
    z[at] = sum / factor[i * d + i];
    square += z[at] * z[at];
  }
  return square;
}

/** Cotangents of u and C: g = C⁻ᵀz, d log p_k / dv = −g, d log p_k / dC_ij = g_i z_j. */
function backward({ d, kinds, share, size, factor, dFactor, z, g, dU }: Work): void {
  dFactor.fill(0);
  dU.fill(0);
  for (let k = 0; k < kinds; k++) {
    for (let i = d - 1; i >= 0; i--) {
      let sum = z[k * d + i];
      for (let j = i + 1; j < d; j++) sum -= factor[j * d + i] * g[k * d + j];
      g[k * d + i] = sum / factor[i * d + i];
    }
    for (let i = 0; i < d; i++) {
      const weighted = share[k] * g[k * d + i];
      dU[i] -= weighted / size[k * d + i];
      for (let j = 0; j <= i; j++) dFactor[i * d + j] += weighted * z[k * d + j];
    }
  }
  for (let i = 0; i < d; i++) dFactor[i * d + i] -= 1 / factor[i * d + i];
}

/** centre_kj = a_kj − Σ_l π_l a_lj moves with the probabilities: dπ_l/d logit_k = π_l (δ_lk − π_k). */
function addShockGradient(
  { d, kinds, shocks, centre, share, size, v, g, dU }: Work,
  weight: number,
  out: Float64Array,
  at: number,
): void {
  const { probability } = shocks;
  const first = at + kinds - 1;
  for (let k = 1; k < kinds; k++) {
    let dLogit = share[k] - probability[k];
    for (let j = 0; j < d; j++) {
      const kj = k * d + j;
      dLogit += dU[j] * probability[k] * centre[kj];
      const direct = (share[k] * g[kj]) / size[kj];
      out[first + (k - 1) * d + j] += weight * (direct + dU[j] * probability[k]);
      out[first + (kinds - 1 + k - 1) * d + j] += weight * share[k] * (g[kj] * v[kj] - 1);
    }
    out[at + k - 1] += weight * dLogit;
  }
}

/** d/dw from d/dC, by the recursion of the head of this file. */
function partialGradient(
  dFactor: Float64Array,
  w: Float64Array,
  d: number,
  out: Float64Array,
): void {
  let rowAt = 0;
  for (let i = 0; i < d; i++) {
    // rest_j = Π_{l<j} (1 − w_l²); walk back with the cotangent of rest
    let rest = 1;
    for (let j = 0; j < i; j++) rest *= 1 - w[rowAt + j] * w[rowAt + j];
    let dRest = i === 0 ? 0 : dFactor[i * d + i] / (2 * Math.sqrt(rest));
    for (let j = i - 1; j >= 0; j--) {
      const wj = w[rowAt + j];
      const before = rest / (1 - wj * wj);
      const root = Math.sqrt(before);
      out[rowAt + j] = dFactor[i * d + j] * root - 2 * wj * before * dRest;
      dRest = dRest * (1 - wj * wj) + (dFactor[i * d + j] * wj) / (2 * root);
      rest = before;
    }
    rowAt += i;
  }
}
