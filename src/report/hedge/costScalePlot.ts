/** Risk of several policies as all costs are multiplied. */
import type { CostScalePoint } from "../../hedging/index.ts";
import { at, extent, frame, plotArea, svg } from "../svg.ts";
import { policyClass } from "./colours.ts";

/** A policy's risks with its rank among the page's policies. */
interface RankedScales {
  readonly rank: number;
  readonly points: readonly CostScalePoint[];
}

/** SVG of the risks, with two standard errors up and down. */
export function costScalePlot(
  title: string,
  series: readonly RankedScales[],
  label: string,
): string {
  const f = { ...frame(300, 12), left: 56 };
  const points = series.flatMap((s) => s.points);
  const { x, y, axes } = plotArea(
    f,
    {
      label: "multiple of all costs",
      kind: "linear",
      extent: extent(
        points.map((p) => p.costScale),
        0.04,
      ),
    },
    {
      label,
      kind: "linear",
      extent: extent(
        points.map((p) => p.risk),
        0.08,
      ),
    },
  );
  const drawn = series.map(({ rank, points: own }) => {
    const colour = policyClass(rank);
    const line = own
      .map((p, i) => `${i === 0 ? "M" : "L"}${at(x(p.costScale))} ${at(y(p.risk))}`)
      .join("");
    const whiskers = own.map(
      (p) =>
        `<path class="whisker" d="M${at(x(p.costScale))} ${at(y(p.risk - 2 * p.standardError))}V${at(y(p.risk + 2 * p.standardError))}"/>`,
    );
    const dots = own.map(
      (p) =>
        `<circle class="dot ${colour}" cx="${at(x(p.costScale))}" cy="${at(y(p.risk))}" r="2.6"/>`,
    );
    return `${whiskers.join("")}<path class="curve ${colour}" d="${line}"/>${dots.join("")}`;
  });
  return svg(f, title, `${axes}${drawn.join("")}`);
}
