/**
 * Frames, scales and axes of the report's figures, as SVG text.
 *
 * Colours are CSS classes, so a figure follows light and dark. User units are about CSS pixels on a phone: a
 * figure is 360 wide and scales with its column. Time axes are in √years, on which smiles of all expiries have
 * room.
 */
import { scaleLinear, scaleLog, scaleSqrt } from "d3-scale";
import { trueMinus } from "./numberText.ts";
import { type Tick, tenorTicks } from "./tenor.ts";

/** A figure's frame in user units. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const frame = (height: number, top = 12): Frame => ({
  width: 360,
  height,
  left: 44,
  right: 12,
  top,
  bottom: 36,
});

/** How values lie along an axis. `percent` and `linear` differ in what ticks say. */
export type AxisKind = "linear" | "percent" | "time" | "log";

/** One axis: its name, its kind, and the values it spans. */
export interface Axis {
  readonly label: string;
  readonly kind: AxisKind;
  readonly extent: readonly [number, number];
}

/** Data → page, and the ticks. */
export interface Scale {
  (value: number): number;
  readonly ticks: readonly Tick[];
}

function scaleOf({ kind, extent: domain }: Axis, range: readonly [number, number]): Scale {
  const length = Math.abs(range[1] - range[0]);
  if (kind === "time") {
    const place = scaleSqrt().domain(domain).range(range);
    return Object.assign((v: number) => place(v), { ticks: tenorTicks(domain, place, 27) });
  }
  if (kind === "log") {
    const place = scaleLog().domain(domain).range(range);
    const ticks = place.ticks(4).filter((v) => /^[125]/.test(v.toExponential()));
    const sparse =
      ticks.length > 6 ? ticks.filter((v) => v.toExponential().startsWith("1")) : ticks;
    const text = (v: number) =>
      v >= 1e-3 && v < 1e4 ? `${Number(v.toPrecision(1))}` : v.toExponential(0);
    return Object.assign((v: number) => place(v), {
      ticks: sparse.map((value) => ({ value, text: text(value) })),
    });
  }
  const place = scaleLinear().domain(domain).range(range);
  const values = place.ticks(Math.max(3, Math.round(length / (range[0] > range[1] ? 38 : 62))));
  const factor = kind === "percent" ? 100 : 1;
  const step = values.length > 1 ? (values[1] - values[0]) * factor : 1;
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const ticks = values.map((value) => ({
    value,
    text: trueMinus((value * factor).toFixed(digits)),
  }));
  return Object.assign((v: number) => place(v), { ticks });
}

/** Scales of a frame, and its grid, tick labels and axis names; y grows upwards. */
export function plotArea(f: Frame, xAxis: Axis, yAxis: Axis): { x: Scale; y: Scale; axes: string } {
  const x = scaleOf(xAxis, [f.left, f.width - f.right]);
  const y = scaleOf(yAxis, [f.height - f.bottom, f.top]);
  const [floor, rightmost] = [f.height - f.bottom, f.width - f.right];
  const across = x.ticks.map(({ value, text }) => {
    const px = at(x(value));
    return `<path class="grid" d="M${px} ${f.top}V${floor}"/><text class="tick" x="${px}" y="${floor + 14}" text-anchor="middle">${text}</text>`;
  });
  const up = y.ticks.map(({ value, text }) => {
    const py = at(y(value));
    return `<path class="grid" d="M${f.left} ${py}H${rightmost}"/><text class="tick" x="${f.left - 5}" y="${py}" dy="0.32em" text-anchor="end">${text}</text>`;
  });
  const names = `<text class="axis" x="${at((f.left + rightmost) / 2)}" y="${f.height - 5}" text-anchor="middle">${escapeText(xAxis.label)}</text><text class="axis" transform="translate(11 ${at((f.top + floor) / 2)}) rotate(-90)" text-anchor="middle">${escapeText(yAxis.label)}</text>`;
  return { x, y, axes: `${across.join("")}${up.join("")}${names}` };
}

/** Text safe inside SVG and HTML, attributes included. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Coordinates are rounded: a tenth of a unit cannot be seen and halves the file. */
export const at = (value: number): string => (Math.round(value * 10) / 10).toString();

/** A whole figure; screen readers say the title. */
export function svg(f: Frame, title: string, body: string): string {
  return `<svg viewBox="0 0 ${f.width} ${f.height}" role="img" aria-label="${escapeText(title)}">${body}</svg>`;
}

/** Smallest and largest finite value, widened by `pad` of the range; [0, 1] when there is none. */
export function extent(values: Iterable<number>, pad = 0): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  if (low > high) return [0, 1];
  const margin = (high - low || Math.abs(high) || 1) * pad;
  return low === high && margin === 0 ? [low - 0.5, high + 0.5] : [low - margin, high + margin];
}
