/** Measures a hedge and writes its report: the end of `train` and all of `evaluate`. */
import { join } from "node:path";
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
  readonly line: StepLine;
}

/** The document and the place of its report. */
export async function measureAndReport(
  hedge: LoadedHedge & { readonly theta: Float64Array },
  { out, history, trainingSeconds, line }: ReportOptions,
): Promise<{ readonly document: HedgeDocument; readonly report: string }> {
  const { config, threads, stem } = hedge;
  const options = { threads, onStep: (name: string) => line.show(`measuring ${name}`, true) };
  const document = await measureDesk(hedge, wasmBackend, options);
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
