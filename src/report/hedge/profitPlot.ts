/** Distribution of a policy's profit, with a baseline's over it on the same bins of its own. */
import type { ProfitSample } from "../../hedging/index.ts";
import { at, extent, type Frame, frame, plotArea, svg } from "../svg.ts";
import { policyClass } from "./colours.ts";

/** A sample with its rank among the page's policies. */
export interface RankedSample {
  readonly sample: ProfitSample;
  readonly rank: number;
}

/** SVG of densities per bin as outlines; the first is filled. Heights are shares of paths per unit of profit. */
export function profitPlot(title: string, samples: readonly RankedSample[], unit: string): string {
  const f = frame(240, 12);
  const shapes = samples.map(({ sample, rank }) => ({ rank, points: outline(sample) }));
  const all = shapes.flatMap(({ points }) => points);
  const [, top] = extent(all.map(([, height]) => height));
  const { x, axes } = plotArea(
    { ...f, left: 14 },
    { label: unit, kind: "linear", extent: extent(all.map(([profit]) => profit)) },
    { label: "", kind: "linear", extent: [0, top * 1.06] },
  );
  const y = heightOf(f, top * 1.06);
  const paths = shapes.map(({ rank, points }, i) => {
    const line = points
      .map(([px, py], j) => `${j === 0 ? "M" : "L"}${at(x(px))} ${at(y(py))}`)
      .join("");
    const colour = policyClass(rank);
    const wash = i === 0 ? `<path class="${colour} wash" d="${line}Z"/>` : "";
    return `${wash}<path class="curve ${colour}" d="${line}"/>`;
  });
  const zero = x(0);
  const mark =
    zero > 14 && zero < f.width - f.right
      ? `<path class="mark" d="M${at(zero)} ${f.top}V${f.height - f.bottom}"/>`
      : "";
  // heights have no ticks: areas are what counts, and all are 1
  return svg(
    f,
    title,
    `${axes.replaceAll(/<text class="tick"[^>]*text-anchor="end">[^<]*<\/text>/g, "")}${mark}${paths.join("")}`,
  );
}

const heightOf =
  (f: Frame, top: number) =>
  (value: number): number =>
    f.height - f.bottom - (value / top) * (f.height - f.bottom - f.top);

/** Corners of a histogram, from the floor to the floor. */
function outline({ edges, shares }: ProfitSample): (readonly [number, number])[] {
  const steps = shares.flatMap((share, i): (readonly [number, number])[] => {
    const height = share / (edges[i + 1] - edges[i]);
    return [
      [edges[i], height],
      [edges[i + 1], height],
    ];
  });
  return [[edges[0], 0], ...steps, [edges[edges.length - 1], 0]];
}
