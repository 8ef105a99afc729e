/**
 * A surface in three dimensions: a coloured sheet, quotes as dots, and a stem from each quote to the sheet where they
 * differ. Across: log-moneyness; into the picture: √years, short dates in front; up: the value.
 */
import * as three from "three";
import { rampRgb } from "./colourRamp.ts";

export interface SurfaceScene {
  /** [row] years, increasing */
  readonly years: readonly number[];
  /** [row][column] */
  readonly k: readonly (readonly number[])[];
  readonly vol: readonly (readonly number[])[];
  readonly quotes: readonly SceneQuote[];
}

export interface SceneQuote {
  readonly k: number;
  readonly years: number;
  readonly mid: number;
  /** The surface's value at the quote. */
  readonly model: number;
  readonly isInside: boolean;
}

export interface SceneColours {
  readonly ink: string;
  readonly line: string;
  readonly quote: string;
  readonly missed: string;
}

const box = { x: 0.9, y: 0.5, z: 0.8 } as const;

type Range = readonly [number, number];

/** Where data lies in the box. */
export interface World {
  x(k: number): number;
  y(vol: number): number;
  z(years: number): number;
  readonly k: Range;
  readonly vol: Range;
  readonly years: Range;
}

/** Ranges that hold every surface and quote given, so that a moving surface keeps its frame. */
export function worldOf({ years, k, vol, quotes }: SurfaceScene): World {
  const kRange = rangeOf(k.flat());
  const volRange = rangeOf([...vol.flat(), ...quotes.map(({ mid }) => mid)]);
  const yearRange = rangeOf(years);
  const along = ([low, high]: Range, half: number) => {
    return (v: number): number => half * ((2 * (v - low)) / (high - low || 1) - 1);
  };
  const depth = along([Math.sqrt(yearRange[0]), Math.sqrt(yearRange[1])], box.z);
  return {
    x: along(kRange, box.x),
    y: along(volRange, box.y),
    z: (t) => -depth(Math.sqrt(t)),
    k: kRange,
    vol: volRange,
    years: yearRange,
  };
}

function rangeOf(values: readonly number[]): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return [low, high];
}

/** Everything but the axes. */
export function surfaceGroup(
  scene: SurfaceScene,
  world: World,
  colours: SceneColours,
): three.Group {
  const group = new three.Group();
  group.add(sheet(scene, world), sheetLines(scene, world), stems(scene, world, colours));
  for (const isInside of [true, false]) {
    const points = scene.quotes.filter((quote) => quote.isInside === isInside);
    group.add(dots(points, world, isInside ? colours.quote : colours.missed));
  }
  return group;
}

function sheet({ years, k, vol }: SurfaceScene, world: World): three.Mesh {
  const ramp = rampRgb("sequential");
  const columns = k[0].length;
  const positions: number[] = [];
  const colours: number[] = [];
  years.forEach((t, j) => {
    for (let i = 0; i < columns; i++) {
      const v = vol[j][i];
      positions.push(world.x(k[j][i]), Number.isFinite(v) ? world.y(v) : 0, world.z(t));
      const [r, g, b] = ramp(Number.isFinite(v) ? world.y(v) + 0.5 : 0);
      colours.push(...new three.Color(`rgb(${r},${g},${b})`).toArray());
    }
  });
  const triangles: number[] = [];
  for (let j = 0; j + 1 < years.length; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const a = j * columns + i;
      const corners = [vol[j][i], vol[j][i + 1], vol[j + 1][i], vol[j + 1][i + 1]];
      if (!corners.every(Number.isFinite)) continue;
      triangles.push(a, a + 1, a + columns, a + 1, a + columns + 1, a + columns);
    }
  }
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute(positions, 3));
  geometry.setAttribute("color", new three.Float32BufferAttribute(colours, 3));
  geometry.setIndex(triangles);
  return new three.Mesh(
    geometry,
    new three.MeshBasicMaterial({
      vertexColors: true,
      side: three.DoubleSide,
      polygonOffset: true,
      polygonOffsetFactor: 1,
      polygonOffsetUnits: 1,
    }),
  );
}

function sheetLines({ years, k, vol }: SurfaceScene, world: World): three.LineSegments {
  const ends: number[] = [];
  const segment = (j: number, i: number, m: number, n: number): void => {
    if (!Number.isFinite(vol[j][i]) || !Number.isFinite(vol[m][n])) return;
    ends.push(world.x(k[j][i]), world.y(vol[j][i]), world.z(years[j]));
    ends.push(world.x(k[m][n]), world.y(vol[m][n]), world.z(years[m]));
  };
  years.forEach((_, j) => {
    for (let i = 0; i < k[j].length; i++) {
      if (j % 3 === 0 && i > 0) segment(j, i - 1, j, i);
      if (i % 4 === 0 && j > 0) segment(j - 1, i, j, i);
    }
  });
  return lines(ends, "#ffffff", 0.4);
}

