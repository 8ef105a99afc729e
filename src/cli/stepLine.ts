/**
 * What a long command is doing, on stderr: one line that is overwritten on a terminal, a line for each step elsewhere.
 */
import type { CliIo } from "./io.ts";

export interface StepLine {
  /** Replaces the line; `isDetail` steps are shown on a terminal only. */
  show(text: string, isDetail?: boolean): void;
  /** A line that stays. */
  keep(text: string): void;
  /** Ends the line, so that what follows starts on its own. */
  end(): void;
}

/** A line of steps. */
export function stepLine(io: CliIo): StepLine {
  let open = false;
  const end = (): void => {
    if (open) io.stderr("\r\u001b[2K");
    open = false;
  };
  return {
    show(text, isDetail = false) {
      if (io.isTty) {
        io.stderr(`\r\u001b[2K${text.slice(0, io.width - 1)}`);
        open = true;
      } else if (!isDetail) io.stderr(`${text}\n`);
    },
    keep(text) {
      end();
      io.stderr(`${text}\n`);
    },
    end,
  };
}
