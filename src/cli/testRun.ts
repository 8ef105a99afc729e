/** Runs the command line inside a test and keeps what it prints. */
import type { CliIo } from "./io.ts";
import { run } from "./program.ts";

/** What a command left behind. */
export interface TestRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line. */
export const testRun = (...argv: readonly string[]): Promise<TestRun> => testRunWith({}, argv);

/** Runs one command line with a part of its outside replaced. */
export async function testRunWith(
  outside: Pick<CliIo, "onInterrupt">,
  argv: readonly string[],
): Promise<TestRun> {
  let stdout = "";
  let stderr = "";
  const code = await run(argv, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    isTty: false,
    width: 100,
    ...outside,
  });
  return { code, stdout, stderr };
}
