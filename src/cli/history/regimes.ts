/**
 * `volterra regimes DATA…`: when did the world change, and was it worth learning again?
 */
import type { Command } from "commander";
import {
  compareRetraining,
  learnDefaults,
  makeDesign,
  type PolicyResult,
  retrainingDefaults,
  rowAt,
} from "../../estimate/index.ts";
import { countFlag, numberFlag } from "../chainSource.ts";
import { exitCodes } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { stepLine } from "../stepLine.ts";
import { textTable } from "../textTable.ts";
import {
  addHistoryFlags,
  type HistoryFlags,
  historyLine,
  loadHistory,
  timeFlag,
} from "./historySource.ts";

interface RegimesFlags extends HistoryFlags {
  readonly testFrom: number;
  readonly schedule: number;
  readonly trial: number;
  readonly rest: number;
  readonly window: number;
  readonly falseAlarms: number;
  readonly members: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addRegimesVerb(program: Command, io: CliIo, finish: (code: number) => void): void {
  const { everySteps, trialSteps, restSteps, windowSteps, falseAlarmRate } = retrainingDefaults;
  addHistoryFlags(program.command("regimes <data...>"))
    .description(
      "walk through a history: alarms when forecasts stop being right, and fixed, scheduled and alarm-driven retraining compared",
    )
    .requiredOption("--test-from <time>", "learn before this time, walk from it on", timeFlag)
    .option("--schedule <steps>", "scheduled: learn again that often", countFlag, everySteps)
    .option(
      "--trial <steps>",
      "steps that champion and challenger forecast side by side",
      countFlag,
      trialSteps,
    )
    .option(
      "--rest <steps>",
      "least steps between two challengers after alarms",
      countFlag,
      restSteps,
    )
    .option("--window <steps>", "rows to learn from", countFlag, windowSteps)
    .option(
      "--false-alarms <rate>",
      "false alarms per step that are wished for",
      numberFlag,
      falseAlarmRate,
    )
    .option("--members <count>", "models in the ensemble", countFlag, learnDefaults.members)
    .option("--seed <seed>", "seed of networks and bootstrap", countFlag, learnDefaults.seed)
    .option("--json", "print one JSON document")
    .action(async (paths: string[], flags: RegimesFlags) =>
      finish(await regimesVerb(paths, flags, io)),
    );
}

async function regimesVerb(
  paths: readonly string[],
  flags: RegimesFlags,
  io: CliIo,
): Promise<number> {
  const loaded = await loadHistory(paths, flags);
  const design = makeDesign(loaded.history);
  const line = stepLine(io);
  line.keep(historyLine(loaded));
  const abort = new AbortController();
  const stopListening = io.onInterrupt?.(() => abort.abort());
  const { members, seed } = flags;
  try {
    const { policies } = await compareRetraining(design, {
      testFrom: rowAt(design, flags.testFrom),
      everySteps: flags.schedule,
      trialSteps: flags.trial,
      restSteps: flags.rest,
      windowSteps: flags.window,
      falseAlarmRate: flags.falseAlarms,
      learn: {
        members,
        seed,
        signal: abort.signal,
        onProgress: ({ done, of }) =>
          line.show(`learning the first model: ${done + 1} of ${of}`, true),
      },
      onProgress: (policy, done, of) => line.show(`${policy}: step ${done} of ${of}`, true),
    });
    line.end();
    if (flags.json) printJson(io, regimesDocument(policies));
    else io.stdout(regimesText(policies));
    return exitCodes.ok;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    line.keep("Interrupted: nothing was written.");
    return exitCodes.interrupted;
  } finally {
    line.end();
    stopListening?.();
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function regimesText(policies: readonly PolicyResult[]): string {
  const rows = policies.map(({ policy, logScore, gain, alarms, decisions }) => [
    policy,
    logScore.toFixed(4),
    gain === null ? "" : `${gain.mean.toFixed(4)} ± ${gain.standardError.toFixed(4)}`,
    gain === null ? "" : gain.pValue.toPrecision(2),
    String(alarms.length),
    String(decisions.length),
    String(decisions.filter(({ switched }) => switched).length),
  ]);
  const header = [
    "retraining",
    "log score",
    "gain over fixed",
    "p",
    "alarms",
    "challengers",
    "switches",
  ];
  const alarms = policies[0].alarms.map(
    ({ timeMs, sinceMs, componentName, type, sum }) =>
      `  ${dayOf(timeMs)}  ${type} in ${componentName} since ${dayOf(sinceMs)} (sum ${sum.toFixed(1)})`,
  );
  const reasons = policies.flatMap(({ policy, decisions }) =>
    decisions.map(({ timeMs, reason }) => `  ${dayOf(timeMs)}  ${policy}: ${reason}`),
  );
  return [
    textTable(header, rows),
    `Alarms against the first model:\n${alarms.join("\n") || "  none"}`,
    `Decisions:\n${reasons.join("\n") || "  none"}`,
  ]
    .join("\n\n")
    .concat("\n");
}

function regimesDocument(policies: readonly PolicyResult[]) {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    schemaVersion: 1,
    policies: policies.map(({ policy, logScore, gain, alarms, decisions }) => ({
      policy,
      logScore,
      gain,
      alarms: alarms.map(({ timeMs, sinceMs, componentName, type, sum }) => ({
        time: iso(timeMs),
        since: iso(sinceMs),
        component: componentName,
        type,
        sum,
      })),
      decisions: decisions.map(({ timeMs, askedMs, ...rest }) => ({
        time: iso(timeMs),
        asked: iso(askedMs),
        ...rest,
      })),
    })),
  };
}
