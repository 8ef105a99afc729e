/**
 * Threads: workers that hold an instance of the module on the same memory and run `run(job, thread, threads)`.
 *
 * A worker sleeps in its event loop between jobs, so an idle runner costs nothing. Completion is a counter in the
 * shared memory: Node's main thread sleeps on it; a browser's main thread, which may not, spins.
 */
import { InternalError } from "../../num/errors.ts";
import type { Worker } from "./worker.ts";

/**
 * The worker's program. Plain JavaScript in a string: it must start from a Blob in a browser and from `eval` in Node,
 * from source and from the bundle alike. Word 0 of `control` counts finished jobs, word 1 failures.
 */
const workerSource = `
const runners = new Map();
const onMessage = (m) => {
  if (m.kind === "load") {
    const instance = new WebAssembly.Instance(m.module, { env: { memory: m.memory } });
    const control = new Int32Array(m.memory.buffer, m.control, 2);
    runners.set(m.runner, { run: instance.exports.run, control });
    Atomics.add(control, 0, 1);
    return;
  }
  if (m.kind === "free") { runners.delete(m.runner); return; }
  const { run, control } = runners.get(m.runner);
  try { run(m.job, m.thread, m.threads); } catch (error) { Atomics.add(control, 1, 1); }
  Atomics.add(control, 0, 1);
  Atomics.notify(control, 0);
};
`;

let pool: Worker[] = [];
let nextRunner = 0;

/** A number that no other runner has. */
export function newRunnerId(): number {
  nextRunner += 1;
  return nextRunner;
}

/** Can memory be shared with workers here? Browsers need cross-origin isolation for it. */
export const canShareMemory = (): boolean =>
  typeof SharedArrayBuffer !== "undefined" &&
  (isNode() || (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true);

/** Node, and not a browser? */
export const isNode = (): boolean =>
  typeof process !== "undefined" && typeof process.versions?.node === "string";

/** Number of threads when the caller does not say: what the machine reports, at most 8. */
export function defaultThreads(): number {
  const reported =
    (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator
      ?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(8, reported));
}

/** `count` workers of the process's pool; started on first use, kept afterwards, never holding the process open. */
export async function workers(count: number): Promise<readonly Worker[]> {
  const start = isNode() ? (await import("./nodeThreads.ts")).startNodeWorker : startBrowserWorker;
  while (pool.length < count) pool = [...pool, start(workerSource)];
  return pool.slice(0, count);
}

function startBrowserWorker(source: string): Worker {
  const url = URL.createObjectURL(
    new Blob([`${source} self.onmessage = (e) => onMessage(e.data);`], { type: "text/javascript" }),
  );
  const Constructor = (
    globalThis as unknown as {
      Worker: new (url: string) => { postMessage(m: unknown): void; onerror: unknown };
    }
  ).Worker;
  const worker = new Constructor(url);
  let failure: string | undefined;
  worker.onerror = (event: { message?: string }) => {
    failure = event.message ?? "worker failed";
  };
  return { post: (message) => worker.postMessage(message), failure: () => failure };
}

/**
 * Waits until every worker has loaded, with the event loop running: a browser starts workers from the thread that
 * asked for them, so a job posted to one that has not started would be waited for in vain.
 */
export async function untilLoaded(team: readonly Worker[], control: Int32Array): Promise<void> {
  while (Atomics.load(control, 0) < team.length) {
    const failure = firstFailure(team);
    if (failure !== undefined) throw new InternalError(`a worker did not start: ${failure}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const firstFailure = (team: readonly Worker[]): string | undefined =>
  team.map((worker) => worker.failure()).find((text) => text !== undefined);

/** Runs one job on this thread and the workers, and waits for all. */
export function runOnAll(
  run: (job: number, thread: number, threads: number) => void,
  team: readonly Worker[],
  control: Int32Array,
  runner: number,
  job: number,
): void {
  const threads = team.length + 1;
  Atomics.store(control, 0, 0);
  team.forEach((worker, i) => {
    worker.post({ kind: "run", runner, job, thread: i + 1, threads });
  });
  run(job, 0, threads);
  while (Atomics.load(control, 0) < team.length) {
    const done = Atomics.load(control, 0);
    if (done < team.length && isNode()) Atomics.wait(control, 0, done, 100);
    const failure = firstFailure(team);
    if (failure !== undefined) throw new InternalError(`a worker stopped: ${failure}`);
  }
  if (Atomics.load(control, 1) > 0)
    throw new InternalError("a worker failed inside the compiled program");
}
