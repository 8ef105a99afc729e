/** The frame around the sheet: floor and edges, tick labels and the names of the axes. */
import * as three from "three";
import { trueMinus } from "../numberText.ts";
import { tenorTicks } from "../tenor.ts";
import { box, type World } from "./sheet.ts";

/** CSS colours. */
export interface AxisColours {
  readonly ink: string;
  readonly grid: string;
}

/** Everything that is not the surface, for a reader on the side `near` (each −1 or 1): the walls stand behind
 * the surface and the labels before it. */
export function axesGroup(
  world: World,
  { ink, grid }: AxisColours,
  near: { readonly x: number; readonly z: number },
): three.Group {
  const { logMoneyness, vol, years } = world.ranges;
  const floor = -box.y;
  const [front, right] = [near.z * box.z, near.x * box.x];
  const lines: number[] = [];
  const group = new three.Group();
  const write = (text: string, x: number, y: number, z: number): void => {
    group.add(label(text, ink, [x, y, z]));
  };
  for (const k of roundTicks(logMoneyness, 4)) {
    const x = world.x(k.value);
    lines.push(x, floor, -front, x, floor, front);
    write(k.text, x, floor - 0.04, front + 0.1 * near.z);
  }
  for (const t of tenorTicks(years, world.z, 0.24)) {
    const z = world.z(t.value);
    lines.push(-right, floor, z, right, floor, z);
    write(t.text, right + 0.1 * near.x, floor - 0.04, z);
  }
  for (const v of roundTicks(vol, 4, 100)) {
    const y = world.y(v.value);
    lines.push(-right, y, -front, right, y, -front, -right, y, -front, -right, y, front);
    write(`${v.text} %`, -right - 0.05 * near.x, y, front + 0.1 * near.z);
  }
  write("ln(K/F)", 0, floor - 0.14, front + 0.26 * near.z);
  write("expiry", right + 0.36 * near.x, floor - 0.14, 0);
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute(lines, 3));
  group.add(new three.LineSegments(geometry, new three.LineBasicMaterial({ color: grid })));
  return group;
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
    text: trueMinus(((first + i) * step).toFixed(digits)),
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
  const sprite = new three.Sprite(
    new three.SpriteMaterial({ map: texture, depthTest: false, sizeAttenuation: false }),
  );
  // Of the picture's height, about: text is as large near as far.
  const size = 0.041;
  sprite.scale.set((size * canvas.width) / height, size, 1);
  sprite.position.set(x, y, z);
  return sprite;
}
