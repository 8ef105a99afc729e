/**
 * `volterra hedge backtest CONFIG HISTORY...`: a hedge on recorded markets, against every baseline, on the same trades.
 *
 * The walk is saved after every moment (backtestStore.ts): ended by Ctrl-C or by force, it goes on where it was when the
 * same command is given again, to the same result.
 */
import { basename, join } from "node:path";
import { existsSync, readFileSync, statSync } from "node:fs";
import type { Command } from "commander";
import { wasmBackend } from "../../backend/wasm/index.ts";
import {
  type BacktestConfig,
  type BacktestDocument,
  baselinesOf,
  type ClosedTrade,
  historyMoments,
  learnedHedges,
  readBacktestConfig,
  startOfWalk,
  summarise,
  walker,
  walkSettings,
} from "../../hedging/index.ts";
import { InputError } from "../../num/errors.ts";
import { backtestReport } from "../../report/index.ts";
import { writeFileAtomically } from "../atomicWrite.ts";
import { countFlag } from "../chainSource.ts";
import { exitCodes } from "../exitCodes.ts";
import { type CliIo, printJson } from "../io.ts";
import { type StepLine, stepLine } from "../stepLine.ts";
import { chainsOf, type HistoryFiles, historyFiles } from "./backtestHistory.ts";
import { type BacktestStore, backtestStore, type SavedWalk } from "./backtestStore.ts";
import { backtestText } from "./backtestText.ts";
import { durationText } from "./hedgeText.ts";
import { checkRecordStore, recordBacktest, recordFlag } from "./recordHedge.ts";

interface BacktestFlags {
  readonly out: string;
  readonly seed?: number;
  readonly threads: number;
  readonly json?: boolean;
  readonly record?: string;
}

/** Adds the verb. */
export function addHedgeBacktest(hedge: Command, io: CliIo, finish: (code: number) => void): void {
  hedge
    .command("backtest <config> <history...>")
    .description(
      "walk recorded chains (files, or folders of them) and what was recorded beside them (the perpetual's prices, bars of the spot, funding), and hedge as the configuration says",
    )
    .option("--out <dir>", "folder of the results; the same command goes on with them", ".")
    .option("--seed <number>", "seed instead of the configuration's", countFlag)
    .option("--threads <count>", "threads of the trainings", countFlag, 1)
    .option("--json", "print one JSON document")
    .option(...recordFlag)
    .action(async (path: string, history: string[], flags: BacktestFlags) =>
      finish(await backtestVerb(path, history, flags, io)),
    );
}

interface Task {
  readonly config: BacktestConfig;
  readonly files: HistoryFiles;
  readonly store: BacktestStore;
  readonly key: string;
  readonly threads: number;
  readonly line: StepLine;
  readonly signal: AbortSignal;
}

async function backtestVerb(
  path: string,
  paths: readonly string[],
  flags: BacktestFlags,
  io: CliIo,
): Promise<number> {
  checkRecordStore(flags.record);
  const read = readBacktestConfig(configText(path), basename(path));
  const config = flags.seed === undefined ? read : { ...read, seed: flags.seed };
  const files = historyFiles(paths, config.underlying);
  const stem = config.name.replace(/[^\p{L}\p{N}.-]+/gu, "-").replace(/^-|-$/g, "") || "backtest";
  const folder = join(flags.out, stem);
  const key = JSON.stringify([config, files.identity]);
  const store = backtestStore(folder, key);
  const abort = new AbortController();
  const line = stepLine(io);
  const stopListening = io.onInterrupt?.(() => {
    abort.abort();
    line.keep("Interrupted: the walk is saved; the same command goes on. Ctrl-C again to quit.");
  });
  try {
    const { threads } = flags;
    const task = { config, files, store, key, threads, line, signal: abort.signal };
    const saved = await walkAll(task);
    line.end();
    const trades = store.trades(saved.closed);
    const document = summaryOf(config, saved, trades);
    const stemPath = join(folder, stem);
    writeFileAtomically(`${stemPath}.json`, `${JSON.stringify(document, null, 2)}\n`);
    writeFileAtomically(`${stemPath}.html`, backtestReport(document, trades, config.name));
    if (flags.record !== undefined) {
      recordBacktest(flags.record, config, files.identity, document, abort.signal.aborted);
    }
    const written = { document: `${stemPath}.json`, report: `${stemPath}.html` };
    if (flags.json) printJson(io, { ...document, files: written });
    else {
      const list = Object.values(written).map((file) => `  ${file}\n`);
      io.stdout(`${backtestText(document)}Files:\n${list.join("")}`);
    }
    return abort.signal.aborted ? exitCodes.interrupted : exitCodes.ok;
  } finally {
    line.end();
    stopListening?.();
  }
}

