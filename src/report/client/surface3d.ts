/**
 * The report's script: the volatility surface in three dimensions, turned by dragging or by arrow keys.
 *
 * Across: log-moneyness. Into the page: √years. Up: implied volatility. Drawn only when something changed, so
 * that an open report costs nothing. Dragging up and down stays with the page, which a phone scrolls by it.
 */
import * as three from "three";
import { type SurfaceData, surfaceDataId, surfaceHostId } from "../surfaceData.ts";
import { axesGroup } from "./axes.ts";
import { quoteDots, sheet, sheetLines, type World, worldOf } from "./sheet.ts";

const START = { azimuth: 0.72, elevation: 0.42 };
const DISTANCE = 3.75;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.12, 0],
  ArrowRight: [0.12, 0],
  ArrowUp: [0, 0.08],
  ArrowDown: [0, -0.08],
};

/** Draws `data` in `host`, and again when it is turned, resized or changes its colours. */
function show(host: HTMLElement, data: SurfaceData): void {
  const renderer = new three.WebGLRenderer({ antialias: true, alpha: true });
  const canvas = renderer.domElement;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute(
    "aria-label",
    "Implied volatility surface in three dimensions; arrow keys turn it",
  );
  const world = worldOf(data);
  const camera = new three.PerspectiveCamera(34, 1, 0.1, 20);
  const direction = { ...START };
  let scene = sceneOf(data, world);
  let axesSeenFrom = axesOf(world);
  let axes = new three.Group();

  const draw = (): void => {
    const { azimuth, elevation } = direction;
    const flat = DISTANCE * Math.cos(elevation);
    // A narrow picture needs more distance to hold the same width.
    const back = Math.max(1, 1.25 / camera.aspect);
    camera.position.set(
      back * flat * Math.sin(azimuth),
      back * DISTANCE * Math.sin(elevation),
      back * flat * Math.cos(azimuth),
    );
    camera.lookAt(0, -0.16, 0);
    const near = { x: camera.position.x < 0 ? -1 : 1, z: camera.position.z < 0 ? -1 : 1 };
    scene.remove(axes);
    axes = axesSeenFrom(near.x, near.z);
    scene.add(axes);
    renderer.render(scene, camera);
  };
  const turn = (azimuth: number, elevation: number): void => {
    direction.azimuth += azimuth;
    direction.elevation = Math.min(1.45, Math.max(0.02, direction.elevation + elevation));
    requestAnimationFrame(draw);
  };
  host.replaceChildren(canvas);
  listen(canvas, turn);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    scene = sceneOf(data, world);
    axesSeenFrom = axesOf(world);
    draw();
  });
  new ResizeObserver(() => {
    const { clientWidth, clientHeight } = canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    renderer.setSize(clientWidth, clientHeight, false);
    camera.aspect = clientWidth / clientHeight;
    camera.updateProjectionMatrix();
    draw();
  }).observe(canvas);
}

/** A colour of the style sheet, light or dark as the page is. */
const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Axes by the quarter that the reader looks from, each built once. */
function axesOf(world: World): (nearX: number, nearZ: number) => three.Group {
  const built = new Map<string, three.Group>();
  const colours = { ink: colour("--soft"), grid: colour("--line") };
  return (nearX, nearZ) => {
    const key = `${nearX} ${nearZ}`;
    const axes = built.get(key) ?? axesGroup(world, colours, { x: nearX, z: nearZ });
    built.set(key, axes);
    return axes;
  };
}

function sceneOf(data: SurfaceData, world: World): three.Scene {
  const scene = new three.Scene();
  scene.add(
    sheet(data, world),
    sheetLines(data, world, colour("--over")),
    quoteDots(data, world, colour("--ink")),
  );
  return scene;
}

function listen(
  canvas: HTMLCanvasElement,
  turn: (azimuth: number, elevation: number) => void,
): void {
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const isTouch = event.pointerType === "touch";
    turn(-0.008 * event.movementX, isTouch ? 0 : 0.006 * event.movementY);
  });
  canvas.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    turn(...step);
  });
}

const host = document.getElementById(surfaceHostId);
const block = document.getElementById(surfaceDataId);
if (host !== null && block !== null) {
  try {
    show(host, JSON.parse(block.textContent ?? "") as SurfaceData);
  } catch (error) {
    // The heat map beside it shows the same; the page says so in this element.
    console.warn("The surface cannot be drawn in three dimensions here.", error);
  }
}
