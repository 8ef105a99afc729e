/**
 * `volterra data export KIND`: a range of rows as CSV, Parquet or JSON.
 */
import { type Command, Option } from "commander";
import { type ExportFormat, exportRows, type Kind } from "../../market/store/index.ts";
import {
  addRowFlags,
  addStoreFlags,
  kindArgument,
  type RowFlags,
  type StoreFlags,
} from "./flags.ts";
import { withStore } from "./list.ts";
import { type CliIo, printJson } from "../io.ts";

interface ExportFlags extends StoreFlags, RowFlags {
  readonly format: ExportFormat;
  readonly out?: string;
}

/** Adds the verb. */
export function addExportVerb(data: Command, io: CliIo): void {
  addRowFlags(
    addStoreFlags(data.command("export").argument("<kind>", "kind of rows", kindArgument)),
  )
    .description("write a range of rows to a file, each observation once")
    .addOption(
      new Option("--format <format>", "format of the file")
        .choices(["csv", "parquet", "json"])
        .default("csv"),
    )
    .option("--out <path>", "file to write (default: KIND.FORMAT)")
    .action(async (kind: Kind, flags: ExportFlags) => {
      const { store, json, format, out = `${kind}.${format}`, asOf = Date.now(), ...query } = flags;
      const rows = await withStore({ store }, (reader) =>
        exportRows(reader, kind, { ...query, asOf }, out, format),
      );
      if (json) printJson(io, { schemaVersion: 1, kind, rows, file: out });
      else io.stdout(`${rows} rows written to ${out}\n`);
    });
}
