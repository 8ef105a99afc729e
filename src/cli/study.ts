/**
 * `volterra study PATHS`: the comparison over many snapshots, with confidence intervals.
 *
 * Every model on every snapshot is a file of its own (studyFiles.ts), so a study that ends early goes on where it
 * stopped when the same command is given again. Snapshots are taken in an order whose every beginning is spread over
 * the whole period: the table of an unfinished study is already a fair sample, and `--limit` takes one.
 */
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import {
  allModels,
  type CompareTask,
  compareDefaults,
  compareTask,
  describeTask,
  evaluateModel,
  failedComparison,
  type ModelComparison,
  type Scenario,
  spreadOrder,
  studyDefaults,
  type StudyRecord,
  summariseStudy,
} from "../compare/index.ts";
import type { Chain } from "../market/index.ts";
import type { Model } from "../models/index.ts";
import { writeFileAtomically } from "./atomicWrite.ts";
import { addChainFlags, type ChainFlags, countFlag, loadChain, numberFlag } from "./chainSource.ts";
import {
  addModelFlags,
  checkModelFlags,
  doneText,
  type ModelFlags,
  namedModels,
} from "./compare.ts";
import { errorText, exitCodes, UsageError } from "./exitCodes.ts";
import { type CliIo, printJson } from "./io.ts";
import { type StepLine, stepLine } from "./stepLine.ts";
import {
  chainFiles,
  type StudySnapshot,
  studySnapshots,
  type StudyStore,
  studyStore,
} from "./studyFiles.ts";
import { studyMarkdown, studyText } from "./studyText.ts";

interface StudyFlags extends ModelFlags {
  readonly scenario: Scenario;
  readonly out: string;
  readonly limit?: number;
  readonly maxGapHours: number;
  readonly reference: string;
  readonly summary?: boolean;
  readonly common?: boolean;
}

/** Runs of a model that never came back before it counts as failed. */
const mostAttempts = 2;

/** Adds the verb. */
export function addStudyVerb(
  program: Command,
  io: CliIo,
  finish: (code: number) => void,
  among: readonly Model[] = allModels,
): void {
  addModelFlags(addChainFlags(program.command("study <paths...>")), among)
    .description(
      "compare models over many snapshots (files, or folders of them); --underlying and --day may list several, separated by commas",
    )
    .option("--out <dir>", "folder of the results; the same command goes on with them", "study")
    .option(
      "--limit <count>",
      "this many moments, spread over all; each with every underlying",
      countFlag,
    )
    .option(
      "--max-gap-hours <hours>",
      "longest time to the next snapshot for rolled parameters to be asked about it",
      positiveFlag,
      36,
    )
    .option(
      "--reference <model>",
      "model that the others are compared with",
      studyDefaults.reference,
    )
    .option(
      "--common",
      "table of the chosen models on the snapshots that all of them were measured on",
    )
    .option("--summary", "measure nothing: table of the results that are there")
    .action(async (paths: string[], flags: ChainFlags & StudyFlags) => {
      checkModelFlags(flags);
      const models = namedModels(flags.models, among);
      if (flags.source !== undefined || flags.store !== undefined) {
        const flag = flags.source === undefined ? "--store" : "--source";
        throw new UsageError(`${flag}: expected files for a study, got ${flag}. Leave it out.`);
      }
      finish(await studyVerb(paths, models, flags, io));
    });
}

function positiveFlag(text: string): number {
  const value = numberFlag(text);
  if (!(value > 0)) throw new InvalidArgumentError(`Expected a positive number, got "${text}".`);
  return value;
}

const listOf = (text: string | undefined): string[] | undefined =>
  text?.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));

async function studyVerb(
  paths: readonly string[],
  models: readonly Model[],
  flags: ChainFlags & StudyFlags,
  io: CliIo,
): Promise<number> {
  const moments = studySnapshots(chainFiles(paths), listOf(flags.underlying), listOf(flags.day));
  const snapshots = spreadOrder(moments.length)
    .slice(0, flags.limit)
    .flatMap((i) => moments[i]);
  const store = studyStore(flags.out, flags.scenario, settingsOf(flags));
  const abort = new AbortController();
  const line = stepLine(io);
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.keep(
      "Interrupted: finished results are kept; the same command goes on. Ctrl-C again to quit at once.",
    );
  });
  try {
    if (flags.summary !== true) {
      const run = { models, flags, store, line, signal: abort.signal };
      await measureAll(snapshots, run);
    }
    line.end();
    const chosen = new Set(models.map(({ name }) => name));
    const records = store.records();
    const shown = flags.common ? records.filter(({ model }) => chosen.has(model.name)) : records;
    const document = summariseStudy(shown, flags.scenario, {
      reference: flags.reference,
      common: flags.common,
      seed: flags.seed,
      order: models.map(({ name }) => name),
    });
    const stem = join(flags.out, `${flags.scenario}.study`);
    writeFileAtomically(`${stem}.json`, `${JSON.stringify(document, null, 2)}\n`);
    writeFileAtomically(`${stem}.md`, studyMarkdown(document, commandOf(paths, flags)));
    if (flags.json) printJson(io, document);
    else io.stdout(`${studyText(document)}Files:\n  ${stem}.json\n  ${stem}.md\n`);
    return abort.signal.aborted ? exitCodes.interrupted : exitCodes.ok;
  } finally {
    line.end();
    stopListening?.();
  }
}

