/**
 * Vectors of eight paths: two v128 side by side, operated on in turn.
 *
 * An engine that has registers of 256 bits may fuse the two halves of an operation into one; one that has not runs two
 * independent chains, which hides latency. For the fusion, halves are always written next to one another: loads low
 * half first, stores high half first, and nothing in between.
 */
import type { Code } from "./encode.ts";
import {
  get,
  type Instruction,
  type Local,
  op,
  v128Load,
  v128Load32Splat,
} from "./instructions.ts";

/** Bytes of a vector. */
export const vectorBytes = 32;
/** Bytes of a half. */
export const halfBytes = 16;

/**
 * Code of the halves: two, or one when both are the same (a number broadcast to all lanes), or those of several vectors
 * that are worked on together.
 */
export interface Vector {
  readonly halves: readonly Code[];
}

/** Local variables that hold a vector. */
export interface VectorLocal {
  readonly halves: readonly Local[];
}

/** The vector's value. */
export const read = (local: VectorLocal): Vector => ({ halves: local.halves.map(get) });

/** Operands, then the instruction, on each half. */
export function each(instruction: Instruction, ...operands: readonly Vector[]): Vector {
  const count = operands.reduce((most, { halves }) => Math.max(most, halves.length), 1);
  const half = (i: number): Code =>
    op(instruction, ...operands.map((v) => v.halves[i] ?? v.halves[0]));
  return { halves: Array.from({ length: count }, (_, i) => half(i)) };
}

/** Several vectors as one. */
export const group = (vectors: readonly VectorLocal[]): VectorLocal => ({
  halves: vectors.flatMap(({ halves }) => halves),
});

/** Vector `index` of a group. */
export const member = (vectors: VectorLocal, index: number): VectorLocal => ({
  halves: vectors.halves.slice(2 * index, 2 * index + 2),
});

/** The same scalar or v128 code for both halves. */
export const broadcast = (code: Code): Vector => ({ halves: [code] });

/** The vector at an address. */
export const load = (base: Code, offset = 0): Vector => ({
  halves: [v128Load(base, offset), v128Load(base, offset + halfBytes)],
});

/** One float32 from memory in all lanes. */
export const loadSplat = (base: Code, offset = 0): Vector =>
  broadcast(v128Load32Splat(base, offset));
