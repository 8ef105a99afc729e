/**
 * The variance driver's paths and the two integrals that a price needs.
 *
 *   V_i = ξ_i e^{ηY_i − ½η² t_i^{2H}},   A = Σ √V_i √Δt_i z_i,   B = Σ V_i Δt_i    (left points: V at a step's start)
 *   x = ρA − ½ρ²B,   w = (1 − ρ²)B
 *
 * Given the driver the price at T is lognormal with forward e^x and total variance w ("turbocharging"), and
 * E[e^x] = 1 on any grid, because V_i is known before z_i is drawn. ξ is constant on the interval between two cuts
 * (expiries), so that with a = Σ √(V/ξ) √Δt z and b = Σ V/ξ Δt of each interval
 *
 *   A = Σ_m √ξ_m a_m,   B = Σ_m ξ_m b_m
 *
 * ρ and ξ move prices without another look at the paths. Every path has its antithetic one, (Y, W) → −(Y, W): paths
 * [0, pairs) are the drawn ones, [pairs, 2 pairs) their mirror images.
 *
 * Source  Bayer, Friz & Gatheral (2016); McCrickerd & Pakkanen (2018), Turbocharging Monte Carlo pricing for the
 *         rough Bergomi model
 */
import { sobolNoise } from "../../random/index.ts";
import type { VolterraNormals } from "./volterra.ts";

/** Sums over the intervals between cuts. */
export interface IntervalSums {
  readonly pairs: number;
  /** [interval][path]: Σ √(V/ξ) √Δt z. */
  readonly a: readonly Float64Array[];
  /** [interval][path]: Σ V/ξ Δt. */
  readonly b: readonly Float64Array[];
}

/** Scrambled Sobol' normals for the driver, through a bridge in time.
 *
 * Shape   times [steps + 1] → z, zeta [step][pair]
 * Throws  as `sobolNoise`
 */
export function driverNormals(
  times: ArrayLike<number>,
  pairs: number,
  seed: number,
): VolterraNormals {
  const steps = times.length - 1;
  const { increments } = sobolNoise({
    steps,
    factors: 2,
    initialNormals: 0,
    paths: pairs,
    seed,
    times,
  });
  const z = new Float64Array(steps * pairs);
  const zeta = new Float64Array(steps * pairs);
  for (let i = 0; i < steps; i++) {
    const row = 2 * i * pairs;
    z.set(increments.subarray(row, row + pairs), i * pairs);
    zeta.set(increments.subarray(row + pairs, row + 2 * pairs), i * pairs);
  }
  return { paths: pairs, z, zeta };
}

/** What `intervalSums` walks over. */
export interface DriverPaths {
  readonly hurst: number;
  /** [steps + 1] */
  readonly times: Float64Array;
  readonly normals: VolterraNormals;
  /** [step][pair]: Y at times[1] … (of `volterraPaths`). */
  readonly volterra: Float64Array;
}

/** Sums of every interval between cuts.
 *
 * Shape   cuts [interval]: steps after which an interval ends, increasing → a, b [interval][path 2 · pairs]
 */
export function intervalSums(
  { hurst, times, normals, volterra }: DriverPaths,
  eta: number,
  cuts: ArrayLike<number>,
): IntervalSums {
  const pairs = normals.paths;
  const a: Float64Array[] = [];
  const b: Float64Array[] = [];
  let step = 0;
  for (let m = 0; m < cuts.length; m++) {
    const sumA = new Float64Array(2 * pairs);
    const sumB = new Float64Array(2 * pairs);
    for (; step < cuts[m]; step++) {
      const dt = times[step + 1] - times[step];
      const root = Math.sqrt(dt);
      const row = step * pairs;
      const before = row - pairs;
      const scale = Math.exp(-0.25 * eta * eta * times[step] ** (2 * hurst));
      for (let p = 0; p < pairs; p++) {
        const e = step === 0 ? 1 : Math.exp(0.5 * eta * volterra[before + p]);
        const up = scale * e;
        const down = scale / e;
        const shock = root * normals.z[row + p];
        sumA[p] += up * shock;
        sumA[pairs + p] -= down * shock;
        sumB[p] += up * up * dt;
        sumB[pairs + p] += down * down * dt;
      }
    }
    a.push(sumA);
    b.push(sumB);
  }
  return { pairs, a, b };
}

