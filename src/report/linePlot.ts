/** Curves over a common axis: term structures, convergence. */
import { line } from "d3-shape";
import { type AxisKind, at, escapeText, extent, frame, plotArea, svg } from "./svg.ts";

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /** Draw markers as well. */
  readonly markers?: boolean;
}

/** Axes of a line plot. */
export interface LineAxes {
  readonly x: { readonly label: string; readonly kind: AxisKind };
  readonly y: {
    readonly label: string;
    readonly kind: AxisKind;
    readonly extent?: readonly [number, number];
  };
}

/** SVG of one or more series, with a legend when there are several. */
export function linePlot(title: string, series: readonly Series[], labels: LineAxes): string {
  const f = frame(240, series.length > 1 ? 28 : 12);
  const drawable = ([px, py]: readonly [number, number]): boolean =>
    Number.isFinite(px) &&
    Number.isFinite(py) &&
    (labels.x.kind !== "log" || px > 0) &&
    (labels.y.kind !== "log" || py > 0);
  const points = series.flatMap((s) => s.points).filter(drawable);
  const found = extent(points.map((p) => p[1]));
  const padded = labels.y.kind === "log" ? logPadded(found) : extent(found, 0.08);
  const { x, y, axes } = plotArea(
    f,
    {
      ...labels.x,
      extent: extent(
        points.map((p) => p[0]),
        labels.x.kind === "linear" ? 0.02 : 0,
      ),
    },
    { ...labels.y, extent: labels.y.extent ?? padded },
  );
  const path = line<readonly [number, number]>()
    .defined(drawable)
    .x((p) => x(p[0]))
    .y((p) => y(p[1]))
    .digits(1);
  const curves = series.map((s, i) => {
    const dots = s.markers
      ? s.points
          .filter(drawable)
          .map((p) => `<circle class="dot s${i}" cx="${at(x(p[0]))}" cy="${at(y(p[1]))}" r="2.6"/>`)
      : [];
    return `<path class="curve s${i}" d="${path(s.points) ?? ""}"/>${dots.join("")}`;
  });
  return svg(
    f,
    title,
    `${axes}${curves.join("")}${series.length > 1 ? legend(series, f.left) : ""}`,
  );
}

/** A tenth of the range on both sides, as ratios. */
function logPadded([low, high]: readonly [number, number]): [number, number] {
  const ratio = Math.max(1.25, (high / low) ** 0.08);
  return [low / ratio, high * ratio];
}

function legend(series: readonly Series[], left: number): string {
  const entries = series.map(
    ({ name }, i) =>
      `<path class="curve s${i}" d="M${left + 150 * i} 12h18"/><text class="tick" x="${left + 150 * i + 23}" y="12" dy="0.32em">${escapeText(name)}</text>`,
  );
  return entries.join("");
}
