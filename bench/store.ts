/**
 * The market store on all shared Deribit chains, against DuckDB reading the same files by itself in the same run.
 *
 *   import     every row checked, stored by venue, underlying and day, forced to the disk; time and peak memory
 *   peer       DuckDB reads the CSV files, told their columns, and writes Parquet partitioned the same way: nothing is checked,
 *              nothing is forced to the disk
 *   read       the rows of one underlying and day, and the newest chain as of a time, from an open store
 *   peer       DuckDB's own query of the CSV files of that day, and of a Parquet file of the whole history
 *   feed       ticker messages checked and made rows, per second
 *   commit     a flush of a watch on two currencies: 1,400 rows in six files
 *   compact    sixty such flushes merged
 *
 * Answers are checked before anything is timed. Run: `node bench/store.ts` (about a minute); `--kills 100` besides
 * kills an import and a watch so many times (the tests' own loops).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { deribitFeed } from "../src/market/sources/live/feed.ts";
import {
  importFiles,
  importPaths,
  openStore,
  openWriter,
  type RowGroup,
} from "../src/market/store/index.ts";
import { replayMarket } from "../test/deribit/replayMarket.ts";

const chains = fileURLToPath(new URL("../../shared/data/deribit/chains", import.meta.url));
const ROWS = 737_410;
const DAY = "2026-03-28";
const RUNS = 25;

const seconds = (from: number): number => (performance.now() - from) / 1000;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const print = (what: string, value: string): void => {
  process.stdout.write(`${what.padEnd(58)} ${value}\n`);
};

const costText = ({ seconds: wall, cpuSeconds, megabytes }: Cost, folder: string): string =>
  `${wall.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of CPU), ${megabytes.toFixed(0)} MB, ${(bytesIn(folder) / 1e6).toFixed(0)} MB on the disk`;

/** Milliseconds of an action; the processor's time is what a busy machine disturbs least. */
interface Times {
  readonly cpu: number;
  readonly least: number;
  readonly median: number;
}

/** Times actions in turn, after one round that is not counted. */
async function timeInTurn(actions: readonly (() => Promise<unknown>)[]): Promise<Times[]> {
  const times: number[][] = actions.map(() => []);
  const cpu = actions.map(() => 0);
  for (let i = -1; i < RUNS; i++) {
    for (const [k, action] of actions.entries()) {
      const from = performance.now();
      const used = process.cpuUsage();
      await action();
      const { user, system } = process.cpuUsage(used);
      if (i < 0) continue;
      times[k].push(performance.now() - from);
      cpu[k] += (user + system) / 1e3 / RUNS;
    }
  }
  return times.map((list, k) => ({
    cpu: cpu[k],
    least: Math.min(...list),
    median: median(list),
  }));
}

const timesText = ({ cpu, least, median: middle }: Times): string =>
  `${middle.toFixed(0)} ms, least ${least.toFixed(0)} ms, ${cpu.toFixed(0)} ms of CPU`;

/** Size of the files below a folder. */
const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);

