/**
 * SVI and SABR: a slice, and a chain of 12 expiries; against one Math.exp in the same run.
 *
 * `node bench/smiles.ts DATA`, DATA with deribit/chains/<month>/*.csv.gz: BTC of moments spread over all snapshots.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Chain, loadChainFile } from "../src/market/index.ts";
import { essvi, type Model, sabr, ssvi, svi } from "../src/models/index.ts";

const data = process.argv[2];
if (data === undefined) {
  console.error("bench/smiles: expected the data folder, got none. Pass it as the first argument.");
  process.exit(2);
}
const root = join(data, "deribit", "chains");
const files = readdirSync(root)
  .sort()
  .flatMap((month) =>
    readdirSync(join(root, month))
      .sort()
      .map((name) => join(root, month, name)),
  );
const moments = 12;
const chains: Chain[] = [];
for (let i = 0; i < moments; i++) {
  const file = files[Math.floor(((i + 0.5) * files.length) / moments)];
  chains.push((await loadChainFile(file, { underlying: "BTC" })).chain);
}

let sink = 0;
const expTimes = Array.from({ length: 9 }, () => {
  const start = performance.now();
  for (let i = 0; i < 1e6; i++) sink += Math.exp(-i * 1e-6);
  return performance.now() - start;
}).sort((a, b) => a - b);
const expNs = expTimes[4];

const expiries = chains.reduce((n, chain) => n + chain.expiries.length, 0);
const most = chains.reduce((a, b) => (b.expiries.length > a.expiries.length ? b : a));
console.log(
  `Math.exp ${expNs.toFixed(1)} ns (${sink > 0 ? "ok" : ""}); ${chains.length} BTC chains, ${expiries} slices`,
);
for (const model of [sabr, svi, ssvi, essvi] as readonly Model[]) {
  for (const chain of chains) await model.fit(chain);
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    for (const chain of chains) {
      const start = performance.now();
      await model.fit(chain);
      times.push((performance.now() - start) / chain.expiries.length);
    }
  }
  const slice = times.sort((a, b) => a - b)[times.length >> 1];
  const whole = Array.from({ length: 9 }, () => 0);
  for (let round = 0; round < whole.length; round++) {
    const start = performance.now();
    await model.fit(most);
    whole[round] = performance.now() - start;
  }
  const chainMs = whole.sort((a, b) => a - b)[whole.length >> 1];
  console.log(
    `${model.title.padEnd(6)} ${slice.toFixed(2)} ms a slice (${Math.round((slice * 1e6) / expNs).toLocaleString("en")} exp), ` +
      `${chainMs.toFixed(1)} ms for ${most.expiries.length} expiries`,
  );
}
