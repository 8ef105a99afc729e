/**
 * The Volterra (Riemann-Liouville) process of rough volatility, exactly, on any grid of times.
 *
 *   Y_t = √(2H) ∫_0^t (t − s)^{H−1/2} dW_s,   Var Y_t = t^{2H}
 *
 * At the grid's times Y is Gaussian together with the increments ΔW of its own driver:
 *
 *   Y_i = Σ_{j≤i} D_ij z_j + Σ_{j≤i} R_ij ζ_j,   z_j = ΔW_j/√Δt_j and ζ_j independent standard normals
 *   D_ij = √(2H)/(H+½) [(t_i − t_{j−1})^{H+½} − (t_i − t_j)^{H+½}] / √Δt_j         (Cov(Y_i, ΔW_j)/√Δt_j)
 *   R Rᵀ = Cov(Y) − D Dᵀ                                                            (Cholesky)
 *   Cov(Y_s, Y_t) = 2H s^{H+½} t^{H−½}/(H+½) · ₂F₁(1, ½−H; 3/2+H; s/t),  s ≤ t
 *
 * R is what an interval's increment does not say about the kernel inside it; it decays fast away from its diagonal,
 * and entries below `negligible` of the row's standard deviation are left out. Nothing else is approximated: this is
 * the joint Cholesky method in blocks, at the price of a hybrid scheme, and the grid need not be uniform.
 *
 * Source  Bayer, Friz & Gatheral (2016), Pricing under rough volatility, section 4; hypergeometric transformation
 *         Abramowitz & Stegun 15.3.6
 */
import { InputError } from "../../num/errors.ts";

/** Coefficients of Y on the two sets of normals. */
export interface VolterraLaw {
  /** H in (0, ½]. */
  readonly hurst: number;
  /** [steps + 1] years, times[0] = 0. */
  readonly times: Float64Array;
  readonly steps: number;
  /** [step][step] row-major, lower triangular: D. */
  readonly driver: Float64Array;
  /** [step][step] row-major, lower triangular: R. */
  readonly residual: Float64Array;
  /** [step] first column of R that counts. */
  readonly residualFrom: Int32Array;
}

/** Entries of R below this share of their row's standard deviation are left out. */
const negligible = 1e-6;

/** The law of Y at times[1] … times[steps].
 *
 * Shape   times [steps + 1], times[0] = 0, increasing
 * Throws  InputError when H is outside (0, ½] or the times do not increase from 0
 */
export function volterraLaw(hurst: number, times: ArrayLike<number>): VolterraLaw {
  const { driver, steps, times: grid } = volterraDriver(hurst, times);
  const residual = covarianceMatrix(hurst, grid);
  for (let i = 0; i < steps; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let m = 0; m <= j; m++) sum += driver[i * steps + m] * driver[j * steps + m];
      residual[i * steps + j] -= sum;
    }
  }
  semidefiniteCholesky(residual, steps);
  const residualFrom = new Int32Array(steps);
  for (let i = 0; i < steps; i++) {
    const bound = negligible * grid[i + 1] ** hurst;
    let j = 0;
    while (j < i && Math.abs(residual[i * steps + j]) < bound) j++;
    residualFrom[i] = j;
  }
  return { hurst, times: grid, steps, driver, residual, residualFrom };
}

/** D alone, for schemes that choose R otherwise.
 *
 * Throws  as `volterraLaw`
 */
export function volterraDriver(
  hurst: number,
  times: ArrayLike<number>,
): Pick<VolterraLaw, "driver" | "steps" | "times"> {
  if (!(hurst > 0 && hurst <= 0.5)) {
    throw new InputError(
      `volterraLaw: hurst: expected a number in (0, 1/2], got ${hurst}. Rough volatility has H near 0.1.`,
    );
  }
  for (let i = 0; i < times.length; i++) {
    if (i === 0 ? times[0] !== 0 : !(times[i] > times[i - 1])) {
      throw new InputError(
        `volterraLaw: times [step + 1]: expected increasing times from 0, got ${times[i]} at ${i}. Start at 0 and sort.`,
      );
    }
  }
  const grid = Float64Array.from(times);
  return { driver: driverMatrix(hurst, grid), steps: grid.length - 1, times: grid };
}

/** Cov(Y_s, Y_t).
 *
 * Units   times in years
 * Accuracy  relative 1e-12 for H ≥ 0.02 (against quadrature in the tests)
 */
export function volterraCovariance(hurst: number, s: number, t: number): number {
  if (s > t) return volterraCovariance(hurst, t, s);
  if (s <= 0) return 0;
  const factor = (2 * hurst * s ** (hurst + 0.5) * t ** (hurst - 0.5)) / (hurst + 0.5);
  return factor * hypergeometric(hurst, s / t);
}

/** ₂F₁(1, ½−H; 3/2+H; z) for z in [0, 1]. */
function hypergeometric(hurst: number, z: number): number {
  if (z <= 0.5) return series(0.5 - hurst, 1.5 + hurst, z);
  if (hurst === 0.5) return 1;
  // F(z) = a S(1−z) + b (1−z)^{2H} z^{−(½+H)}: b from the value at ½, where the plain series converges fast
  const a = (0.5 + hurst) / (2 * hurst);
  const far = (u: number) => a * connected(hurst, u);
  const b =
    (series(0.5 - hurst, 1.5 + hurst, 0.5) - far(0.5)) /
    (0.5 ** (2 * hurst) * 0.5 ** -(0.5 + hurst));
  return far(1 - z) + b * (1 - z) ** (2 * hurst) * z ** -(0.5 + hurst);
}