/** Derivatives of `intervalSums` by η and by H.
 *
 * Shape   slope [step][pair] = ∂Y/∂H → sums as `intervalSums`, one pair of tables for each parameter
 */
export function intervalSlopes(
  { hurst, times, normals, volterra }: DriverPaths,
  eta: number,
  cuts: ArrayLike<number>,
  slope: Float64Array,
): { readonly byEta: IntervalSums; readonly byHurst: IntervalSums } {
  const pairs = normals.paths;
  const tables = () => Array.from(cuts, () => new Float64Array(2 * pairs));
  const byEta = { pairs, a: tables(), b: tables() };
  const byHurst = { pairs, a: tables(), b: tables() };
  // the first step's variance is ξ whatever the parameters
  for (let m = 0, step = 1; m < cuts.length; m++) {
    const [ea, eb, ha, hb] = [byEta.a[m], byEta.b[m], byHurst.a[m], byHurst.b[m]];
    for (; step < cuts[m]; step++) {
      const dt = times[step + 1] - times[step];
      const root = Math.sqrt(dt);
      const row = step * pairs;
      const before = row - pairs;
      const t2h = times[step] ** (2 * hurst);
      const scale = Math.exp(-0.25 * eta * eta * t2h);
      const drift = eta * eta * t2h * Math.log(times[step]);
      for (let p = 0; p < pairs; p++) {
        const y = volterra[before + p];
        const dy = eta * slope[before + p];
        const e = Math.exp(0.5 * eta * y);
        const up = scale * e;
        const down = scale / e;
        const shock = 0.5 * root * normals.z[row + p];
        // ∂ ln V by η and by H, on the path and on its mirror image
        const etaUp = y - eta * t2h;
        const etaDown = -y - eta * t2h;
        const hurstUp = dy - drift;
        const hurstDown = -dy - drift;
        ea[p] += etaUp * up * shock;
        ea[pairs + p] -= etaDown * down * shock;
        ha[p] += hurstUp * up * shock;
        ha[pairs + p] -= hurstDown * down * shock;
        const vUp = up * up * dt;
        const vDown = down * down * dt;
        eb[p] += etaUp * vUp;
        eb[pairs + p] += etaDown * vDown;
        hb[p] += hurstUp * vUp;
        hb[pairs + p] += hurstDown * vDown;
      }
    }
  }
  return { byEta, byHurst };
}

/** One date's conditional law on every path: [path 2 · pairs] log forward x and total variance w. */
export interface ConditionalLaw {
  readonly logForward: Float64Array;
  readonly totalVariance: Float64Array;
}

/** The conditional law at the end of each interval.
 *
 * Shape   xi [interval] forward variance → [interval]
 */
export function conditionalLaws(
  sums: IntervalSums,
  rho: number,
  xi: ArrayLike<number>,
): ConditionalLaw[] {
  const paths = 2 * sums.pairs;
  const A = new Float64Array(paths);
  const B = new Float64Array(paths);
  return sums.a.map((a, m) => {
    const b = sums.b[m];
    const root = Math.sqrt(xi[m]);
    const logForward = new Float64Array(paths);
    const totalVariance = new Float64Array(paths);
    for (let p = 0; p < paths; p++) {
      A[p] += root * a[p];
      B[p] += xi[m] * b[p];
      logForward[p] = rho * A[p] - 0.5 * rho * rho * B[p];
      totalVariance[p] = (1 - rho * rho) * B[p];
    }
    return { logForward, totalVariance };
  });
}
