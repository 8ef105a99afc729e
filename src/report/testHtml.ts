/** Checks of a page that tests of reports share. */

const VOID = new Set(["meta", "br", "hr", "img", "input", "link"]);

/** Tags that do not close in order; scripts, styles and comments are skipped. */
export function unbalanced(html: string): string[] {
  const complaints: string[] = [];
  const open: string[] = [];
  const text = html.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, "");
  for (const [tag, close, name] of text.matchAll(/<(\/?)([a-zA-Z][\w-]*)(?:"[^"]*"|[^">])*>/g)) {
    if (tag.endsWith("/>") || VOID.has(name)) continue;
    if (close === "") open.push(name);
    else if (open.pop() !== name) complaints.push(tag);
  }
  return [...complaints, ...open];
}
