/**
 * A colour for each model, in light and dark, its key, and checkboxes that hide it.
 *
 * A curve has the classes `m<i>` (colour and dashes by the model's rank). A style sheet hides `m<i>` while the
 * checkbox `show-<name>` is not checked, so no script is needed.
 */
import type { ModelComparison } from "../compare/index.ts";
import { escapeText } from "./svg.ts";

type Named = Pick<ModelComparison, "name" | "title" | "status">;

/** Light and dark, in the order of the document's models; the neural SDE is always the last pair. */
const COLOURS: readonly (readonly [string, string])[] = [
  ["#8a93a3", "#8d97a8"],
  ["#8a5a2b", "#c9965f"],
  ["#0b8a8a", "#35c4c4"],
  ["#1f6fd1", "#6fb0ff"],
  ["#6b45c8", "#a98bff"],
  ["#b0309a", "#ee7fdb"],
  ["#2b8a3e", "#69d17f"],
  ["#758f00", "#b8d44a"],
  ["#c79100", "#f0c544"],
  ["#d9650a", "#ff9b52"],
  ["#c2255c", "#ff86ac"],
  ["#11805b", "#5fe0b0"],
  ["#d01515", "#ff5f57"],
];

/** Class of each model's curves and bars, by name. */
export function modelColours(models: readonly Named[]): ReadonlyMap<string, string> {
  return new Map(models.map(({ name }, i) => [name, `m${i}`]));
}

function colourOf({ name }: Named, rank: number): readonly [string, string] {
  return name === "neural-sde" ? COLOURS[COLOURS.length - 1] : COLOURS[rank % (COLOURS.length - 1)];
}

/** Style sheet of the models of a page. */
export function modelStyles(models: readonly Named[]): string {
  const variables = (theme: 0 | 1): string =>
    models.map((model, i) => `--m${i}:${colourOf(model, i)[theme]};`).join("");
  const rules = models.map((model, i) => {
    const dashes = model.name === "neural-sde" || i % 2 === 0 ? "" : "stroke-dasharray:6 2.5;";
    const width = model.name === "neural-sde" ? "stroke-width:2.4;" : "";
    return `.m${i}.curve{stroke:var(--m${i});${dashes}${width}}.m${i}.bar{fill:var(--m${i})}body:has(#show-${i}:not(:checked)) .cards .m${i}.curve{display:none}`;
  });
  return `:root{${variables(0)}}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}
.curve{stroke-width:1.5}
.notch{stroke:var(--card);stroke-width:2}
.quote.hidden{opacity:.4}
.models{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:2px 16px;margin:0 0 12px;padding:8px 12px;border:1px solid var(--line);border-radius:8px;background:var(--card);font-size:.86rem}
.models legend{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.models label{display:inline-flex;align-items:center;gap:6px;cursor:pointer;padding:3px 0}
.models svg{width:26px;height:10px;flex:none}
.models .failed{color:var(--soft);text-decoration:line-through}
section[aria-labelledby=table] thead th{white-space:normal}
section[aria-labelledby=table] :is(th,td){padding:6px 9px}
tbody th:first-child{position:sticky;left:0;background:var(--card)}
@media (max-width:700px){.models{position:static}}
.why{columns:2 320px;column-gap:28px;padding-left:1.1em;font-size:.9rem}.why li{break-inside:avoid;margin-bottom:6px}
${rules.join("\n")}`;
}

/** Checkboxes, one a model, with its line. */
export function modelToggles(models: readonly Named[]): string {
  const boxes = models.map(({ title, status }, i) =>
    status === "failed"
      ? `<span class="failed">${escapeText(title)}</span>`
      : `<label><input type="checkbox" id="show-${i}" checked/><svg viewBox="0 0 26 10" aria-hidden="true"><path class="curve m${i}" d="M0 5H26"/></svg>${escapeText(title)}</label>`,
  );
  return `<fieldset class="models"><legend>Models to show</legend>${boxes.join("")}</fieldset>`;
}
