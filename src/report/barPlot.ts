/** One measurement of several models as horizontal bars, the best first. */
import { at, escapeText, type Frame, svg } from "./svg.ts";

/** A bar; null where the model has no such measurement. */
export interface Bar {
  readonly name: string;
  readonly className: string;
  readonly value: number | null;
}

export interface BarOptions {
  readonly best: "least" | "most";
  readonly format: (value: number) => string;
  /** Lengths by the logarithm, for values of many sizes. */
  readonly isLog?: boolean;
}

const row = 19;
const labelWidth = 146;
const valueWidth = 56;
/** A bar longer than this many times the median is cut, so that one bad model does not flatten the others. */
const longest = 3;

/** SVG of the bars; a cut bar ends in a notch, its value is printed as for all. */
export function barPlot(title: string, bars: readonly Bar[], options: BarOptions): string {
  const { best, format } = options;
  const known = bars.flatMap((bar) =>
    bar.value !== null && Number.isFinite(bar.value) ? [{ ...bar, value: bar.value }] : [],
  );
  const sorted = known.toSorted((a, b) =>
    best === "least" ? a.value - b.value : b.value - a.value,
  );
  const unknown = bars.filter(({ name }) => !known.some((bar) => bar.name === name));
  const f: Frame = {
    width: 360,
    height: row * bars.length + 6,
    left: labelWidth,
    right: valueWidth,
    top: 3,
    bottom: 3,
  };
  const lengthOf = lengths(
    known.map(({ value }) => value),
    f.width - f.left - f.right,
    options.isLog === true ? "log" : best === "most" ? "whole" : "cut",
  );
  const label = (name: string, i: number): string =>
    `<text class="tick" x="${f.left - 6}" y="${f.top + row * (i + 0.5)}" dy="0.32em" text-anchor="end">${escapeText(name)}</text>`;
  const drawn = sorted.map(({ name, className, value }, i) => {
    const { length, isCut } = lengthOf(value);
    const y = f.top + row * i + 3;
    const end = f.left + length;
    const notch = isCut
      ? `<path class="notch" d="M${at(end - 9)} ${y - 1}l4 ${row - 4}M${at(end - 5)} ${y - 1}l4 ${row - 4}"/>`
      : "";
    return `<g>${label(name, i)}<rect class="bar ${className}" x="${f.left}" y="${y}" width="${at(Math.max(1, length))}" height="${row - 6}" rx="2"/>${notch}<text class="tick" x="${at(end + 5)}" y="${f.top + row * (i + 0.5)}" dy="0.32em">${escapeText(format(value))}</text></g>`;
  });
  const missing = unknown.map(
    ({ name }, i) =>
      `<g>${label(name, sorted.length + i)}<text class="tick" x="${f.left}" y="${f.top + row * (sorted.length + i + 0.5)}" dy="0.32em">none</text></g>`,
  );
  return svg(f, title, [...drawn, ...missing].join(""));
}

/** Length of a bar on the page by its value. */
function lengths(
  values: readonly number[],
  width: number,
  scaling: "log" | "whole" | "cut",
): (value: number) => { readonly length: number; readonly isCut: boolean } {
  const sorted = values.toSorted((a, b) => a - b);
  const most = sorted[sorted.length - 1];
  if (scaling === "log") {
    const floor = Math.max(sorted.find((value) => value > 0) ?? 1, 1e-9) / 2;
    const scale = width / Math.max(Math.log(most / floor), 1e-9);
    return (value) => ({ length: scale * Math.log(Math.max(value / floor, 1)), isCut: false });
  }
  const limit = longest * sorted[sorted.length >> 1];
  const top = scaling === "cut" && most > limit && limit > 0 ? limit : most;
  const scale = top > 0 ? width / top : 0;
  return (value) => ({ length: scale * Math.min(value, top), isCut: value > top });
}