/** Walks what has not been walked; where the walk stands at the end. */
async function walkAll(task: Task): Promise<SavedWalk> {
  const { config, files, store, key, threads, line, signal } = task;
  const before = store.load();
  let saved: SavedWalk = before ?? {
    schemaVersion: 1,
    key,
    filesDone: 0,
    history: { lastMs: Number.MIN_SAFE_INTEGER, waiting: [], ratios: [] },
    walk: startOfWalk,
    closed: [],
    voided: [],
  };
  const todo = files.chains.slice(saved.filesDone);
  line.keep(
    `${files.chains.length} chains: ${saved.filesDone} are done, ${todo.length} to do; beside them ${files.side.perpetual.length} prices, ${files.side.bars.length} bars, ${files.side.funding.length} payments of funding`,
  );
  let reading = 0;
  let leftOut = "";
  const chains = chainsOf(
    todo,
    config.underlying,
    (text) => {
      leftOut = text;
      line.keep(`  left out: ${text}`);
    },
    (index) => {
      reading = index;
    },
  );
  const { hedge, from, until } = config;
  const learned = learnedHedges(config, wasmBackend, threads);
  const step = walker(walkSettings(config), baselinesOf(config), learned);
  const show = progressOf(task, todo.length);
  for await (const moment of historyMoments(chains, files.side, hedge, before?.history)) {
    if (signal.aborted) break;
    if (until !== undefined && moment.timeMs >= Date.parse(until)) break;
    // a moment of price alone lies before the chain that was read last
    const filesDone =
      moment.quotes === null ? saved.filesDone : files.chains.length - todo.length + reading + 1;
    const isEarly = from !== undefined && moment.timeMs < Date.parse(from);
    const taken = isEarly ? null : await step(saved.walk, moment);
    for (const trade of taken?.closed ?? []) store.saveTrade(trade);
    saved = {
      schemaVersion: 1,
      key,
      filesDone,
      history: moment.history,
      walk: taken?.state ?? saved.walk,
      closed: [...saved.closed, ...(taken?.closed ?? []).map(({ trade }) => trade.id)],
      voided: [...saved.voided, ...(taken?.voided ?? [])],
    };
    store.save(saved);
    show(moment.timeMs, reading, saved, taken?.did ?? []);
  }
  if (saved.walk.moments === 0 && leftOut !== "") {
    throw new InputError(`hedge backtest: no chain could be used, the last because ${leftOut}`);
  }
  return saved;
}

/** Shows where the walk is, a line in about ten seconds where there is no terminal. */
function progressOf({ line }: Task, files: number) {
  const began = performance.now();
  let lastShown = began;
  return (timeMs: number, reading: number, saved: SavedWalk, did: readonly string[]): void => {
    const now = performance.now();
    const share = (reading + 1) / files;
    const left = ((now - began) / 1000) * (1 / share - 1);
    const isMark = now - lastShown > 10_000;
    if (isMark) lastShown = now;
    const day = new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
    const doing = did.length === 0 ? "" : `  ${did.join(", ")}`;
    line.show(
      `${day}  ${reading + 1}/${files}  ${saved.walk.open.length} open, ${saved.closed.length} closed${doing}  about ${durationText(left)} left`,
      !isMark,
    );
  };
}

function summaryOf(
  config: BacktestConfig,
  saved: SavedWalk,
  trades: readonly ClosedTrade[],
): BacktestDocument {
  const { underlying, split, reference, seed, risk } = config;
  return summarise(saved.walk, trades, saved.voided, {
    underlying,
    splitMs: split === undefined ? null : Date.parse(split),
    reference,
    seed,
    aversion: risk.aversion,
    settings: config,
  });
}

/** The text of the configuration.
 *
 * Throws  InputError when there is no such file
 */
function configText(path: string): string {
  if (existsSync(path) && !statSync(path).isDirectory()) return readFileSync(path, "utf8");
  throw new InputError(
    `hedge backtest: expected a configuration (YAML or JSON), got ${path}, which is ${existsSync(path) ? "a folder" : "not there"}. docs/hedging-backtest.md has one to start from.`,
  );
}
