/**
 * Failures, times and memory of every model on real chains:
 * `node bench/models.ts DATA [--moments N] [--models a,b] [--threads N]`.
 *
 * DATA holds deribit/chains/<month>/*.csv.gz and equity/spx_vols/. N moments are spread over the Deribit snapshots, BTC
 * and ETH of each, and every SPX day is taken. Each fit runs in a process of its own, so that memory is the model's:
 * the first fit (code not yet compiled by the runtime) and, within half a second more, the median of further ones.
 */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { modelsNamed, spreadOrder } from "../src/compare/index.ts";
import { loadChainFile } from "../src/market/index.ts";

/** One process's answer. */
interface OneFit {
  readonly status: string;
  readonly message: string;
  readonly warnings: number;
  readonly parameters: number;
  readonly quotes: number;
  readonly firstSeconds: number;
  /** Median of repeated fits; the first when there was no time for more. */
  readonly seconds: number;
  /** Growth of the process's peak memory over what it had with the chain loaded. */
  readonly extraMb: number;
}

const repeatSeconds = 0.5;
const [data, ...rest] = process.argv.slice(2);
const flag = (name: string): string | undefined =>
  rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined;
const threads = Number(flag("--threads") ?? 2);

if (data === "--one") {
  const [name, file, underlying] = rest;
  console.log(JSON.stringify(await fitOne(name, file, underlying)));
  process.exit(0);
}
if (data === undefined) {
  console.error("bench/models: expected the data folder, got none. Pass it as the first argument.");
  process.exit(2);
}
await fitAll();

async function fitOne(name: string, file: string, underlying: string): Promise<OneFit> {
  const [model] = modelsNamed([name]);
  const { chain } = await loadChainFile(file, underlying === "-" ? {} : { underlying });
  const before = process.resourceUsage().maxRSS;
  const started = performance.now();
  const fit = await model.fit(chain, { seed: 1, threads });
  const firstSeconds = (performance.now() - started) / 1000;
  const extraMb = (process.resourceUsage().maxRSS - before) / 1024;
  const times: number[] = [];
  const until = performance.now() + 1000 * (repeatSeconds - firstSeconds);
  while (performance.now() < until) {
    const start = performance.now();
    await model.fit(chain, { seed: 1, threads });
    times.push((performance.now() - start) / 1000);
  }
  return {
    status: fit.status,
    message: fit.message,
    warnings: fit.warnings.length,
    parameters: fit.parameterCount,
    quotes: chain.expiries.reduce((sum, { quotes }) => sum + quotes.length, 0),
    firstSeconds,
    seconds: times.length === 0 ? firstSeconds : median(times),
    extraMb,
  };
}

async function fitAll(): Promise<void> {
  const models = modelsNamed(flag("--models")?.split(","));
  const jobs = chains();
  console.log(`${jobs.length} chains, each fit in a process of its own, ${threads} threads\n`);
  console.log(
    "| model | fits | failed | limited | parameters | first s | median s | worst s | extra MB (median, worst) |",
  );
  console.log("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
  const complaints: string[] = [];
  for (const { name } of models) {
    const fits: OneFit[] = [];
    let lost = 0;
    for (const { file, underlying } of jobs) {
      const where = `${name} on ${underlying} ${file.split("/").at(-1)}`;
      try {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [import.meta.filename, "--one", name, file, underlying, "--threads", `${threads}`],
          { maxBuffer: 1e8, timeout: 600_000 },
        );
        const fit = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as OneFit;
        fits.push(fit);
        if (fit.status === "failed") complaints.push(`${where}: ${fit.message}`);
      } catch (error) {
        lost++;
        const text = error instanceof Error ? error.message.split("\n").slice(0, 3).join(" ") : "";
        complaints.push(`${where}: the process ended: ${text}`);
      }
    }
    const failed = lost + fits.filter(({ status }) => status === "failed").length;
    const limited = fits.filter(({ status }) => status !== "failed" && status !== "converged");
    const worst = (f: (fit: OneFit) => number): number => Math.max(...fits.map(f));
    const middle = (f: (fit: OneFit) => number): number => median(fits.map(f));
    if (fits.length === 0) console.log(`| ${name} | ${lost} | ${failed} | | | | | | |`);
    else {
      console.log(
        `| ${name} | ${fits.length + lost} | ${failed} | ${limited.length} | ${middle((f) => f.parameters)} | ${text(middle((f) => f.firstSeconds))} | ${text(middle((f) => f.seconds))} | ${text(worst((f) => f.seconds))} | ${middle((f) => f.extraMb).toFixed(0)}, ${worst((f) => f.extraMb).toFixed(0)} |`,
      );
    }
  }
  console.log(complaints.length === 0 ? "\nNo model failed." : `\n${complaints.join("\n")}`);
}

/** Chains of the study: evenly spread, chosen without a look at their content. */
function chains(): { readonly file: string; readonly underlying: string }[] {
  const listed = (folder: string): string[] =>
    readdirSync(join(data, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".csv.gz"))
      .sort()
      .map((name) => join(data, folder, name));
  const deribit = listed("deribit/chains");
  const moments = spreadOrder(deribit.length).slice(0, Number(flag("--moments") ?? 4));
  return [
    ...moments.flatMap((i) =>
      ["BTC", "ETH"].map((underlying) => ({ file: deribit[i], underlying })),
    ),
    ...listed("equity/spx_vols").map((file) => ({ file, underlying: "-" })),
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function text(seconds: number): string {
  return seconds >= 1 ? seconds.toFixed(1) : seconds.toPrecision(2);
}
