/**
 * A process that watches into a store and says what is acknowledged, to be killed by a test: `volterra data watch`
 * without the rest of the command line, which takes most of a second to load.
 *
 *   node watchChild.ts STORE URL
 */
import { writeSync } from "node:fs";
import { watchIntoStore } from "../../src/market/store/live/watchIntoStore.ts";
import { openWriter } from "../../src/market/store/writer.ts";

const [folder, url] = process.argv.slice(2);
const writer = await openWriter(folder);
let stored = 0;
await watchIntoStore(writer, {
  currencies: ["BTC"],
  url,
  flushMs: 20,
  compactEvery: 2,
  signal: new AbortController().signal,
  onCommit(commit) {
    for (const { rows } of commit.files) stored += rows;
    writeSync(2, `stored ${stored} rows (commit ${commit.seq})\n`);
  },
});
