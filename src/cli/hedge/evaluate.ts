/** `volterra hedge evaluate POLICY|CONFIG`: a policy against its baselines and the oracle; of a configuration, baselines only. */
import type { Command } from "commander";
import { wasmBackend } from "../../backend/wasm/index.ts";
import { measureDesk, startTraining } from "../../hedging/index.ts";
import { type CliIo, printJson } from "../io.ts";
import { stepLine } from "../stepLine.ts";
import { hedgeText } from "./hedgeText.ts";
import { addHedgeFlags, type HedgeFlags, loadHedge } from "./loadHedge.ts";

/** Adds the verb. */
export function addHedgeEvaluate(hedge: Command, io: CliIo): void {
  addHedgeFlags(hedge.command("evaluate <policy>"))
    .description("measure a policy file, or the start of a configuration, against the baselines")
    .action((path: string, flags: HedgeFlags) => evaluateVerb(path, flags, io));
}

async function evaluateVerb(path: string, flags: HedgeFlags, io: CliIo): Promise<void> {
  const { config, desk, fingerprint, threads, policy } = await loadHedge(path, flags);
  const line = stepLine(io);
  try {
    const theta =
      policy?.theta ?? startTraining(desk.problem, desk.policy, { seed: config.seed }).theta;
    const document = await measureDesk({ config, desk, theta, fingerprint }, wasmBackend, {
      threads,
      onStep: (name) => line.show(`measuring ${name}`, true),
    });
    line.end();
    if (flags.json) printJson(io, document);
    else io.stdout(hedgeText(document));
  } finally {
    line.end();
  }
}
