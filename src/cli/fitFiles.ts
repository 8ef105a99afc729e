/** The files of a fit: model, surface as CSV and JSON, certificate, report. All are written at the end. */
import { join } from "node:path";
import { encodeModel, type FitDocument, type FitResult } from "../calibrate/index.ts";
import type { LoadedChain } from "../market/index.ts";
import { surfaceCsv } from "../surface/index.ts";
import { writeFileAtomically } from "./atomicWrite.ts";
import { countQuotes } from "./chain.ts";
import { fitReport } from "./fitReport.ts";
import { surfaceGrid } from "./surface.ts";

/** A finished fit and where it goes. */
export interface FinishedFit {
  readonly result: FitResult;
  readonly loaded: LoadedChain;
  readonly name: string;
  readonly out: string;
  /** Settings to state in the report. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Writes the files and returns the fit's document with the figures that only the command line knows. */
export async function writeFitFiles(finished: FinishedFit): Promise<FitDocument> {
  const { result, loaded, name, out, settings } = finished;
  const place = (ending: string): string => join(out, `${name}.${ending}`);
  const files = {
    model: place("model.json"),
    surfaceCsv: place("surface.csv"),
    surfaceJson: place("surface.json"),
    certificate: place("certificate.json"),
    report: place("report.html"),
  };
  const document: FitDocument = {
    ...result.document,
    quotes: {
      read: loaded.read,
      used: countQuotes(loaded.chain),
      dropped: loaded.dropped.map(({ instrument, reason }) => ({ instrument, reason })),
    },
    // Node reports the peak in kilobytes on every platform.
    cost: { ...result.document.cost, peakRssMb: process.resourceUsage().maxRSS / 1024 },
    files,
  };
  const contents: readonly (readonly [string, string])[] = [
    [files.model, await encodeModel({ ...result.model, fit: document })],
    [files.surfaceCsv, surfaceCsv(surfaceGrid(result.surface))],
    [files.surfaceJson, `${JSON.stringify(result.surfaceJson)}\n`],
    [files.certificate, `${JSON.stringify(document.certificate, null, 2)}\n`],
    [files.report, fitReport(result, document, settings)],
  ];
  for (const [path, content] of contents) writeFileAtomically(path, content);
  return document;
}
