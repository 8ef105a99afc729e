/**
 * The WebAssembly backend: float32 SIMD, threads where memory can be shared, one thread where it cannot.
 */
import type { Backend } from "../backend.ts";
import { compileProgram } from "./compile.ts";
import { fusesHalves } from "./fusion.ts";
import { wasmRunner } from "./runner.ts";
import { defaultThreads } from "./threads.ts";

export const wasmBackend: Backend = {
  name: "wasm",
  async prepare(program, plan, options = {}) {
    const compiled = compileProgram(program, await fusesHalves());
    return wasmRunner(compiled, plan, options.threads ?? defaultThreads());
  },
};
