/** Colours of policies, in light and dark: the learned policy is blue and strong, baselines have their own by order. */

/** Light and dark. */
const baselineColours: readonly (readonly [string, string])[] = [
  ["#8a93a3", "#8d97a8"],
  ["#c25410", "#f2a05e"],
  ["#2b8a3e", "#69d17f"],
  ["#b0309a", "#ee7fdb"],
  ["#0b8a8a", "#35c4c4"],
  ["#8a5a2b", "#c9965f"],
  ["#6b45c8", "#a98bff"],
  ["#758f00", "#b8d44a"],
  ["#c79100", "#f0c544"],
];

const learned = ["#1f5fbf", "#6ea8ff"] as const;

/** Class of the policy with this rank: 0 is the learned one. */
export const policyClass = (rank: number): string => `h${rank}`;

const colourAt = (rank: number): readonly [string, string] =>
  rank === 0 ? learned : baselineColours[(rank - 1) % baselineColours.length];

/** Rules of a page with this many policies. */
export function policyStyles(count: number): string {
  const ranks = Array.from({ length: count }, (_, i) => i);
  const variables = (theme: 0 | 1): string =>
    ranks.map((i) => `--h${i}:${colourAt(i)[theme]};`).join("");
  const rules = ranks.map(
    (i) =>
      `.h${i}.curve{stroke:var(--h${i})${i === 0 ? ";stroke-width:2.4" : ""}}.h${i}.bar,.h${i}.dot{fill:var(--h${i})}.h${i}.wash{fill:var(--h${i});opacity:.28}`,
  );
  return `:root{${variables(0)}}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}
.mark{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
.point{fill:var(--ink);font-size:10.5px}
.whisker{stroke:var(--soft);stroke-width:1.2}
tbody th:first-child{position:sticky;left:0;background:var(--card)}
${rules.join("\n")}`;
}
