/** Points in a chart that can be dragged up and down, or moved with the arrow keys. */
import type { ChartAxes } from "../../../charts/axes.ts";

export interface DragDot {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly colour: string;
  /** Drawn with a ring: something is wrong with it. */
  readonly isMarked: boolean;
  readonly isSquare: boolean;
}

interface Props {
  readonly axes: ChartAxes;
  readonly dots: readonly DragDot[];
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly format: (y: number) => string;
  readonly onMove: (index: number, y: number) => void;
}

export function DragDots({ axes, dots, low, high, step, format, onMove }: Props) {
  const move = (index: number, y: number): void => {
    const rounded = Math.round(y / step) * step;
    onMove(index, Math.min(high, Math.max(low, Number(rounded.toFixed(6)))));
  };
  return (
    <g>
      {dots.map((dot, i) => {
        const [cx, cy] = [axes.x(dot.x), axes.y(dot.y)];
        return (
          <g
            key={dot.name}
            class="drag-dot"
            role="slider"
            tabindex={0}
            aria-label={dot.name}
            aria-orientation="vertical"
            aria-valuemin={low}
            aria-valuemax={high}
            aria-valuenow={dot.y}
            aria-valuetext={`${format(dot.y)}${dot.isMarked ? ", part of an arbitrage" : ""}`}
            onPointerDown={(event) => {
              event.preventDefault();
              event.currentTarget.focus();
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={(event) => {
              if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
              const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
              if (box !== undefined) move(i, axes.y.invert(event.clientY - box.top));
            }}
            onKeyDown={(event) => {
              const steps: Readonly<Record<string, number>> = {
                ArrowUp: 1,
                ArrowRight: 1,
                ArrowDown: -1,
                ArrowLeft: -1,
                PageUp: 10,
                PageDown: -10,
              };
              const by = steps[event.key];
              if (by === undefined) return;
              event.preventDefault();
              move(i, dot.y + by * step);
            }}
          >
            <circle class="drag-reach" cx={cx} cy={cy} r={15} />
            {dot.isMarked ? <circle class="drag-mark" cx={cx} cy={cy} r={12} /> : null}
            {dot.isSquare ? (
              <rect x={cx - 6} y={cy - 6} width={12} height={12} fill={dot.colour} />
            ) : (
              <circle cx={cx} cy={cy} r={6.5} fill={dot.colour} />
            )}
          </g>
        );
      })}
    </g>
  );
}
