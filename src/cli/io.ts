/**
 * Where a command writes: results to `stdout`, progress and remarks to `stderr`. Tests pass their own.
 */

/** The outside of a command. */
export interface CliIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** True when `stderr` is a terminal, where a line can be overwritten. */
  readonly isTty: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Calls back on each Ctrl-C until the returned function is called. */
  readonly onInterrupt?: (listener: () => void) => () => void;
}

/** Prints one document. */
export function printJson(io: CliIo, document: unknown): void {
  io.stdout(`${JSON.stringify(document, null, 2)}\n`);
}
