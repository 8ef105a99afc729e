/**
 * `volterra data pull CURRENCIES`: what Deribit has by HTTP, now and from history, into the store.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  openWriter,
  pullDefaults,
  pullDeribit,
  type PullPart,
  pullParts,
  type PullReport,
} from "../../market/store/index.ts";
import { countFlag } from "../chainSource.ts";
import { exitCodes } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { stepLine } from "../stepLine.ts";
import { textTable } from "../textTable.ts";
import { addStoreFlags, currencyArgument, type StoreFlags, timeFlag } from "./flags.ts";
import { reportRecovery } from "./recovery.ts";

interface PullFlags extends StoreFlags {
  readonly only?: readonly PullPart[];
  readonly from?: number;
  readonly to?: number;
  readonly dvol: "1D" | "1h" | "1m";
  readonly baseUrl?: string;
  readonly retries: number;
}

/** Adds the verb. */
export function addPullVerb(data: Command, io: CliIo, finish: (code: number) => void): void {
  addStoreFlags(
    data.command("pull").argument("<currencies...>", "such as BTC ETH", currencyArgument),
  )
    .description(
      "store what Deribit has: contracts, chains, futures, index, DVOL, funding, deliveries; done again, it stores what is new",
    )
    .option("--only <parts>", `parts to pull, with commas: ${pullParts.join(", ")}`, partsFlag)
    .option("--from <time>", "history from this time on (default: 30 days ago)", timeFlag)
    .option("--to <time>", "history up to this time (default: now)", timeFlag)
    .addOption(
      new Option("--dvol <width>", "width of DVOL's bars")
        .choices(["1D", "1h", "1m"])
        .default("1D"),
    )
    .option(
      "--base-url <url>",
      "address of the interface, for a proxy or the test network",
      urlFlag,
    )
    .option(
      "--retries <count>",
      "attempts of a request after the first",
      countFlag,
      pullDefaults.retries,
    )
    .action(async (currencies: string[], flags: PullFlags) => {
      finish(await pullVerb(currencies, flags, io));
    });
}

function partsFlag(text: string): readonly PullPart[] {
  return text.split(",").map((name) => {
    const part = pullParts.find((known) => known === name.trim());
    if (part !== undefined) return part;
    throw new InvalidArgumentError(`Expected some of ${pullParts.join(", ")}, got "${name}".`);
  });
}

function urlFlag(text: string): string {
  if (/^https?:\/\/[^/]+/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError(
    `Expected an address such as https://www.deribit.com/api/v2, got "${text}".`,
  );
}

async function pullVerb(
  currencies: readonly string[],
  flags: PullFlags,
  io: CliIo,
): Promise<number> {
  const writer = await openWriter(flags.store);
  const line = stepLine(io);
  const abort = new AbortController();
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.keep("Interrupted: the same command goes on. Ctrl-C again to quit.");
  });
  let stored = 0;
  try {
    reportRecovery(writer, io);
    const report = await pullDeribit(writer, {
      currencies,
      parts: flags.only,
      fromMs: flags.from,
      toMs: flags.to,
      dvolStep: flags.dvol,
      retries: flags.retries,
      ...(flags.baseUrl === undefined ? {} : { baseUrl: flags.baseUrl }),
      signal: abort.signal,
      onStep: (text) => line.show(text, true),
      onCommit(commit) {
        for (const { rows } of commit.files) stored += rows;
        line.keep(`stored ${stored} rows (commit ${commit.seq}: ${commit.sources[0].name})`);
      },
    });
    line.end();
    if (flags.json) printJson(io, { schemaVersion: 1, store: flags.store, ...report });
    else io.stdout(pullText(report, flags.store));
    if (report.interrupted) return exitCodes.interrupted;
    return report.failed.length > 0 || report.refused.length > 0 ? exitCodes.badData : exitCodes.ok;
  } catch (error) {
    line.end();
    if (stored > 0) io.stderr(`${stored} rows were stored; the same command goes on.\n`);
    throw error;
  } finally {
    line.end();
    stopListening?.();
    await writer.free();
  }
}

function pullText(
  { rows, commits, known, skewMs, failed, refused, quarantine }: PullReport,
  store: string,
): string {
  const kinds = Object.entries(rows).map(([kind, count]) => `${kind} ${count}`);
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${total} rows in ${commits} commits stored in ${store} (${kinds.join(", ") || "none"}); ${known} were there already.`,
  ];
  if (Math.abs(skewMs) > 5000) {
    lines.push(
      `The exchange's clock is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? "ahead of" : "behind"} this machine's; rows are known by the later of the two.`,
    );
  }
  for (const { currency, part, error } of failed)
    lines.push(`left out: ${currency} ${part}: ${error}`);
  if (refused.length > 0) {
    const table = refused.map(({ source, count, sample }) => [source, String(count), sample]);
    lines.push(
      textTable(["refused items of", "count", "the first one"], table),
      `Samples of what was refused: ${store}/${quarantine}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