/** What must be equal for a result to be used again. */
function settingsOf(flags: ChainFlags & StudyFlags): string {
  const { seed, quick, heldOutExpiries, limitSeconds, maxGapHours, exotics } = flags;
  const { minDelta, maxDelta, minDays, maxSpread, minQuotes, maxQuotesPerExpiry } = flags;
  return JSON.stringify({
    seed: seed ?? compareDefaults.seed,
    quick: quick === true,
    heldOutExpiries: heldOutExpiries ?? compareDefaults.heldOutExpiries,
    maxGapHours,
    limitSeconds,
    exotics,
    minDelta,
    maxDelta,
    minDays,
    maxSpread,
    minQuotes,
    maxQuotesPerExpiry,
  });
}

/** The command as a reader would type it, without the folders of this machine. */
function commandOf(paths: readonly string[], flags: ChainFlags & StudyFlags): string {
  const names = paths.map((path) => path.replace(/^.*\/(?=[^/]+\/[^/]+\/?$)/, ""));
  const options = [
    ["--underlying", flags.underlying],
    ["--day", flags.day],
    ["--models", flags.models],
    ["--scenario", flags.scenario],
    ["--limit", flags.limit],
    ["--held-out-expiries", flags.heldOutExpiries],
    ["--seed", flags.seed],
  ] as const;
  const given = options.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${value}`],
  );
  return [
    "volterra study",
    ...names,
    ...given,
    ...(flags.quick ? ["--quick"] : []),
    ...(flags.exotics ? ["--exotics"] : []),
    ...(flags.common ? ["--common"] : []),
  ].join(" ");
}

interface Run {
  readonly models: readonly Model[];
  readonly flags: ChainFlags & StudyFlags;
  readonly store: StudyStore;
  readonly line: StepLine;
  readonly signal: AbortSignal;
}

/** Measures what has no result yet, snapshot by snapshot. */
async function measureAll(snapshots: readonly StudySnapshot[], run: Run): Promise<void> {
  const { models, store, line, signal } = run;
  const missing = (snapshot: StudySnapshot): Model[] =>
    models.filter(({ name }) => !store.has(snapshot.name, name));
  const todo = snapshots.filter((snapshot) => missing(snapshot).length > 0);
  line.keep(
    `${snapshots.length} snapshots, ${models.length} models: ${snapshots.length - todo.length} snapshots are done, ${todo.length} to do`,
  );
  const started = performance.now();
  for (const [index, snapshot] of todo.entries()) {
    if (signal.aborted) return;
    const seconds = (performance.now() - started) / 1000;
    const left =
      index === 0 ? "" : `, about ${timeText((seconds / index) * (todo.length - index))} left`;
    line.keep(`[${index + 1}/${todo.length}] ${snapshot.name}${left}`);
    try {
      const task = await taskOf(snapshot, run.flags);
      for (const model of missing(snapshot)) {
        if (signal.aborted) return;
        await measure(snapshot, task, model, run);
      }
    } catch (error) {
      // One damaged file must not end a study of hundreds: it is named, and is in no table.
      line.keep(`  left out: ${errorText(error)}`);
    }
  }
}

/** Loads a snapshot and the one after it. */
async function taskOf(
  snapshot: StudySnapshot,
  flags: ChainFlags & StudyFlags,
): Promise<CompareTask> {
  const load = async (file: string, day: string | undefined): Promise<Chain> => {
    const { loaded } = await loadChain(file, { ...flags, underlying: snapshot.underlying, day });
    return loaded.chain;
  };
  const chain = await load(snapshot.file, snapshot.day);
  const { scenario, quick, heldOutExpiries, maxGapHours, exotics } = flags;
  let next: Chain | undefined;
  if (snapshot.next !== null && scenario !== "stress") {
    const following = await load(snapshot.next.file, snapshot.next.day).catch(() => undefined);
    const gapHours = ((following?.asOfMs ?? Number.NaN) - chain.asOfMs) / 3_600_000;
    if (gapHours > 0 && gapHours <= maxGapHours) next = following;
  }
  return compareTask(chain, scenario, { next, quick, heldOutExpiries, exotics });
}

/** One model on one snapshot: a result, whatever happens, unless the study is interrupted. */
async function measure(
  snapshot: StudySnapshot,
  task: CompareTask,
  model: Model,
  { flags, store, line, signal }: Run,
): Promise<void> {
  const attempts = store.begin(snapshot.name, model.name);
  const record = (row: ModelComparison): StudyRecord => {
    const { underlying, asOf, nextAsOf, level, quotes, scenario } = describeTask(task);
    return {
      schemaVersion: 1,
      snapshot: snapshot.name,
      underlying,
      asOf,
      nextAsOf,
      scenario,
      level,
      quotes: quotes.measured,
      model: row,
    };
  };
  if (attempts >= mostAttempts) {
    const message = `${attempts} runs of the study ended during this fit without a result`;
    const row = failedComparison(model, { message, warnings: [], seconds: 0 }, 0);
    store.save(record(row));
    line.keep(`  ${doneText(row)}`);
    return;
  }
  const evaluation = await evaluateModel(model, task, {
    seed: flags.seed ?? compareDefaults.seed,
    threads: flags.threads,
    limitSeconds: flags.limitSeconds,
    signal,
    onStep: (step) => line.show(`  ${model.name}: ${step}`, true),
  });
  if (evaluation === null) {
    store.release(snapshot.name, model.name);
    return;
  }
  store.save(record(evaluation.comparison));
  line.keep(`  ${doneText(evaluation.comparison)}`);
}

function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
