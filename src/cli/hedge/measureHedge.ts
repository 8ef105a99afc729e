/** Measures a hedge and writes its report: the end of `train` and all of `evaluate`. */
import { join } from "node:path";
import type { Command } from "commander";
import { stringify } from "yaml";
import { wasmBackend } from "../../backend/wasm/index.ts";
import { type HedgeDocument, measureDesk, studyDesk } from "../../hedging/index.ts";
import { hedgeReport } from "../../report/index.ts";
import { writeFileAtomically } from "../atomicWrite.ts";
import type { StepLine } from "../stepLine.ts";
import type { LoadedHedge } from "./loadHedge.ts";

export interface ReportOptions {
  readonly out: string;
  /** [iteration] */
  readonly history: ArrayLike<number>;
  readonly trainingSeconds?: number;
  /** False: numbers only. */
  readonly hasReport: boolean;
  readonly line: StepLine;
  /** Multiples that a conditioned policy is told. */
  readonly aversion?: number;
  readonly costScale?: number;
}

/** The flag of verbs that write a report. */
export const addReportFlag = (command: Command): Command =>
  command.option("--no-report", "numbers only: no HTML report, which takes longer than they do");

/** The document and the place of its report; null without one. */
export async function measureAndReport(
  hedge: LoadedHedge & { readonly theta: Float64Array },
  { out, history, trainingSeconds, hasReport, line, ...told }: ReportOptions,
): Promise<{ readonly document: HedgeDocument; readonly report: string | null }> {
  const { config, threads, stem } = hedge;
  const options = { threads, onStep: (name: string) => line.show(`measuring ${name}`, true) };
  const document = await measureDesk(hedge, wasmBackend, { ...options, ...told });
  if (!hasReport) {
    line.end();
    return { document, report: null };
  }
  const study = await studyDesk(hedge, document, history, wasmBackend, options);
  const report = join(out, `${stem}.report.html`);
  const trained: Readonly<Record<string, string>> =
    trainingSeconds === undefined
      ? {}
      : { "Time of the training": `${trainingSeconds.toFixed(1)} s` };
  writeFileAtomically(report, hedgeReport(study, trained, stringify(config)));
  line.end();
  return { document, report };
}
