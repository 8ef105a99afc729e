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

/** Triangles between neighbours that all have a volatility; colour is volatility. */
export function sheet(data: SurfaceData, world: World): three.Object3D {
  const ramp = colourRamp("sequential");
  const width = data.logMoneyness.length;
  const positions: number[] = [];
  const colours: number[] = [];
  data.years.forEach((t, j) => {
    data.logMoneyness.forEach((k, i) => {
      const vol = data.vol[j][i];
      const height = vol === null ? 0 : world.y(vol);
      positions.push(world.x(k), height, world.z(t));
      new three.Color(ramp(height / (2 * box.y) + 0.5)).toArray(colours, colours.length);
    });
  });
  const triangles: number[] = [];
  const isKnown = (index: number): boolean =>
    data.vol[Math.floor(index / width)][index % width] !== null;
  for (let j = 0; j + 1 < data.years.length; j++) {
    for (let i = 0; i + 1 < width; i++) {
      const a = j * width + i;
      if (![a, a + 1, a + width, a + width + 1].every(isKnown)) continue;
      triangles.push(a, a + 1, a + width, a + 1, a + width + 1, a + width);
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

/** Every third line of the grid in both directions. */
export function sheetLines(data: SurfaceData, world: World, css: string): three.Object3D {
  const ends: number[] = [];
  const segment = (j0: number, i0: number, j1: number, i1: number): void => {
    const [v0, v1] = [data.vol[j0][i0], data.vol[j1][i1]];
    if (v0 === null || v1 === null) return;
    ends.push(world.x(data.logMoneyness[i0]), world.y(v0), world.z(data.years[j0]));
    ends.push(world.x(data.logMoneyness[i1]), world.y(v1), world.z(data.years[j1]));
  };
  for (let j = 0; j < data.years.length; j++) {
    for (let i = 0; i < data.logMoneyness.length; i++) {
      if (j % 3 === 0 && i > 0) segment(j, i - 1, j, i);
      if (i % 3 === 0 && j > 0) segment(j - 1, i, j, i);
    }
  }
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
