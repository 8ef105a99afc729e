/**
 * Sobol' sequences in base 2 with 32 bits, in Gray-code order, plain or scrambled by a seed.
 *
 *   x_{i+1} = x_i ^ v[ctz(i+1)],  x_0 = shift,      u_i = x_i / 2^32
 *   v_k = v_{k-s} ^ (v_{k-s} >> s) ^ a_1 v_{k-1} ^ … ^ a_{s-1} v_{k-s+1}     for k > s
 *
 * Scrambling: v_k ← L v_k with a random unit lower-triangular bit matrix L per dimension (row 1 is the
 * leading bit), and a random digital shift. The net property survives, every point is uniform, and
 * the mean square error equals that of Owen's full scrambling.
 *
 * Sources: P. Bratley and B. L. Fox, Algorithm 659, ACM TOMS 14 (1988), for the recursion and the Gray
 * code; Joe and Kuo (2008) for the table; J. Matoušek, "On the L2-discrepancy for anchored boxes",
 * J. Complexity 14 (1998), for the linear scramble; H. S. Hong and F. J. Hickernell, Algorithm 823,
 * ACM TOMS 29 (2003), for its use. Balanced when the number of points is a power of two.
 */
import { InputError } from "../num/errors.ts";
import { JOE_KUO_BASE64, JOE_KUO_DIMENSIONS } from "./joeKuo.ts";
import { fillPhilox, philoxKey } from "./philox.ts";

/** Bits of every coordinate, so the sequence repeats after 2^32 points. */
export const SOBOL_BITS = 32;
/** Dimensions that `sobolDirections` knows. */
export const SOBOL_DIMENSIONS = JOE_KUO_DIMENSIONS;

/** Third counter word of the draws below: keeps them apart from the other uses of a seed. */
const SCRAMBLE_STREAM = 0x50b01;

/** One coordinate of a (scrambled) sequence: the direction numbers [32] and the first point. */
export interface SobolCoordinate {
  readonly directions: Uint32Array;
  readonly shift: number;
}

/** Unpacked prefix of the table: [dimension][32], grown on demand because most callers need few. */
let known: Uint32Array[] = [];

function unpackDirections(dimensions: number): Uint32Array[] {
  const binary = atob(JOE_KUO_BASE64);
  let cursor = 0;
  const take = (bits: number): number => {
    let value = 0;
    for (let i = 0; i < bits; i++, cursor++) {
      value |= ((binary.charCodeAt(cursor >>> 3) >>> (cursor & 7)) & 1) << i;
    }
    return value;
  };
  const table = [Uint32Array.from({ length: SOBOL_BITS }, (_, k) => 2 ** (31 - k))];
  while (table.length < dimensions) {
    const polynomial = take(16);
    const degree = 31 - Math.clz32(polynomial);
    const v = new Uint32Array(SOBOL_BITS);
    for (let k = 0; k < degree; k++) v[k] = (2 * take(k) + 1) << (31 - k);
    for (let k = degree; k < SOBOL_BITS; k++) {
      let next = v[k - degree] ^ (v[k - degree] >>> degree);
      for (let j = 1; j < degree; j++) {
        // a_j is the coefficient of x^(degree - j).
        if ((polynomial >>> (degree - j)) & 1) next ^= v[k - j];
      }
      v[k] = next;
    }
    table.push(v);
  }
  return table;
}

/** Direction numbers v_1 … v_32 of a dimension counted from 0.
 *
 * Shape   → [32], v_k with its leading bit at position 32 - k
 * Throws  InputError when dimension is outside the table
 * Source  Joe and Kuo (2008), table new-joe-kuo-6
 */
export function sobolDirections(dimension: number): Uint32Array {
  if (!Number.isInteger(dimension) || dimension < 0 || dimension >= SOBOL_DIMENSIONS) {
    throw new InputError(
      `sobolDirections: dimension: expected 0 to ${SOBOL_DIMENSIONS - 1}, got ${dimension}. Use pseudo-random numbers for the rest.`,
    );
  }
  if (dimension >= known.length) {
    known = unpackDirections(Math.min(SOBOL_DIMENSIONS, Math.max(256, 2 * dimension)));
  }
  return known[dimension];
}

/** Coordinate of the unscrambled sequence, whose first point is 0. */
export function plainCoordinate(dimension: number): SobolCoordinate {
  return { directions: sobolDirections(dimension), shift: 0 };
}

/** Coordinate scrambled by a random linear matrix and a digital shift.
 *
 * Units   seed is an integer in [0, 2^53); dimension counts from 0
 * Throws  InputError when seed or dimension is out of range
 * Source  Matoušek (1998); Hong and Hickernell (2003)
 */
export function scrambledCoordinate(dimension: number, seed: number): SobolCoordinate {
  const plain = sobolDirections(dimension);
  const random = new Uint32Array(SOBOL_BITS + 1);
  fillPhilox(random, philoxKey(seed), [0, dimension, SCRAMBLE_STREAM, 0]);
  // columns of the matrix: the image of each bit
  const columns = new Uint32Array(SOBOL_BITS);
  for (let row = 0; row < SOBOL_BITS; row++) {
    const diagonal = 2 ** (31 - row);
    // Bits above the diagonal are random, the diagonal is one, the bits below it are zero.
    let mask = ((random[row] & ~(2 * diagonal - 1)) | diagonal) >>> 0;
    for (; mask !== 0; mask = (mask & (mask - 1)) >>> 0) {
      columns[31 - Math.clz32(mask & -mask)] |= diagonal;
    }
  }
  const directions = plain.map((word) => {
    let image = 0;
    for (let rest = word; rest !== 0; rest = (rest & (rest - 1)) >>> 0) {
      image ^= columns[31 - Math.clz32(rest & -rest)];
    }
    return image;
  });
  return { directions, shift: random[SOBOL_BITS] };
}

/** Points first, first + 1, … of a coordinate, as 32-bit words in Gray-code order.
 *
 * Shape   out [point]
 * Units   word / 2^32 is the coordinate in [0, 1)
 */
export function fillSobol(coordinate: SobolCoordinate, out: Uint32Array, first = 0): void {
  const { directions, shift } = coordinate;
  let x = shift | 0;
  let gray = (first ^ (first >>> 1)) >>> 0;
  for (let k = 0; gray !== 0; k++, gray >>>= 1) if (gray & 1) x ^= directions[k];
  for (let i = 0; i < out.length; i++) {
    out[i] = x;
    const next = first + i + 1;
    // & 31: the step after the last of 2^32 points has no direction of its own.
    x ^= directions[(31 - Math.clz32(next & -next)) & 31];
  }
}
