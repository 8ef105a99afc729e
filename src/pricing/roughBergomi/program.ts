/**
 * Rough Bergomi as an engine program: differentiable by η, ρ and every forward variance, on any backend.
 *
 * The engine's programs are Markov: a step sees the state, tables and fresh normals, and Y depends on its whole past.
 * But Y depends on H and the noise alone, never on η, ρ or ξ, so it is made outside (volterra.ts) and enters as a
 * second factor of the noise: the step that starts at t_i gets
 *
 *   z[0] = ΔW_i/√Δt_i,   z[1] = Y(t_i)/t_i^H   (a standard normal, though not independent of the past; 0 at t = 0)
 *
 * and the table `deviation` holds t_i^H. What remains is a program of one line per state:
 *
 *   V = ξ_j exp(η t^H z₁ − ½η² t^{2H}),   x ← x + ρ√(VΔt) z₀ − ½ρ²VΔt,   w ← w + (1 − ρ²)VΔt
 *
 * with options priced by Black's formula given (x, w). The alternative, a Markov approximation of Y by many
 * Ornstein-Uhlenbeck factors, would be a program to the letter and an error with it. The price of this one: H is no
 * parameter. Its derivative is the difference of two noises (models/roughBergomi/simulation.ts).
 *
 * With `spot: true` the orthogonal normal is drawn too, z[2], and the state is the spot's own path: for payoffs and
 * hedges along it.
 */
import type { PathNoise, Plan } from "../../backend/backend.ts";
import { InputError, ShapeError } from "../../num/errors.ts";
import {
  add,
  defineProgram,
  exp,
  max,
  mul,
  type Num,
  packParams,
  type Program,
  scalar,
  sqrt,
  square,
  sub,
  vector,
} from "../../ir/index.ts";
import { pseudoRandomNoise } from "../../random/index.ts";
import { conditionalBlack, type TimeGrid } from "../../sde/index.ts";
import { driverNormals } from "./drivers.ts";
import { volterraLaw, volterraPaths } from "./volterra.ts";

/** What the program is made for. */
export interface RoughBergomiProgramOptions {
  /** Intervals with a forward variance of their own. */
  readonly intervals: number;
  /** Simulate the spot itself, not its law given the variance driver. */
  readonly spot?: boolean;
}

/** The program; parameters `eta`, `rho` and `logXi` [interval].
 *
 * Throws  InputError unless there is an interval
 */
export function roughBergomiProgram({ intervals, spot }: RoughBergomiProgramOptions): Program {
  if (!(Number.isInteger(intervals) && intervals > 0)) {
    throw new InputError(
      `roughBergomiProgram: intervals: expected a positive integer, got ${intervals}. One for each expiry.`,
    );
  }
  const params = { eta: scalar(), rho: scalar(), logXi: vector(intervals) };
  const stepTables = ["dt", "interval", "deviation"] as const;
  const rowTables = ["strike", "logStrike", "sign"] as const;
  const variance = (eta: Num, logXi: Num, deviation: Num, y: Num) => {
    const size = mul(eta, deviation);
    return exp(add(logXi, sub(mul(size, y), mul(0.5, square(size)))));
  };
  if (spot === true) {
    return defineProgram({
      name: "rough Bergomi, spot",
      params,
      factors: 3,
      initialNormals: 0,
      stepTables: [...stepTables],
      rowTables: [...rowTables],
      init: () => ({ x: 0 }),
      step: ({ p, s, z, t }) => {
        const v = mul(variance(p.eta, p.logXi.at(t.interval), t.deviation, z[1]), t.dt);
        const normal = add(mul(p.rho, z[0]), mul(sqrt(sub(1, square(p.rho))), z[2]));
        return { x: add(s.x, sub(mul(sqrt(v), normal), mul(0.5, v))) };
      },
      observe: ({ s }) => ({ spot: exp(s.x) }),
      row: ({ o, t }) => max(mul(t.sign, sub(o.spot, t.strike)), 0),
    });
  }
  return defineProgram({
    name: "rough Bergomi",
    params,
    factors: 2,
    initialNormals: 0,
    stepTables: [...stepTables],
    rowTables: [...rowTables],
    init: () => ({ x: 0, w: 0 }),
    step: ({ p, s, z, t }) => {
      const v = mul(variance(p.eta, p.logXi.at(t.interval), t.deviation, z[1]), t.dt);
      const correlated = mul(square(p.rho), v);
      return {
        x: add(s.x, sub(mul(mul(p.rho, sqrt(v)), z[0]), mul(0.5, correlated))),
        w: add(s.w, sub(v, correlated)),
      };
    },
    observe: ({ s }) => ({ x: s.x, w: s.w }),
    row: ({ o, t }) =>
      conditionalBlack({ x: o.x, w: o.w, strike: t.strike, logStrike: t.logStrike, sign: t.sign }),
  });
}

