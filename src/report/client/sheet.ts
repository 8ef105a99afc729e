/** The surface as a coloured sheet, its lines, and the quotes as dots, in a box of edges about 1. */
import * as three from "three";
import { colourRamp } from "../colours.ts";
import type { SurfaceData } from "../surfaceData.ts";

/** Data → the scene's box: x ∈ ±0.8, y ∈ ±0.5 (up), z ∈ ±0.8 (short expiries in front). */
export interface World {
  x(logMoneyness: number): number;
  y(vol: number): number;
  z(years: number): number;
  readonly ranges: {
    readonly logMoneyness: Range;
    readonly vol: Range;
    readonly years: Range;
  };
}

type Range = readonly [number, number];

export const box = { x: 0.8, y: 0.5, z: 0.8 } as const;

export function worldOf({ logMoneyness, years, vol, quotes }: SurfaceData): World {
  const vols = vol.flat().filter((v) => v !== null);
  const inside = quotes.map((q) => q[2]);
  const ranges = {
    logMoneyness: rangeOf(logMoneyness),
    years: rangeOf(years),
    vol: rangeOf([...vols, ...(vols.length === 0 ? inside : [])]),
  };
  const along =
    ([low, high]: Range, half: number) =>
    (v: number) =>
      half * ((2 * (v - low)) / (high - low || 1) - 1);
  const depth = along([Math.sqrt(ranges.years[0]), Math.sqrt(ranges.years[1])], box.z);
  return {
    x: along(ranges.logMoneyness, box.x),
    y: along(ranges.vol, box.y),
    z: (t) => -depth(Math.sqrt(t)),
    ranges,
  };
}

function rangeOf(values: readonly number[]): Range {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** Points of a row of the sheet. */
const COLUMNS = 49;

/** A point of the sheet in data units; null where there is nothing to show. */
type SheetPoint = { readonly k: number; readonly t: number; readonly vol: number } | null;

/** [row][column] the surface with every row stretched over its own smile, so that the sheet has smooth edges. */
function sheetPoints({ logMoneyness, years, vol }: SurfaceData): SheetPoint[][] {
  return years.map((t, j) => {
    const first = vol[j].findIndex((v) => v !== null);
    const last = vol[j].findLastIndex((v) => v !== null);
    return Array.from({ length: COLUMNS }, (_, column) => {
      if (first < 0) return null;
      const place = first + ((last - first) * column) / (COLUMNS - 1);
      const i = Math.min(Math.floor(place), Math.max(first, last - 1));
      const [a, b] = [vol[j][i], vol[j][Math.min(i + 1, last)]];
      if (a === null || b === null) return null;
      const between = (from: number, to: number): number => from + (place - i) * (to - from);
      const next = logMoneyness[Math.min(i + 1, last)];
      return { k: between(logMoneyness[i], next), t, vol: between(a, b) };
    });
  });
}

/** Triangles between neighbours; colour is volatility. */
export function sheet(data: SurfaceData, world: World): three.Object3D {
  const ramp = colourRamp("sequential");
  const points = sheetPoints(data).flat();
  const positions = points.flatMap((p) =>
    p === null ? [0, 0, 0] : [world.x(p.k), world.y(p.vol), world.z(p.t)],
  );
  const colours = points.flatMap((p) =>
    p === null ? [0, 0, 0] : new three.Color(ramp(world.y(p.vol) / (2 * box.y) + 0.5)).toArray(),
  );
  const triangles: number[] = [];
  for (let a = 0; a + COLUMNS + 1 < points.length; a++) {
    const corners = [a, a + 1, a + COLUMNS, a + COLUMNS + 1];
    if (a % COLUMNS === COLUMNS - 1 || corners.some((corner) => points[corner] === null)) continue;
    triangles.push(a, a + 1, a + COLUMNS, a + 1, a + COLUMNS + 1, a + COLUMNS);
  }
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute(positions, 3));
  geometry.setAttribute("color", new three.Float32BufferAttribute(colours, 3));
  geometry.setIndex(triangles);
  const material = new three.MeshBasicMaterial({
    vertexColors: true,
    side: three.DoubleSide,
    // Lines on the sheet win over the sheet.
    polygonOffset: true,
    polygonOffsetFactor: 1,
    polygonOffsetUnits: 1,
  });
  return new three.Mesh(geometry, material);
}

/** Smiles and term structures along the sheet, every third and every fourth. */
export function sheetLines(data: SurfaceData, world: World, css: string): three.Object3D {
  const rows = sheetPoints(data);
  const ends: number[] = [];
  const segment = (a: SheetPoint, b: SheetPoint): void => {
    if (a === null || b === null) return;
    for (const p of [a, b]) ends.push(world.x(p.k), world.y(p.vol), world.z(p.t));
  };
  rows.forEach((row, j) => {
    row.forEach((point, i) => {
      if (j % 3 === 0 && i > 0) segment(row[i - 1], point);
      if (i % 4 === 0 && j > 0) segment(rows[j - 1][i], point);
    });
  });
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute(ends, 3));
  const material = new three.LineBasicMaterial({
    color: opaque(css),
    transparent: true,
    opacity: 0.35,
  });
  return new three.LineSegments(geometry, material);
}

/** Mid quotes inside the box. */
export function quoteDots(data: SurfaceData, world: World, css: string): three.Object3D {
  const within = (v: number, [low, high]: Range): boolean => v >= low && v <= high;
  const { ranges } = world;
  const points = data.quotes
    .filter(
      ([k, t, vol]) =>
        within(k, ranges.logMoneyness) && within(t, ranges.years) && within(vol, ranges.vol),
    )
    .flatMap(([k, t, vol]) => [world.x(k), world.y(vol), world.z(t)]);
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute(points, 3));
  return new three.Points(
    geometry,
    new three.PointsMaterial({ color: opaque(css), size: 3, sizeAttenuation: false }),
  );
}

/** #rrggbb of #rrggbbaa: three.js keeps opacity elsewhere. */
const opaque = (css: string): string => css.slice(0, 7);
