/** What less risk costs: mean cost against the tail of losses, a point or a curve for each policy. */
import type { FrontierSeries } from "../../hedging/index.ts";
import { at, escapeText, extent, frame, plotArea, svg } from "../svg.ts";
import { policyClass } from "./colours.ts";

/** SVG of the series; further left is cheaper, further down is safer. */
export function frontierPlot(
  title: string,
  series: readonly (FrontierSeries & { readonly rank: number })[],
  unit: string,
): string {
  const f = { ...frame(300, 12), left: 56 };
  const points = series.flatMap((s) => s.points);
  const { x, y, axes } = plotArea(
    f,
    {
      label: `mean cost, ${unit}`,
      kind: "linear",
      extent: extent(
        points.map((p) => p.cost),
        0.12,
      ),
    },
    {
      label: `CVaR 95 % beyond the fair value, ${unit}`,
      kind: "linear",
      extent: extent(
        points.map((p) => p.tail),
        0.1,
      ),
    },
  );
  const drawn = series.map(({ name, rank, points: own, isPolicy }) => {
    const colour = policyClass(rank);
    const line =
      own.length < 2
        ? ""
        : `<path class="curve ${colour}" d="${own.map((p, i) => `${i === 0 ? "M" : "L"}${at(x(p.cost))} ${at(y(p.tail))}`).join("")}"/>`;
    const dots = own.map(
      (p) =>
        `<circle class="dot ${colour}" cx="${at(x(p.cost))}" cy="${at(y(p.tail))}" r="${isPolicy ? 4.5 : own.length > 1 ? 2.6 : 3.6}"><title>${escapeText(`${name} ${p.label}`)}</title></circle>`,
    );
    return `${line}${dots.join("")}`;
  });
  return svg(f, title, `${axes}${drawn.join("")}`);
}
