/**
 * What every hedge verb begins with: a configuration or a policy file, read, checked and built into a problem.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import {
  configFingerprint,
  decodePolicy,
  type DeskProblem,
  deskProblem,
  type HedgeConfig,
  isPolicyText,
  type MarketData,
  type PolicyFile,
  preparedBefore,
  prepareMarket,
  readHedgeFiles,
} from "../../hedging/index.ts";
import { InputError } from "../../num/errors.ts";
import { wasmBackend } from "../../backend/wasm/index.ts";
import { countFlag } from "../chainSource.ts";
import { exitCodes, UsageError } from "../exitCodes.ts";
import type { CliIo } from "../io.ts";
import type { StepLine } from "../stepLine.ts";
import { plainText } from "./backtestHistory.ts";
import { trainingLine } from "./trainingLine.ts";

/** Flags that every hedge verb has. */
export interface HedgeFlags {
  readonly out: string;
  readonly seed?: number;
  readonly threads?: number;
  readonly quick?: boolean;
  readonly json?: boolean;
}

/** Adds them. */
export function addHedgeFlags(command: Command): Command {
  return command
    .option("--out <dir>", "folder for the result files", ".")
    .option("--seed <number>", "seed instead of the configuration's", countFlag)
    .option("--threads <count>", "threads (default: as many as the machine has)", countFlag)
    .option("--quick", "few iterations and few paths: to see that everything works")
    .option("--json", "print one JSON document");
}

/** A configuration ready to work with, and the policy where the file was one. */
export interface LoadedHedge {
  readonly config: HedgeConfig;
  readonly data: MarketData;
  readonly desk: DeskProblem;
  /** Of the configuration and the files that it names. */
  readonly fingerprint: string;
  readonly threads: number;
  /** Stem of result files. */
  readonly stem: string;
  readonly policy?: PolicyFile;
}

/** How the work on a market is watched, and stopped. */
export interface LoadWatch {
  readonly line: StepLine;
  readonly signal: AbortSignal;
}

/** Reads a configuration or a policy file; for a configuration learns what its market needs.
 *
 * Returns null when Ctrl-C ended the work on the market: there is nothing to keep
 * Throws  InputError when it is neither, is damaged, or names something that is not there; UsageError for --threads 0
 */
export async function loadHedge(
  path: string,
  flags: Pick<HedgeFlags, "seed" | "threads" | "quick">,
  { line, signal }: LoadWatch,
): Promise<LoadedHedge | null> {
  if (flags.threads === 0) {
    throw new UsageError("--threads: expected at least 1, got 0. Leave the flag out for all.");
  }
  const threads = flags.threads ?? availableParallelism();
  const text = readText(path);
  const policy = isPolicyText(text) ? await decodePolicy(text, path) : undefined;
  if (policy !== undefined && flags.seed !== undefined) {
    throw new UsageError(
      `--seed: expected a configuration with it, got the policy file ${path}, which has its own. Train again for another seed.`,
    );
  }
  const read =
    policy === undefined
      ? await readHedgeFiles(text, path, (name) => textOfNamed(path, name))
      : { config: policy.config, data: policy.data, files: {} };
  const seeded = flags.seed === undefined ? read.config : { ...read.config, seed: flags.seed };
  const config = flags.quick ? quickConfig(seeded) : seeded;
  const { data, files } = read;
  const progress = trainingLine(line, "market");
  const prepared =
    policy === undefined
      ? await prepareMarket(config, data, wasmBackend, {
          threads,
          signal,
          onStep: (name) => line.show(`learning ${name}`),
          onProgress: progress.show,
        })
      : preparedBefore(config, data, policy.preparation);
  if (signal.aborted) return null;
  return {
    config,
    data,
    desk: deskProblem(config, prepared),
    fingerprint: policy?.fingerprint ?? (await configFingerprint(config, files)),
    threads,
    stem: config.name.replace(/[^\p{L}\p{N}.-]+/gu, "-").replace(/^-|-$/g, "") || "hedge",
    policy,
  };
}

/** Says that Ctrl-C ended a command before it had something to keep, and its exit code. */
export function interruptedEarly(io: CliIo): number {
  io.stderr("Interrupted: there is nothing yet to save.\n");
  return exitCodes.interrupted;
}

/** Reads a policy file: nothing is left to learn.
 *
 * Throws  UsageError for a configuration, else as `loadHedge`
 */
export async function loadPolicy(
  path: string,
  flags: Pick<HedgeFlags, "threads">,
  verb: string,
): Promise<LoadedHedge & { readonly policy: PolicyFile }> {
  if (!isPolicyText(readText(path))) {
    throw new UsageError(
      `${verb}: expected a policy file, got ${path}. Make one of a configuration with \`volterra hedge train\`.`,
    );
  }
  const line: StepLine = { show: () => {}, keep: () => {}, end: () => {} };
  const { threads } = flags;
  const loaded = await loadHedge(path, { threads }, { line, signal: new AbortController().signal });
  return loaded as LoadedHedge & { readonly policy: PolicyFile };
}

/** Text of a file that a configuration names, gunzipped where it is; its place is told from the configuration's folder.
 *
 * Throws  InputError when there is none
 */
function textOfNamed(config: string, name: string): string {
  const path = resolve(dirname(config), name);
  if (!existsSync(path) || statSync(path).isDirectory()) {
    throw new InputError(
      `expected a file beside the configuration, got ${name}, which is ${existsSync(path) ? "a folder" : `not at ${path}`}. Correct the path.`,
    );
  }
  return plainText(readFileSync(path));
}

/** Few iterations and few paths. */
function quickConfig(config: HedgeConfig): HedgeConfig {
  const { training, evaluation, optionPrices } = config;
  return {
    ...config,
    optionPrices: {
      ...optionPrices,
      iterations: Math.min(optionPrices.iterations, 60),
      paths: Math.min(optionPrices.paths, 1024),
      testPaths: Math.min(optionPrices.testPaths, 8192),
    },
    training: {
      ...training,
      iterations: Math.min(training.iterations, 60),
      paths: Math.min(training.paths, 1024),
    },
    evaluation: {
      ...evaluation,
      paths: Math.min(evaluation.paths, 8192),
      sets: Math.min(evaluation.sets, 4),
    },
  };
}

/** The text of a file.
 *
 * Throws  InputError when there is none
 */
function readText(path: string): string {
  if (!existsSync(path) || statSync(path).isDirectory()) {
    throw new InputError(
      `hedge: expected a configuration (YAML or JSON) or a policy file, got ${path}, which is ${existsSync(path) ? "a folder" : "not there"}. \`volterra hedge example\` prints a configuration.`,
    );
  }
  return readFileSync(path, "utf8");
}
