/**
 * CSV text, whole or in pieces, to rows of cells (RFC 4180, blank lines skipped).
 *
 * Pieces are parsed as they arrive and cut at a line break outside quotation marks, so memory holds
 * one piece and not the file. The first row is the header; names are trimmed, as are cells. The
 * separator is the one of comma, semicolon and tab that the first line has most of.
 */
import { InputError } from "../../num/errors.ts";

/** Longest record, in characters: beyond it a quotation mark was left open. */
const LONGEST_RECORD = 8e6;

/** Receives the header once, and returns the receiver of each row. */
export type RowReader = (header: readonly string[]) => (cells: readonly string[]) => void;

/** Rows of a whole text.
 *
 * Throws  InputError when the text is empty or is not CSV
 */
export function readCsvText(source: string, text: string, reader: RowReader): void {
  const rows = csvRows(source, reader);
  rows.write(text);
  rows.end();
}

/** Incremental form of `readCsvText`: any number of `write`, then `end`. */
export function csvRows(
  source: string,
  reader: RowReader,
): { write(piece: string): void; end(): void } {
  let receive: ((cells: readonly string[]) => void) | null = null;
  let rest = "";
  let line = 0;
  let delimiter: string | null = null;
  const accept = (piece: string): void => {
    const text = receive === null && piece.startsWith("\uFEFF") ? piece.slice(1) : piece;
    delimiter ??= separatorOf(text);
    for (const cells of parseCells(source, text, line, delimiter)) {
      line++;
      if (receive === null) receive = reader(cells);
      else receive(cells);
    }
  };
  return {
    write(piece) {
      rest += piece;
      const cut = lastLineEnd(rest);
      if (cut === 0) {
        if (rest.length > LONGEST_RECORD) throw endlessRecord(source, line);
        return;
      }
      accept(rest.slice(0, cut));
      rest = rest.slice(cut);
    },
    end() {
      if (rest.trim() !== "") accept(rest);
      if (receive === null) {
        throw new InputError(
          `${source}: expected a CSV header, got an empty file. Check the file.`,
        );
      }
    },
  };
}

/** Position of each named column.
 *
 * Throws  InputError naming the columns that are not there
 */
export function columnIndices<K extends string>(
  source: string,
  header: readonly string[],
  names: readonly K[],
): Readonly<Record<K, number>> {
  const missing = names.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new InputError(
      `${source}: expected ${missing.length > 1 ? "columns" : "a column"} ${missing.join(", ")}, got ${header.join(", ").slice(0, 400)}. Add ${missing.length > 1 ? "them" : "it"} or map another column to ${missing.length > 1 ? "them" : "it"}.`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, header.indexOf(name)])) as Record<K, number>;
}

/** Number in a cell: `null` when empty, NaN when it is not a number. */
export function numberCell(text: string | undefined): number | null {
  return text === undefined || text === "" ? null : Number(text);
}

/** Rows of whole records. */
function parseCells(source: string, text: string, line: number, separator: string): string[][] {
  if (text.includes('"')) return parseQuoted(source, text, line, separator);
  const rows: string[][] = [];
  for (const record of text.split("\n")) {
    if (record.trim() !== "") rows.push(record.split(separator).map((cell) => cell.trim()));
  }
  return rows;
}

/** The same where cells may stand in quotation marks, a doubled one being a mark itself. */
function parseQuoted(source: string, text: string, line: number, separator: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  const endRow = (): void => {
    if (cells.length > 1 || cells[0] !== "") rows.push(cells);
    cells = [];
  };
  const fail = (what: string): never => {
    throw new InputError(
      `${source}: expected CSV, got ${what} after row ${line + rows.length}. Check the quotation marks and the separator.`,
    );
  };
  // One match is one cell and what ends it: a separator, a line end or the end of the text.
  const mark = separator === "\t" ? "\\t" : separator;
  const cell = new RegExp(
    `[^\\S\\n${mark}]*(?:"([^"]*(?:""[^"]*)*)"[^\\S\\n${mark}]*|([^"\\n${mark}]*))(${mark}|\\n|$)`,
    "y",
  );
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) return fail("a quotation mark that is not closed or stands within a cell");
    cells.push(match[1]?.replaceAll('""', '"').trim() ?? match[2].trim());
    if (match[3] !== separator) endRow();
  }
  if (cells.length > 0) {
    cells.push("");
    endRow();
  }
  return rows;
}

function separatorOf(text: string): string {
  const firstLine = text.trimStart().split("\n", 1)[0];
  const count = (separator: string): number => firstLine.split(separator).length;
  return [",", ";", "\t"].reduce((a, b) => (count(b) > count(a) ? b : a));
}

function endlessRecord(source: string, line: number): InputError {
  return new InputError(
    `${source}: expected CSV rows, got more than ${LONGEST_RECORD / 1e6} million characters without a line end after row ${line}. Look for a quotation mark that is never closed.`,
  );
}

/** Index after the last line break that lies outside quotation marks; 0 when there is none. */
function lastLineEnd(text: string): number {
  const last = text.lastIndexOf("\n");
  if (last < 0) return 0;
  if (!text.includes('"')) return last + 1;
  let end = 0;
  let quoted = false;
  for (let i = 0; i <= last; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) quoted = !quoted;
    else if (code === 10 && !quoted) end = i + 1;
  }
  return end;
}
