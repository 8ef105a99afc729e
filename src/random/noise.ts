/**
 * The normals that drive a simulation: quasi-random (scrambled Sobol' points through a Brownian
 * bridge) or pseudo-random (Philox), with the same shape and the same law.
 *
 *   increments[step][factor][path]   unit-variance Brownian increments, (W(t_{k+1}) - W(t_k))/√dt
 *   initial[initialNormal][path]     normals known at time 0
 *
 * Order of the Sobol' dimensions, most even first: the initial normals; then bridge level by bridge
 * level, and within each split factor by factor. Dimensions past the table (SOBOL_DIMENSIONS) take
 * Philox normals, which are the finest splits and hold little of the variance.
 * Every value is a pure function of the options; a path's pseudo-random values do not depend on how
 * many paths there are. For quasi-random noise choose a power of two of paths.
 */
import { InputError, ShapeError } from "../num/errors.ts";
import { bridgeSplits, splitIncrement } from "./brownianBridge.ts";
import { normalsFromWords } from "./normals.ts";
import { fillPhilox, philoxKey } from "./philox.ts";
import { fillSobol, SOBOL_DIMENSIONS, scrambledCoordinate } from "./sobol.ts";

/** Third counter words, one for each use of a seed. */
const INITIAL_STREAM = 0x1;
const INCREMENT_STREAM = 0x2;
const OVERFLOW_STREAM = 0x3;

export interface NoiseOptions {
  readonly steps: number;
  readonly factors: number;
  readonly initialNormals: number;
  readonly paths: number;
  /** integer in [0, 2^53) */
  readonly seed: number;
  /** [steps + 1], strictly increasing, years; needed by sobolNoise only */
  readonly times?: ArrayLike<number>;
  /** [factor][steps + 1]: the clock of a factor's bridge where it is not `times`, strictly increasing; any unit */
  readonly clocks?: readonly ArrayLike<number>[];
  /** [steps + 1], strictly increasing: the scale on which intervals are halved, `times` when absent */
  readonly scale?: ArrayLike<number>;
  /** a divisor of steps: every stride-th time is split first, as on the coarse grid that it makes; 1 when absent */
  readonly stride?: number;
  /** index of the first point of the sequence, a multiple of 64, 0 when absent: for `sobolNoise` in several parts */
  readonly first?: number;
  /** arrays to fill and return in place of new ones */
  readonly into?: Noise;
}

export interface Noise {
  /** [step][factor][path] */
  readonly increments: Float32Array;
  /** [initialNormal][path] */
  readonly initial: Float32Array;
}

function checkSizes(where: string, options: NoiseOptions): void {
  const least = { steps: 1, factors: 0, initialNormals: 0, paths: 1 } as const;
  for (const name of ["steps", "factors", "initialNormals", "paths"] as const) {
    const value = options[name];
    if (!Number.isInteger(value) || value < least[name]) {
      throw new InputError(
        `${where}: ${name}: expected an integer of at least ${least[name]}, got ${value}. Correct the option.`,
      );
    }
  }
}

function allocate(options: NoiseOptions): Noise {
  const { steps, factors, initialNormals, paths, into } = options;
  if (into !== undefined) {
    const increments = steps * factors * paths;
    const initial = initialNormals * paths;
    if (into.increments.length === increments && into.initial.length === initial) return into;
    throw new ShapeError(
      `noise: into: expected increments [step ${steps}][factor ${factors}][path ${paths}] and initial [${initialNormals}][path ${paths}], got ${into.increments.length} and ${into.initial.length} numbers. Take them from the runner of the same plan.`,
    );
  }
  return {
    increments: new Float32Array(steps * factors * paths),
    initial: new Float32Array(initialNormals * paths),
  };
}

/** Independent normals from Philox.
 *
 * Shape   → increments [step][factor][path], initial [initialNormal][path]
 * Throws  InputError when a size is not a whole number or seed is out of range
 */
