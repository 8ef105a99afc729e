/**
 * The contract between a traced program and whatever runs it.
 *
 * A backend `prepare`s a program for a `Plan` (grid, dates, rows, path count); the resulting `Runner`
 * holds memory and threads until `free()`. All results are plain float64 arrays. The same plan, seed and
 * parameters give bit-identical results on one backend whatever the number of threads: paths are cut into
 * blocks of fixed size, blocks into chunks of fixed membership, partial sums are float64 and added in chunk order.
 *
 * Axes, always in this order: [row], [date], [component], [step], [factor], [path], [param].
 */
import type { Program } from "../ir/node.ts";
import type { NoiseOptions } from "../random/noise.ts";

/** Everything about a simulation that is data and not code. */
export interface Plan {
  readonly steps: number;
  /** [column][step]: one array of length `steps` per name in `program.stepTables`. */
  readonly stepTables: readonly ArrayLike<number>[];
  /** Steps after which the state is observed: increasing, each in 1 … steps. */
  readonly dates: ArrayLike<number>;
  /** Index into `dates` of each row, non-decreasing: [row]. Empty when the program has no rows. */
  readonly rowDate: ArrayLike<number>;
  /** [column][row]: one array of length rows per name in `program.rowTables`. */
  readonly rowTables: readonly ArrayLike<number>[];
  /** Number of paths; a multiple of 64. */
  readonly paths: number;
}

/** Standard normals of a run: float32 arrays as made by `random/noise.ts`. */
export interface PathNoise {
  /** [step][factor][path] */
  readonly increments: Float32Array;
  /** [initialNormal][path] */
  readonly initial: Float32Array;
}

/** Which quasi-random points, and on which bridge: see `NoiseOptions`. */
export type SobolPoints = Pick<
  NoiseOptions,
  "seed" | "times" | "clocks" | "scale" | "stride" | "first"
>;

export interface RowMeans {
  /** [row]: mean over the paths of the row's value. */
  readonly mean: Float64Array;
  /** [row]: standard error of that mean as if the paths were independent (an upper bound in practice for Sobol' noise). */
  readonly standardError: Float64Array;
}

export interface Gradient extends RowMeans {
  /** [param]: sum over rows of cotangent[row] · d mean[row] / d theta. */
  readonly gradient: Float64Array;
}

export interface Jacobian extends RowMeans {
  /** [row][param]: d mean[row] / d theta, row-major. */
  readonly jacobian: Float64Array;
}

/** A program made ready for one plan. Synchronous; only its creation is not. */
export interface Runner {
  readonly program: Program;
  readonly plan: Plan;
  readonly threads: number;
  /** Replaces the noise (otherwise the noise of the last call stays). */
  setNoise(noise: PathNoise): void;
  /**
   * The runner's own noise, to be filled in place where a copy would cost memory; zeros until something is drawn.
   * Filling it replaces the noise as `setNoise` does.
   */
  noise(): PathNoise;
  /**
   * Replaces the noise by scrambled Sobol' normals through a bridge: `sobolNoise` of random/noise.ts to float32 accuracy,
   * made where they are read. The same points give the same bits whatever the number of threads.
   */
  drawSobol(points: SobolPoints): void;
  /** Row means at `theta` [param]. */
  means(theta: Float64Array): RowMeans;
  /**
   * Row means and the gradient of a loss that depends on them.
   * `cotangents(mean)` returns d loss / d mean[row].
   */
  gradient(theta: Float64Array, cotangents: (mean: Float64Array) => Float64Array): Gradient;
  /** Row means and the whole Jacobian, by one reverse sweep per observed value and date on the paths of the plan. */
  jacobian(theta: Float64Array): Jacobian;
  /** Observed values of every path: [date][component][path]. */
  observations(theta: Float64Array): Float32Array | Float64Array;
  /** Ends threads, releases memory. */
  free(): void;
}

export interface Backend {
  readonly name: string;
  prepare(program: Program, plan: Plan, options?: { readonly threads?: number }): Promise<Runner>;
}
