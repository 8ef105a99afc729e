/** Progress of a training on stderr: iteration, risk on the validation paths with its error, time left. */
import type { BestSoFar, TrainProgress } from "../../hedging/index.ts";
import type { StepLine } from "../stepLine.ts";
import { durationText } from "./hedgeText.ts";

/** Lines that stay, away from a terminal. */
const keptLines = 10;

export interface TrainingLine {
  readonly show: (progress: TrainProgress) => void;
  /** The best so far, after a validation. */
  readonly measured: (best: BestSoFar | null) => void;
}

/** A line for one training; `name` comes first on it. */
export function trainingLine(line: StepLine, name = "training"): TrainingLine {
  const began = performance.now();
  let first: number | undefined;
  let best: BestSoFar | null = null;
  return {
    measured: (found) => {
      best = found;
    },
    show: ({ iteration, iterations, risk }) => {
      first ??= iteration - 1;
      const seconds = (performance.now() - began) / 1000;
      const left = (seconds / (iteration - first)) * (iterations - iteration);
      const isDetail = iteration % Math.max(1, Math.round(iterations / keptLines)) !== 0;
      const measured =
        best === null
          ? ""
          : `  best ${best.risk.toPrecision(6)} ± ${best.standardError.toPrecision(2)}`;
      line.show(
        `${name} ${iteration}/${iterations}  risk ${risk.toPrecision(5)}${measured}  about ${durationText(left)} left`,
        isDetail,
      );
    },
  };
}
