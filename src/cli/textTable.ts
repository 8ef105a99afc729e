/** Tables in plain text: a header, a rule, and columns aligned to the right except the first. */

/** Lines of a table.
 *
 * Shape   header [column], rows [row][column]
 */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join("  ")
      .trimEnd();
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [line(header), rule, ...rows.map(line)].join("\n");
}

/** A decimal as per cent with the given digits. */
export const percent = (value: number, digits = 1): string => `${(100 * value).toFixed(digits)}%`;
