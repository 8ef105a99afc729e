/**
 * WebAssembly instructions as functions from operand code to code, in folded form:
 * `op("f32x4.add", a, b)` is a, b, f32x4.add.
 *
 * Names keep the specification's spelling; one table holds each opcode once.
 * Source  WebAssembly Core Specification 2.0, 5.4; SIMD 128 and relaxed SIMD proposals
 */
import { type Code, sleb, uleb } from "./encode.ts";

const plain = {
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt_u": 0x49,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.and": 0x71,
  "i32.xor": 0x73,
  "i32.shl": 0x74,
  "i32.shr_u": 0x76,
  "f32.add": 0x92,
  "f64.add": 0xa0,
  "f64.promote_f32": 0xbb,
} as const;

const simd = {
  "i32x4.splat": 0x11,
  "f32x4.splat": 0x13,
  "f32x4.lt": 0x43,
  "f32x4.gt": 0x44,
  "f32x4.ge": 0x46,
  "v128.and": 0x4e,
  "v128.andnot": 0x4f,
  "v128.or": 0x50,
  "v128.xor": 0x51,
  "v128.bitselect": 0x52,
  "f32x4.nearest": 0x6a,
  "i32x4.shl": 0xab,
  "i32x4.shr_s": 0xac,
  "i32x4.add": 0xae,
  "i32x4.sub": 0xb1,
  "f32x4.abs": 0xe0,
  "f32x4.neg": 0xe1,
  "f32x4.sqrt": 0xe3,
  "f32x4.add": 0xe4,
  "f32x4.sub": 0xe5,
  "f32x4.mul": 0xe6,
  "f32x4.div": 0xe7,
  "f32x4.pmin": 0xea,
  "f32x4.pmax": 0xeb,
  "i32x4.trunc_sat_f32x4_s": 0xf8,
  "f32x4.convert_i32x4_s": 0xfa,
} as const;

const relaxed = {
  "f32x4.relaxed_madd": 0x105,
  "f32x4.relaxed_nmadd": 0x106,
  "i32x4.relaxed_trunc_f32x4_s": 0x101,
} as const;

/** Every instruction without immediates. */
export type Instruction = keyof typeof plain | keyof typeof simd | keyof typeof relaxed;

/** Operands, then the instruction. */
export function op(instruction: Instruction, ...operands: readonly Code[]): Code {
  return [...operands, opcode(instruction)];
}

function opcode(instruction: Instruction): Code {
  if (instruction in plain) return plain[instruction as keyof typeof plain];
  const code = { ...simd, ...relaxed }[instruction as keyof typeof simd];
  return [0xfd, uleb(code)];
}

/** A local variable's index. */
export type Local = number & { readonly local: true };

export const get = (local: Local): Code => [0x20, uleb(local)];
export const set = (local: Local, value: Code): Code => [value, 0x21, uleb(local)];
export const i32 = (value: number): Code => [0x41, sleb(value)];
export const call = (index: number, ...operands: readonly Code[]): Code => [
  ...operands,
  0x10,
  uleb(index),
];

/** Loads and stores take a base address and a static byte offset. */
export const v128Load = (base: Code, offset = 0): Code => [base, 0xfd, uleb(0x00), 4, uleb(offset)];
export const v128Load32Splat = (base: Code, offset = 0): Code => [
  base,
  0xfd,
  uleb(0x09),
  2,
  uleb(offset),
];
export const v128Store = (base: Code, value: Code, offset = 0): Code => [
  base,
  value,
  0xfd,
  uleb(0x0b),
  4,
  uleb(offset),
];
export const i32Load = (base: Code, offset = 0): Code => [base, 0x28, 2, uleb(offset)];
export const f32Store = (base: Code, value: Code, offset = 0): Code => [
  base,
  value,
  0x38,
  2,
  uleb(offset),
];
export const f32Load = (base: Code, offset = 0): Code => [base, 0x2a, 2, uleb(offset)];
export const f64Load = (base: Code, offset = 0): Code => [base, 0x2b, 3, uleb(offset)];
export const f64Store = (base: Code, value: Code, offset = 0): Code => [
  base,
  value,
  0x39,
  3,
  uleb(offset),
];
export const extractLane = (vector: Code, lane: number): Code => [vector, 0xfd, uleb(0x1f), lane];
/** Four of the eight 32-bit lanes of two vectors. */
export const shuffle32 = (a: Code, b: Code, lanes: readonly number[]): Code => [
  a,
  b,
  0xfd,
  uleb(0x0d),
  lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
];
/** Fills `length` bytes at `address` with zero. */
export const zeroMemory = (address: Code, length: Code): Code => [
  address,
  i32(0),
  length,
  0xfc,
  uleb(11),
  0,
];

/** Address arithmetic; constants fold. */
export const addressAdd = (base: Code, offset: number): Code =>
  offset === 0 ? base : op("i32.add", base, i32(offset));

/** Runs the body while the condition holds, testing before the first round. */
export const whileLoop = (condition: Code, body: Code): Code => [
  [0x02, 0x40, 0x03, 0x40],
  [op("i32.eqz", condition), 0x0d, 1],
  [body, 0x0c, 0, 0x0b, 0x0b],
];

/** Runs the body, then again while the condition holds. */
export const doWhile = (body: Code, condition: Code): Code => [
  0x03,
  0x40,
  body,
  condition,
  0x0d,
  0,
  0x0b,
];
export const ifThen = (condition: Code, body: Code): Code => [condition, 0x04, 0x40, body, 0x0b];

/** for (counter = 0; counter < n; counter += step), n ≥ step > 0 known when emitting. */
export const countedLoop = (counter: Local, n: number, step: number, body: Code): Code => [
  set(counter, i32(0)),
  doWhile(
    [body, set(counter, addressAdd(get(counter), step))],
    op("i32.lt_u", get(counter), i32(n)),
  ),
];
