/**
 * Node's own: workers, and the flag that lets V8 fuse vectors. The only file of the backend that imports Node
 * modules; browsers never load it.
 */
import { setFlagsFromString } from "node:v8";
import { Worker as NodeWorker } from "node:worker_threads";
import type { Worker, WorkerMessage } from "./worker.ts";

/** Starts a worker from its source; it does not keep the process alive. */
export function startNodeWorker(source: string): Worker {
  const worker = new NodeWorker(
    `${source} require("node:worker_threads").parentPort.on("message", onMessage);`,
    { eval: true },
  );
  worker.unref();
  let failure: string | undefined;
  worker.on("error", (error: unknown) => {
    failure = error instanceof Error ? error.message : String(error);
  });
  return { post: (message: WorkerMessage) => worker.postMessage(message), failure: () => failure };
}

/** Versions of V8 (major.minor) in which fusion was tried on the whole corpus and found faster. */
const triedVersions: readonly string[] = ["13.6"];

/** Setting this environment variable to 0 leaves V8's flags alone. */
const optOut = "VOLTERRA_FUSED_VECTORS";

/** V8's flag; it holds for the whole process, workers included. */
export interface FusionFlag {
  set(): void;
  clear(): void;
  /** Runs with code optimised on its first call, as it will be later on. */
  optimised<T>(run: () => T): T;
}

/** The flag, where it exists and was tried, on processors that may have 256-bit registers. */
export function fusionFlag(): FusionFlag | undefined {
  const version = process.versions.v8.split(".").slice(0, 2).join(".");
  if (process.arch !== "x64" || !triedVersions.includes(version)) return undefined;
  if (process.env[optOut] === "0") return undefined;
  return {
    set: () => setFlagsFromString("--experimental-wasm-revectorize"),
    clear: () => setFlagsFromString("--no-experimental-wasm-revectorize"),
    optimised(run) {
      setFlagsFromString("--no-liftoff");
      try {
        return run();
      } finally {
        setFlagsFromString("--liftoff");
      }
    },
  };
}
