/**
 * `volterra hedge train CONFIG`: configuration → policy file, measured against its baselines.
 *
 * Ctrl-C ends the training after the iteration under way, keeps the best weights so far, and ends with 130.
 */
import { join } from "node:path";
import type { Command } from "commander";
import { wasmBackend } from "../../backend/wasm/index.ts";
import { encodePolicy, measureDesk, trainHedge } from "../../hedging/index.ts";
import { writeFileAtomically } from "../atomicWrite.ts";
import { exitCodes, UsageError } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { type StepLine, stepLine } from "../stepLine.ts";
import { durationText, hedgeText } from "./hedgeText.ts";
import { addHedgeFlags, type HedgeFlags, loadHedge } from "./loadHedge.ts";

/** Adds the verb. */
export function addHedgeTrain(hedge: Command, io: CliIo, finish: (code: number) => void): void {
  addHedgeFlags(hedge.command("train <config>"))
    .description("learn the hedge of a configuration and write its policy file")
    .action(async (path: string, flags: HedgeFlags) => finish(await trainVerb(path, flags, io)));
}

/** Trains, writes, prints; returns the exit code. */
async function trainVerb(path: string, flags: HedgeFlags, io: CliIo): Promise<number> {
  const loaded = await loadHedge(path, flags);
  if (loaded.policy !== undefined) {
    throw new UsageError(
      `hedge train: expected a configuration, got the policy file ${path}. Measure it with \`volterra hedge evaluate\`.`,
    );
  }
  const { config, desk, fingerprint, threads, stem } = loaded;
  const abort = new AbortController();
  const line = stepLine(io);
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.keep("Interrupted: measuring and saving the best policy so far. Ctrl-C again to quit.");
  });
  try {
    const { paths, sets, seed } = config.evaluation;
    const trained = await trainHedge(desk.problem, desk.policy, wasmBackend, {
      ...config.training,
      seed: config.seed,
      threads,
      signal: abort.signal,
      evaluation: { paths, sets, seed, threads },
      onProgress: progressOn(line),
    });
    const document = await measureDesk(
      { config, desk, theta: trained.theta, fingerprint },
      wasmBackend,
      { threads, onStep: (name) => line.show(`measuring ${name}`, true) },
    );
    line.end();
    const place = join(flags.out, `${stem}.policy.json`);
    const { theta, status, history, seconds } = trained;
    writeFileAtomically(
      place,
      await encodePolicy({
        config,
        fingerprint,
        seed: config.seed,
        theta,
        training: {
          status,
          iterations: history.length,
          seconds,
          history,
          risk: document.risk,
          standardError: document.standardError,
        },
      }),
    );
    const files = { policy: place };
    if (flags.json) printJson(io, { ...document, training: { status, seconds }, files });
    else io.stdout(`${hedgeText(document)}\nFiles:\n  ${place}\n`);
    if (!abort.signal.aborted) return exitCodes.ok;
    io.stderr(`Interrupted: the best policy so far is in ${place}.\n`);
    return exitCodes.interrupted;
  } finally {
    line.end();
    stopListening?.();
  }
}

/** Shows iteration, risk and time left. */
function progressOn(line: StepLine) {
  const began = performance.now();
  return ({
    iteration,
    iterations,
    risk,
  }: {
    iteration: number;
    iterations: number;
    risk: number;
  }) => {
    const left = ((performance.now() - began) / 1000 / iteration) * (iterations - iteration);
    const isMark = iteration % Math.max(1, Math.round(iterations / 10)) === 0;
    line.show(
      `training ${iteration}/${iterations}  risk ${risk.toPrecision(5)}  about ${durationText(left)} left`,
      !isMark,
    );
  };
}