export function pseudoRandomNoise(options: NoiseOptions): Noise {
  checkSizes("pseudoRandomNoise", options);
  const { paths } = options;
  const key = philoxKey(options.seed);
  const noise = allocate(options);
  const words = new Uint32Array(paths);
  const fill = (out: Float32Array, stream: number) => {
    for (let row = 0; row * paths < out.length; row++) {
      fillPhilox(words, key, [0, row, stream, 0]);
      normalsFromWords(words, out.subarray(row * paths, (row + 1) * paths));
    }
  };
  fill(noise.initial, INITIAL_STREAM);
  fill(noise.increments, INCREMENT_STREAM);
  return noise;
}

/** One draw of quasi-random noise: a dimension's normals go to a row, and may then split the increment of another.
 *
 * Rows are counted through the initial normals and then [step][factor].
 */
export interface SobolDraw {
  readonly dimension: number;
  readonly row: number;
  readonly split?: {
    readonly row: number;
    readonly cosine: number;
    readonly sine: number;
  };
}

/** The draws of `sobolNoise` in their order, each from the next dimension. */
export function sobolDraws(options: Omit<NoiseOptions, "into">): readonly SobolDraw[] {
  checkSizes("sobolNoise", options);
  const { steps, factors, initialNormals, first = 0 } = options;
  if (!(Number.isInteger(first / 64) && first >= 0)) {
    throw new InputError(
      `sobolNoise: first: expected a multiple of 64 that is not negative, got ${first}. Cut the sequence at whole blocks.`,
    );
  }
  const times = options.times ?? [];
  if (times.length !== steps + 1) {
    throw new ShapeError(
      `sobolNoise: times [step + 1]: expected ${steps + 1} values, got ${times.length}. Pass the start and every step's end.`,
    );
  }
  const clocks = options.clocks ?? Array.from({ length: factors }, () => times);
  if (clocks.length !== factors || clocks.some((clock) => clock.length !== steps + 1)) {
    throw new ShapeError(
      `sobolNoise: clocks [factor ${factors}][step + 1 = ${steps + 1}]: got ${clocks.map((clock) => clock.length).join(", ")} values. Give every factor a clock, or none.`,
    );
  }
  // one scale for all factors, so that split n is at the same place for each
  const splits = clocks.map((clock) => bridgeSplits(clock, options.scale ?? times, options.stride));
  const rowOf = (step: number, factor: number) => initialNormals + step * factors + factor;
  const draws: SobolDraw[] = [];
  const draw = (row: number, split?: SobolDraw["split"]) =>
    draws.push({ dimension: draws.length, row, split });
  for (let row = 0; row < initialNormals + factors; row++) draw(row);
  for (let n = 0; n < steps - 1; n++) {
    for (let factor = 0; factor < factors; factor++) {
      const { left, middle, cosine, sine } = splits[factor][n];
      draw(rowOf(middle, factor), { row: rowOf(left, factor), cosine, sine });
    }
  }
  return draws;
}

/** Scrambled Sobol' normals; the increments come from a Brownian bridge over `times` per factor.
 *
 * Shape     times [steps + 1] → increments [step][factor][path], initial [initialNormal][path]
 * Units     times in years (any unit: only ratios matter); values are standard normal
 * Accuracy  normals to 1.2e-9 before rounding to float32
 * Throws    InputError when a size, the seed or the times are out of range, ShapeError when times
 *           does not have steps + 1 values
 * Source    see sobol.ts and brownianBridge.ts
 */
export function sobolNoise(options: NoiseOptions): Noise {
  const draws = sobolDraws(options);
  const { initialNormals, paths, seed, first = 0 } = options;
  const noise = allocate(options);
  const key = philoxKey(seed);
  const words = new Uint32Array(paths);
  const rowAt = (row: number): Float32Array =>
    row < initialNormals
      ? noise.initial.subarray(row * paths, (row + 1) * paths)
      : noise.increments.subarray(
          (row - initialNormals) * paths,
          (row - initialNormals + 1) * paths,
        );
  for (const { dimension, row, split } of draws) {
    if (dimension < SOBOL_DIMENSIONS) fillSobol(scrambledCoordinate(dimension, seed), words, first);
    else fillPhilox(words, key, [first / 4, dimension, OVERFLOW_STREAM, 0]);
    const fresh = rowAt(row);
    normalsFromWords(words, fresh);
    if (split !== undefined) splitIncrement(split, rowAt(split.row), fresh);
  }
  return noise;
}
