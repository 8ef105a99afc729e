/**
 * `volterra hedge train CONFIG`: configuration → policy file and report, measured against its baselines.
 *
 * The checkpoint is replaced after every validation and removed when the training is complete. Ctrl-C ends the training after
 * the iteration under way, keeps the best weights so far, and ends with 130; `--resume` goes on, also after a kill.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { wasmBackend } from "../../backend/wasm/index.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  encodePolicy,
  trainDesk,
  type TrainedHedge,
} from "../../hedging/index.ts";
import { writeFileAtomically } from "../atomicWrite.ts";
import { exitCodes, UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { type StepLine, stepLine } from "../stepLine.ts";
import { hedgeText } from "./hedgeText.ts";
import {
  addHedgeFlags,
  type HedgeFlags,
  interruptedEarly,
  type LoadedHedge,
  loadHedge,
} from "./loadHedge.ts";
import { addReportFlag, measureAndReport } from "./measureHedge.ts";
import { checkRecordStore, recordFlag, recordPolicy } from "./recordHedge.ts";
import { trainingLine } from "./trainingLine.ts";

interface TrainFlags extends HedgeFlags {
  readonly resume?: boolean;
  readonly record?: string;
  readonly report: boolean;
}

/** Adds the verb. */
export function addHedgeTrain(hedge: Command, io: CliIo, finish: (code: number) => void): void {
  addReportFlag(addHedgeFlags(hedge.command("train <config>")))
    .option("--resume", "continue an interrupted training from its checkpoint")
    .option(...recordFlag)
    .description("learn the hedge of a configuration; write its policy file and report")
    .action(async (path: string, flags: TrainFlags) => finish(await trainVerb(path, flags, io)));
}

/** Trains, writes, prints; returns the exit code. */
async function trainVerb(path: string, flags: TrainFlags, io: CliIo): Promise<number> {
  checkRecordStore(flags.record);
  const abort = new AbortController();
  const line = stepLine(io);
  let isTraining = false;
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    if (isTraining) {
      line.keep("Interrupted: measuring and saving the best policy so far. Ctrl-C again to quit.");
    }
  });
  try {
    const loaded = await loadHedge(path, flags, { line, signal: abort.signal });
    if (loaded === null) return interruptedEarly(io);
    isTraining = true;
    if (loaded.policy !== undefined) {
      throw new UsageError(
        `hedge train: expected a configuration, got the policy file ${path}. Measure it with \`volterra hedge evaluate\`.`,
      );
    }
    const checkpoint = join(flags.out, `${loaded.stem}.checkpoint.json`);
    const from = flags.resume ? await readCheckpoint(checkpoint, loaded, line) : undefined;
    const { trained, seconds } = await train(loaded, { checkpoint, from, line, abort });
    const { theta, status, history } = trained;
    const { document, report } = await measureAndReport(
      { ...loaded, theta },
      { out: flags.out, history, trainingSeconds: seconds, hasReport: flags.report, line },
    );
    const place = join(flags.out, `${loaded.stem}.policy.json`);
    const { risk, standardError } = document;
    const { config, fingerprint, data, desk } = loaded;
    const { seed } = config;
    const { preparation } = desk;
    const training = {
      status,
      iterations: history.length,
      seconds,
      history,
      risk,
      standardError,
    };
    const file = { config, fingerprint, seed, data, preparation, theta, training };
    writeFileAtomically(place, await encodePolicy(file));
    const isCancelled = status === "cancelled" || abort.signal.aborted;
    if (!isCancelled) rmSync(checkpoint, { force: true });
    line.end();
    const files = { policy: place, ...(report === null ? {} : { report }) };
    if (flags.record !== undefined) {
      recordPolicy(flags.record, {
        name: config.name,
        config: { ...config },
        dataFingerprint: fingerprint,
        seed,
        status,
        results: { risk, standardError, iterations: history.length, seconds, files },
      });
    }
    const told = { status, iterations: history.length, seconds };
    if (flags.json) printJson(io, { ...document, training: told, files });
    else
      io.stdout(
        `${hedgeText(document)}${statusText(trained)}\nFiles:\n  ${Object.values(files).join("\n  ")}\n`,
      );
    if (!isCancelled) return exitCodes.ok;
    io.stderr(`Interrupted: the best policy so far is in ${place}. Continue with --resume.\n`);
    return exitCodes.interrupted;
  } finally {
    line.end();
    stopListening?.();
  }
}

interface Session {
  readonly checkpoint: string;
  readonly from: Checkpoint | undefined;
  readonly line: StepLine;
  readonly abort: AbortController;
}

/** Trains with a checkpoint after every validation; seconds are those of all sessions. */
async function train(
  { config, desk, fingerprint, threads }: LoadedHedge,
  { checkpoint, from, line, abort }: Session,
): Promise<{ readonly trained: TrainedHedge; readonly seconds: number }> {
  const began = performance.now();
  const spent = (): number => (from?.seconds ?? 0) + (performance.now() - began) / 1000;
  const progress = trainingLine(line);
  const trained = await trainDesk(
    config,
    desk,
    wasmBackend,
    {
      threads,
      signal: abort.signal,
      onProgress: progress.show,
      onState: async (state) => {
        progress.measured(state.best);
        writeFileAtomically(
          checkpoint,
          await encodeCheckpoint(fingerprint, { state, seconds: spent() }),
        );
      },
    },
    from?.state,
  );
  return { trained, seconds: (from?.seconds ?? 0) + trained.seconds };
}

async function readCheckpoint(
  path: string,
  { fingerprint }: LoadedHedge,
  line: StepLine,
): Promise<Checkpoint | undefined> {
  if (!existsSync(path)) {
    line.keep(`No checkpoint at ${path}: starting from the beginning.`);
    return undefined;
  }
  const checkpoint = await decodeCheckpoint(fingerprint, readFileSync(path, "utf8"), path);
  line.keep(`Going on from iteration ${checkpoint.state.iteration}.`);
  return checkpoint;
}

function statusText({ status, history }: TrainedHedge): string {
  const what: Readonly<Record<TrainedHedge["status"], string>> = {
    finished: "finished",
    "stopped-early": "stopped early: no sure gain any more",
    cancelled: "interrupted; the best weights so far are kept",
    "kept-start":
      "no weights were better than the start, which is kept: train longer or with another rate",
    "not-finite":
      "the risk was not finite any more; the best weights before are kept: lower the rate",
  };
  return `Training: ${history.length} iterations, ${what[status]}.\n`;
}
