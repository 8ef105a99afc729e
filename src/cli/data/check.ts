/**
 * `volterra data check`: gaps, staleness, duplicates, outliers and damage, each with its place and count.
 */
import type { Command } from "commander";
import { checkStoreData, type Finding, type Kind } from "../../market/store/index.ts";
import { addRowFlags, addStoreFlags, kindOption, type RowFlags, type StoreFlags } from "./flags.ts";
import { withStore } from "./list.ts";
import { exitCodes } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { textTable } from "../textTable.ts";

type CheckFlags = StoreFlags & RowFlags & { readonly kind?: Kind };

/** Adds the verb. */
export function addCheckVerb(data: Command, io: CliIo, finish: (code: number) => void): void {
  addRowFlags(addStoreFlags(data.command("check")))
    .description(
      "look for gaps, stale values, duplicates, outliers and damaged files; exit code 4 for damage",
    )
    .addOption(kindOption())
    .action(async ({ store, json, asOf = Date.now(), ...query }: CheckFlags) => {
      const findings = await withStore({ store }, (reader) =>
        checkStoreData(reader, { ...query, asOf }),
      );
      if (json) printJson(io, { schemaVersion: 1, store, findings });
      else io.stdout(checkText(findings));
      const isDamaged = findings.some(({ type }) => type === "damage");
      finish(isDamaged ? exitCodes.gateFailed : exitCodes.ok);
    });
}

function checkText(findings: readonly Finding[]): string {
  if (findings.length === 0) return "Nothing was found.\n";
  const rows = findings.map((finding) => [
    finding.type,
    `${finding.kind} ${finding.venue} ${finding.underlying}`,
    finding.name,
    String(finding.count),
    finding.at.slice(0, 16),
    finding.detail,
  ]);
  return `${textTable(["what", "where", "which", "count", "first or worst", "detail"], rows)}\n`;
}
