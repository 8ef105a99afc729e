/**
 * The outermost loops, in WebAssembly as well: chunks of a thread, blocks of a chunk.
 *
 * `run(job, thread, threads)` handles chunks thread, thread + threads, …; which blocks form a chunk does not depend on
 * the number of threads, and each chunk has its own sums, so neither do the results.
 */
import { add, below, locals, next, sizesOf, times } from "./addresses.ts";
import type { ProgramShape, StageFunctions } from "./compiledProgram.ts";
import { forwardBlock } from "./forwardBlock.ts";
import { gradientBlock } from "./gradientBlock.ts";
import { header } from "./header.ts";
import { call, get, i32, ifThen, op, set, whileLoop } from "./instructions.ts";
import { jacobianBlock } from "./jacobianBlock.ts";
import type { FunctionBuilder, ModuleBuilder } from "./moduleBuilder.ts";
import { sobolBlock } from "./sobolKernel.ts";

/** What `run` does with the blocks. */
export const job = { forward: 0, gradient: 1, jacobian: 2, noise: 3 } as const;
export type Job = keyof typeof job;

/** Emits the block functions and the exported `run`. */
export function emitRun(
  module: ModuleBuilder,
  shape: ProgramShape,
  functions: StageFunctions,
): void {
  const sizes = sizesOf(shape);
  const variant = (keepTape: boolean, sumRows: boolean) =>
    forwardBlock(module, sizes, functions, { keepTape, sumRows });
  const tape = variant(true, true);
  const blocks = {
    forward: variant(false, functions.forward.row !== undefined),
    gradient: gradientBlock(module, sizes, functions, tape),
    jacobian: jacobianBlock(module, sizes, functions, tape),
    noise: sobolBlock(module),
  };
  module.define("run", ["i32", "i32", "i32"], (f) => emitChunks(f, blocks), true);
}

function emitChunks(f: FunctionBuilder, blocks: Readonly<Record<Job, number>>): void {
  const [jobCode, thread, threads] = f.params;
  const [chunk, block, end, scratch] = locals(f, 4);
  const when = (name: Job) =>
    ifThen(
      op("i32.eq", get(jobCode), i32(job[name])),
      call(blocks[name], get(block), get(scratch), get(chunk)),
    );
  f.emit(
    set(scratch, add(header("scratch"), times(get(thread), header("scratchBytes")))),
    set(chunk, get(thread)),
    whileLoop(below(get(chunk), header("chunks")), [
      set(block, times(get(chunk), header("blocksPerChunk"))),
      set(end, add(get(block), header("blocksPerChunk"))),
      ifThen(below(header("blocks"), get(end)), set(end, header("blocks"))),
      whileLoop(below(get(block), get(end)), [
        when("forward"),
        when("gradient"),
        when("jacobian"),
        when("noise"),
        next(block),
      ]),
      set(chunk, add(get(chunk), get(threads))),
    ]),
  );
}
