/** The pieces that every section is made of: headed sections, figures, tables. All text is escaped here. */
import { escapeText } from "./svg.ts";

/** A cell: text aligned to the right, text aligned to the left, or a verdict. */
export type HtmlCell =
  | string
  | { readonly text: string; readonly isLong?: boolean }
  | { readonly pass: boolean };

/** A section with its heading; `content` is HTML. */
export const section = (id: string, heading: string, intro: string, content: string): string =>
  `<section aria-labelledby="${id}"><h2 id="${id}">${escapeText(heading)}</h2>${intro && `<p class="soft">${escapeText(intro)}</p>`}${content}</section>`;

/** A figure with its caption above; `content` is HTML. */
export const figure = (title: string, note: string, content: string): string =>
  `<figure><figcaption><strong>${escapeText(title)}</strong>${escapeText(note)}</figcaption>${content}</figure>`;

export const cards = (figures: readonly string[]): string =>
  `<div class="cards">${figures.join("")}</div>`;

/** A table that scrolls sideways inside itself when the page is too narrow.
 *
 * Shape  header [column], rows [row][column]; a row's first cell is its heading
 */
export function htmlTable(
  caption: string,
  header: readonly string[],
  rows: readonly (readonly HtmlCell[])[],
): string {
  const isText = header.map((_, i) => rows.length > 0 && typeof rows[0][i] === "object");
  const head = header.map(
    (text, i) => `<th scope="col"${isText[i] ? ' class="text"' : ""}>${escapeText(text)}</th>`,
  );
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`);
  // The caption stays outside: inside, it would be as wide as the table and scroll out of sight.
  return `<div class="table"><p class="caption">${escapeText(caption)}</p><div class="scroll" tabindex="0" role="region" aria-label="${escapeText(caption)}"><table aria-label="${escapeText(caption)}"><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div></div>`;
}

function cell(value: HtmlCell, column: number): string {
  if (typeof value === "object" && "pass" in value) {
    return `<td class="text ${value.pass ? "pass" : "fail"}">${value.pass ? "✓ holds" : "✗ broken"}</td>`;
  }
  const text = escapeText(typeof value === "string" ? value : value.text);
  const long = typeof value === "object" && value.isLong ? " long" : "";
  if (column === 0) return `<th scope="row" class="text${long}">${text}</th>`;
  return typeof value === "string" ? `<td>${text}</td>` : `<td class="text${long}">${text}</td>`;
}