/** ₂F₁(1, ½−H; 1−2H; u): the first ratio is ½ whatever H. */
function connected(hurst: number, u: number): number {
  let term = 0.5 * u;
  let sum = 1 + term;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 400; n++) {
    term *= ((0.5 - hurst + n) / (1 - 2 * hurst + n)) * u;
    sum += term;
  }
  return sum;
}

/** ₂F₁(1, b; c; z). */
function series(b: number, c: number, z: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 0; Math.abs(term) > 1e-17 * sum && n < 400; n++) {
    term *= ((b + n) / (c + n)) * z;
    sum += term;
  }
  return sum;
}

/** [step][step] D. */
function driverMatrix(hurst: number, times: ArrayLike<number>): Float64Array {
  const steps = times.length - 1;
  const out = new Float64Array(steps * steps);
  const power = hurst + 0.5;
  const scale = Math.sqrt(2 * hurst) / power;
  for (let i = 0; i < steps; i++) {
    const t = times[i + 1];
    let upper = t ** power;
    for (let j = 0; j <= i; j++) {
      const lower = j === i ? 0 : (t - times[j + 1]) ** power;
      out[i * steps + j] = (scale * (upper - lower)) / Math.sqrt(times[j + 1] - times[j]);
      upper = lower;
    }
  }
  return out;
}

/** [step][step] lower triangle of Cov(Y). */
function covarianceMatrix(hurst: number, times: ArrayLike<number>): Float64Array {
  const steps = times.length - 1;
  const out = new Float64Array(steps * steps);
  for (let i = 0; i < steps; i++) {
    for (let j = 0; j < i; j++) {
      out[i * steps + j] = volterraCovariance(hurst, times[j + 1], times[i + 1]);
    }
    out[i * steps + i] = times[i + 1] ** (2 * hurst);
  }
  return out;
}

/** Cholesky factor of a lower triangle in place; columns whose pivot is rounding become 0 (all of them at H = ½). */
function semidefiniteCholesky(a: Float64Array, n: number): void {
  const size = Float64Array.from({ length: n }, (_, i) => Math.abs(a[i * n + i]));
  let largest = 0;
  for (const d of size) largest = Math.max(largest, d);
  for (let j = 0; j < n; j++) {
    let pivot = a[j * n + j];
    for (let m = 0; m < j; m++) pivot -= a[j * n + m] ** 2;
    const root = pivot > 1e-13 * Math.max(size[j], 1e-3 * largest) ? Math.sqrt(pivot) : 0;
    a[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      if (root === 0) {
        a[i * n + j] = 0;
        continue;
      }
      let sum = a[i * n + j];
      for (let m = 0; m < j; m++) sum -= a[i * n + m] * a[j * n + m];
      a[i * n + j] = sum / root;
    }
  }
}

/** Paths per block: its rows stay in the cache. */
const block = 256;

/** Values of Y on paths.
 *
 * Shape   z, zeta [step][path] with rows `stride` apart starting at their `offset` → out [step][path], at times[1] …
 */
export function volterraPaths(
  law: VolterraLaw,
  normals: VolterraNormals,
  out: Float64Array = new Float64Array(law.steps * normals.paths),
): Float64Array {
  const { steps, driver, residual, residualFrom } = law;
  const { z, zeta, paths } = normals;
  for (let from = 0; from < paths; from += block) {
    const to = Math.min(paths, from + block);
    for (let i = 0; i < steps; i++) {
      const row = i * paths;
      out.fill(0, row + from, row + to);
      addRows(out, row, driver, i * steps, 0, i + 1, z, paths, from, to);
      addRows(out, row, residual, i * steps, residualFrom[i], i + 1, zeta, paths, from, to);
    }
  }
  return out;
}

/** Standard normals that make Volterra paths. */
export interface VolterraNormals {
  readonly paths: number;
  /** [step][path]: ΔW/√Δt. */
  readonly z: Float64Array;
  /** [step][path] */
  readonly zeta: Float64Array;
}

/** out[row + p] += Σ_j weights[at + j] source[j][p], four rows at a time. */
function addRows(
  out: Float64Array,
  row: number,
  weights: Float64Array,
  at: number,
  first: number,
  end: number,
  source: Float64Array,
  paths: number,
  from: number,
  to: number,
): void {
  let j = first;
  for (; j + 4 <= end; j += 4) {
    const [a, b, c, d] = [
      weights[at + j],
      weights[at + j + 1],
      weights[at + j + 2],
      weights[at + j + 3],
    ];
    const s0 = j * paths;
    const s1 = s0 + paths;
    const s2 = s1 + paths;
    const s3 = s2 + paths;
    for (let p = from; p < to; p++) {
      out[row + p] +=
        a * source[s0 + p] + b * source[s1 + p] + c * source[s2 + p] + d * source[s3 + p];
    }
  }
  for (; j < end; j++) {
    const a = weights[at + j];
    const s = j * paths;
    for (let p = from; p < to; p++) out[row + p] += a * source[s + p];
  }
}
