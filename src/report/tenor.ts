/** Ticks of a time axis at the lengths that people name: a week, three months, two years. */

const TENORS: readonly (readonly [string, number])[] = [
  ["1d", 1 / 365],
  ["2d", 2 / 365],
  ["1w", 7 / 365],
  ["2w", 14 / 365],
  ["1m", 1 / 12],
  ["2m", 2 / 12],
  ["3m", 3 / 12],
  ["6m", 6 / 12],
  ["1y", 1],
  ["18m", 1.5],
  ["2y", 2],
  ["3y", 3],
  ["5y", 5],
  ["10y", 10],
];

/** A tick: where it is and what it says. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Named lengths between two, at least `gap` apart on the page; the longer of two that are too close goes first.
 *
 * Units   years; `place` maps years to the page
 */
export function tenorTicks(
  [from, to]: readonly [number, number],
  place: (years: number) => number,
  gap: number,
): Tick[] {
  const kept: Tick[] = [];
  for (const [text, value] of TENORS.toReversed()) {
    if (value < from || value > to) continue;
    const last = kept.at(-1);
    if (last && Math.abs(place(last.value) - place(value)) < gap) continue;
    kept.push({ value, text });
  }
  return kept.reverse();
}
