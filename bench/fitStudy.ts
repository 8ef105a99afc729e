/**
 * The neural SDE on many real chains with default settings: `node bench/fitStudy.ts DATA [--every N] [--only TEXT]`.
 *
 * DATA holds deribit/chains/<month>/*.csv.gz, deribit/chains_2021/ and equity/spx_vols/. Of every month the snapshots at
 * fixed ranks are taken (no look at their content), BTC and ETH each; every SPX day; June 2021 by its days.
 * Prints a Markdown table, failures included, and a line of totals. One fit at a time, each in its own process.
 */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const [data, ...flags] = process.argv.slice(2);
const flag = (name: string) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined);
const only = flag("--only");
const ranks = (flag("--ranks") ?? "0.15,0.5,0.85").split(",").map(Number);

interface Job {
  readonly file: string;
  readonly underlying: string;
  readonly next: string;
  readonly day?: string;
}

function jobs(): Job[] {
  const chains = join(data, "deribit/chains");
  const monthly = readdirSync(chains)
    .sort()
    .flatMap((month) => {
      const files = readdirSync(join(chains, month))
        .filter((f) => f.endsWith(".csv.gz"))
        .sort();
      const picked = [...new Set(ranks.map((r) => Math.floor(r * files.length)))];
      return picked.flatMap((i) =>
        ["BTC", "ETH"].map((underlying) => ({
          file: join(chains, month, files[i]),
          underlying,
          next: files[i + 1] === undefined ? "-" : join(chains, month, files[i + 1]),
        })),
      );
    });
  const old = join(data, "deribit/chains_2021");
  const june = readdirSync(old)
    .filter((f) => f.endsWith(".csv.gz"))
    .flatMap((f) =>
      ["2021-06-04", "2021-06-22"].map((day) => ({
        file: join(old, f),
        underlying: f.slice(0, 3).toUpperCase(),
        next: "-",
        day,
      })),
    );
  const equity = join(data, "equity/spx_vols");
  const spx = readdirSync(equity)
    .filter((f) => f.endsWith(".csv.gz"))
    .sort()
    .map((f) => ({ file: join(equity, f), underlying: "-", next: "-" }));
  return [...monthly, ...june, ...spx].filter(
    (job) => only === undefined || `${job.underlying} ${job.file}`.includes(only),
  );
}

const percent = (x: number) => (100 * x).toFixed(1);
const columns =
  "| chain | quotes | inside % | worst expiry % (days) | RMSE vol pt | fresh noise | half step (inside %) | certificate | s | MB | warm inside % (worst), s |";
console.log(columns);
console.log(columns.replace(/[^|]+/g, "---"));
const rows: {
  insideShare: number;
  worstExpiry: number;
  seconds: number;
  halfStepInsideShare: number;
  freshNoiseSpreads: number;
}[] = [];
for (const { file, underlying, next, day } of jobs()) {
  try {
    const args = ["bench/fitOne.ts", file, underlying, next, ...(day ? [day] : [])];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
    const r = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    rows.push(r);
    const warm = r.warm
      ? `${percent(r.warm.insideShare)} (${percent(r.warm.worstExpiry)}), ${r.warm.seconds.toFixed(1)}`
      : "";
    console.log(
      `| ${r.underlying} ${r.asOf.slice(0, 16)} | ${r.quotes} | ${percent(r.insideShare)} | ${percent(r.worstExpiry)} (${r.worstExpiryDays.toFixed(0)}) | ${r.rmseVolPoints.toFixed(2)} | ${r.freshNoiseSpreads.toFixed(2)} | ${r.halfStepSpreads.toFixed(2)} (${percent(r.halfStepInsideShare)}) | ${r.certificate ? "pass" : "FAIL"} | ${r.seconds.toFixed(1)} | ${r.peakRssMb.toFixed(0)} | ${warm} |`,
    );
    if (flags.includes("--verbose")) console.log(`    ${r.perExpiry.join(" ")}`);
  } catch (error) {
    const text =
      error instanceof Error
        ? (error.message.split("\n").find((line) => /Error|expected/.test(line)) ?? error.message)
        : String(error);
    console.log(`| ${underlying} ${day ?? file.split("/").at(-1)} | failed: ${text} |`);
  }
}
const mean = (f: (r: (typeof rows)[number]) => number) =>
  rows.reduce((s, r) => s + f(r), 0) / rows.length;
const share = (f: (r: (typeof rows)[number]) => boolean) => percent(mean((r) => (f(r) ? 1 : 0)));
console.log(
  `\n${rows.length} fits: mean inside ${percent(mean((r) => r.insideShare))} %, ≥ 95 % inside in ${share((r) => r.insideShare >= 0.95)} % of them, every expiry ≥ 85 % in ${share((r) => r.worstExpiry >= 0.85)} %, half step costs ≤ 3 points in ${share((r) => r.insideShare - r.halfStepInsideShare <= 0.03)} %, fresh noise < 1/3 half spread in ${share((r) => r.freshNoiseSpreads < 1 / 3)} %, mean ${mean((r) => r.seconds).toFixed(1)} s.`,
);
