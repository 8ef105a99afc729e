/** `volterra hedge evaluate POLICY|CONFIG`: a policy against its baselines and the oracle; of a configuration, its untrained start. */
import type { Command } from "commander";
import { type HedgeConfig, startTraining } from "../../hedging/index.ts";
import { numberFlag } from "../chainSource.ts";
import { exitCodes, UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { stepLine } from "../stepLine.ts";
import { hedgeText } from "./hedgeText.ts";
import { addHedgeFlags, type HedgeFlags, interruptedEarly, loadHedge } from "./loadHedge.ts";
import { addReportFlag, measureAndReport } from "./measureHedge.ts";

/** Adds the verb. */
export function addHedgeEvaluate(hedge: Command, io: CliIo, finish: (code: number) => void): void {
  addReportFlag(addHedgeFlags(hedge.command("evaluate <policy>")))
    .description("measure a policy file, or the untrained start of a configuration; write a report")
    .option("--aversion <multiple>", "tell a conditioned policy this risk aversion", numberFlag)
    .option("--cost-scale <multiple>", "tell it these costs, and multiply all costs", numberFlag)
    .action(async (path: string, flags: EvaluateFlags) =>
      finish(await evaluateVerb(path, flags, io)),
    );
}

interface EvaluateFlags extends HedgeFlags {
  readonly report: boolean;
  readonly aversion?: number;
  readonly costScale?: number;
}

/** The multiples that the flags ask for.
 *
 * Throws  UsageError for a policy that cannot be told, and for multiples that it was not trained for
 */
function toldBy(
  { condition, name }: HedgeConfig,
  { aversion, costScale }: EvaluateFlags,
): { readonly aversion?: number; readonly costScale?: number } {
  const asked = { aversion, costScale };
  for (const [field, flag] of [
    ["aversion", "--aversion"],
    ["costScale", "--cost-scale"],
  ] as const) {
    const value = asked[field];
    if (value === undefined) continue;
    if (condition === undefined) {
      throw new UsageError(
        `${flag}: expected a policy that was trained with a condition, got ${name}, which was not. Add condition to the configuration and train.`,
      );
    }
    const [low, high] = condition[field];
    if (!(value >= low && value <= high)) {
      throw new UsageError(
        `${flag}: expected a multiple that the policy was trained for, from ${low} to ${high}, got ${value}. Give one of those.`,
      );
    }
  }
  return {
    ...(aversion === undefined ? {} : { aversion }),
    ...(costScale === undefined ? {} : { costScale }),
  };
}

async function evaluateVerb(path: string, flags: EvaluateFlags, io: CliIo): Promise<number> {
  const abort = new AbortController();
  const line = stepLine(io);
  const stopListening = io.onInterrupt?.(() => abort.abort());
  try {
    const loaded = await loadHedge(path, flags, { line, signal: abort.signal });
    if (loaded === null) return interruptedEarly(io);
    stopListening?.();
    const { desk, config, policy } = loaded;
    const told = toldBy(config, flags);
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
        hasReport: flags.report,
        line,
        ...told,
      },
    );
    const files = report === null ? {} : { report };
    if (flags.json) printJson(io, { ...document, files });
    else io.stdout(`${hedgeText(document)}${report === null ? "" : `\nFiles:\n  ${report}\n`}`);
    return exitCodes.ok;
  } finally {
    line.end();
    stopListening?.();
  }
}
