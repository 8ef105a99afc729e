/** Reads what the docs test checks out of a Markdown file: links, headings and fenced blocks. */

/** A fenced block: the words after the fence, and the text inside. */
export interface Fence {
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

const FENCE = /^(```+|~~~+)[^\S\n]*([^\n]*)\n([\s\S]*?)^\1[^\S\n]*$/gm;

/** All fenced blocks in order. */
export function fences(markdown: string): Fence[] {
  return [...markdown.matchAll(FENCE)].map((match) => ({
    info: match[2].trim(),
    text: match[3],
    line: markdown.slice(0, match.index).split("\n").length,
  }));
}

/** Targets of inline links and images outside code. */
export function links(markdown: string): string[] {
  const prose = markdown.replace(FENCE, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map((match) => match[1]);
}

/** The anchors that headings get on the usual hosts: lower case, spaces to hyphens, punctuation gone. */
export function anchors(markdown: string): string[] {
  const headings = [...markdown.replace(FENCE, "").matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)];
  return headings.map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
}

/** Calls of a command in shell blocks, comments removed: "volterra fit a.csv --out b" → ["fit", "a.csv", …]. */
export function shellCalls(markdown: string, command: string): string[][] {
  const call = new RegExp(`\\b${command}[^\\S\\n]+([^\\n|&;#>]*)`, "g");
  return fences(markdown)
    .filter((fence) => /^(sh|bash|console|shell)\b/.test(fence.info))
    .flatMap((fence) => [...fence.text.replace(/\\\n/g, " ").matchAll(call)])
    .map((match) => match[1].trim().split(/\s+/));
}
