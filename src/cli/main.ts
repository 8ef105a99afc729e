#!/usr/bin/env node
/** The `volterra` program: `run` on this process's arguments, streams and signals. */
import { refuseOldNode } from "./nodeVersion.ts";
import { run } from "./program.ts";

refuseOldNode(process.versions.node);
process.exitCode = await run(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  isTty: process.stderr.isTTY === true,
  width: process.stdout.columns ?? 100,
  onInterrupt(listener) {
    // Heard once: with no listener left, a second Ctrl-C ends the process at once. A service manager sends SIGTERM.
    const signals = ["SIGINT", "SIGTERM"] as const;
    for (const signal of signals) process.once(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
});
