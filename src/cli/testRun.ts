/** Runs the command line inside a test and keeps what it prints. */
import { run } from "./program.ts";

/** What a command left behind. */
export interface TestRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line. */
export async function testRun(...argv: readonly string[]): Promise<TestRun> {
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
  });
  return { code, stdout, stderr };
}
