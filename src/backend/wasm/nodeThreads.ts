/**
 * Workers in Node. The only file of the backend that imports a Node module; browsers never load it.
 */
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
