/**
 * The run catalogue: what was fitted, trained and tested, on which data, with which seed, and what came out.
 *
 * One run is one JSON file, written whole under a name of its own, so runs are recorded while another process
 * writes market data.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../num/errors.ts";
import { checkStore } from "./folder.ts";
import { makeFolder, UNFINISHED, writeDurably } from "./durable.ts";

/** What kind of run. */
export type RunKind = "fit" | "policy" | "backtest" | "learn";

/** A run to record. */
export interface NewRun {
  readonly kind: RunKind;
  readonly name: string;
  /** Settings that repeat the run. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly dataFingerprint: string;
  readonly seed: number | null;
  readonly status: string;
  readonly results: Readonly<Record<string, unknown>>;
}

/** A recorded run. */
export interface Run extends NewRun {
  readonly schemaVersion: 1;
  readonly id: string;
  /** When it was recorded, ISO 8601. */
  readonly recorded: string;
}

/** Records a run; when this returns, it is on the disk. */
export function recordRun(folder: string, run: NewRun, now: number = Date.now()): Run {
  checkStore(folder);
  const recorded = new Date(now).toISOString();
  const digest = createHash("sha256")
    .update(`${recorded} ${process.pid} ${JSON.stringify(run)}`)
    .digest("hex");
  const id = `${recorded.replaceAll(/[-:]|\.\d+/g, "")}-${run.kind}-${digest.slice(0, 8)}`;
  const whole: Run = { schemaVersion: 1, id, recorded, ...run };
  makeFolder(join(folder, "runs"));
  writeDurably(join(folder, "runs", `${id}.json`), `${JSON.stringify(whole, null, 2)}\n`);
  return whole;
}

/** Recorded runs, newest first.
 *
 * Throws  InputError when a file in the catalogue is no run
 */
export function listRuns(folder: string): Run[] {
  checkStore(folder);
  const place = join(folder, "runs");
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith(".json") && !name.endsWith(UNFINISHED))
    .sort()
    .reverse()
    .map((name) => readRun(join(place, name)));
}

function readRun(path: string): Run {
  try {
    const run = JSON.parse(readFileSync(path, "utf8")) as Run;
    if (run.schemaVersion === 1 && typeof run.id === "string") return run;
    throw new Error("another document");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${path}: expected a run of the catalogue, got ${why}. Remove the file or restore it.`,
    );
  }
}
