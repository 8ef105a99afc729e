/**
 * A chart: axes, layers, legend, a cursor that reads values, and export as PNG, SVG or CSV.
 *
 * It is SVG, so that it follows the theme, exports as it is seen, and can hold things to drag (`overlay`). The cursor
 * follows the pointer; from the keyboard it is a slider under the plot, whose value is read out.
 */
import type { ComponentChildren } from "preact";
import { useId, useMemo, useState } from "preact/hooks";
import { type ChartAxes, chartAxes } from "./axes.ts";
import { useElementWidth } from "./elementWidth.ts";
import { ExportMenu } from "./ExportMenu.tsx";
import { LayerMarks, LegendMark } from "./Layers.tsx";
import type { AxisSpec, Layer } from "./layers.ts";
import { cursorStops, nearestIndex, plainNumber, readAt } from "./readout.ts";

interface Props {
  /** Accessible name, and the heading of exported pictures. */
  readonly title: string;
  /** What it shows, for readers who cannot see it. */
  readonly summary?: string;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
  readonly layers: readonly Layer[];
  readonly height?: number;
  /** Layers that can be switched off in the legend. */
  readonly hidden?: ReadonlySet<string>;
  readonly onToggle?: (id: string) => void;
  /** Drawn on top, in the chart's own coordinates. */
  readonly overlay?: (axes: ChartAxes) => ComponentChildren;
  readonly showTitle?: boolean;
}

export function Chart(props: Props) {
  const {
    title,
    summary,
    x,
    y,
    layers,
    height = 300,
    hidden,
    onToggle,
    overlay,
    showTitle,
  } = props;
  const id = useId();
  const [box, width] = useElementWidth<HTMLDivElement>(600);
  const [cursor, setCursor] = useState<number | null>(null);
  const shown = hidden === undefined ? layers : layers.filter((layer) => !hidden.has(layer.id));
  const axes = useMemo(
    () => chartAxes(shown, x, y, width, height),
    [shown, x.domain?.[0], x.domain?.[1], y.domain?.[0], y.domain?.[1], width, height],
  );
  const listed = layers.filter(({ unlisted, label }) => unlisted !== true && label !== "");
  return (
    <figure class="chart">
      <figcaption class={showTitle === true ? "chart-title" : "unseen"} id={`${id}-title`}>
        {title}
      </figcaption>
      <div class="chart-tools">
        <Legend layers={listed} hidden={hidden} onToggle={onToggle} />
        <ExportMenu title={title} svgId={`${id}-svg`} layers={shown} x={x} y={y} />
      </div>
      <div class="chart-plot" ref={box}>
        <svg
          id={`${id}-svg`}
          class="chart-svg"
          width={axes.width}
          height={axes.height}
          viewBox={`0 0 ${axes.width} ${axes.height}`}
          role={overlay === undefined ? "img" : "group"}
          aria-labelledby={`${id}-title`}
          aria-describedby={summary === undefined ? undefined : `${id}-summary`}
          onPointerMove={(event) => {
            const at = axes.x.invert(event.offsetX);
            const stops = cursorStops(shown);
            setCursor(stops[nearestIndex(stops, at)] ?? null);
          }}
          onPointerLeave={() => setCursor(null)}
        >
          <ClipPath id={`${id}-clip`} axes={axes} />
          <AxisMarks axes={axes} x={x} y={y} />
          <g clip-path={`url(#${id}-clip)`}>
            {shown.map((layer) => (
              <LayerMarks key={layer.id} layer={layer} axes={axes} />
            ))}
          </g>
          {cursor === null ? null : (
            <path class="cursor" d={`M${axes.x(cursor)} ${axes.top}V${axes.bottom}`} />
          )}
          {overlay?.(axes)}
        </svg>
        <Cursor
          title={title}
          layers={shown}
          x={x}
          y={y}
          axes={axes}
          at={cursor}
          onMove={setCursor}
        />
      </div>
      {summary === undefined ? null : (
        <p class="unseen" id={`${id}-summary`}>
          {summary}
        </p>
      )}
    </figure>
  );
}

function ClipPath({ id, axes }: { readonly id: string; readonly axes: ChartAxes }) {
  const { left, right, top, bottom } = axes;
  return (
    <clipPath id={id}>
      <rect x={left} y={top - 2} width={right - left} height={bottom - top + 4} />
    </clipPath>
  );
}

