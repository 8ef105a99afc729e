/**
 * Memories of freed runners, kept for the next ones: an engine returns a memory's pages to the system only when it
 * collects garbage, and a calibration prepares a dozen runners in a few seconds. Nothing relies on zeroed memory.
 */

const pageBytes = 65536;
/** Most memories kept. */
const kept = 2;

let free: { readonly memory: WebAssembly.Memory; readonly shared: boolean }[] = [];

const pagesOf = (memory: WebAssembly.Memory): number => memory.buffer.byteLength / pageBytes;

/** A memory of at least `pages` pages: the smallest that is free, or a new one. */
export function takeMemory(pages: number, shared: boolean): WebAssembly.Memory {
  const fitting = free
    .filter((entry) => entry.shared === shared && pagesOf(entry.memory) >= pages)
    .sort((a, b) => pagesOf(a.memory) - pagesOf(b.memory));
  const [best] = fitting;
  if (best === undefined) {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  }
  free = free.filter((entry) => entry !== best);
  return best.memory;
}

/** Keeps a memory for a later runner; the smallest are let go first. */
export function giveBackMemory(memory: WebAssembly.Memory, shared: boolean): void {
  free = [...free, { memory, shared }]
    .sort((a, b) => pagesOf(b.memory) - pagesOf(a.memory))
    .slice(0, kept);
}
