/**
 * What the clock between expiries is worth, at the money and without any model: `node bench/forwardClock.ts DATA`.
 *
 * DATA holds deribit/chains/<month>/*.csv.gz and equity/spx_vols/. Of every twelfth Deribit snapshot (BTC and ETH) and every
 * SPX day, expiries are taken out: the middle one, each interior one in turn, all but the four of the sparse scenario.
 * The mid volatility at the forward there is compared with total variance that is linear in T through the others, and
 * with the same on the clock (src/surface/forwardClock.ts). Errors in vol points.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { scenarioChain } from "../src/compare/index.ts";
import { atmVol } from "../src/compare/quoteErrors.ts";
import { type Chain, loadChainFile } from "../src/market/index.ts";
import { forwardClock } from "../src/surface/forwardClock.ts";

interface Point {
  readonly years: number;
  readonly vol: number;
}

const data = process.argv[2];
if (data === undefined) {
  console.error(
    "bench/forwardClock: expected the data folder, got none. Pass it as the first argument.",
  );
  process.exit(2);
}
const files = (folder: string): string[] =>
  readdirSync(join(data, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".csv.gz"))
    .sort()
    .map((name) => join(data, folder, name));

/** Volatility at a date through some points, linear in total variance or on the clock. */
function between(points: readonly Point[], years: number, isClock: boolean): number {
  const dates = points.map((point) => point.years);
  const variance = points.map((point) => point.vol ** 2 * point.years);
  const t = isClock ? forwardClock(dates, variance)(years) : years;
  const n = Math.max(
    1,
    dates.findIndex((date) => date >= years),
  );
  const share = (t - dates[n - 1]) / (dates[n] - dates[n - 1]);
  return Math.sqrt((variance[n - 1] + share * (variance[n] - variance[n - 1])) / years);
}

const errors = new Map<string, { readonly linear: number[]; readonly clock: number[] }>();

function miss(group: string, shown: readonly Point[], hidden: Point): void {
  const row = errors.get(group) ?? { linear: [], clock: [] };
  errors.set(group, row);
  row.linear.push(100 * (between(shown, hidden.years, false) - hidden.vol));
  row.clock.push(100 * (between(shown, hidden.years, true) - hidden.vol));
}

function takeOut(market: string, chain: Chain): void {
  const points = chain.expiries.map(
    (expiry): Point => ({
      years: expiry.yearsToExpiry,
      vol: atmVol(expiry),
    }),
  );
  if (points.length < 5) return;
  const middle = 1 + Math.floor((points.length - 2) / 2);
  points.slice(1, -1).forEach((hidden, i) => {
    const shown = points.filter((point) => point !== hidden);
    miss(`${market}, each one`, shown, hidden);
    if (i + 1 === middle) miss(`${market}, the middle one`, shown, hidden);
  });
  const kept = scenarioChain(chain, "sparse").fitted.expiries.map((e) => e.yearsToExpiry);
  const shown = points.filter(({ years }) => kept.includes(years));
  for (const hidden of points) {
    if (!shown.includes(hidden)) miss(`${market}, all but four`, shown, hidden);
  }
}

const deribit = files("deribit/chains").filter((_, i) => i % 12 === 5);
for (const file of deribit) {
  for (const underlying of ["BTC", "ETH"]) {
    takeOut("Deribit", (await loadChainFile(file, { underlying })).chain);
  }
}
for (const file of files("equity/spx_vols")) takeOut("SPX", (await loadChainFile(file)).chain);

console.log("| taken out | n | linear: RMSE, mean, median size | clock |");
console.log("|---|---:|---:|---:|");
for (const [group, { linear, clock }] of errors) {
  console.log(`| ${group} | ${linear.length} | ${text(linear)} | ${text(clock)} |`);
}

function text(values: readonly number[]): string {
  const mean = (f: (v: number) => number) =>
    values.reduce((sum, v) => sum + f(v), 0) / values.length;
  const sizes = values.map(Math.abs).sort((a, b) => a - b);
  return [Math.sqrt(mean((v) => v * v)), mean((v) => v), sizes[sizes.length >> 1]]
    .map((v) => v.toFixed(2))
    .join(", ");
}
