/**
 * `volterra data compact`: many small files of a day become one.
 */
import type { Command } from "commander";
import { openWriter } from "../../market/store/index.ts";
import { countFlag } from "../chainSource.ts";
import { type CliIo, printJson } from "../io.ts";
import { addStoreFlags, type StoreFlags } from "./flags.ts";
import { reportRecovery } from "./recovery.ts";

interface CompactFlags extends StoreFlags {
  readonly minFiles: number;
}

/** Adds the verb. */
export function addCompactVerb(data: Command, io: CliIo): void {
  addStoreFlags(data.command("compact"))
    .description("merge the small files of each partition; the rows stay as they are")
    .option("--min-files <count>", "small files that a partition must have", countFlag, 2)
    .action(async ({ store, json, minFiles }: CompactFlags) => {
      const writer = await openWriter(store);
      try {
        reportRecovery(writer, io);
        const commit = await writer.compact({ minFiles });
        const before = commit?.replaces?.length ?? 0;
        const after = commit?.files.length ?? 0;
        if (json) printJson(io, { schemaVersion: 1, store, replaced: before, by: after });
        else io.stdout(`${before} files of ${store} were merged into ${after}.\n`);
      } finally {
        await writer.free();
      }
    });
}
