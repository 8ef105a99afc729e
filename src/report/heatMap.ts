/** Cells of colour over two axes, and dots of colour: the surface, what the network learned, residuals. */
import { colourRamp } from "./colours.ts";
import { type AxisKind, at, escapeText, extent, type Frame, frame, plotArea, svg } from "./svg.ts";

/** Values on a grid. */
export interface Grid {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** [y][x] */
  readonly values: readonly (readonly number[])[];
}

export interface ColourOptions {
  readonly x: { readonly label: string; readonly kind: AxisKind };
  readonly y: { readonly label: string; readonly kind: AxisKind };
  /** What the colour means, and how to print it. */
  readonly value: string;
  readonly format: (v: number) => string;
  /** Middle of a diverging ramp; sequential when absent. */
  readonly middle?: number;
  /** Colour range; the data's without the outer 1 % on both sides when absent. */
  readonly range?: readonly [number, number];
}

/** A point with a colour. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  readonly note: string;
}

/** SVG of a grid as cells, with a colour key. Cells meet half way between grid points. */
export function heatMap(title: string, { xs, ys, values }: Grid, options: ColourOptions): string {
  const f = frame(262, 34);
  const colour = colouring(values.flat(), options);
  const { x, y, axes } = plotArea(
    f,
    { ...options.x, extent: extent(xs) },
    { ...options.y, extent: extent(ys) },
  );
  const columns = cellEdges(xs.map((v) => x(v)));
  const rows = cellEdges(ys.map((v) => y(v)));
  const rects = values.flatMap((row, j) =>
    row.map((value, i) => {
      const top = Math.min(rows[j], rows[j + 1]);
      const height = Math.abs(rows[j] - rows[j + 1]);
      // A third of a unit more hides the hairlines between neighbours.
      return `<rect x="${at(columns[i])}" y="${at(top)}" width="${at(columns[i + 1] - columns[i] + 0.3)}" height="${at(height + 0.3)}" fill="${colour.of(value)}"/>`;
    }),
  );
  return svg(
    f,
    title,
    `<g shape-rendering="crispEdges">${rects.join("")}</g><g class="over">${axes}</g>${colourKey(f, colour, options)}`,
  );
}

/** SVG of dots, with a colour key. */
export function dotMap(title: string, dots: readonly Dot[], options: ColourOptions): string {
  const f = frame(262, 34);
  const colour = colouring(
    dots.map((d) => d.value),
    options,
  );
  const { x, y, axes } = plotArea(
    f,
    {
      ...options.x,
      extent: extent(
        dots.map((d) => d.x),
        0.03,
      ),
    },
    { ...options.y, extent: dotExtent(dots, options.y.kind) },
  );
  const radius = dots.length > 400 ? 2.2 : 3.2;
  const circles = dots.map(
    (d) =>
      `<circle class="residual" cx="${at(x(d.x))}" cy="${at(y(d.y))}" r="${radius}" fill="${colour.of(d.value)}"><title>${escapeText(d.note)}</title></circle>`,
  );
  return svg(f, title, `${axes}${circles.join("")}${colourKey(f, colour, options)}`);
}

/** Time axes are padded by ratios: they may not reach below zero. */
function dotExtent(dots: readonly Dot[], kind: AxisKind): [number, number] {
  const [low, high] = extent(
    dots.map((d) => d.y),
    kind === "time" ? 0 : 0.05,
  );
  return kind === "time" ? [Math.max(0, low * 0.6), high * 1.15] : [low, high];
}

interface Colouring {
  of(value: number): string;
  ramp(share: number): string;
  readonly low: number;
  readonly high: number;
  readonly isClipped: boolean;
}

function colouring(values: readonly number[], options: ColourOptions): Colouring {
  const sorted = values.filter((v) => Number.isFinite(v)).toSorted((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  let [low, high] = options.range ?? [quantile(0.01), quantile(0.99)];
  if (options.middle !== undefined && options.range === undefined) {
    const reach = Math.max(options.middle - low, high - options.middle) || 1;
    [low, high] = [options.middle - reach, options.middle + reach];
  }
  const ramp = colourRamp(options.middle === undefined ? "sequential" : "diverging");
  const share = (v: number): number => (v - low) / (high - low || 1);
  return {
    of: (v) => (Number.isFinite(v) ? ramp(Math.min(1, Math.max(0, share(v)))) : "none"),
    ramp,
    low,
    high,
    isClipped: sorted.length > 0 && (sorted[0] < low || sorted[sorted.length - 1] > high),
  };
}

function colourKey(f: Frame, colour: Colouring, { format, value }: ColourOptions): string {
  const steps = 30;
  const width = 4;
  const cells = Array.from(
    { length: steps },
    (_, i) =>
      `<rect x="${f.left + width * i}" y="5" width="${width + 0.3}" height="9" fill="${colour.ramp(i / (steps - 1))}"/>`,
  );
  const [below, above] = colour.isClipped ? ["≤ ", "≥ "] : ["", ""];
  const end = f.left + width * steps;
  return `<g shape-rendering="crispEdges">${cells.join("")}</g><text class="tick" x="${f.left}" y="26">${escapeText(below + format(colour.low))}</text><text class="tick" x="${end}" y="26" text-anchor="end">${escapeText(above + format(colour.high))}</text><text class="tick" x="${end + 8}" y="13">${escapeText(value)}</text>`;
}

function cellEdges(places: readonly number[]): number[] {
  const inner = places.slice(1).map((p, i) => (p + places[i]) / 2);
  return [places[0], ...inner, places[places.length - 1]];
}
