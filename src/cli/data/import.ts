/**
 * `volterra data import PATHS`: files into the store.
 */
import type { Command } from "commander";
import { importDefaults, importFiles, importPaths, openWriter } from "../../market/store/index.ts";
import { addStoreFlags, type StoreFlags } from "./flags.ts";
import { countFlag } from "../chainSource.ts";
import { exitCodes } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { stepLine } from "../stepLine.ts";
import { reportRecovery } from "./recovery.ts";

interface ImportFlags extends StoreFlags {
  readonly venue?: string;
  readonly underlying?: string;
  readonly batchRows: number;
}

/** Adds the verb. */
export function addImportVerb(data: Command, io: CliIo, finish: (code: number) => void): void {
  addStoreFlags(data.command("import <paths...>"))
    .description(
      "take files or folders of them into the store; files that are in it are passed over",
    )
    .option("--venue <name>", "venue of files that do not name theirs")
    .option("--underlying <name>", "underlying of files that do not name theirs")
    .option(
      "--batch-rows <count>",
      "rows that are committed together",
      countFlag,
      importDefaults.batchRows,
    )
    .action(async (paths: string[], flags: ImportFlags) => {
      finish(await importVerb(paths, flags, io));
    });
}

async function importVerb(
  paths: readonly string[],
  flags: ImportFlags,
  io: CliIo,
): Promise<number> {
  const files = importPaths(paths);
  const writer = await openWriter(flags.store);
  const line = stepLine(io);
  const abort = new AbortController();
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.keep(
      "Interrupted: storing what was read; the same command goes on. Ctrl-C again to quit.",
    );
  });
  const started = performance.now();
  try {
    reportRecovery(writer, io);
    let stored = 0;
    const summary = await importFiles(writer, files, {
      venue: flags.venue,
      underlying: flags.underlying,
      batchRows: flags.batchRows,
      signal: abort.signal,
      onFile: (path, index, count) => line.show(`[${index + 1}/${count}] ${path}`, true),
      onCommit: (commit) => {
        for (const { rows } of commit.files) stored += rows;
        line.keep(
          `stored ${stored} rows (commit ${commit.seq}: ${commit.sources.length} sources, ${commit.files.length} files)`,
        );
      },
    });
    line.end();
    const seconds = (performance.now() - started) / 1000;
    for (const { error } of summary.failed) io.stderr(`left out: ${error}\n`);
    if (flags.json) printJson(io, { schemaVersion: 1, store: flags.store, seconds, ...summary });
    else {
      io.stdout(
        `${summary.rows} rows of ${summary.imported.length} files stored in ${flags.store} in ${seconds.toFixed(1)} s; ${summary.known.length} files were there already, ${summary.failed.length} could not be read.\n`,
      );
    }
    if (summary.interrupted) return exitCodes.interrupted;
    return summary.failed.length > 0 ? exitCodes.badData : exitCodes.ok;
  } finally {
    line.end();
    stopListening?.();
    await writer.free();
  }
}
