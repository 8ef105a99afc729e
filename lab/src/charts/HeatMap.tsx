/** A function of two variables as colours, with its scale beside it. */
import { useId, useState } from "preact/hooks";
import { ExportMenu } from "./ExportMenu.tsx";
import { AxisMarks } from "./Chart.tsx";
import { chartAxes } from "./axes.ts";
import { colourRamp } from "./colourRamp.ts";
import { useElementWidth } from "./elementWidth.ts";
import type { AxisSpec } from "./layers.ts";
import { plainNumber } from "./readout.ts";

interface Props {
  readonly title: string;
  readonly summary?: string;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** [y][x] */
  readonly values: readonly (readonly number[])[];
  /** Diverging: around `centre`, which is drawn as grey. */
  readonly ramp?: "sequential" | "diverging";
  readonly centre?: number;
  /** Ends of the colours; from the values where absent. */
  readonly range?: readonly [number, number];
  readonly format?: (value: number) => string;
  readonly height?: number;
  readonly showTitle?: boolean;
}

export function HeatMap(props: Props) {
  const { title, summary, x, y, xs, ys, values, height = 260, format = plainNumber } = props;
  const id = useId();
  const [box, width] = useElementWidth<HTMLDivElement>(400);
  const [at, setAt] = useState<readonly [number, number] | null>(null);
  const [xEdges, yEdges] = [edgesOf(xs), edgesOf(ys)];
  const axes = chartAxes(
    [],
    { ...x, domain: [xEdges[0], xEdges[xs.length]] },
    { ...y, domain: [yEdges[0], yEdges[ys.length]] },
    width - 58,
    height,
  );
  const [low, high] = props.range ?? rangeOf(values, props.ramp, props.centre);
  const ramp = colourRamp(props.ramp ?? "sequential");
  const colour = (v: number): string =>
    Number.isFinite(v) ? ramp((v - low) / (high - low || 1)) : "none";
  const layers = ys.map((value, j) => ({
    kind: "line" as const,
    id: String(j),
    label: `${y.label} ${plainNumber(value)}`,
    colour: "currentColor",
    unlisted: true,
    x: xs,
    y: values[j],
  }));
  const format1 = x.format ?? plainNumber;
  const format2 = y.format ?? plainNumber;
  const move = (event: PointerEvent): void => {
    const i = cellOf(xEdges, axes.x.invert(event.offsetX));
    const j = cellOf(yEdges, axes.y.invert(event.offsetY));
    setAt(i === null || j === null ? null : [i, j]);
  };
  return (
    <figure class="chart">
      <div class="chart-tools">
        <figcaption class={props.showTitle === true ? "chart-title" : "unseen"} id={`${id}-title`}>
          {title}
        </figcaption>
        <ExportMenu title={title} svgId={`${id}-svg`} layers={layers} x={x} y={{ label: title }} />
      </div>
      <div class="chart-plot" ref={box}>
        <svg
          id={`${id}-svg`}
          class="chart-svg"
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-labelledby={`${id}-title`}
          aria-describedby={`${id}-summary`}
          onPointerMove={move}
          onPointerLeave={() => setAt(null)}
        >
          <AxisMarks axes={axes} x={x} y={y} />
          <g shape-rendering="crispEdges">
            {values.map((row, j) =>
              row.map((value, i) => (
                <rect
                  key={`${i} ${j}`}
                  x={axes.x(xEdges[i])}
                  y={axes.y(yEdges[j + 1])}
                  width={Math.max(0, axes.x(xEdges[i + 1]) - axes.x(xEdges[i]))}
                  height={Math.max(0, axes.y(yEdges[j]) - axes.y(yEdges[j + 1]))}
                  fill={colour(value)}
                />
              )),
            )}
          </g>
          <ColourScale
            x={width - 48}
            top={axes.top}
            bottom={axes.bottom}
            low={low}
            high={high}
            ramp={ramp}
            format={format}
          />
        </svg>
        {at === null ? null : (
          <div
            class="readout"
            aria-hidden="true"
            style={{ left: `${axes.left + 8}px`, top: `${axes.top + 6}px` }}
          >
            <strong>{format(values[at[1]][at[0]])}</strong>
            <span>
              {x.label} {format1(xs[at[0]])}
            </span>
            <span>
              {y.label} {format2(ys[at[1]])}
            </span>
          </div>
        )}
      </div>
      <p class="unseen" id={`${id}-summary`}>
        {summary ?? `From ${format(low)} to ${format(high)}. The export has every number.`}
      </p>
    </figure>
  );
}

/** Edges halfway between the values. */
function edgesOf(values: readonly number[]): number[] {
  const n = values.length;
  if (n === 1) return [values[0] - 0.5, values[0] + 0.5];
  const inner = values.slice(1).map((value, i) => (value + values[i]) / 2);
  return [2 * values[0] - inner[0], ...inner, 2 * values[n - 1] - inner[n - 2]];
}

function cellOf(edges: readonly number[], value: number): number | null {
  for (let i = 0; i + 1 < edges.length; i++)
    if (value >= edges[i] && value < edges[i + 1]) return i;
  return null;
}

function rangeOf(
  values: readonly (readonly number[])[],
  ramp: Props["ramp"],
  centre = 0,
): readonly [number, number] {
  const all = values.flat().filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (ramp !== "diverging") return [low, high];
  const reach = Math.max(Math.abs(high - centre), Math.abs(centre - low), 1e-9);
  return [centre - reach, centre + reach];
}

interface ScaleProps {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly low: number;
  readonly high: number;
  readonly ramp: (share: number) => string;
  readonly format: (value: number) => string;
}

function ColourScale({ x, top, bottom, low, high, ramp, format }: ScaleProps) {
  const steps = 24;
  const height = (bottom - top) / steps;
  return (
    <g>
      {Array.from({ length: steps }, (_, i) => (
        <rect
          key={i}
          x={x}
          y={bottom - (i + 1) * height}
          width={10}
          height={height + 0.5}
          fill={ramp((i + 0.5) / steps)}
        />
      ))}
      {[0, 0.5, 1].map((share) => (
        <text
          key={share}
          class="tick"
          x={x + 14}
          y={bottom - share * (bottom - top)}
          dy={share === 1 ? "0.8em" : share === 0 ? "0" : "0.35em"}
        >
          {format(low + share * (high - low))}
        </text>
      ))}
    </g>
  );
}
