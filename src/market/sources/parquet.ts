/**
 * Rows of a Parquet file, as text cells for the same readers as CSV.
 *
 * Decoded in groups of rows, so memory holds the file's bytes and one group. Null and NaN are no
 * value: that is how data frames write a missing number. The decoder is loaded on first use.
 */
import { InputError } from "../../num/errors.ts";
import type { RowReader } from "./csv.ts";

const ROWS_AT_ONCE = 50_000;

/** Sends the rows of a Parquet file to `reader`.
 *
 * Throws  InputError when the bytes are not Parquet or hold no row
 */
export async function readParquet(
  source: string,
  file: ArrayBuffer,
  reader: RowReader,
): Promise<void> {
  const [{ parquetMetadata, parquetReadObjects }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  const decode = async <T>(read: () => T | Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InputError(
        `${source}: expected Parquet, got bytes that are not (${why}). Write it again.`,
      );
    }
  };
  const metadata = await decode(() => parquetMetadata(file));
  const rowCount = Number(metadata.num_rows);
  if (rowCount === 0) {
    throw new InputError(`${source}: expected rows, got none. Check the file.`);
  }
  const header = metadata.row_groups[0].columns.map(
    (column) => column.meta_data?.path_in_schema.join(".") ?? "",
  );
  const receive = reader(header);
  for (let rowStart = 0; rowStart < rowCount; rowStart += ROWS_AT_ONCE) {
    const rowEnd = Math.min(rowStart + ROWS_AT_ONCE, rowCount);
    const rows = await decode(() =>
      parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd }),
    );
    for (const row of rows) receive(header.map((name) => cellText(row[name])));
  }
}

function cellText(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (value instanceof Date) return value.toISOString();
  return String(value);
}
