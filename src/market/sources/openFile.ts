/**
 * From a file to a `QuoteSet`: reads, gunzips, recognises, parses, selects.
 *
 * CSV is read in pieces, so a large file costs time and no memory; JSON and Parquet need all their
 * bytes and are refused above `maxBytes`. The kind of a table is told by its header: the known one
 * with the largest share of its columns there, if that is at least three fifths; else it is a generic
 * table, which needs `format`.
 *
 * Reading a path needs Node, whose file module is reached through `process` and not by an import, so
 * that bundles for browsers build; there, `openBytes` takes the bytes of an upload.
 */
import { InputError, UnsupportedError } from "../../num/errors.ts";
import { type Cleaned, clean } from "../clean.ts";
import type { CleanOptions } from "../cleanOptions.ts";
import type { QuoteSet, RawQuote } from "../quote.ts";
import { type Collector, collectQuotes, type Selection } from "./collect.ts";
import { csvRows, type RowReader } from "./csv.ts";
import { decodedText, decompressed, recognise, wholeBytes, wholeText } from "./byteStream.ts";
import { deribitEod2021Columns, deribitEod2021Row } from "./deribitEod2021.ts";
import { deribitBookColumns, deribitBookRow } from "./deribitBookCsv.ts";
import { parseDeribitJson, parseJson } from "./deribitJson.ts";
import { deribitSnapshotColumns, deribitSnapshotRow } from "./deribitSnapshotCsv.ts";
import { genericTableRow, type TableFormat } from "./genericTable.ts";
import { readParquet } from "./parquet.ts";
import { spxVolsColumns, spxVolsRow } from "./spxVols.ts";
import { tardisColumns, tardisRow } from "./tardisCsv.ts";

/** What to read and how. */
export interface OpenOptions extends Selection {
  /** Columns and units of a generic table; a known format is not looked for when it is given. */
  readonly format?: TableFormat;
  /** Path of the `get_instruments` reply that belongs to a book summary. */
  readonly instruments?: string;
  /** Largest JSON or Parquet file to read, in uncompressed bytes. */
  readonly maxBytes?: number;
  /** Largest CSV to read, in uncompressed bytes. */
  readonly maxCsvBytes?: number;
}

const defaults = { maxBytes: 150e6, maxCsvBytes: 2e9 } as const;

type RowOf = (
  source: string,
  header: readonly string[],
) => (cells: readonly string[]) => RawQuote | null;

interface TableKind {
  readonly name: string;
  readonly columns: readonly string[];
  readonly row: RowOf;
  /** True when rows are events, a later one of an instrument replacing the earlier. */
  readonly events?: boolean;
}

/** Known tables by their columns. */
const formats: readonly TableKind[] = [
  { name: "Deribit snapshot", columns: deribitSnapshotColumns, row: deribitSnapshotRow },
  { name: "Deribit 2021", columns: deribitEod2021Columns, row: deribitEod2021Row },
  { name: "Deribit order books", columns: deribitBookColumns, row: deribitBookRow },
  { name: "SPX vols", columns: spxVolsColumns, row: spxVolsRow },
  { name: "Tardis", columns: tardisColumns, row: tardisRow, events: true },
];
const RECOGNISED_SHARE = 0.6;

/** What `loadChainFile` reads and how it cleans. */
export type LoadOptions = OpenOptions & CleanOptions;

/** A cleaned chain and the file it came from. */
export interface LoadedChain extends Cleaned {
  /** Name of the file, without its folder. */
  readonly source: string;
  /** Fingerprint of the raw quotes; `fingerprint(chain)` is that of the cleaned ones. */
  readonly rawFingerprint: string;
}

/** Reads and cleans the quotes of one underlying and one snapshot: `openFile`, then `clean`.
 *
 * Throws  InputError as `openFile` and `clean` do; UnsupportedError outside Node
 */
export async function loadChainFile(path: string, options: LoadOptions = {}): Promise<LoadedChain> {
  const quoteSet = await openFile(path, options);
  return {
    ...clean(quoteSet, options),
    source: quoteSet.source,
    rawFingerprint: quoteSet.fingerprint,
  };
}

/** Quotes of one underlying and one snapshot in a file.
 *
 * Throws  InputError when the file is absent, empty, too large, of no known kind, damaged, lacks a
 *         column, or holds a choice that `options` does not make; UnsupportedError outside Node
 */
export async function openFile(path: string, options: OpenOptions = {}): Promise<QuoteSet> {
  const instruments =
    options.instruments === undefined
      ? undefined
      : parseJson(
          options.instruments,
          await wholeText(
            options.instruments,
            decompressed(options.instruments, fileBytes(options.instruments)),
            options.maxBytes ?? defaults.maxBytes,
          ),
        );
  return openBytes(path.replace(/^.*[\\/]/, ""), fileBytes(path), options, instruments);
}

/** The same from bytes, gzip-compressed or not; `source` names them in messages. */
export async function openBytes(
  source: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: OpenOptions = {},
  instruments?: unknown,
): Promise<QuoteSet> {
  const { kind, pieces } = await recognise(source, decompressed(source, bytes));
  const collector = collectQuotes(source, options);
  const limit = options.maxBytes ?? defaults.maxBytes;
  if (kind === "csv") {
    const rows = csvRows(source, rowReader(source, collector, options.format));
    const csvLimit = options.maxCsvBytes ?? defaults.maxCsvBytes;
    for await (const text of decodedText(source, pieces, csvLimit)) rows.write(text);
    rows.end();
  } else if (kind === "parquet") {
    const reader = rowReader(source, collector, options.format);
    await readParquet(source, (await wholeBytes(source, pieces, limit)).buffer, reader);
  } else {
    const text = await wholeText(source, pieces, limit);
    for (const quote of parseDeribitJson(source, text, instruments)) collector.add(quote);
  }
  return collector.finish();
}

function rowReader(
  source: string,
  collector: Collector,
  format: TableFormat | undefined,
): RowReader {
  return (header) => {
    const kind: Pick<TableKind, "row" | "events"> =
      format === undefined
        ? knownKind(source, header)
        : { row: (name, columns) => genericTableRow(name, columns, format) };
    const quoteOf = kind.row(source, header);
    const take = kind.events === true ? collector.update : collector.add;
    return (cells) => {
      const quote = quoteOf(cells);
      if (quote !== null) take(quote);
    };
  };
}

/** The known table of options that a header is of, or null. */
export function optionTableOf(header: readonly string[]): TableKind | null {
  const share = ({ columns }: TableKind): number =>
    columns.filter((column) => header.includes(column)).length / columns.length;
  const best = formats.reduce((a, b) => (share(b) > share(a) ? b : a));
  return share(best) >= RECOGNISED_SHARE ? best : null;
}

function knownKind(source: string, header: readonly string[]): TableKind {
  const known = optionTableOf(header);
  if (known !== null) return known;
  const names = formats.map(({ name }) => name).join(", ");
  throw new InputError(
    `${source}: expected the columns of a known table (${names}), got ${header.join(", ").slice(0, 300)}. For another table say the unit of its prices (coin, currency or vol) and map its columns.`,
  );
}

/** Bytes of a file, in pieces.
 *
 * Throws  InputError when the file cannot be read; UnsupportedError outside Node
 */
async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs");
  if (fs === undefined) {
    throw new UnsupportedError(
      `openFile: expected Node, got a runtime without files. Read ${path} yourself and call openBytes.`,
    );
  }
  try {
    for await (const piece of fs.createReadStream(path, { highWaterMark: 1 << 18 })) {
      yield piece as Uint8Array;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`${path}: expected a readable file, got ${why}. Check the path.`);
  }
}
