/** What the pool of threads knows of a worker, in Node and in browsers alike. */

/** Messages to a worker. `runner` tells instances of different runners apart. */
export type WorkerMessage =
  | {
      readonly kind: "load";
      readonly runner: number;
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly control: number;
    }
  | {
      readonly kind: "run";
      readonly runner: number;
      readonly job: number;
      readonly thread: number;
      readonly threads: number;
    }
  | { readonly kind: "free"; readonly runner: number };

/** A worker of Node or of a browser. */
export interface Worker {
  post(message: WorkerMessage): void;
  /** First failure reported, if any. */
  failure(): string | undefined;
}