interface AxisProps {
  readonly axes: ChartAxes;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
}

/** Grid, ticks and the names of both axes. */
export function AxisMarks({ axes, x, y }: AxisProps) {
  const { left, right, top, bottom } = axes;
  const [formatX, formatY] = [x.format ?? plainNumber, y.format ?? plainNumber];
  return (
    <g class="axes">
      {axes.yTicks.map((tick) => (
        <g key={tick}>
          <path class="grid" d={`M${left} ${axes.y(tick)}H${right}`} />
          <text class="tick" x={left - 7} y={axes.y(tick)} dy="0.350em" text-anchor="end">
            {formatY(tick)}
          </text>
        </g>
      ))}
      {axes.xTicks.map((tick) => (
        <g key={tick}>
          <path class="grid" d={`M${axes.x(tick)} ${top}V${bottom}`} />
          <text class="tick" x={axes.x(tick)} y={bottom + 16} text-anchor="middle">
            {formatX(tick)}
          </text>
        </g>
      ))}
      <path class="axis" d={`M${left} ${bottom}H${right}`} />
      <text class="axis-name" x={(left + right) / 2} y={bottom + 35} text-anchor="middle">
        {x.label}
      </text>
      <text
        class="axis-name"
        transform={`translate(13 ${(top + bottom) / 2}) rotate(-90)`}
        text-anchor="middle"
      >
        {y.label}
      </text>
    </g>
  );
}

interface LegendProps {
  readonly layers: readonly Layer[];
  readonly hidden: ReadonlySet<string> | undefined;
  readonly onToggle: ((id: string) => void) | undefined;
}

function Legend({ layers, hidden, onToggle }: LegendProps) {
  return (
    <ul class="legend">
      {layers.map((layer) => (
        <li key={layer.id}>
          {onToggle === undefined ? (
            <>
              <LegendMark layer={layer} />
              {layer.label}
            </>
          ) : (
            <button
              type="button"
              aria-pressed={hidden?.has(layer.id) !== true}
              onClick={() => onToggle(layer.id)}
            >
              <LegendMark layer={layer} />
              {layer.label}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

interface CursorProps extends AxisProps {
  readonly title: string;
  readonly layers: readonly Layer[];
  readonly at: number | null;
  readonly onMove: (x: number | null) => void;
}

/** The slider that moves the cursor from the keyboard, and the values at it. */
function Cursor({ title, layers, x, y, axes, at, onMove }: CursorProps) {
  const stops = useMemo(() => cursorStops(layers), [layers]);
  const reach = Math.abs(axes.x.invert(axes.left + 7) - axes.x.invert(axes.left));
  const formatX = x.format ?? plainNumber;
  const readings = at === null ? [] : readAt(layers, at, y, reach);
  const index = at === null ? 0 : Math.max(0, nearestIndex(stops, at));
  const spoken = [
    `${x.label} ${formatX(stops[index] ?? 0)}`,
    ...(at === null ? [] : readings.map(({ label, text }) => `${label} ${text}`)),
  ].join(", ");
  const isLeft = at !== null && axes.x(at) > (axes.left + axes.right) / 2;
  return (
    <>
      <input
        class="reader"
        type="range"
        min={0}
        max={Math.max(0, stops.length - 1)}
        step={1}
        value={index}
        disabled={stops.length === 0}
        aria-label={`Read values: ${title}`}
        aria-valuetext={spoken}
        style={{
          left: `${axes.left}px`,
          width: `${axes.right - axes.left}px`,
          top: `${axes.bottom - 10}px`,
        }}
        onInput={(event) => onMove(stops[event.currentTarget.valueAsNumber] ?? null)}
        onFocus={() => onMove(stops[index] ?? null)}
        onBlur={() => onMove(null)}
      />
      {at === null || readings.length === 0 ? null : (
        <div
          class="readout"
          aria-hidden="true"
          style={
            isLeft
              ? { right: `${axes.width - axes.x(at) + 10}px`, top: `${axes.top}px` }
              : { left: `${axes.x(at) + 10}px`, top: `${axes.top}px` }
          }
        >
          <strong>
            {x.label} {formatX(at)}
          </strong>
          {readings.map(({ id, label, colour, text }) => (
            <span key={id}>
              <i style={{ background: colour }} />
              {label}
              <b>{text}</b>
            </span>
          ))}
        </div>
      )}
    </>
  );
}
