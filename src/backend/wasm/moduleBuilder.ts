/**
 * A module under construction: functions with named locals, and the pool of constants.
 *
 * Constants live in linear memory: engines build `v128.const` through general registers, which costs more
 * than a load in a hot loop.
 */
import { UnsupportedError } from "../../num/errors.ts";
import {
  type Code,
  encodeModule,
  type FunctionCode,
  type MemoryImport,
  type ValueType,
} from "./encode.ts";
import { i32, type Local } from "./instructions.ts";
import { loadSplat, type Vector } from "./vector.ts";

/** Bytes reserved at `poolAddress` for the constants of one module. */
export const poolAddress = 1024;
const poolBytes = 7168;

/** Locals and body of one function. */
export interface FunctionBuilder {
  /** Parameters in order. */
  readonly params: readonly Local[];
  local(type: ValueType): Local;
  emit(...code: readonly Code[]): void;
}

/** Functions are defined callee first: `define` returns the index that `call` takes. */
export interface ModuleBuilder {
  /** May relaxed SIMD be used? */
  readonly relaxed: boolean;
  /** Will the engine fuse the halves of vectors? Kernels then use tiles for sixteen registers of 256 bits. */
  readonly wide: boolean;
  define(
    name: string,
    params: readonly ValueType[],
    build: (f: FunctionBuilder) => void,
    exported?: boolean,
  ): number;
  /** Vector with the float32 nearest to `value` in all lanes. */
  f32x4(value: number): Vector;
  /** Vector with the 32-bit integer in all lanes. */
  i32x4(value: number): Vector;
  bytes(memory: MemoryImport): Uint8Array<ArrayBuffer>;
  /** Pool content: 32-bit patterns, one per constant. */
  pool(): readonly number[];
}

/** An empty module. */
export function moduleBuilder(relaxed: boolean, wide = false): ModuleBuilder {
  const functions: FunctionCode[] = [];
  const pool: number[] = [];
  const pooled = (bits: number): Vector => {
    if (!pool.includes(bits)) pool.push(bits);
    if (4 * pool.length > poolBytes) {
      throw new UnsupportedError(
        `compile: expected at most ${poolBytes / 4} different constants in a program, got more. Pass some of them as parameters or tables.`,
      );
    }
    return loadSplat(i32(0), poolAddress + 4 * pool.indexOf(bits));
  };
  return {
    relaxed,
    wide,
    define(name, params, build, exported = false) {
      const locals: ValueType[] = [];
      const body: Code[] = [];
      build({
        params: params.map((_, i) => i as Local),
        local(type) {
          locals.push(type);
          return (params.length + locals.length - 1) as Local;
        },
        emit: (...code) => body.push(...code),
      });
      functions.push({ name, params, locals, body, exported });
      return functions.length - 1;
    },
    f32x4: (value) => pooled(new Int32Array(new Float32Array([value]).buffer)[0]),
    i32x4: (value) => pooled(value | 0),
    bytes: (memory) => encodeModule(functions, memory),
    pool: () => pool,
  };
}