/** From each quote to the sheet. */
function stems(
  { quotes }: SurfaceScene,
  world: World,
  { quote, missed }: SceneColours,
): three.Group {
  const group = new three.Group();
  for (const isInside of [true, false]) {
    const ends = quotes
      .filter((q) => q.isInside === isInside && Number.isFinite(q.model))
      .flatMap(({ k, years, mid, model }) => [
        world.x(k),
        world.y(mid),
        world.z(years),
        world.x(k),
        world.y(model),
        world.z(years),
      ]);
    group.add(lines(ends, isInside ? quote : missed, 1));
  }
  return group;
}

function lines(ends: readonly number[], colour: string, opacity: number): three.LineSegments {
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute([...ends], 3));
  const material = new three.LineBasicMaterial({
    color: colour,
    transparent: opacity < 1,
    opacity,
  });
  return new three.LineSegments(geometry, material);
}

function dots(quotes: readonly SceneQuote[], world: World, colour: string): three.Points {
  const positions = quotes.flatMap(({ k, years, mid }) => [
    world.x(k),
    world.y(mid),
    world.z(years),
  ]);
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute(positions, 3));
  return new three.Points(
    geometry,
    new three.PointsMaterial({ color: colour, size: 4, sizeAttenuation: false }),
  );
}

/** The frame: floor lines at round values, and labels that face the reader. */
export function frameGroup(world: World, { ink, line }: SceneColours): three.Group {
  const group = new three.Group();
  const ends: number[] = [];
  const floor = -box.y;
  const { x, z } = box;
  for (const k of roundTicks(world.k, 4)) {
    ends.push(world.x(k), floor, -z, world.x(k), floor, z);
    group.add(label(String(k), ink, [world.x(k), floor - 0.05, z + 0.09]));
  }
  for (const t of tenorTicks(world)) {
    ends.push(-x, floor, world.z(t.years), x, floor, world.z(t.years));
    group.add(label(t.text, ink, [x + 0.12, floor - 0.04, world.z(t.years)]));
  }
  for (const v of roundTicks(world.vol, 4)) {
    ends.push(-x, world.y(v), -z, x, world.y(v), -z, -x, world.y(v), -z, -x, world.y(v), z);
    group.add(label(`${Math.round(100 * v)} %`, ink, [-x - 0.1, world.y(v), z + 0.06]));
  }
  group.add(label("ln(K/F)", ink, [0, floor - 0.16, z + 0.24]));
  group.add(lines(ends, line, 1));
  return group;
}

function roundTicks([low, high]: Range, count: number): number[] {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
}

const tenors: readonly (readonly [string, number])[] = [
  ["2 d", 2 / 365],
  ["1 w", 7 / 365],
  ["1 m", 30 / 365],
  ["3 m", 91 / 365],
  ["6 m", 182 / 365],
  ["1 y", 1],
  ["2 y", 2],
];

function tenorTicks(world: World): { readonly text: string; readonly years: number }[] {
  const [low, high] = world.years;
  const inside = tenors.filter(([, years]) => years >= 0.999 * low && years <= 1.001 * high);
  return inside
    .filter(
      ([, years], i) => i === 0 || Math.abs(world.z(years) - world.z(inside[i - 1][1])) > 0.12,
    )
    .map(([text, years]) => ({ text, years }));
}

function label(
  text: string,
  colour: string,
  [x, y, z]: readonly [number, number, number],
): three.Sprite {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d");
  const font = "34px system-ui, sans-serif";
  if (context !== null) {
    context.font = font;
    canvas.width = Math.ceil(context.measureText(text).width) + 8;
    canvas.height = 48;
    context.font = font;
    context.fillStyle = colour;
    context.textBaseline = "middle";
    context.fillText(text, 4, 24);
  }
  const texture = new three.CanvasTexture(canvas);
  texture.colorSpace = three.SRGBColorSpace;
  const sprite = new three.Sprite(
    new three.SpriteMaterial({ map: texture, depthTest: false, sizeAttenuation: false }),
  );
  const size = 0.034;
  sprite.scale.set((size * canvas.width) / 48, size, 1);
  sprite.position.set(x, y, z);
  return sprite;
}
