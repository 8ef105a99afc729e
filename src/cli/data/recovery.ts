/** What was mended when a store was opened for writing, said on stderr. */
import type { StoreWriter } from "../../market/store/index.ts";
import type { CliIo } from "../io.ts";

/** Says what a crash had left. */
export function reportRecovery({ recovery, folder }: StoreWriter, io: CliIo): void {
  const { abandonedBy, tornBytes, swept } = recovery;
  if (abandonedBy !== null) {
    io.stderr(
      `store ${folder}: process ${abandonedBy.pid} (${abandonedBy.command}, since ${abandonedBy.since}) ended without closing it; taking over.\n`,
    );
  }
  if (tornBytes > 0 || swept.length > 0) {
    io.stderr(
      `store ${folder}: removed what was never acknowledged: ${swept.length} files, ${tornBytes} bytes of the journal.\n`,
    );
  }
}
