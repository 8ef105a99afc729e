/** The menu that saves a chart: a picture as it is seen, or the numbers behind it. */
import { useRef } from "preact/hooks";
import { saveFile } from "../ui/saveFile.ts";
import type { AxisSpec, Layer } from "./layers.ts";
import { csvOfLayers } from "./layerCsv.ts";
import { pngOfSvg, svgText } from "./picture.ts";

interface Props {
  readonly title: string;
  readonly svgId: string;
  readonly layers: readonly Layer[];
  readonly x: AxisSpec;
  readonly y: AxisSpec;
}

/** "Smile at 11 days" → "smile-at-11-days" */
export const fileNameOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

export function ExportMenu({ title, svgId, layers, x, y }: Props) {
  const menu = useRef<HTMLDetailsElement>(null);
  const name = `volterra-${fileNameOf(title)}`;
  const picture = (): string => {
    const svg = document.getElementById(svgId);
    const legend = layers.flatMap(({ label, colour, unlisted }) =>
      unlisted === true || label === "" ? [] : [{ label, colour }],
    );
    return svgText(svg as unknown as SVGSVGElement, title, legend);
  };
  const choose = (save: () => void | Promise<void>) => () => {
    if (menu.current !== null) menu.current.open = false;
    void save();
  };
  return (
    <details class="menu" ref={menu}>
      <summary aria-label={`Export: ${title}`}>Export</summary>
      <div class="menu-items">
        <button
          type="button"
          onClick={choose(async () => saveFile(`${name}.png`, await pngOfSvg(picture())))}
        >
          PNG picture
        </button>
        <button
          type="button"
          onClick={choose(() => saveFile(`${name}.svg`, picture(), "image/svg+xml"))}
        >
          SVG drawing
        </button>
        <button
          type="button"
          onClick={choose(() => saveFile(`${name}.csv`, csvOfLayers(layers, x, y), "text/csv"))}
        >
          CSV numbers
        </button>
      </div>
    </details>
  );
}
