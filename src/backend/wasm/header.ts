/**
 * The header: 32-bit words at the start of memory through which the host tells the kernels where a plan's data is.
 * Sizes fixed by the program are baked into the code; everything that depends on the plan is here.
 */
import type { Code } from "./encode.ts";
import { i32, i32Load } from "./instructions.ts";

/** Word of each field. Addresses are in bytes. */
const fields = [
  "paths",
  "blocks",
  "chunks",
  "blocksPerChunk",
  "dates",
  "rows",
  /** int32 [date]: steps taken at the date. */
  "dateSteps",
  /** int32 [date + 1]: first row of each date. */
  "rowStart",
  /** float32 uniform slots: [slot], [step][slot], [slot], [row][slot]. */
  "uniformInit",
  "uniformStep",
  "uniformObserve",
  "uniformRow",
  /** float32 [step][factor][path] and [normal][path]. */
  "noise",
  "initialNoise",
  /** Records of the draws of quasi-random noise (sobolKernel.ts), and their length in bytes. */
  "draws",
  "drawBytes",
  /** Number of the first block in the sequence of points. */
  "firstBlock",
  /** float32 [date][component][path]. */
  "observed",
  /** float32 [row]: cotangents of the row sums. */
  "rowCotangents",
  /** float32: 1 / paths. */
  "inversePaths",
  /** float64 [chunk][row][2]: sum and sum of squares. */
  "moments",
  /** float64 [chunk][gradientLength]. */
  "gradients",
  "gradientBytes",
  /** float32 [chunk][row + 1][jacobianColumns]. */
  "jacobians",
  "jacobianRowBytes",
  "jacobianChunkBytes",
  /** Scratch of thread 0, and the distance to the next thread's. */
  "scratch",
  "scratchBytes",
  /** Bytes of the tape in a thread's scratch. */
  "tapeBytes",
] as const;

export type HeaderField = (typeof fields)[number];

/** Byte address of a field. */
export const headerAddress = (field: HeaderField): number => 4 * fields.indexOf(field);

/** Code that reads a field. */
export const header = (field: HeaderField): Code => i32Load(i32(0), headerAddress(field));

/** First byte after the header, the constant pool: parameters start here. */
export const thetaAddress = 8192;
