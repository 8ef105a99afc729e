/**
 * A process that imports a folder into a store and says what is acknowledged, to be killed by a test:
 * `volterra data import` without the rest of the command line, which takes most of a second to load.
 *
 *   node importChild.ts STORE FOLDER BATCH_ROWS
 */
import { writeSync } from "node:fs";
import { importFiles, importPaths } from "../../src/market/store/importFiles.ts";
import { openWriter } from "../../src/market/store/writer.ts";

const [folder, source, batchRows] = process.argv.slice(2);
const writer = await openWriter(folder);
let stored = 0;
await importFiles(writer, importPaths([source]), {
  batchRows: Number(batchRows),
  onCommit(commit) {
    for (const { rows } of commit.files) stored += rows;
    writeSync(2, `stored ${stored} rows (commit ${commit.seq})\n`);
  },
});
await writer.free();
