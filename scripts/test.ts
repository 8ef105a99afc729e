/**
 * `npm test`: runs the suite with vitest and ends with one line that people and machines read alike,
 *
 *   N passed, N failed
 *
 * A file that does not load and an error outside every test count as failures, so does a run that finds no test:
 * "0 failed" can then be trusted. Arguments pass through to vitest: `npm test -- src/ir`, `npm test -- -t parity`.
 */
import { parseCLI, startVitest } from "vitest/node";

type Suite = Awaited<ReturnType<typeof startVitest>>;

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts test cases; a module or a suite that broke outside its tests adds one failure each. */
function countResults(suite: Suite): Counts {
  let passed = 0;
  let failed = suite.state.getUnhandledErrors().length;
  let skipped = 0;
  for (const module of suite.state.getTestModules()) {
    failed += module.errors().length;
    for (const block of module.children.allSuites()) failed += block.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") passed += 1;
      else if (state === "skipped") skipped += 1;
      else failed += 1; // A test still pending when the run is over did not pass.
    }
  }
  return { passed, failed, skipped };
}

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
let counts: Counts = { passed: 0, failed: 1, skipped: 0 };
try {
  const suite = await startVitest(filter, { ...options, watch: false, run: true });
  counts = countResults(suite);
  await suite.close();
  if (counts.passed + counts.failed === 0) {
    console.error("test: expected at least one test to run, got none. Check the file filter.");
    counts = { ...counts, failed: 1 };
  }
} catch (error) {
  console.error(error);
}
if (counts.skipped > 0) console.log(`${counts.skipped} skipped`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
