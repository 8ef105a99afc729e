/** The numbers of a chart as CSV, one row a point: layer, x, and what the layer has there. */
import type { AxisSpec, Layer } from "./layers.ts";

export function csvOfLayers(layers: readonly Layer[], x: AxisSpec, y: AxisSpec): string {
  const rows = layers.flatMap((layer) => rowsOf(layer).map((row) => [quoted(layer.label), ...row]));
  return [
    ["layer", quoted(x.label), quoted(y.label), "low", "high"].join(","),
    ...rows.map((row) => row.join(",")),
    "",
  ].join("\n");
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** [x, y, low, high] of each point; empty where a layer has no such number. */
function rowsOf(layer: Layer): (number | string)[][] {
  switch (layer.kind) {
    case "line":
    case "dots":
      return Array.from(layer.x, (x, i) => [x, layer.y[i], "", ""]);
    case "band":
    case "intervals":
      return Array.from(layer.x, (x, i) => [x, "", layer.low[i], layer.high[i]]);
    case "bars":
      return Array.from(layer.heights, (height, i) => [
        (layer.edges[i] + layer.edges[i + 1]) / 2,
        height,
        layer.edges[i],
        layer.edges[i + 1],
      ]);
    case "rule":
      return layer.along === "x" ? [["", layer.at, "", ""]] : [[layer.at, "", "", ""]];
  }
}
