/**
 * `volterra compare FILE`: every model, or some, on one chain, in and out of sample.
 *
 * A model that fails is a row with its reason. Ctrl-C leaves the models that were finished, in the table and in the
 * files, and ends with code 130.
 */
import { join } from "node:path";
import { type Command, Option } from "commander";
import {
  allModels,
  compareChain,
  type CompareDocument,
  type Comparison,
  modelsNamed,
  type Scenario,
  scenarios,
} from "../compare/index.ts";
import type { FitProgress } from "../calibrate/index.ts";
import { parseInstant } from "../market/index.ts";
import type { Model } from "../models/index.ts";
import { InputError } from "../num/errors.ts";
import { compareReport } from "../report/index.ts";
import { writeFileAtomically } from "./atomicWrite.ts";
import { countQuotes, droppedText } from "./chain.ts";
import {
  addChainFlags,
  type ChainFlags,
  countFlag,
  loadChain,
  type NamedChain,
} from "./chainSource.ts";
import { certificateMark, compareText } from "./compareText.ts";
import { exitCodes, UsageError } from "./exitCodes.ts";
import { type CliIo, printJson } from "./io.ts";
import { stepLine } from "./stepLine.ts";

/** Flags of comparisons and studies alike. */
export interface ModelFlags {
  readonly models?: string;
  readonly scenario?: Scenario;
  readonly seed?: number;
  readonly threads?: number;
  readonly quick?: boolean;
  readonly heldOutExpiries?: number;
  readonly limitSeconds?: number;
  readonly exotics?: boolean;
  readonly json?: boolean;
}

interface CompareFlags extends ModelFlags {
  readonly next?: string;
  readonly out?: string;
}

/** Adds the verb. */
export function addCompareVerb(
  program: Command,
  io: CliIo,
  finish: (code: number) => void,
  among: readonly Model[] = allModels,
): void {
  addModelFlags(addChainFlags(program.command("compare [file]")), among)
    .description("fit several models to a chain and compare them, in sample and out of sample")
    .option(
      "--next <file>",
      "the next snapshot, or with --store its time: how well do the models foresee it?",
    )
    .option("--out <dir>", "write the document and an HTML report into this folder")
    .action(async (file: string | undefined, flags: ChainFlags & CompareFlags) => {
      checkModelFlags(flags);
      const models = namedModels(flags.models, among);
      if (flags.next !== undefined && flags.scenario === "stress") {
        throw new UsageError(
          "--next: expected scenario liquid or sparse, got stress, which has no next day. Leave one out.",
        );
      }
      const chosen = await loadChain(file, flags);
      const next =
        flags.next === undefined ? undefined : await nextChain(flags.next, flags, chosen);
      finish(await compareVerb(chosen, next, models, flags, io));
    });
}

/** Flags that choose models and how they are compared. */
export function addModelFlags(command: Command, among: readonly Model[] = allModels): Command {
  return command
    .option(
      "--models <names>",
      `models, separated by commas (default: all): ${among.map(({ name }) => name).join(", ")}`,
    )
    .addOption(
      new Option("--scenario <name>", "the chain as it is, shocked, or thinned to a few quotes")
        .choices(scenarios)
        .default("liquid"),
    )
    .option("--quick", "leave out the fits with held-out quotes, two thirds of the time")
    .option("--exotics", "price contracts on several dates too, where a model has dynamics")
    .option("--held-out-expiries <count>", "interior expiries to hold out, each alone", countFlag)
    .option("--limit-seconds <seconds>", "stop a fit after this long and measure it so", countFlag)
    .option("--seed <number>", "seed of simulations", countFlag)
    .option("--threads <count>", "threads (default: as many as the machine has)", countFlag)
    .option("--json", "print one JSON document");
}

/** Refuses flags that make no sense. */
export function checkModelFlags({ threads, heldOutExpiries, limitSeconds }: ModelFlags): void {
  for (const [name, value] of [
    ["--threads", threads],
    ["--held-out-expiries", heldOutExpiries],
    ["--limit-seconds", limitSeconds],
  ] as const) {
    if (value === 0) {
      throw new UsageError(`${name}: expected at least 1, got 0. Leave the flag out.`);
    }
  }
}

/** Models of `--models`.
 *
 * Throws  UsageError for an unknown name
 */
