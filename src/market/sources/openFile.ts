/**
 * From a file to a `QuoteSet`: reads, gunzips, recognises, parses, selects.
 *
 * CSV is read in pieces, so a large file costs time and no memory; JSON and Parquet need the whole
 * text and are refused above `maxBytes`. The kind of a CSV is told by its header: the known format
 * with the largest share of its columns there, if that is at least three fifths; else it is a generic
 * table, which needs `format`.
 */
import { InputError } from "../../num/errors.ts";
import { type Cleaned, type CleanOptions, clean } from "../clean.ts";
import type { QuoteSet, RawQuote } from "../quote.ts";
import { type Collector, collectQuotes, type Selection } from "./collect.ts";
import { csvRows, type RowReader } from "./csv.ts";
import {
  decodedText,
  decompressed,
  fileBytes,
  recognise,
  wholeBytes,
  wholeText,
} from "./byteStream.ts";
import { deribitEod2021Columns, deribitEod2021Row } from "./deribitEod2021.ts";
import { parseDeribitJson, parseJson } from "./deribitJson.ts";
import { deribitSnapshotColumns, deribitSnapshotRow } from "./deribitSnapshotCsv.ts";
import { genericTableRow, readParquet, type TableFormat } from "./genericTable.ts";
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

/** Known CSV formats by their columns. */
const formats: readonly { readonly columns: readonly string[]; readonly row: RowOf }[] = [
  { columns: deribitSnapshotColumns, row: deribitSnapshotRow },
  { columns: deribitEod2021Columns, row: deribitEod2021Row },
  { columns: spxVolsColumns, row: spxVolsRow },
  { columns: tardisColumns, row: tardisRow },
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
    const reader = rowReader(source, collector, demandFormat(source, options.format));
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
    const quoteOf = rowOf(source, header, format);
    return (cells) => {
      const quote = quoteOf(cells);
      if (quote !== null) collector.add(quote);
    };
  };
}

function rowOf(
  source: string,
  header: readonly string[],
  format: TableFormat | undefined,
): (cells: readonly string[]) => RawQuote | null {
  if (format !== undefined) return genericTableRow(source, header, format);
  const share = (columns: readonly string[]): number =>
    columns.filter((column) => header.includes(column)).length / columns.length;
  const best = formats.reduce((a, b) => (share(b.columns) > share(a.columns) ? b : a));
  if (share(best.columns) >= RECOGNISED_SHARE) return best.row(source, header);
  throw new InputError(
    `${source}: expected a known header (Deribit snapshot, Deribit 2021, SPX vols, Tardis), got ${header.join(", ").slice(0, 300)}. For another table say the unit of its prices (--price coin, currency or vol) and map its columns.`,
  );
}

function demandFormat(source: string, format: TableFormat | undefined): TableFormat {
  if (format !== undefined) return format;
  throw new InputError(
    `${source}: expected the unit of the prices in this Parquet file, got none. Say it (--price coin, currency or vol) and map its columns.`,
  );
}
