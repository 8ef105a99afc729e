/**
 * May the engine fuse the two halves of a vector into one operation of 256 bits?
 *
 * V8 can, behind a flag that it calls experimental and that Node lets a process set. It is set only where it was tried
 * (`fusionFlag`), and kept only when a module with every op and kernel gives the same bits with and without it. Elsewhere,
 * in browsers for one, halves stay two operations and the results are the same.
 */
import { supportsRelaxedSimd } from "./compile.ts";
import { fusionCheckResults } from "./fusionCheck.ts";
import { isNode } from "./threads.ts";

let known: Promise<boolean> | undefined;

/** Decides on first use; the answer of a process never changes. */
export function fusesHalves(): Promise<boolean> {
  known ??= decide();
  return known;
}

async function decide(): Promise<boolean> {
  if (!isNode() || !supportsRelaxedSimd()) return false;
  const { fusionFlag } = await import("./nodeThreads.ts");
  const flag = fusionFlag();
  if (flag === undefined) return false;
  const expected = fusionCheckResults(false);
  flag.set();
  const actual = flag.optimised(() => fusionCheckResults(true));
  const isSame = actual.every((bits, i) => bits === expected[i]);
  if (!isSame) flag.clear();
  return isSame;
}
