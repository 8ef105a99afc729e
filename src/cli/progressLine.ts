/**
 * Progress on stderr: one line that is overwritten on a terminal, a line now and then elsewhere.
 */
import type { FitProgress } from "../calibrate/index.ts";
import type { CliIo } from "./io.ts";

/** Away from a terminal, a line is printed after this much more time (seconds). */
const QUIET_SECONDS = 10;
const BAR = 20;

export interface ProgressLine {
  show(progress: FitProgress): void;
  /** Ends the line, so that what follows starts on its own. */
  end(): void;
}

/** A progress line for a fit. */
export function progressLine(io: CliIo): ProgressLine {
  let last = Number.NEGATIVE_INFINITY;
  let open = false;
  return {
    show(progress) {
      if (io.isTty) {
        io.stderr(`\r\u001b[2K${progressText(progress).slice(0, io.width - 1)}`);
        open = true;
      } else if (progress.seconds - last >= QUIET_SECONDS) {
        last = progress.seconds;
        io.stderr(`${progressText(progress)}\n`);
      }
    },
    end() {
      if (open) io.stderr("\r\u001b[2K");
      open = false;
    },
  };
}

/** One line about a fit under way. */
function progressText(progress: FitProgress): string {
  const { iteration, iterations, loss, insideShare, secondsLeft } = progress;
  const done = Math.round((BAR * Math.min(iteration, iterations)) / Math.max(iterations, 1));
  const bar = "█".repeat(done) + "░".repeat(BAR - done);
  const inside = `${(100 * insideShare).toFixed(1)}% inside the spread`;
  return `${bar} ${iteration}/${iterations}  loss ${loss.toPrecision(4)}  ${inside}  about ${duration(secondsLeft)} left`;
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
