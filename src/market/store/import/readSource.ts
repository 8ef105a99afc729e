/**
 * From the bytes of a file to rows of the store: gunzip, recognise by content, read.
 */
import { createHash } from "node:crypto";
import { InputError } from "../../../num/errors.ts";
import {
  decodedText,
  decompressed,
  recognise,
  wholeBytes,
  wholeText,
} from "../../sources/byteStream.ts";
import { csvRows, type RowReader } from "../../sources/csv.ts";
import { readParquet } from "../../sources/parquet.ts";
import type { SourceRows } from "../writer.ts";
import { deribitReplyGroups } from "./deribitReplies.ts";
import { macroTable } from "./macroTable.ts";
import {
  barTable,
  dvolTable,
  fundingTable,
  perpetualTable,
  termFuturesTable,
  termStructureTable,
} from "./marketTables.ts";
import { knownOptionTable, yahooOptionTable } from "./optionTables.ts";
import type { Hints, StoreTable, TableReader } from "./storeTable.ts";

/** Known tables, the more particular first. */
const tables: readonly StoreTable[] = [
  termStructureTable,
  termFuturesTable,
  perpetualTable,
  dvolTable,
  fundingTable,
  yahooOptionTable,
  knownOptionTable,
  barTable,
  macroTable,
];

const limits = { bytes: 150e6, csvBytes: 2e9 } as const;

/** Identity of a file: SHA-256 of its bytes as they are. */
export const fingerprintOfBytes = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/** Rows of a file; `name` tells what the content does not, such as the asset of a table of bars.
 *
 * Throws  InputError when it is of no known kind or damaged; nothing of such a file is stored
 */
export async function readSource(
  name: string,
  bytes: Uint8Array,
  hints: Hints = {},
): Promise<SourceRows> {
  const fingerprint = fingerprintOfBytes(bytes);
  const { kind, pieces } = await recognise(name, decompressed(name, [bytes]));
  if (kind === "json") {
    const groups = deribitReplyGroups(name, await wholeText(name, pieces, limits.bytes), hints);
    return { name, fingerprint, format: "Deribit JSON", groups };
  }
  let format = "";
  let reader: TableReader | undefined;
  const receive: RowReader = (header) => {
    const table = tables.find((known) => known.matches(header));
    if (table === undefined) throw unknownTable(name, header);
    format = table.name;
    reader = table.open(name, header, hints);
    return reader.row;
  };
  if (kind === "csv") {
    const rows = csvRows(name, receive);
    for await (const text of decodedText(name, pieces, limits.csvBytes)) rows.write(text);
    rows.end();
  } else await readParquet(name, (await wholeBytes(name, pieces, limits.bytes)).buffer, receive);
  return { name, fingerprint, format, groups: reader?.groups() ?? [] };
}

function unknownTable(name: string, header: readonly string[]): InputError {
  const known = tables.map((table) => table.name).join(", ");
  return new InputError(
    `${name}: expected the columns of a known table (${known}), got ${header.join(", ").slice(0, 300)}. See docs/store.md for the columns of each.`,
  );
}
