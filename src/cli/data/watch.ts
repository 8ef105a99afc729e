/**
 * `volterra data watch CURRENCIES`: live quotes into the store until Ctrl-C, and a report at the end.
 */
import { type Command, InvalidArgumentError } from "commander";
import {
  openWriter,
  storeWatchDefaults,
  watchDefaults,
  watchIntoStore,
  type WatchReport,
} from "../../market/store/index.ts";
import { numberFlag } from "../chainSource.ts";
import { exitCodes } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { stepLine } from "../stepLine.ts";
import { textTable } from "../textTable.ts";
import { addStoreFlags, currencyArgument, shortTime, type StoreFlags } from "./flags.ts";
import { reportRecovery } from "./recovery.ts";

interface WatchFlags extends StoreFlags {
  readonly url: string;
  readonly flush: number;
  readonly for?: number;
  readonly books?: readonly string[];
  readonly options: boolean;
  readonly heartbeat: number;
}

/** Adds the verb. */
export function addWatchVerb(data: Command, io: CliIo, finish: (code: number) => void): void {
  addStoreFlags(
    data.command("watch").argument("<currencies...>", "such as BTC ETH", currencyArgument),
  )
    .description("store what Deribit sends by WebSocket until Ctrl-C; reconnects and reports")
    .option("--url <url>", "address of the WebSocket", urlFlag, watchDefaults.url)
    .option(
      "--flush <seconds>",
      "time between commits",
      positiveFlag,
      storeWatchDefaults.flushMs / 1000,
    )
    .option("--for <seconds>", "end after this time", positiveFlag)
    .option("--books <names...>", "instruments whose order books are followed")
    .option("--no-options", "futures and indices only")
    .option(
      "--heartbeat <seconds>",
      "interval of heartbeats; twice as much silence ends a session",
      positiveFlag,
      watchDefaults.heartbeatS,
    )
    .action(async (currencies: string[], flags: WatchFlags) => {
      finish(await watchVerb(currencies, flags, io));
    });
}

function urlFlag(text: string): string {
  if (/^wss?:\/\/[^/]+/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError(
    `Expected an address such as ${watchDefaults.url}, got "${text}".`,
  );
}

function positiveFlag(text: string): number {
  const value = numberFlag(text);
  if (value > 0) return value;
  throw new InvalidArgumentError(`Expected seconds above 0, got "${text}".`);
}

async function watchVerb(
  currencies: readonly string[],
  flags: WatchFlags,
  io: CliIo,
): Promise<number> {
  const writer = await openWriter(flags.store);
  const line = stepLine(io);
  const abort = new AbortController();
  let isInterrupted = false;
  const stopListening = io.onInterrupt?.(() => {
    isInterrupted = true;
    line.keep("Interrupted: storing what came; then the report. Ctrl-C again to quit.");
    abort.abort();
  });
  const signals = flags.for === undefined ? [] : [AbortSignal.timeout(1000 * flags.for)];
  let stored = 0;
  try {
    reportRecovery(writer, io);
    line.show(`connecting to ${flags.url}`);
    const report = await watchIntoStore(writer, {
      currencies,
      url: flags.url,
      flushMs: 1000 * flags.flush,
      heartbeatS: flags.heartbeat,
      options: flags.options,
      ...(flags.books === undefined ? {} : { books: flags.books }),
      signal: AbortSignal.any([abort.signal, ...signals]),
      onNotice: ({ type, atMs, detail }) => line.keep(`${shortTime(atMs)} ${type}: ${detail}`),
      onCommit(commit) {
        for (const { rows } of commit.files) stored += rows;
        const text = `stored ${stored} rows (commit ${commit.seq}: ${commit.files.length} files)`;
        if (io.isTty) line.show(`${shortTime(commit.ingestedMs)} ${text}`);
        else line.keep(text);
      },
    });
    line.end();
    if (flags.json) printJson(io, { schemaVersion: 1, store: flags.store, ...report });
    else io.stdout(watchText(report, flags.store));
    return isInterrupted ? exitCodes.interrupted : exitCodes.ok;
  } catch (error) {
    line.end();
    if (stored > 0) io.stderr(`${stored} rows were stored before this happened:\n`);
    throw error;
  } finally {
    line.end();
    stopListening?.();
    await writer.free();
  }
}

/** The report for people. */
function watchText(
  { from, to, commits, rows, counts, refused, quarantine }: WatchReport,
  store: string,
): string {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  const kinds = Object.entries(rows).map(([kind, count]) => `${kind} ${count}`);
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const refusals = refused.reduce((sum, { count }) => sum + count, 0);
  const lost = counts.gaps.reduce(
    (sum, { fromMs, toMs }) => sum + ((toMs ?? Date.parse(to)) - fromMs),
    0,
  );
  const lines = [
    `Watched ${seconds.toFixed(0)} s into ${store}: ${total} rows in ${commits} commits (${kinds.join(", ") || "none"}).`,
    `${counts.messages} messages: ${counts.accepted} newer, ${counts.duplicates} repeated, ${counts.outOfOrder} out of order, ${refusals} refused.`,
    `${counts.sessions} sessions, ${counts.gaps.length} gaps of ${(lost / 1000).toFixed(1)} s together, ${counts.bookGaps} gaps in books, ${counts.tooManyRequests} times too many requests, clocks apart by at most ${(Math.abs(counts.skewMs) / 1000).toFixed(1)} s.`,
  ];
  if (counts.gaps.length > 0) {
    const table = counts.gaps.map(({ fromMs, toMs, reason, filledRows }) => [
      shortTime(fromMs),
      toMs === null ? "open" : `${((toMs - fromMs) / 1000).toFixed(1)} s`,
      String(filledRows),
      reason,
    ]);
    lines.push(textTable(["gap from (UTC)", "length", "rows asked for", "reason"], table));
  }
  if (refused.length > 0) {
    const table = refused.map(({ reason, source, count, sample }) => [
      reason,
      source,
      String(count),
      sample,
    ]);
    lines.push(
      textTable(["refused", "by", "count", "the first one"], table),
      `Samples of what was refused: ${store}/${quarantine}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
