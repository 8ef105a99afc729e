/** Scales and ticks of a chart, from its data and its size. */
import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from "d3-scale";
import type { AxisSpec, Layer } from "./layers.ts";

export type Scale = ScaleContinuousNumeric<number, number>;

export interface ChartAxes {
  readonly x: Scale;
  readonly y: Scale;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const margins = { top: 10, right: 14, bottom: 42, left: 56 } as const;

/** Axes of layers in a box of the given size, in pixels. */
export function chartAxes(
  layers: readonly Layer[],
  xSpec: AxisSpec,
  ySpec: AxisSpec,
  width: number,
  height: number,
): ChartAxes {
  const left = margins.left;
  const right = width - margins.right;
  const bottom = height - margins.bottom;
  const x = scaleOf(xSpec, valuesAlong("x", layers), 0).range([left, right]);
  const y = scaleOf(ySpec, valuesAlong("y", layers), 0.06).range([bottom, margins.top]);
  return {
    x,
    y,
    xTicks: ticksOf(x, xSpec, Math.max(2, Math.floor((right - left) / 80))),
    yTicks: ticksOf(y, ySpec, Math.max(2, Math.floor((bottom - margins.top) / 46))),
    width,
    height,
    left,
    right,
    top: margins.top,
    bottom,
  };
}

function ticksOf(scale: Scale, spec: AxisSpec, count: number): readonly number[] {
  const ticks = scale.ticks(count);
  // a log scale answers with every 1, 2, …, 9 of each decade when there is room for none of them
  if (spec.scale === "log" && ticks.length > count + 2) {
    return ticks.filter((t) => Math.abs(Math.log10(t) - Math.round(Math.log10(t))) < 1e-9);
  }
  return ticks;
}

function scaleOf(spec: AxisSpec, values: readonly ArrayLike<number>[], pad: number): Scale {
  const scale: Scale = spec.scale === "log" ? scaleLog() : scaleLinear();
  if (spec.domain !== undefined) return scale.domain([...spec.domain]);
  let [low, high] = [Infinity, -Infinity];
  for (const list of [...values, spec.include ?? []]) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if (!Number.isFinite(value) || (spec.scale === "log" && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(high >= low)) return scale.domain(spec.scale === "log" ? [0.1, 10] : [0, 1]);
  if (high === low)
    return scale.domain(spec.scale === "log" ? [low / 2, low * 2] : [low - 1, high + 1]);
  if (spec.scale === "log") return scale.domain([low / 1.4, high * 1.4]);
  return scale.domain([low - pad * (high - low), high + pad * (high - low)]);
}

function valuesAlong(axis: "x" | "y", layers: readonly Layer[]): ArrayLike<number>[] {
  return layers.flatMap((layer): ArrayLike<number>[] => {
    switch (layer.kind) {
      case "line":
      case "dots":
        return [layer[axis]];
      case "band":
      case "intervals":
        return axis === "x" ? [layer.x] : [layer.low, layer.high];
      case "bars":
        return axis === "x" ? [layer.edges] : [layer.heights, [0]];
      case "rule":
        return layer.along === axis ? [] : [[layer.at]];
    }
  });
}
