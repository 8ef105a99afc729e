/** The worker's side: runs jobs of the table and answers with messages. */
import { jobs } from "./jobs/index.ts";
import type { FromWorker, Job, JobTable, ToWorker } from "./protocol.ts";

interface Running {
  readonly abort: AbortController;
  readonly waiting: unknown[];
  listener: ((command: unknown) => void) | null;
}

type AnyJob = Job<unknown, unknown, unknown, unknown>;

const running = new Map<number, Running>();
const table: JobTable = jobs;
const post = (message: FromWorker): void => postMessage(message);

async function run(id: number, name: string, input: unknown): Promise<void> {
  const state: Running = { abort: new AbortController(), waiting: [], listener: null };
  running.set(id, state);
  try {
    const job = (await table[name]()) as unknown as AnyJob;
    const output = await job(input, {
      report: (progress) => post({ kind: "progress", id, progress }),
      onCommand: (listener) => {
        state.listener = listener;
        for (const command of state.waiting.splice(0)) listener(command);
      },
      signal: state.abort.signal,
    });
    post({ kind: "done", id, output });
  } catch (error) {
    const failure =
      error instanceof Error
        ? { name: error.name, message: error.message }
        : { name: "Error", message: String(error) };
    post({ kind: "failed", id, failure });
  } finally {
    running.delete(id);
  }
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "run") {
    void run(data.id, data.job, data.input);
    return;
  }
  const state = running.get(data.id);
  if (state === undefined) return; // it ended while the message was on its way
  if (data.kind === "cancel") state.abort.abort();
  else if (state.listener === null) state.waiting.push(data.command);
  else state.listener(data.command);
});
