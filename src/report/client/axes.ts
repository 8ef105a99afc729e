/** The frame around the sheet: floor and edges, tick labels and the names of the axes. */
import * as three from "three";
import { tenorTicks } from "../tenor.ts";
import { box, type World } from "./sheet.ts";

/** CSS colours. */
export interface AxisColours {
  readonly ink: string;
  readonly grid: string;
}

/** Everything that is not the surface. */
export function axisObjects(world: World, { ink, grid }: AxisColours): three.Object3D[] {
  const { logMoneyness, vol, years } = world.ranges;
  const [floor, front, left] = [-box.y, box.z, -box.x];
  const lines: number[] = [];
  const labels: three.Object3D[] = [];
  for (const k of roundTicks(logMoneyness, 4)) {
    const x = world.x(k.value);
    lines.push(x, floor, -front, x, floor, front);
    labels.push(label(k.text, ink, [x, floor - 0.05, front + 0.09]));
  }
  for (const t of tenorTicks(years, world.z, 0.17)) {
    const z = world.z(t.value);
    lines.push(left, floor, z, -left, floor, z);
    labels.push(label(t.text, ink, [-left + 0.1, floor - 0.05, z]));
  }
  for (const v of roundTicks(vol, 4, 100)) {
    const y = world.y(v.value);
    lines.push(left, y, -front, -left, y, -front, left, y, -front, left, y, front);
    labels.push(label(`${v.text} %`, ink, [left - 0.02, y, front + 0.12]));
  }
  labels.push(
    label("ln(K/F)", ink, [0, floor - 0.16, front + 0.2]),
    label("expiry", ink, [-left + 0.3, floor - 0.1, 0]),
  );
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute(lines, 3));
  return [
    new three.LineSegments(geometry, new three.LineBasicMaterial({ color: grid })),
    ...labels,
  ];
}

/** About `count` round values in a range, with their text times `factor`. */
function roundTicks([low, high]: readonly [number, number], count: number, factor = 1) {
  const raw = ((high - low) * factor) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? 10 * power;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil((low * factor) / step - 1e-9);
  const last = Math.floor((high * factor) / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({
    value: ((first + i) * step) / factor,
    text: ((first + i) * step).toFixed(digits).replace("-", "−"),
  }));
}

/** Text that faces the reader. */
function label(text: string, css: string, [x, y, z]: [number, number, number]): three.Sprite {
  const canvas = document.createElement("canvas");
  const height = 48;
  const font = "34px system-ui, sans-serif";
  const context = canvas.getContext("2d");
  if (context !== null) {
    context.font = font;
    canvas.width = Math.ceil(context.measureText(text).width) + 8;
    canvas.height = height;
    context.font = font;
    context.fillStyle = css;
    context.textBaseline = "middle";
    context.fillText(text, 4, height / 2);
  }
  const texture = new three.CanvasTexture(canvas);
  texture.colorSpace = three.SRGBColorSpace;
  const sprite = new three.Sprite(new three.SpriteMaterial({ map: texture, depthTest: false }));
  const size = 0.1;
  sprite.scale.set((size * canvas.width) / height, size, 1);
  sprite.position.set(x, y, z);
  return sprite;
}
