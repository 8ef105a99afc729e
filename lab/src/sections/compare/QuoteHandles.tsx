/**
 * Quotes that can be taken hold of: by the pointer up and down, from the keyboard as sliders.
 *
 * Left and right go to the neighbour, up and down move the mid by 0.1 vol points (with Shift by 1), Delete removes, Escape
 * takes a drag back.
 */
import { useRef } from "preact/hooks";
import type { ChartAxes } from "../../charts/axes.ts";
import { type LabQuote, midVol } from "../../market/labMarket.ts";
import { amount } from "../../ui/numberText.ts";

interface Props {
  readonly axes: ChartAxes;
  readonly quotes: readonly LabQuote[];
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
  readonly onMove: (id: string, mid: number) => void;
  readonly onDrop: () => void;
  /** The drag is taken back. */
  readonly onCancel: () => void;
  readonly onRemove: (id: string) => void;
}

const step = 0.001;

export function QuoteHandles(props: Props) {
  const { axes, quotes, selected, onSelect, onMove, onDrop, onCancel, onRemove } = props;
  const group = useRef<SVGGElement>(null);
  const current = quotes.some(({ id }) => id === selected) ? selected : quotes[0]?.id;
  const focus = (id: string): void => {
    onSelect(id);
    group.current?.querySelector<SVGElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  };
  const press = (event: KeyboardEvent, quote: LabQuote, rank: number): void => {
    const size = event.shiftKey ? 10 * step : step;
    const actions: Readonly<Record<string, () => void>> = {
      ArrowUp: () => onMove(quote.id, midVol(quote) + size),
      ArrowDown: () => onMove(quote.id, midVol(quote) - size),
      ArrowLeft: () => focus(quotes[Math.max(0, rank - 1)].id),
      ArrowRight: () => focus(quotes[Math.min(quotes.length - 1, rank + 1)].id),
      Escape: onCancel,
      Delete: () => onRemove(quote.id),
      Backspace: () => onRemove(quote.id),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  const isMove = (key: string): boolean => key === "ArrowUp" || key === "ArrowDown";
  return (
    <g ref={group} class="handles export-hidden">
      {quotes.map((quote, rank) => {
        const mid = midVol(quote);
        return (
          <g
            key={quote.id}
            data-id={quote.id}
            class={`handle${quote.id === selected ? " selected" : ""}${quote.edited ? " edited" : ""}`}
            role="slider"
            tabIndex={quote.id === current ? 0 : -1}
            aria-label={`${quote.type} at strike ${amount(quote.strike)}, mid volatility`}
            aria-valuemin={0}
            aria-valuemax={500}
            aria-valuenow={Number((100 * mid).toFixed(2))}
            aria-valuetext={`${(100 * mid).toFixed(2)} percent`}
            transform={`translate(${axes.x(quote.logMoneyness).toFixed(2)} ${axes.y(mid).toFixed(2)})`}
            onFocus={() => onSelect(quote.id)}
            onKeyDown={(event) => press(event, quote, rank)}
            onKeyUp={(event) => {
              if (isMove(event.key)) onDrop();
            }}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              onSelect(quote.id);
            }}
            onPointerMove={(event) => {
              if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
              const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
              if (box === undefined) return;
              event.stopPropagation();
              onMove(quote.id, axes.y.invert(event.clientY - box.top));
            }}
            onPointerUp={onDrop}
            onPointerCancel={onCancel}
          >
            <rect x={-11} y={-11} width={22} height={22} fill="transparent" />
            <circle r={4.5} />
          </g>
        );
      })}
    </g>
  );
}
