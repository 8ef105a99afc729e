/**
 * Is the SVI fit the global minimum? Every slice of every snapshot against searches from random starts.
 *
 * `node bench/sviMinimum.ts DATA [--starts 200] [--stride 1] [--spx 1]`: DATA holds deribit/chains/<month>/*.csv.gz (BTC
 * and ETH of every stride-th snapshot) and equity/spx_vols (every spx-th day). A slice counts as missed when a random
 * start ends more than a thousandth and 10⁻³ below it. Prints one line per miss, and the share.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sviSmallestDurrleman } from "../src/formulas/index.ts";
import { loadChainFile } from "../src/market/index.ts";
import { smileQuotes } from "../src/models/smileQuotes.ts";
import { fitSviFrom, fitSviSlice, randomSviStart } from "../src/models/svi/sliceFit.ts";

const [data, ...rest] = process.argv.slice(2);
if (data === undefined) {
  console.error(
    "bench/sviMinimum: expected the data folder, got none. Pass it as the first argument.",
  );
  process.exit(2);
}
const flag = (name: string, value: number): number =>
  rest.includes(name) ? Number(rest[rest.indexOf(name) + 1]) : value;
const starts = flag("--starts", 200);
const below = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".gz"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
const every = <T>(items: readonly T[], stride: number): readonly T[] =>
  items.filter((_, i) => i % stride === 0);
const jobs = [
  ...every(below(join(data, "deribit", "chains")), flag("--stride", 1)).flatMap((file) =>
    ["BTC", "ETH"].map((underlying) => ({ file, options: { underlying } })),
  ),
  ...every(below(join(data, "equity", "spx_vols")), flag("--spx", 1)).map((file) => ({
    file,
    options: {},
  })),
];

let state = 1;
const uniform = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

const total = { slices: 0, found: 0, broken: 0, negative: 0, ms: 0 };
for (const { file, options } of jobs) {
  const { chain } = await loadChainFile(file, options);
  for (const expiry of chain.expiries) {
    if (expiry.quotes.length < 5) continue;
    const quotes = smileQuotes(expiry);
    const began = performance.now();
    const fit = fitSviSlice(quotes);
    total.ms += performance.now() - began;
    total.slices += 1;
    if (!Number.isFinite(fit.cost)) total.broken += 1;
    if (sviSmallestDurrleman(fit.raw, 1).g < -1e-3) total.negative += 1;
    let best = Number.POSITIVE_INFINITY;
    for (let s = 0; s < starts; s++) {
      best = Math.min(best, fitSviFrom(quotes, randomSviStart(quotes, uniform)).cost);
    }
    if (fit.cost <= 1.001 * best + 1e-3) total.found += 1;
    else {
      const day = new Date(expiry.expiryMs).toISOString().slice(0, 10);
      console.log(`missed: ${file} ${chain.underlying} ${day}: ${fit.cost} against ${best}`);
    }
  }
}
console.log(
  `${total.found} of ${total.slices} slices at the least cost of ${starts} random starts ` +
    `(${((100 * total.found) / total.slices).toFixed(2)} %), ${total.broken} without a finite cost, ` +
    `${total.negative} with g < -1e-3 in |k| <= 1, ${(total.ms / total.slices).toFixed(2)} ms a slice`,
);