export function namedModels(text: string | undefined, among: readonly Model[]): readonly Model[] {
  const names = text?.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  try {
    return modelsNamed(names, among);
  } catch (error) {
    throw error instanceof InputError ? new UsageError(`--${error.message}`) : error;
  }
}

/** The chain of `--next`: in a file, or as the store knew it at a time. */
async function nextChain(named: string, flags: ChainFlags, now: NamedChain): Promise<NamedChain> {
  const { day: _, ...rest } = flags;
  const { underlying } = now.loaded.chain;
  const isStored = flags.store !== undefined;
  if (isStored && Number.isNaN(parseInstant(named))) {
    throw new UsageError(
      `--next: expected a time such as 2026-03-29T12:00Z beside --store, got "${named}". Write ISO 8601 in UTC.`,
    );
  }
  const next = isStored
    ? await loadChain(undefined, { ...rest, underlying, asOf: named })
    : await loadChain(named, { ...rest, underlying });
  const elapsedMs = next.loaded.chain.asOfMs - now.loaded.chain.asOfMs;
  if (!(elapsedMs > 0)) {
    const iso = (ms: number): string => new Date(ms).toISOString();
    throw new InputError(
      `--next: expected a snapshot after ${iso(now.loaded.chain.asOfMs)}, got ${iso(next.loaded.chain.asOfMs)}. ${isStored ? "Choose a later time." : "Exchange the files."}`,
    );
  }
  return next;
}

async function compareVerb(
  { loaded, name }: NamedChain,
  next: NamedChain | undefined,
  models: readonly Model[],
  flags: CompareFlags,
  io: CliIo,
): Promise<number> {
  const { chain } = loaded;
  io.stderr(
    `${loaded.source}: ${loaded.read} quotes read, ${countQuotes(chain)} used in ${chain.expiries.length} expiries; ${droppedText(loaded.dropped)}\n`,
  );
  const abort = new AbortController();
  const line = stepLine(io);
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.keep("Interrupted: keeping the models that are finished. Ctrl-C again to quit at once.");
  });
  let label = "";
  try {
    const comparison = await compareChain(chain, models, {
      scenario: flags.scenario,
      seed: flags.seed,
      threads: flags.threads,
      quick: flags.quick,
      heldOutExpiries: flags.heldOutExpiries,
      exotics: flags.exotics,
      limitSeconds: flags.limitSeconds,
      next: next?.loaded.chain,
      read: loaded.read,
      signal: abort.signal,
      onStep: ({ model, index, models: count, step }) => {
        label = `${index + 1}/${count} ${model.name}: ${step}`;
        line.show(label, true);
      },
      onProgress: ({ iteration, iterations, secondsLeft }: FitProgress) =>
        line.show(
          `${label}, iteration ${iteration} of ${iterations}, about ${Math.round(secondsLeft)} s left`,
          true,
        ),
      onModel: ({ comparison: row }) => line.keep(doneText(row)),
    });
    line.end();
    const document = writeCompareFiles(comparison, flags, name, loaded.source);
    if (flags.json) printJson(io, document);
    else io.stdout(compareText(document));
    return document.complete ? exitCodes.ok : exitCodes.interrupted;
  } finally {
    line.end();
    stopListening?.();
  }
}

/** One line about a finished model. */
export function doneText(row: CompareDocument["models"][number]): string {
  if (row.status === "failed") return `${row.name}: failed: ${row.message}`;
  const inside = row.insideShare === null ? "" : `${(100 * row.insideShare).toFixed(1)}% inside, `;
  const rmse = row.rmseVolPoints === null ? "" : `RMSE ${row.rmseVolPoints.toFixed(2)}, `;
  return `${row.name}: ${inside}${rmse}certificate ${certificateMark(row)}, ${row.totalSeconds.toFixed(1)} s`;
}

function writeCompareFiles(
  comparison: Comparison,
  { out, scenario }: CompareFlags,
  name: string,
  source: string,
): CompareDocument {
  if (out === undefined) return comparison.document;
  const stem = join(out, `${name}.${scenario}`);
  const files = { document: `${stem}.compare.json`, report: `${stem}.compare.html` };
  const document = { ...comparison.document, files };
  writeFileAtomically(files.document, `${JSON.stringify(document, null, 2)}\n`);
  writeFileAtomically(files.report, compareReport({ ...comparison, document }, { source }));
  return document;
}
