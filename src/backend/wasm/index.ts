/**
 * The WebAssembly backend: float32 SIMD, threads where memory can be shared, one thread where it cannot.
 */
import type { Backend } from "../backend.ts";
import { compileProgram } from "./compile.ts";
import { wasmRunner } from "./runner.ts";
import { defaultThreads } from "./threads.ts";

export const wasmBackend: Backend = {
  name: "wasm",
  async prepare(program, plan, options = {}) {
    return wasmRunner(compileProgram(program), plan, options.threads ?? defaultThreads());
  },
};