/** Flat parameters of the program. */
export const roughBergomiTheta = (
  program: Program,
  { eta, rho, xi }: { readonly eta: number; readonly rho: number; readonly xi: readonly number[] },
): Float64Array => packParams(program, { eta, rho, logXi: xi.map(Math.log) });

/** Options of a plan: columns [row], ordered by date. */
export interface RoughBergomiRows {
  /** Index into the grid's dates. */
  readonly dateOf: ArrayLike<number>;
  /** ln(K/F) */
  readonly logMoneyness: ArrayLike<number>;
  /** +1 call, −1 put. */
  readonly sign: ArrayLike<number>;
}

/** Plan on a grid: H enters by the table of t^H, and by the noise. */
export function roughBergomiPlan(
  grid: TimeGrid,
  hurst: number,
  rows: RoughBergomiRows,
  paths: number,
): Plan {
  const steps = grid.interval.length;
  const column = (f: (i: number) => number) => Float64Array.from({ length: steps }, (_, i) => f(i));
  return {
    steps,
    stepTables: [
      column((i) => grid.times[i + 1] - grid.times[i]),
      Float64Array.from(grid.interval),
      column((i) => grid.times[i] ** hurst),
    ],
    dates: grid.dates,
    rowDate: Int32Array.from(rows.dateOf),
    rowTables: [
      Float64Array.from(rows.logMoneyness, Math.exp),
      Float64Array.from(rows.logMoneyness),
      Float64Array.from(rows.sign),
    ],
    paths,
  };
}

/** What the noise is made of. */
export interface RoughBergomiNoiseOptions {
  readonly hurst: number;
  readonly times: ArrayLike<number>;
  /** Even: the second half are the antithetic paths. */
  readonly paths: number;
  readonly seed: number;
  /** Add the orthogonal normal of `spot: true`. */
  readonly spot?: boolean;
  /** The runner's own arrays, to be filled in place. */
  readonly into?: PathNoise;
}

/** Noise of the program: increments of the driver, Y at each step's start, and the orthogonal normal if asked.
 *
 * Shape   → increments [step][factor][path]
 * Throws  InputError when paths is odd, ShapeError when `into` does not fit
 */
export function roughBergomiNoise(options: RoughBergomiNoiseOptions): PathNoise {
  const { hurst, times, paths, seed, spot } = options;
  if (!(Number.isInteger(paths) && paths > 0 && paths % 2 === 0)) {
    throw new InputError(
      `roughBergomiNoise: paths: expected a positive even integer, got ${paths}. Half are mirror images.`,
    );
  }
  const steps = times.length - 1;
  const factors = spot === true ? 3 : 2;
  const increments = options.into?.increments ?? new Float32Array(steps * factors * paths);
  if (increments.length !== steps * factors * paths) {
    throw new ShapeError(
      `roughBergomiNoise: into: expected increments [step ${steps}][factor ${factors}][path ${paths}], got ${increments.length} numbers. Take them from the runner of the same plan.`,
    );
  }
  const pairs = paths / 2;
  const normals = driverNormals(times, pairs, seed);
  const law = volterraLaw(hurst, times);
  const volterra = volterraPaths(law, normals);
  const orthogonal =
    spot === true
      ? pseudoRandomNoise({ steps, factors: 1, initialNormals: 0, paths, seed }).increments
      : undefined;
  for (let step = 0; step < steps; step++) {
    const deviation = times[step] ** hurst;
    const z = factors * step * paths;
    const y = z + paths;
    for (let p = 0; p < pairs; p++) {
      const normal = normals.z[step * pairs + p];
      const value = step === 0 ? 0 : volterra[(step - 1) * pairs + p] / deviation;
      increments[z + p] = normal;
      increments[z + pairs + p] = -normal;
      increments[y + p] = value;
      increments[y + pairs + p] = -value;
    }
    if (orthogonal !== undefined) {
      increments.set(orthogonal.subarray(step * paths, (step + 1) * paths), y + paths);
    }
  }
  return { increments, initial: options.into?.initial ?? new Float32Array(0) };
}