interface Cost {
  readonly seconds: number;
  /** Of all threads: what a machine that is busy with other work does not change much. */
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/** Time and peak memory of a part of this file in a process of its own. */
function inChild(part: string, folder: string): Cost {
  const argv = [fileURLToPath(import.meta.url), part, folder];
  const child = spawnSync(process.execPath, argv, { encoding: "utf8" });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Cost;
}

async function importPart(folder: string): Promise<void> {
  const from = performance.now();
  const writer = await openWriter(folder);
  const { rows, failed } = await importFiles(writer, importPaths([chains]));
  await writer.free();
  if (rows !== ROWS || failed.length > 0) throw new Error(`${rows} rows, ${failed.length} failed`);
  report(from);
}

/** DuckDB's reader of the files with the columns told: finding them out by itself takes it a hundred times longer. */
async function csvTable(connection: DuckDBConnection, files: string): Promise<string> {
  const sniffed = await connection.runAndReadAll(
    `SELECT unnest(columns).name, unnest(columns).type FROM sniff_csv('${chains}/${DAY.slice(0, 7)}/*_${DAY.replaceAll("-", "")}T04*.csv.gz')`,
  );
  const columns = sniffed.getRows().map(([name, type]) => `'${name}': '${type}'`);
  return `read_csv('${chains}/${files}', header = true, auto_detect = false, columns = {${columns.join(", ")}})`;
}

/** What DuckDB does alone: the same columns of the same files, as Parquet by underlying and day. */
async function peerPart(folder: string): Promise<void> {
  const from = performance.now();
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run(
    `SET TimeZone = 'UTC'; COPY (SELECT timestamp, instrument_name, currency, option_type, strike, expiry_datetime, underlying, bid_price,
        ask_price, mark_price, implied_volatility, open_interest, CAST(timestamp AS DATE) AS date
      FROM ${await csvTable(connection, "*/*.csv.gz")})
     TO '${folder}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (currency, date))`,
  );
  report(from);
}

function report(from: number): void {
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const { user, system } = process.cpuUsage();
  process.stdout.write(
    JSON.stringify({ seconds: seconds(from), cpuSeconds: (user + system) / 1e6, megabytes }),
  );
}

async function reads(store: string, peer: string): Promise<void> {
  const reader = await openStore(store);
  const from = Date.parse(DAY);
  const query = { underlying: "BTC", from, to: from + 86_400_000, asOf: Infinity };
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  const ask = async (sql: string): Promise<number> =>
    (await connection.runAndReadAll(sql)).getColumns()[0].length;
  const files = `${DAY.slice(0, 7)}/*_${DAY.replaceAll("-", "")}T*.csv.gz`;
  const csv = `SELECT * FROM ${await csvTable(connection, files)} WHERE currency = 'BTC'`;
  const parquet = `SELECT * FROM read_parquet('${peer}/**/*.parquet', hive_partitioning = true) WHERE currency = 'BTC' AND date = '${DAY}'`;
  const rows = (await reader.rows("option", query)).length;
  const counts = [rows, await ask(csv), await ask(parquet)];
  if (new Set(counts).size !== 1 || rows === 0) throw new Error(`rows differ: ${counts}`);
  const [own, chain, ofCsv, ofParquet] = await timeInTurn([
    () => reader.rows("option", query),
    () => reader.chain({ underlying: "BTC", asOf: from + 43_200_000 }),
    () => ask(csv),
    () => ask(parquet),
  ]);
  const ratio = (of: Times): string =>
    `${timesText(of)}: ${(of.cpu / own.cpu).toFixed(1)} times the store's CPU`;
  print(`read of ${rows} rows of BTC on ${DAY} (target 50 ms)`, timesText(own));
  print("read of the newest chain as of that noon", timesText(chain));
  print("peer: DuckDB on that day's CSV files", ratio(ofCsv));
  print("peer: DuckDB on its own partitioned Parquet", ratio(ofParquet));
  reader.free();
  instance.closeSync();
}

/** Rows of a chain of about 700 options on each of two currencies, with futures and indices, at a time. */
function flushAt(ms: number): RowGroup[] {
  const groups: RowGroup[] = [];
  for (const currency of ["BTC", "ETH"]) {
    const market = replayMarket(ms, [currency]);
    const feed = deribitFeed({
      venue: "deribit",
      toleranceMs: 1e9,
      onRefused: ({ detail }) => {
        throw new Error(detail);
      },
      onBookGap: () => undefined,
    });
    for (const name of [...market.names(currency, "option"), ...market.names(currency, "future")]) {
      feed.accept(`ticker.${name}.100ms`, market.ticker(name, ms), ms);
    }
    const index = `${currency.toLowerCase()}_usd`;
    const volatility = market.volatility(index, ms);
    const data = { index_name: index, volatility, timestamp: ms };
    feed.accept(`deribit_volatility_index.${index}`, data, ms);
    for (const group of feed.drain()) {
      // The made-up market has twelve options; a listed one has sixty times as many.
      const copies = group.kind === "option" ? 57 : 1;
      const rows = Array.from({ length: copies }, (_, i) =>
        (group.rows as readonly { readonly instrument?: string }[]).map((row) =>
          i === 0 ? row : { ...row, instrument: `${row.instrument}-${i}` },
        ),
      ).flat();
      groups.push({ ...group, rows } as unknown as RowGroup);
    }
  }
  return groups;
}

async function live(folder: string): Promise<void> {
  const begin = Date.UTC(2026, 2, 28);
  const market = replayMarket(begin, ["BTC"]);
  const names = market.names("BTC", "option");
  const messages = Array.from({ length: 20_000 }, (_, i) => {
    const name = names[i % names.length];
    return JSON.stringify({
      params: { channel: `ticker.${name}.100ms`, data: market.ticker(name, begin + i) },
    });
  });
  const feed = deribitFeed({
    venue: "deribit",
    toleranceMs: 1e9,
    onRefused: () => undefined,
    onBookGap: () => undefined,
  });
  const from = performance.now();
  for (const text of messages) {
    const { channel, data } = (JSON.parse(text) as { params: { channel: string; data: unknown } })
      .params;
    feed.accept(channel, data, begin + 1e6);
  }
  if (feed.counts.accepted !== messages.length) throw new Error("messages were refused");
  print(
    "messages parsed, checked and made rows",
    `${Math.round(messages.length / seconds(from))} a second`,
  );

  const store = join(folder, "live");
  const writer = await openWriter(store);
  const flushes = 60;
  const times: number[] = [];
  let rows = 0;
  for (let i = 0; i < flushes; i++) {
    const groups = flushAt(begin + i * 60_000);
    rows = groups.reduce((sum, group) => sum + group.rows.length, 0);
    const at = performance.now();
    await writer.commit([{ name: `${i}`, fingerprint: `${i}`, format: "bench", groups }]);
    times.push(performance.now() - at);
  }
  print(`commit of ${rows} rows of a watch in six files, median`, `${median(times).toFixed(0)} ms`);
  const before = bytesIn(join(store, "data"));
  const at = performance.now();
  const commit = await writer.compact({ minFiles: 2 });
  const took = seconds(at);
  const replaced = commit?.replaces?.length ?? 0;
  const share = bytesIn(join(store, "data")) / before;
  print(
    `compaction of ${replaced} files into ${commit?.files.length}`,
    `${(1000 * took).toFixed(0)} ms, to ${(100 * share).toFixed(0)} % of the bytes`,
  );
  await writer.free();
}

function kill(times: string): void {
  const tests = ["src/cli/data/crash.test.ts", "src/cli/data/watchCrash.test.ts"];
  const from = performance.now();
  const { status } = spawnSync("npx", ["vitest", "run", ...tests], {
    stdio: "inherit",
    env: { ...process.env, VOLTERRA_KILLS: times },
  });
  if (status !== 0) throw new Error("a killed process lost rows");
  print(
    `imports and watches killed ${times} times each`,
    `nothing lost, ${seconds(from).toFixed(0)} s`,
  );
}

async function main(): Promise<void> {
  if (!existsSync(chains)) {
    process.stdout.write(`No shared chains at ${chains}: nothing to measure.\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "volterra-bench-store-"));
  try {
    print("machine", `${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}`);
    const own = inChild("import", join(folder, "store"));
    const peer = inChild("peer", join(folder, "peer"));
    print(`import of ${ROWS} rows (targets 20 s, 1 GB)`, costText(own, join(folder, "store")));
    print("peer: DuckDB alone, CSV to partitioned Parquet", costText(peer, join(folder, "peer")));
    await reads(join(folder, "store"), join(folder, "peer"));
    await live(folder);
    const at = process.argv.indexOf("--kills");
    if (at > 0) kill(process.argv[at + 1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [part, folder] = process.argv.slice(2);
if (part === "import") await importPart(folder);
else if (part === "peer") await peerPart(folder);
else await main();
