/**
 * The hybrid scheme with κ = 1, on any grid: the near kernel exactly, the far kernel by its mean over each interval.
 *
 *   Y_i = √(2H) [∫_{t_{i−1}}^{t_i} (t_i − s)^{H−½} dW_s + Σ_{j<i} mean_j (t_i − s)^{H−½} ΔW_j]
 *
 * The mean of the kernel over an interval is the scheme's optimal b_k, and it is Cov(Y_i, ΔW_j)/Δt_j: the D of
 * volterra.ts exactly. So the scheme is the exact law with everything off the diagonal of R left out, and costs half.
 * What it loses is the variance of the far kernel within intervals.
 *
 * Source  Bennedsen, Lunde & Pakkanen (2017), Hybrid scheme for Brownian semistationary processes, (2.15) and (3.6)
 */
import { type VolterraLaw, volterraDriver } from "./volterra.ts";

/** The scheme's law on a grid.
 *
 * Shape   times [steps + 1], times[0] = 0, increasing
 * Throws  as `volterraLaw`
 */
export function hybridLaw(hurst: number, times: ArrayLike<number>): VolterraLaw {
  const { driver, steps, times: grid } = volterraDriver(hurst, times);
  const residual = new Float64Array(steps * steps);
  const residualFrom = new Int32Array(steps);
  for (let i = 0; i < steps; i++) {
    const near = (grid[i + 1] - grid[i]) ** (2 * hurst);
    const at = i * steps + i;
    residual[at] = Math.sqrt(Math.max(0, near - driver[at] ** 2));
    residualFrom[i] = i;
  }
  return { hurst, times: grid, steps, driver, residual, residualFrom };
}
