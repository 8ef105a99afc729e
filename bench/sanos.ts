/**
 * Quotes, repair and SANOS on real chains, against one Math.exp in the same process:
 * `node bench/sanos.ts DATA [--moments N] [--spx]`.
 *
 * DATA holds deribit/chains/<month>/*.csv.gz, deribit/chains_2021/ and equity/spx_vols/. N moments are spread over the
 * Deribit snapshots, BTC and ETH of each; two days of June 2021 and, with --spx, the SPX days follow. For every chain:
 * whether its spreads admit an arbitrage-free surface, how many quotes SANOS holds inside them, whether the surface passes
 * the audit at its dates and two in every gap, and medians of times.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { spreadOrder } from "../src/compare/index.ts";
import { type Chain, type LoadOptions, loadChainFile } from "../src/market/index.ts";
import { sanos } from "../src/models/index.ts";
import { audit, chainArbitrage, repairQuotes } from "../src/surface/index.ts";

const [data, ...rest] = process.argv.slice(2);
if (data === undefined) {
  console.error("bench/sanos: expected the data folder, got none. Pass it as the first argument.");
  process.exit(2);
}
const moments = rest.includes("--moments") ? Number(rest[rest.indexOf("--moments") + 1]) : 4;
const repeatMs = 300;

const exp = expNanoseconds();
console.log(`Math.exp: ${exp.toFixed(2)} ns\n`);
console.log(
  "| chain | quotes | expiries | arbitrage at mid | tradable | feasible | inside | audit | smallest kernel | repair ms | SANOS ms | / exp |",
);
console.log("|---|---:|---:|---:|---:|---|---:|---|---:|---:|---:|---:|");
const sum = { chains: 0, feasible: 0, quotes: 0, inside: 0, audited: 0 };
for (const [file, options] of jobs()) console.log(await row(file, options));
console.log(
  `\n${sum.chains} chains, ${sum.feasible} with spreads that admit a surface, ${sum.audited} audits passed; ` +
    `${sum.inside} of ${sum.quotes} quotes inside`,
);

async function row(file: string, options: LoadOptions): Promise<string> {
  const { chain } = await loadChainFile(file, options);
  const found = chainArbitrage(chain);
  const repairMs = await medianMs(() => repairQuotes(found.quotes, { measure: "half-spread" }));
  const sanosMs = await medianMs(() => sanos.fit(chain));
  const { surface, params } = await sanos.fit(chain);
  if (surface === null || params === null) return `| ${file} | no surface |`;
  const certificate = audit(surface, { years: auditDates(chain) });
  const inside = chain.expiries.flatMap(({ quotes, yearsToExpiry }) =>
    quotes.filter(({ logMoneyness, bidVol, askVol }) => {
      const vol = surface.impliedVol(logMoneyness, yearsToExpiry);
      return vol >= bidVol && vol <= askVol;
    }),
  ).length;
  sum.chains++;
  sum.feasible += found.isBidAskFeasible ? 1 : 0;
  sum.audited += certificate.pass ? 1 : 0;
  sum.quotes += found.quotes.length;
  sum.inside += inside;
  const cells = [
    `${chain.underlying} ${new Date(chain.asOfMs).toISOString().slice(0, 16)}`,
    found.quotes.length,
    chain.expiries.length,
    found.atMid.length,
    found.atBidAsk.length,
    found.isBidAskFeasible ? "yes" : "no",
    `${inside} (${((100 * inside) / found.quotes.length).toFixed(1)} %)`,
    certificate.pass ? "passed" : "FAILED",
    Math.min(...params.expiries.map(({ kernelShare }) => kernelShare)).toFixed(2),
    repairMs.toFixed(1),
    sanosMs.toFixed(1),
    ((sanosMs * 1e6) / exp).toExponential(1),
  ];
  return `| ${cells.join(" | ")} |`;
}

function jobs(): [string, LoadOptions][] {
  const root = join(data, "deribit", "chains");
  const snapshots = readdirSync(root)
    .sort()
    .flatMap((month) =>
      readdirSync(join(root, month))
        .filter((name) => name.endsWith(".csv.gz"))
        .sort()
        .map((name) => join(root, month, name)),
    );
  const chosen = [...spreadOrder(snapshots.length)].slice(0, moments);
  const deribit = chosen.flatMap((i) =>
    ["BTC", "ETH"].map((underlying): [string, LoadOptions] => [snapshots[i], { underlying }]),
  );
  const june = join(data, "deribit", "chains_2021", "btc_eod_202106.csv.gz");
  const days = existsSync(june) ? ["2021-06-09", "2021-06-22"] : [];
  const spx = join(data, "equity", "spx_vols");
  const spxDays = rest.includes("--spx") ? readdirSync(spx).sort() : [];
  return [
    ...deribit,
    ...days.map((day): [string, LoadOptions] => [june, { day }]),
    ...spxDays.map((name): [string, LoadOptions] => [join(spx, name), {}]),
  ];
}

/** Dates of the chain, two in each gap, and one after the last. */
function auditDates({ expiries }: Chain): number[] {
  const years = expiries.map((expiry) => expiry.yearsToExpiry);
  const gaps = years.flatMap((t, j) => {
    const from = j === 0 ? 0 : years[j - 1];
    return [1 / 3, 2 / 3, 1].map((share) => from + share * (t - from));
  });
  return [...gaps, 1.5 * years[years.length - 1]];
}

/** Median over repeated runs of a third of a second, the first of which is not counted. */
async function medianMs(body: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + repeatMs;
  do {
    const start = performance.now();
    await body();
    times.push(performance.now() - start);
  } while (performance.now() < until);
  const counted = times.length > 1 ? times.slice(1) : times;
  return counted.sort((a, b) => a - b)[counted.length >> 1];
}

function expNanoseconds(): number {
  const values = Float64Array.from({ length: 4096 }, (_, i) => -i / 512);
  const out = new Float64Array(values.length);
  const rounds = Array.from({ length: 200 }, () => {
    const start = performance.now();
    for (let i = 0; i < values.length; i++) out[i] = Math.exp(values[i]);
    return ((performance.now() - start) * 1e6) / values.length;
  });
  return rounds.sort((a, b) => a - b)[100];
}
