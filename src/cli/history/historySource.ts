/**
 * Where a history comes from on the command line: files that the store can import, or a store.
 */
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { assembleHistory, type History } from "../../estimate/index.ts";
import { formatInstant, MS_PER_DAY, parseInstant } from "../../market/dayCount.ts";
import { isStore, openStore, readSource, type RowGroup } from "../../market/store/index.ts";
import { encodeFloat64 } from "../../num/base64.ts";
import { sha256 } from "../../num/sealedJson.ts";
import { UsageError } from "../exitCodes.ts";

/** Flags that say which history. */
export interface HistoryFlags {
  readonly state: readonly string[];
  readonly inputs: readonly string[];
  readonly every: number;
  readonly from?: number;
  readonly to?: number;
  readonly asOf?: number;
}

/** Adds the flags. */
export function addHistoryFlags(command: Command): Command {
  return command
    .requiredOption(
      "--state <names>",
      "components: BTC (price), BTC.rv, BTC.dvol, BTC.atm30d (volatilities), BTC.skew30d; separated by commas",
      listFlag,
    )
    .addOption(
      new Option("--inputs <names>", "outside inputs: VIX, FNG, BTC.funding …")
        .argParser(listFlag)
        .default([], "none"),
    )
    .addOption(
      new Option("--every <step>", "step of time: 1d, 4h, 1h …")
        .argParser(stepFlag)
        .default(MS_PER_DAY, "1d"),
    )
    .option("--from <time>", "first time (ISO 8601 UTC)", timeFlag)
    .option("--to <time>", "end of time, itself left out", timeFlag)
    .option("--as-of <time>", "from a store: what was known then (default: all)", timeFlag);
}

function listFlag(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "")) {
    throw new InvalidArgumentError(`Expected names separated by commas, got "${text}".`);
  }
  return names;
}

function stepFlag(text: string): number {
  const match = /^(\d+)(m|h|d)$/.exec(text);
  const unit = { m: 60_000, h: 3_600_000, d: MS_PER_DAY }[match?.[2] as "m" | "h" | "d"];
  const ms = match === null ? Number.NaN : Number(match[1]) * unit;
  if (!(ms > 0) || MS_PER_DAY % ms !== 0) {
    throw new InvalidArgumentError(
      `Expected a step that divides a day (1d, 4h, 1h), got "${text}".`,
    );
  }
  return ms;
}

/** A time flag. */
export function timeFlag(text: string): number {
  const ms = parseInstant(text);
  if (!Number.isFinite(ms)) {
    throw new InvalidArgumentError(`Expected a time such as 2024-01-01, got "${text}".`);
  }
  return ms;
}

/** A history and where it came from. */
export interface LoadedHistory {
  readonly history: History;
  /** SHA-256 of times, states and inputs */
  readonly fingerprint: string;
  readonly sources: readonly string[];
}

/** Loads a history from files, or from one folder that is a store. */
export async function loadHistory(
  paths: readonly string[],
  flags: HistoryFlags,
): Promise<LoadedHistory> {
  const { groups, sources } = await loadGroups(paths, flags);
  const history = assembleHistory(groups, {
    state: flags.state,
    inputs: flags.inputs,
    everyMs: flags.every,
    fromMs: flags.from,
    toMs: flags.to,
  });
  const { timesMs, states, inputs } = history;
  const text = [timesMs, states, inputs].map(encodeFloat64).join("|");
  return { history, fingerprint: await sha256(text), sources };
}

async function loadGroups(
  paths: readonly string[],
  flags: HistoryFlags,
): Promise<{ groups: RowGroup[]; sources: string[] }> {
  const groups: RowGroup[] = [];
  const sources: string[] = [];
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) {
      throw new UsageError(
        `learn: expected a file or the folder of a store, got ${path}, which is not there. Check the path.`,
      );
    }
    if (stats.isDirectory()) {
      if (!isStore(path)) {
        throw new UsageError(
          `learn: expected files or the folder of a store, got the folder ${path}. Name its files, or import them with \`volterra data import\`.`,
        );
      }
      groups.push(...(await storeGroups(path, flags)));
    } else {
      groups.push(...(await readSource(basename(path), readFileSync(path))).groups);
    }
    sources.push(basename(path));
  }
  return { groups, sources };
}

/** Kinds of rows that series are made of. */
const seriesKinds = ["bar", "index", "funding", "macro", "term"] as const;

async function storeGroups(
  folder: string,
  { asOf = Number.MAX_SAFE_INTEGER, state, inputs }: HistoryFlags,
): Promise<RowGroup[]> {
  const wanted = new Set([...state, ...inputs].map((name) => name.split(".")[0]));
  const store = await openStore(folder);
  try {
    const groups: RowGroup[] = [];
    const places = new Set(
      store
        .files()
        .filter(({ kind }) => (seriesKinds as readonly string[]).includes(kind))
        .map(({ kind, venue, underlying }) => JSON.stringify([kind, venue, underlying])),
    );
    for (const place of [...places].sort()) {
      const [kind, venue, underlying] = JSON.parse(place) as [
        (typeof seriesKinds)[number],
        string,
        string,
      ];
      // BTCUSDT may be an instrument of the underlying BTC
      if (![...wanted].some((name) => name.startsWith(underlying))) continue;
      const rows = await store.rows(kind, { asOf, venue, underlying });
      // kind and rows belong together, which the type of a generic read does not say
      groups.push({ kind, venue, underlying, rows } as unknown as RowGroup);
    }
    return groups;
  } finally {
    store.free();
  }
}

/** One line about a history. */
export function historyLine({ history, sources }: LoadedHistory): string {
  const { timesMs, components, inputNames } = history;
  const names = components.map(({ name }) => name).join(", ");
  const given = inputNames.length === 0 ? "" : `; inputs ${inputNames.join(", ")}`;
  return `${names}${given}: ${timesMs.length} rows, ${formatInstant(timesMs[0])} to ${formatInstant(timesMs[timesMs.length - 1])}, from ${sources.join(", ")}`;
}
