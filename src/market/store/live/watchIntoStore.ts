/**
 * Watching an exchange into the store: what came is committed at a steady pace.
 *
 * A row is acknowledged when the commit that holds it is on the disk, which `onCommit` says, and not before: what
 * is still waiting when the process is killed was never acknowledged. When the caller stops the watch, what waits
 * is committed first.
 */
import type { Kind } from "../kinds.ts";
import type { Commit } from "../journal.ts";
import type { StoreWriter } from "../writer.ts";
import { systemClock } from "../../sources/live/clock.ts";
import { watchDeribit, type WatchCounts, type WatchOptions } from "../../sources/live/watch.ts";
import { nodeSocket } from "./nodeSocket.ts";
import { type Quarantine, quarantineIn, type RefusalCount } from "./quarantine.ts";

/** What to watch and how often to commit. */
export interface StoreWatchOptions extends Omit<WatchOptions, "connect" | "onRefused"> {
  readonly connect?: WatchOptions["connect"];
  /** Pause between commits. */
  readonly flushMs?: number;
  /** Commits after which small files are merged. */
  readonly compactEvery?: number;
  /** When a commit is on the disk: its rows are acknowledged. */
  readonly onCommit?: (commit: Commit) => void;
}

/** What a watch did. */
export interface WatchReport {
  readonly from: string;
  readonly to: string;
  readonly commits: number;
  readonly rows: Readonly<Partial<Record<Kind, number>>>;
  readonly counts: WatchCounts;
  readonly refused: readonly RefusalCount[];
  /** File with samples of what was refused. */
  readonly quarantine: string | null;
}

/** Defaults of watching into a store. */
export const storeWatchDefaults = { flushMs: 60_000, compactEvery: 30 } as const;

/** Watches until the signal is aborted.
 *
 * Throws  what a commit throws, such as a full disk; NetworkError and InputError as `watchDeribit`
 */
export async function watchIntoStore(
  writer: StoreWriter,
  options: StoreWatchOptions,
): Promise<WatchReport> {
  const { clock = systemClock, signal, onCommit } = options;
  const { flushMs = storeWatchDefaults.flushMs } = options;
  const { compactEvery = storeWatchDefaults.compactEvery } = options;
  const from = clock.now();
  const quarantine = quarantineIn(writer.folder, "watch", clock.now);
  const stop = new AbortController();
  const watch = watchDeribit({
    ...options,
    connect: options.connect ?? nodeSocket,
    signal: AbortSignal.any([signal, stop.signal]),
    onRefused: quarantine.add,
  });
  const rows: Partial<Record<Kind, number>> = {};
  let commits = 0;
  const flush = async (): Promise<void> => {
    const groups = watch.drain();
    if (groups.length === 0) return;
    const name = `watch ${options.currencies.join(" ")} ${new Date(clock.now()).toISOString()}`;
    const fingerprint = `${name} ${process.pid} ${commits}`;
    const commit = await writer.commit([{ name, fingerprint, format: "Deribit watch", groups }]);
    commits++;
    for (const { kind, rows: count } of commit.files) rows[kind] = (rows[kind] ?? 0) + count;
    onCommit?.(commit);
    if (commits % compactEvery === 0) await writer.compact({ minFiles: compactEvery / 2 });
  };
  let isOver = false;
  const watching = watch.done.finally(() => {
    isOver = true;
    stop.abort();
  });
  watching.catch(() => undefined);
  try {
    while (!isOver) {
      // Ends early when the watch does.
      await clock.sleep(flushMs, AbortSignal.any([signal, stop.signal])).catch(() => undefined);
      await flush();
      if (signal.aborted) break;
    }
    await watching;
    await flush();
    if (commits > 0) await writer.compact();
  } finally {
    stop.abort();
    await watching.catch(() => undefined);
  }
  return reportOf(from, clock.now(), commits, rows, watch.counts(), quarantine);
}

function reportOf(
  fromMs: number,
  toMs: number,
  commits: number,
  rows: WatchReport["rows"],
  counts: WatchCounts,
  quarantine: Quarantine,
): WatchReport {
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    commits,
    rows,
    counts,
    refused: quarantine.counts(),
    quarantine: quarantine.file(),
  };
}
