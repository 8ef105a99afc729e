/**
 * `volterra data …`: the market store.
 */
import type { Command } from "commander";
import { addCheckVerb } from "./check.ts";
import { addCompactVerb } from "./compact.ts";
import { addExportVerb } from "./export.ts";
import { addImportVerb } from "./import.ts";
import { addListVerbs } from "./list.ts";
import { addPullVerb } from "./pull.ts";
import { addWatchVerb } from "./watch.ts";
import type { CliIo } from "../io.ts";

/** Adds the verb and what belongs to it. */
export function addDataVerb(program: Command, io: CliIo, finish: (code: number) => void): void {
  const data = program
    .command("data")
    .description(
      "the market store: fill it, look into it, check it, export from it (docs/store.md)",
    );
  addImportVerb(data, io, finish);
  addPullVerb(data, io, finish);
  addWatchVerb(data, io, finish);
  addListVerbs(data, io);
  addCheckVerb(data, io, finish);
  addExportVerb(data, io);
  addCompactVerb(data, io);
  data.addHelpText("after", () => {
    const lines = data.commands.map((command) => {
      const flags = command.options.map(({ flags: text }) => text).join("  ");
      return `  ${command.name().padEnd(7)} ${flags}`;
    });
    return `\nFlags of each:\n${lines.join("\n")}`;
  });
}
