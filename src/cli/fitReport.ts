/**
 * The HTML report of a fit, where this build has a renderer (`report/index.ts`).
 */
import { existsSync, readFileSync } from "node:fs";
import type { FitDocument, FitResult } from "../calibrate/index.ts";

/** Draws a fit; the document replaces the result's own, which knows less about the file. */
export type FitReporter = (result: FitResult, document: FitDocument) => string;

interface ReportModule {
  readonly reportData?: FitReporterData;
  readonly htmlReport?: (data: unknown, clientScript?: string) => string;
}
type FitReporterData = (
  result: FitResult,
  document: FitDocument,
) => { readonly settings: Readonly<Record<string, string>> };

/** The renderer of reports; `settings` are stated in the report beside those of the fit. */
export async function fitReporter(
  settings: Readonly<Record<string, string>>,
): Promise<FitReporter | undefined> {
  const module = "../report/index.ts";
  const report = await (import(module) as Promise<ReportModule>).catch(
    (error: unknown): ReportModule => {
      const code = error instanceof Error ? Reflect.get(error, "code") : undefined;
      if (code === "ERR_MODULE_NOT_FOUND") return {};
      throw error;
    },
  );
  const { htmlReport, reportData } = report;
  if (htmlReport === undefined || reportData === undefined) return undefined;
  return (result, document) => {
    const data = reportData(result, document);
    return htmlReport({ ...data, settings: { ...data.settings, ...settings } }, clientScript());
  };
}

/** The report's script, which the build puts beside the compiled report; a report without it is still complete. */
function clientScript(): string | undefined {
  const places = ["../report/client.js", "../../dist/report/client.js"];
  const place = places.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  return place === undefined ? undefined : readFileSync(place, "utf8");
}
