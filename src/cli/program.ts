/**
 * The command line: `run(argv, io)` parses, does one verb and returns the exit code. It never ends the process.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addChainVerb } from "./chain.ts";
import { addCompareVerb } from "./compare.ts";
import { addConvertVerb } from "./convert.ts";
import { addDataVerb } from "./data/data.ts";
import { addDemoVerb } from "./demo.ts";
import { errorText, exitCodeOf, exitCodes } from "./exitCodes.ts";
import { addFitVerb } from "./fit.ts";
import { addHedgeVerbs } from "./hedge/hedge.ts";
import { addLearnVerb } from "./history/learn.ts";
import { addRegimesVerb } from "./history/regimes.ts";
import { addSimulateVerb } from "./history/simulate.ts";
import type { CliIo } from "./io.ts";
import { addLabVerb } from "./lab.ts";
import { addRepairVerb } from "./repair.ts";
import { addStudyVerb } from "./study.ts";
import { addSurfaceVerb } from "./surface.ts";

/** Runs one command line; `argv` is what follows the program's name.
 *
 * Throws  nothing: errors are printed to `io.stderr` and told by the exit code
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  let code: number = exitCodes.ok;
  const program = new Command("volterra")
    .description("Neural stochastic volatility from option chains.")
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      getOutHelpWidth: () => io.width,
      getErrHelpWidth: () => io.width,
    })
    .addHelpText(
      "after",
      "\nExit codes: 0 ok, 1 failure, 2 usage, 3 bad data, 4 certificate not passed, 5 network, 130 interrupted.",
    );
  const finish = (value: number): void => {
    code = value;
  };
  addChainVerb(program, io);
  addFitVerb(program, io, finish);
  addSurfaceVerb(program, io);
  addCompareVerb(program, io, finish);
  addStudyVerb(program, io, finish);
  addConvertVerb(program, io);
  addRepairVerb(program, io);
  addHedgeVerbs(program, io, finish);
  addDataVerb(program, io, finish);
  addLearnVerb(program, io, finish);
  addSimulateVerb(program, io);
  addRegimesVerb(program, io, finish);
  addDemoVerb(program, io, finish);
  addLabVerb(program, io, finish);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    // Commander has already printed its own errors; help and version come this way too, with code 0.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    io.stderr(`${errorText(error)}\n`);
    return exitCodeOf(error);
  }
}

/** Version of the package, two folders up from src/cli and dist/cli alike. */
function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
