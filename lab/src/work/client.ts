/**
 * The page's side of the workers: `startJob("name", input)` runs a job and gives a handle.
 *
 * Jobs of one `lane` share a worker and so wait for each other; lanes run side by side. A cancelled job has a moment
 * to end by itself, then its worker is stopped and the lane gets a new one.
 */
import type { Jobs } from "./jobs/index.ts";
import type { CommandOf, FromWorker, InputOf, OutputOf, ProgressOf, ToWorker } from "./protocol.ts";

/** What a job failed with, in the library's own words. */
class JobError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Why the promise of a cancelled job rejects. */
export const isCancelled = (error: unknown): boolean =>
  error instanceof JobError && error.name === "AbortError";

export interface JobOptions<Progress> {
  readonly onProgress?: (progress: Progress) => void;
  /** Jobs of one lane run on one worker. "main" unless named. */
  readonly lane?: string;
  /** How long a cancelled job may take to end by itself. */
  readonly graceMs?: number;
}

export interface RunningJob<Output, Command> {
  readonly result: Promise<Output>;
  send(command: Command): void;
  cancel(): void;
}

interface Pending {
  readonly resolve: (output: never) => void;
  readonly reject: (error: JobError) => void;
  readonly onProgress: ((progress: never) => void) | undefined;
}

interface Lane {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
}

const lanes = new Map<string, Lane>();
let nextId = 1;
const defaultGraceMs = 400;

/** Runs a job in a worker. */
export function startJob<Name extends keyof Jobs & string>(
  name: Name,
  input: InputOf<Jobs, Name>,
  options: JobOptions<ProgressOf<Jobs, Name>> = {},
): RunningJob<OutputOf<Jobs, Name>, CommandOf<Jobs, Name>> {
  const laneName = options.lane ?? "main";
  const lane = lanes.get(laneName) ?? openLane(laneName);
  const id = nextId++;
  const result = new Promise<OutputOf<Jobs, Name>>((resolve, reject) => {
    lane.pending.set(id, { resolve, reject, onProgress: options.onProgress });
  });
  post(lane, { kind: "run", id, job: name, input });
  return {
    result,
    send: (command) => post(lane, { kind: "command", id, command }),
    cancel: () => {
      if (!lane.pending.has(id)) return;
      post(lane, { kind: "cancel", id });
      setTimeout(() => {
        if (lane.pending.has(id)) closeLane(laneName, lane);
      }, options.graceMs ?? defaultGraceMs);
    },
  };
}

const post = (lane: Lane, message: ToWorker): void => lane.worker.postMessage(message);

function openLane(name: string): Lane {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name });
  const lane: Lane = { worker, pending: new Map() };
  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
    const job = lane.pending.get(data.id);
    if (job === undefined) return;
    if (data.kind === "progress") {
      job.onProgress?.(data.progress as never);
      return;
    }
    lane.pending.delete(data.id);
    if (data.kind === "done") job.resolve(data.output as never);
    else job.reject(new JobError(data.failure.name, data.failure.message));
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    failAll(name, lane, new JobError("WorkerError", `the worker stopped: ${event.message}`));
  });
  lanes.set(name, lane);
  return lane;
}

/** Stops a lane's worker; its jobs count as cancelled, the next job starts a new one. */
function closeLane(name: string, lane: Lane): void {
  failAll(name, lane, new JobError("AbortError", "stopped"));
}

function failAll(name: string, lane: Lane, error: JobError): void {
  lane.worker.terminate();
  if (lanes.get(name) === lane) lanes.delete(name);
  for (const job of lane.pending.values()) job.reject(error);
  lane.pending.clear();
}
