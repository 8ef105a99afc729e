/**
 * The HTML report of a fit as the command line writes it: with the script of the rotatable surface inside.
 */
import { existsSync, readFileSync } from "node:fs";
import type { FitDocument, FitResult } from "../calibrate/index.ts";
import { fitReportData, htmlReport } from "../report/index.ts";

/** The page; `document` replaces the result's own, which knows less about the file. */
export function fitReport(
  result: FitResult,
  document: FitDocument,
  settings: Readonly<Record<string, string>>,
): string {
  return htmlReport(fitReportData(result, document, settings), clientScript());
}

/** The report's script, which the build puts beside the compiled report; a report without it is still complete. */
function clientScript(): string | undefined {
  const places = ["../report/client.js", "../../dist/report/client.js"];
  const place = places.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  return place === undefined ? undefined : readFileSync(place, "utf8");
}
