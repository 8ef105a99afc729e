/**
 * The paths that a rough Bergomi model is fitted on and published with: one grid, one set of normals.
 *
 * The grid lands on every expiry with steps that grow like √t, and with more steps than that where an interval, the
 * first above all, would be left with a few. Normals depend on the grid and the seed only; the Volterra paths are theirs for each H, and
 * those of H + dH give ∂Y/∂H on the same normals. Everything else (η, ρ, ξ) reuses them.
 */
import {
  driverNormals,
  type IntervalSums,
  intervalSlopes,
  intervalSums,
  type PathSums,
  volterraLaw,
  type VolterraNormals,
  volterraPaths,
} from "../../pricing/index.ts";
import { quadraticGrid, type TimeGrid } from "../../sde/index.ts";

export interface SimulationSettings {
  readonly steps: number;
  readonly firstSteps: number;
  readonly minStepsPerInterval: number;
  readonly pairs: number;
  readonly seed: number;
}

/** A grid that lands on every date, with at least `firstSteps` to the first one. */
function gridOf(years: ArrayLike<number>, settings: SimulationSettings): TimeGrid {
  const { steps, firstSteps, minStepsPerInterval } = settings;
  const rest = { steps, minPerInterval: minStepsPerInterval };
  const plain = quadraticGrid(years, rest);
  const extra = firstSteps - plain.dates[0];
  if (extra <= 0) return plain;
  const first = quadraticGrid([years[0]], { steps: firstSteps, minPerInterval: firstSteps });
  return {
    times: Float64Array.of(...first.times, ...plain.times.subarray(plain.dates[0] + 1)),
    dates: plain.dates.map((step) => step + extra),
    interval: Int32Array.of(...first.interval, ...plain.interval.subarray(plain.dates[0])),
  };
}

/** Paths on one grid. */
export interface Simulation {
  readonly grid: TimeGrid;
  readonly normals: VolterraNormals;
  /** Sums of the intervals between expiries. */
  sums(hurst: number, eta: number): PathSums;
  /** The same with derivatives by H and η. */
  sumsAndSlopes(hurst: number, eta: number): PathSums;
  /** Sums between any steps of the grid. */
  sumsAt(hurst: number, eta: number, cuts: ArrayLike<number>): IntervalSums;
}

/** Step of the difference quotient in H. */
const hurstStep = 1e-4;

/** Paths for dates. Volterra paths of the last H are kept.
 *
 * Shape   years [expiry], increasing
 */
export function simulation(years: ArrayLike<number>, settings: SimulationSettings): Simulation {
  const grid = gridOf(years, settings);
  const normals = driverNormals(grid.times, settings.pairs, settings.seed);
  let known: { readonly hurst: number; readonly paths: Float64Array } | undefined;
  const pathsOf = (hurst: number): Float64Array => {
    if (known?.hurst !== hurst) {
      known = { hurst, paths: volterraPaths(volterraLaw(hurst, grid.times), normals) };
    }
    return known.paths;
  };
  const driver = (hurst: number) => ({
    hurst,
    times: grid.times,
    normals,
    volterra: pathsOf(hurst),
  });
  return {
    grid,
    normals,
    sums: (hurst, eta) => ({ sums: intervalSums(driver(hurst), eta, grid.dates) }),
    sumsAndSlopes: (hurst, eta) => {
      const here = driver(hurst);
      const slope = volterraPaths(volterraLaw(hurst + hurstStep, grid.times), normals);
      for (let i = 0; i < slope.length; i++) slope[i] = (slope[i] - here.volterra[i]) / hurstStep;
      return {
        sums: intervalSums(here, eta, grid.dates),
        slopes: intervalSlopes(here, eta, grid.dates, slope),
      };
    },
    sumsAt: (hurst, eta, cuts) => intervalSums(driver(hurst), eta, cuts),
  };
}
