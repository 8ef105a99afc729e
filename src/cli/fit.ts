/**
 * `volterra fit FILE`: chain → model, surface, certificate and report.
 *
 * Result files are written at the end, each in one piece. The checkpoint is replaced after every iteration and
 * removed when the fit is complete. Ctrl-C ends the fit after the iteration under way and keeps the best model.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import {
  type CheckpointStore,
  fitChain,
  type FitDocument,
  type FitOptions,
} from "../calibrate/index.ts";
import type { LoadedChain } from "../market/index.ts";
import { recordRun } from "../market/store/index.ts";
import { writeFileAtomically } from "./atomicWrite.ts";
import { countQuotes, droppedText, richestExpiry } from "./chain.ts";
import {
  addChainFlags,
  type ChainFlags,
  countFlag,
  loadChain,
  type NamedChain,
} from "./chainSource.ts";
import { exitCodes, UsageError } from "./exitCodes.ts";
import { writeFitFiles } from "./fitFiles.ts";
import { fitText } from "./fitText.ts";
import { type CliIo, printJson } from "./io.ts";
import { progressLine } from "./progressLine.ts";
import { readModel } from "./surface.ts";

/** Flags of a fit. */
export interface FitFlags {
  readonly out?: string;
  readonly seed?: number;
  readonly threads?: number;
  readonly warmStart?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addFitVerb(program: Command, io: CliIo, finish: (code: number) => void): void {
  addFitFlags(addChainFlags(program.command("fit [file]")), ".")
    .description(
      "fit the neural SDE to a chain and write the model, surface, certificate and report",
    )
    .option("--warm-start <model>", "start from a fitted model, such as the previous snapshot's")
    .action(async (file: string | undefined, flags: ChainFlags & FitFlags) => {
      if (flags.resume && flags.source !== undefined) {
        throw new UsageError(
          "--resume: expected the file of the interrupted fit, got live quotes, which have changed. Fit without --resume.",
        );
      }
      finish(await fitVerb(await loadChain(file, flags), flags, io, flags.store));
    });
}

/** Flags that every verb that fits has. */
export function addFitFlags(command: Command, out: string): Command {
  return command
    .option("--out <dir>", "folder for the result files", out)
    .option("--resume", "continue an interrupted fit from its checkpoint")
    .option("--seed <number>", "seed of paths and of initial weights", countFlag)
    .option("--threads <count>", "threads (default: as many as the machine has)", countFlag)
    .option("--json", "print one JSON document");
}

/** Fits, writes, prints; returns the exit code.
 *
 * Throws  UsageError for --threads 0; InputError when the checkpoint or the warm start does not belong to the chain
 */
export async function fitVerb(
  { loaded, name }: NamedChain,
  flags: FitFlags,
  io: CliIo,
  store?: string,
): Promise<number> {
  if (flags.threads === 0) {
    throw new UsageError("--threads: expected at least 1, got 0. Leave the flag out for all.");
  }
  const out = flags.out ?? ".";
  const checkpointPath = join(out, `${name}.checkpoint.json`);
  const warmStart = flags.warmStart === undefined ? undefined : await readModel(flags.warmStart);
  const { chain } = loaded;
  io.stderr(
    `${loaded.source}: ${loaded.read} quotes read, ${countQuotes(chain)} used in ${chain.expiries.length} expiries; ${droppedText(loaded.dropped)}\n`,
  );
  const abort = new AbortController();
  const line = progressLine(io);
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.end();
    io.stderr("Interrupted: measuring and saving the best model so far. Ctrl-C again to quit.\n");
  });
  const options: FitOptions = {
    seed: flags.seed,
    threads: flags.threads,
    warmStart,
    signal: abort.signal,
    checkpoint: checkpointStore(checkpointPath, flags.resume === true, io),
    onProgress: (progress) => line.show(progress),
  };
  try {
    const result = await fitChain(chain, options);
    line.end();
    const document = await writeFitFiles({
      result,
      loaded,
      name,
      out,
      settings: settingsOf(loaded, flags),
    });
    if (store !== undefined) recordFit(store, loaded, flags, document);
    const cancelled = document.status === "cancelled";
    if (cancelled) {
      io.stderr(
        `Interrupted: the best model so far is in ${document.files.model}. Continue with --resume.\n`,
      );
    } else rmSync(checkpointPath, { force: true });
    if (flags.json) printJson(io, document);
    else io.stdout(fitText(document, result.quotes, richestExpiry(chain).expiryMs, io.width));
    if (cancelled) return exitCodes.interrupted;
    return document.certificate.pass ? exitCodes.ok : exitCodes.gateFailed;
  } finally {
    line.end();
    stopListening?.();
  }
}

/** Puts a fit to a store's chain into that store's run catalogue. */
function recordFit(
  store: string,
  loaded: LoadedChain,
  flags: FitFlags,
  document: FitDocument,
): void {
  const { seed, status, underlying, asOf, fit, checks, certificate, cost, files } = document;
  const { warmStart, threads } = flags;
  recordRun(store, {
    kind: "fit",
    name: `neural SDE ${underlying} ${asOf}`,
    config: { underlying, asOf, threads: threads ?? null, warmStart: warmStart ?? null },
    dataFingerprint: loaded.rawFingerprint,
    seed,
    status,
    results: { fit, checks, pass: certificate.pass, cost, files },
  });
}

/** What a reader needs to repeat the fit. */
function settingsOf(loaded: LoadedChain, flags: FitFlags): Readonly<Record<string, string>> {
  return {
    source: loaded.source,
    "fingerprint of the quotes": loaded.rawFingerprint,
    ...(flags.warmStart === undefined ? {} : { "warm start": basename(flags.warmStart) }),
  };
}

/** A checkpoint in a file; it is read only to resume. */
function checkpointStore(path: string, resume: boolean, io: CliIo): CheckpointStore {
  return {
    load() {
      if (!resume) return undefined;
      if (existsSync(path)) return readFileSync(path, "utf8");
      io.stderr(`No checkpoint at ${path}: starting from the beginning.\n`);
      return undefined;
    },
    save: (text) => writeFileAtomically(path, text),
  };
}
