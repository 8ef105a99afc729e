/**
 * The program corpus: small simulations that every backend must run alike.
 *
 * Each entry carries parameters and a plan maker for any number of paths; `corpusNoise` makes the same normals
 * everywhere without any generator of `src/random`. Some programs have kinks (max, min, abs, select) or jumps
 * (select) in simulated values: a central difference is right there as long as no path crosses one in its step.
 */
import type { PathNoise, Plan } from "../../src/backend/backend.ts";
import type { Program } from "../../src/ir/index.ts";
import { packParams } from "../../src/ir/index.ts";
import { networkPrograms } from "./networks.ts";
import { opPrograms } from "./ops.ts";
import { processPrograms } from "./processes.ts";

/** A program with a plan for any number of paths and parameters to run it at. */
export interface CorpusEntry {
  readonly program: Program;
  readonly makePlan: (paths: number) => Plan;
  readonly theta: Float64Array;
}

/** Every program of the corpus. */
export const corpus: readonly CorpusEntry[] = [
  ...processPrograms,
  ...networkPrograms,
  ...opPrograms,
].map(({ program, params, makePlan }) => ({
  program,
  makePlan,
  theta: packParams(program, params),
}));

/** Standard normals for a program and plan: a SplitMix generator and Box-Muller. */
export function corpusNoise(program: Program, plan: Plan, seed = 1): PathNoise {
  const normal = normals(seed);
  const fill = (length: number): Float32Array => Float32Array.from({ length }, normal);
  return {
    increments: fill(plan.steps * program.factors * plan.paths),
    initial: fill(program.initialNormals * plan.paths),
  };
}

function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (((mixed ^ (mixed >>> 15)) >>> 0) + 0.5) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
