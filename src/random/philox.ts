/**
 * Philox4x32-10: a counter-based generator. Four 32-bit words of output are a pure function of four
 * words of counter and two words of key, so any path, step or block can be drawn alone, in any order.
 *
 *   (c0, c1, c2, c3) → (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0)),
 *   (k0, k1) → (k0 + W0, k1 + W1), ten rounds.
 *
 * Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3", SC11 (2011), section 3.3; constants as in their Random123 library.
 */
import { InputError, ShapeError } from "../num/errors.ts";

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** A key of the generator: two 32-bit words. */
export type PhiloxKey = readonly [number, number];

/** Key of a seed: its low and high words.
 *
 * Throws  InputError unless seed is an integer in [0, 2^53)
 */
export function philoxKey(seed: number): PhiloxKey {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InputError(
      `philoxKey: seed: expected an integer from 0 to 2^53 - 1, got ${seed}. Pass a whole number.`,
    );
  }
  return [seed >>> 0, Math.floor(seed / 0x1_0000_0000)];
}

/** High 32 bits of the product of two unsigned 32-bit words. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  // `middle` may pass 2^31 but never 2^32, so the unsigned shift keeps it whole.
  return (a1 * b1 + (middle >>> 16) + (other >>> 16)) | 0;
}

/** Fills `out` with the outputs of consecutive counters (first + i, c1, c2, c3), four words each.
 *
 * Shape   out [n]; the last block is cut when n is not a multiple of 4
 * Units   words are uniform on 0 … 2^32 - 1
 */
export function fillPhilox(
  out: Uint32Array,
  key: PhiloxKey,
  counter: readonly [first: number, c1: number, c2: number, c3: number],
): void {
  const [first, second, third, fourth] = counter;
  for (let i = 0; i < out.length; i += 4) {
    let c0 = (first + (i >>> 2)) | 0;
    let c1 = second | 0;
    let c2 = third | 0;
    let c3 = fourth | 0;
    let k0 = key[0] | 0;
    let k1 = key[1] | 0;
    for (let round = 0; round < ROUNDS; round++) {
      const low0 = Math.imul(M0, c0);
      const high0 = mulHigh(M0, c0);
      const low1 = Math.imul(M1, c2);
      const high1 = mulHigh(M1, c2);
      c0 = high1 ^ c1 ^ k0;
      c1 = low1;
      c2 = high0 ^ c3 ^ k1;
      c3 = low0;
      k0 = (k0 + W0) | 0;
      k1 = (k1 + W1) | 0;
    }
    // Writes past the end of a typed array are ignored: that is the cut of the last block.
    out[i] = c0;
    out[i + 1] = c1;
    out[i + 2] = c2;
    out[i + 3] = c3;
  }
}

/** The four output words of one counter.
 *
 * Shape   counter [4], key [2] → words [4]
 * Throws  ShapeError when counter does not have four words
 * Source  Salmon et al. (2011), section 3.3
 */
export function philox4x32(counter: readonly number[], key: PhiloxKey): Uint32Array {
  if (counter.length !== 4) {
    throw new ShapeError(
      `philox4x32: counter [word]: expected 4 words, got ${counter.length}. Pad with zeros.`,
    );
  }
  const out = new Uint32Array(4);
  fillPhilox(out, key, [counter[0], counter[1], counter[2], counter[3]]);
  return out;
}
