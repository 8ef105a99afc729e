/** The marks of a chart's layers, in SVG. */
import { area, curveLinear, curveStepAfter, line } from "d3-shape";
import type { ChartAxes } from "./axes.ts";
import type { BandLayer, IntervalsLayer, Layer, LineLayer } from "./layers.ts";

interface Props {
  readonly layer: Layer;
  readonly axes: ChartAxes;
}

export function LayerMarks({ layer, axes }: Props) {
  const { x, y } = axes;
  switch (layer.kind) {
    case "line":
      return (
        <path
          class="mark-line"
          d={linePath(layer, axes)}
          style={{ stroke: layer.colour }}
          stroke-dasharray={layer.dash}
          stroke-width={layer.width ?? 1.8}
          opacity={layer.opacity}
        />
      );
    case "band":
      return <path class="mark-band" d={bandPath(layer, axes)} style={{ fill: layer.colour }} />;
    case "intervals":
      return (
        <g class="mark-intervals">
          {Array.from(layer.x, (at, i) => (
            <path
              key={i}
              class={layer.faint?.[i] ? "faint" : undefined}
              d={intervalPath(layer, i, x(at), axes)}
              style={{ stroke: layer.colour }}
            />
          ))}
        </g>
      );
    case "dots":
      return (
        <g class="mark-dots" style={{ fill: layer.colour }}>
          {Array.from(layer.x, (at, i) =>
            Number.isFinite(layer.y[i]) ? (
              <circle key={i} cx={x(at)} cy={y(layer.y[i])} r={layer.radius ?? 3} />
            ) : null,
          )}
        </g>
      );
    case "bars":
      return (
        <g style={{ fill: layer.colour }} opacity={layer.opacity}>
          {Array.from(layer.heights, (value, i) => {
            const [from, to] = [x(layer.edges[i]), x(layer.edges[i + 1])];
            const top = Math.min(y(value), y(0));
            const height = Math.abs(y(value) - y(0));
            return (
              <rect key={i} x={from} width={Math.max(0.5, to - from - 1)} y={top} height={height} />
            );
          })}
        </g>
      );
    case "rule": {
      const { left, right, top, bottom } = axes;
      const d =
        layer.along === "x"
          ? `M${left} ${y(layer.at)}H${right}`
          : `M${x(layer.at)} ${top}V${bottom}`;
      return (
        <path
          class="mark-line"
          d={d}
          style={{ stroke: layer.colour }}
          stroke-width={1.2}
          stroke-dasharray={layer.dash ?? "5 4"}
        />
      );
    }
  }
}

const indices = (length: number): number[] => Array.from({ length }, (_, i) => i);

function linePath(layer: LineLayer, { x, y }: ChartAxes): string {
  const path = line<number>()
    .x((i) => x(layer.x[i]))
    .y((i) => y(layer.y[i]))
    .defined((i) => Number.isFinite(x(layer.x[i])) && Number.isFinite(y(layer.y[i])))
    .curve(layer.step === true ? curveStepAfter : curveLinear)
    .digits(2);
  return path(indices(layer.x.length)) ?? "";
}

function bandPath(layer: BandLayer, { x, y }: ChartAxes): string {
  const path = area<number>()
    .x((i) => x(layer.x[i]))
    .y0((i) => y(layer.low[i]))
    .y1((i) => y(layer.high[i]))
    .defined((i) => Number.isFinite(layer.low[i]) && Number.isFinite(layer.high[i]))
    .digits(2);
  return path(indices(layer.x.length)) ?? "";
}

function intervalPath(layer: IntervalsLayer, i: number, at: number, { y }: ChartAxes): string {
  const [low, high] = [y(layer.low[i]), y(layer.high[i])].map((v) => v.toFixed(2));
  const [a, b] = [(at - 3).toFixed(2), (at + 3).toFixed(2)];
  return `M${a} ${low}H${b}M${a} ${high}H${b}M${at.toFixed(2)} ${low}V${high}`;
}

/** The sample beside a layer's name. */
export function LegendMark({ layer }: { readonly layer: Layer }) {
  const { kind, colour } = layer;
  const dash = kind === "line" || kind === "rule" ? layer.dash : undefined;
  return (
    <svg class="legend-mark" viewBox="0 0 26 12" width="26" height="12" aria-hidden="true">
      {kind === "band" || kind === "bars" ? (
        <rect x="2" y="1" width="22" height="10" style={{ fill: colour }} class={`mark-${kind}`} />
      ) : kind === "dots" ? (
        <circle cx="13" cy="6" r="3.500" style={{ fill: colour }} />
      ) : kind === "intervals" ? (
        <path
          class="mark-line"
          d="M10 1.500H16M10 10.500H16M13 1.500V10.500"
          style={{ stroke: colour }}
        />
      ) : (
        <path
          class="mark-line"
          d="M1 6H25"
          style={{ stroke: colour }}
          stroke-width={2.2}
          stroke-dasharray={dash}
        />
      )}
    </svg>
  );
}
