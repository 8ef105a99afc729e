/**
 * Messages between the page and its workers, and what a job is.
 *
 *   page → worker   run (a job's name and input), command (something for a running job), cancel
 *   worker → page   progress, done, failed
 *
 * A job is a function of its input and a context: it reports progress, hears commands, and heeds `signal`. Inputs,
 * outputs and progress are plain data, for they are copied between threads.
 */

/** What a running job is given besides its input. */
export interface JobContext<Progress, Command> {
  report(progress: Progress): void;
  /** Hears commands sent by the page, those that came before the call included. */
  onCommand(listener: (command: Command) => void): void;
  readonly signal: AbortSignal;
}

/** A job. Name its progress and commands in the types; `never` where there are none. */
export type Job<Input, Output, Progress = never, Command = never> = (
  input: Input,
  context: JobContext<Progress, Command>,
) => Output | Promise<Output>;

/** Jobs by name, each loaded when it is first run. */
export type JobTable = Readonly<Record<string, () => Promise<Job<never, unknown, never, never>>>>;

type JobOf<Table extends JobTable, Name extends keyof Table> = Awaited<ReturnType<Table[Name]>>;

/** Types of a table's job. */
export type InputOf<Table extends JobTable, Name extends keyof Table> = Parameters<
  JobOf<Table, Name>
>[0];
export type OutputOf<Table extends JobTable, Name extends keyof Table> = Awaited<
  ReturnType<JobOf<Table, Name>>
>;
type ContextOf<Table extends JobTable, Name extends keyof Table> = Parameters<
  JobOf<Table, Name>
>[1];
export type ProgressOf<Table extends JobTable, Name extends keyof Table> = Parameters<
  ContextOf<Table, Name>["report"]
>[0];
export type CommandOf<Table extends JobTable, Name extends keyof Table> = Parameters<
  Parameters<ContextOf<Table, Name>["onCommand"]>[0]
>[0];

/** An error as plain data. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

export type ToWorker =
  | { readonly kind: "run"; readonly id: number; readonly job: string; readonly input: unknown }
  | { readonly kind: "command"; readonly id: number; readonly command: unknown }
  | { readonly kind: "cancel"; readonly id: number };

export type FromWorker =
  | { readonly kind: "progress"; readonly id: number; readonly progress: unknown }
  | { readonly kind: "done"; readonly id: number; readonly output: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure };
