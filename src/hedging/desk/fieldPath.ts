/** Where a field is in a configuration, as people write it: `instruments[1].costs[0].share`. */

/** Keys and indices from the top. */
export type FieldPath = readonly (string | number)[];

/** A complaint about a field: what was expected, what was got, what to do. */
export interface Complaint {
  readonly path: FieldPath;
  readonly text: string;
}

/** The path as text. */
export const pathText = (path: FieldPath): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`,
    "",
  );

/** A value as it is shown in a message: short, and `nothing` when absent. */
export function valueText(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The known name that is nearest to a word, when one is near enough to be meant. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, word.length / 3)
    ? best.name
    : undefined;
}

/** Insertions, deletions and replacements between two words. Source: Levenshtein (1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
