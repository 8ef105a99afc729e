/** What a chart says at one x: the value of each layer there, as text. */
import type { AxisSpec, Layer } from "./layers.ts";

export interface Reading {
  readonly id: string;
  readonly label: string;
  readonly colour: string;
  readonly text: string;
}

export const plainNumber = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "–";

/** Every x that a layer has a value at, increasing: where the reader's cursor can stand. */
export function cursorStops(layers: readonly Layer[]): number[] {
  const stops = new Set<number>();
  for (const layer of layers) {
    if (layer.kind === "rule") continue;
    if (layer.kind === "bars") {
      for (let i = 0; i < layer.heights.length; i++) {
        stops.add((layer.edges[i] + layer.edges[i + 1]) / 2);
      }
    } else if (layer.unlisted !== true) {
      for (let i = 0; i < layer.x.length; i++)
        if (Number.isFinite(layer.x[i])) stops.add(layer.x[i]);
    }
  }
  return [...stops].sort((a, b) => a - b);
}

/** Values of all listed layers at x; one that has none near is left out. */
export function readAt(layers: readonly Layer[], x: number, y: AxisSpec, reach: number): Reading[] {
  const format = y.format ?? plainNumber;
  return layers.flatMap((layer): Reading[] => {
    const { id, label, colour } = layer;
    if (layer.unlisted === true) return [];
    const text = textAt(layer, x, format, reach);
    return text === null ? [] : [{ id, label, colour, text }];
  });
}

function textAt(
  layer: Layer,
  x: number,
  format: (value: number) => string,
  reach: number,
): string | null {
  if (layer.kind === "rule") return null;
  if (layer.kind === "bars") {
    for (let i = 0; i < layer.heights.length; i++) {
      if (x >= layer.edges[i] && x < layer.edges[i + 1]) return format(layer.heights[i]);
    }
    return null;
  }
  if (layer.kind === "line") {
    const value = valueAt(layer.x, layer.y, x, layer.step === true);
    return Number.isFinite(value) ? format(value) : null;
  }
  const i = nearestIndex(layer.x, x);
  if (i < 0 || Math.abs(layer.x[i] - x) > reach) return null;
  if (layer.kind === "dots") return format(layer.y[i]);
  return `${format(layer.low[i])} to ${format(layer.high[i])}`;
}

/** y at x, linear between the points around it; NaN outside. */
function valueAt(xs: ArrayLike<number>, ys: ArrayLike<number>, x: number, isStep: boolean): number {
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] === x) return ys[i];
    if (i > 0 && xs[i - 1] < x && x < xs[i]) {
      return isStep
        ? ys[i - 1]
        : ys[i - 1] + ((ys[i] - ys[i - 1]) * (x - xs[i - 1])) / (xs[i] - xs[i - 1]);
    }
  }
  return Number.NaN;
}

export function nearestIndex(values: ArrayLike<number>, x: number): number {
  let best = -1;
  for (let i = 0; i < values.length; i++) {
    if (best < 0 || Math.abs(values[i] - x) < Math.abs(values[best] - x)) best = i;
  }
  return best;
}
