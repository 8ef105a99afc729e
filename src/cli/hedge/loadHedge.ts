/**
 * What every hedge verb begins with: a configuration or a policy file, read, checked and built into a problem.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import {
  configFingerprint,
  decodePolicy,
  type DeskProblem,
  deskProblem,
  type HedgeConfig,
  isPolicyText,
  type PolicyFile,
  readHedgeConfig,
} from "../../hedging/index.ts";
import { InputError } from "../../num/errors.ts";
import { countFlag } from "../chainSource.ts";
import { UsageError } from "../exitCodes.ts";

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
  readonly desk: DeskProblem;
  /** Of the configuration and the files that it names. */
  readonly fingerprint: string;
  readonly threads: number;
  /** Stem of result files. */
  readonly stem: string;
  readonly policy?: PolicyFile;
}

/** Reads a configuration or a policy file.
 *
 * Throws  InputError when it is neither, is damaged, or names something that is not there; UsageError for --threads 0
 */
export async function loadHedge(
  path: string,
  flags: Pick<HedgeFlags, "seed" | "threads" | "quick">,
): Promise<LoadedHedge> {
  if (flags.threads === 0) {
    throw new UsageError("--threads: expected at least 1, got 0. Leave the flag out for all.");
  }
  const text = readText(path);
  const policy = isPolicyText(text) ? await decodePolicy(text, path) : undefined;
  const read = policy?.config ?? readHedgeConfig(text, path);
  if (policy !== undefined && flags.seed !== undefined) {
    throw new UsageError(
      `--seed: expected a configuration with it, got the policy file ${path}, which has its own. Train again for another seed.`,
    );
  }
  const seeded = flags.seed === undefined ? read : { ...read, seed: flags.seed };
  const config = flags.quick ? quickConfig(seeded) : seeded;
  return {
    config,
    desk: deskProblem(config),
    fingerprint: policy?.fingerprint ?? (await configFingerprint(config)),
    threads: flags.threads ?? availableParallelism(),
    stem: config.name.replace(/[^\p{L}\p{N}.-]+/gu, "-").replace(/^-|-$/g, "") || "hedge",
    policy,
  };
}

/** Few iterations and few paths. */
function quickConfig(config: HedgeConfig): HedgeConfig {
  const { training, evaluation } = config;
  return {
    ...config,
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
