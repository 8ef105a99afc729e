/** `volterra hedge evaluate POLICY|CONFIG`: a policy against its baselines and the oracle; of a configuration, its untrained start. */
import type { Command } from "commander";
import { startTraining } from "../../hedging/index.ts";
import { type CliIo, printJson } from "../io.ts";
import { stepLine } from "../stepLine.ts";
import { hedgeText } from "./hedgeText.ts";
import { addHedgeFlags, type HedgeFlags, loadHedge } from "./loadHedge.ts";
import { measureAndReport } from "./measureHedge.ts";

/** Adds the verb. */
export function addHedgeEvaluate(hedge: Command, io: CliIo): void {
  addHedgeFlags(hedge.command("evaluate <policy>"))
    .description("measure a policy file, or the untrained start of a configuration; write a report")
    .action((path: string, flags: HedgeFlags) => evaluateVerb(path, flags, io));
}

async function evaluateVerb(path: string, flags: HedgeFlags, io: CliIo): Promise<void> {
  const loaded = await loadHedge(path, flags);
  const { desk, config, policy } = loaded;
  const line = stepLine(io);
  try {
    if (policy === undefined) {
      line.keep("A configuration: its policy is measured before any training.");
    }
    const theta =
      policy?.theta ?? startTraining(desk.problem, desk.policy, { seed: config.seed }).theta;
    const { document, report } = await measureAndReport(
      { ...loaded, theta },
      {
        out: flags.out,
        history: policy?.training.history ?? [],
        trainingSeconds: policy?.training.seconds,
        line,
      },
    );
    if (flags.json) printJson(io, { ...document, files: { report } });
    else io.stdout(`${hedgeText(document)}\nFiles:\n  ${report}\n`);
  } finally {
    line.end();
  }
}
