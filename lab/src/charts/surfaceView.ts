/** The canvas and hands of a surface in three dimensions; a worker draws it (surfaceWorker.ts). */
import { resolved } from "./picture.ts";
import type { SceneColours, SurfaceScene } from "./surfaceScene.ts";
import type { FromSurface, ToSurface } from "./surfaceWorker.ts";

export interface SurfaceView {
  draw(scene: SurfaceScene): void;
  picture(): Promise<Blob>;
  free(): void;
}

const keys: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.12, 0],
  ArrowRight: [0.12, 0],
  ArrowUp: [0, 0.08],
  ArrowDown: [0, -0.08],
};

/** A view in an element, which gives it its size. `onFailure` hears that the browser has no WebGL.
 *
 * Throws  when the browser has no canvas that a worker can draw on
 */
export function showSurface(host: HTMLElement, title: string, onFailure: () => void): SurfaceView {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${title}, in three dimensions; arrow keys turn it`);
  const offscreen = canvas.transferControlToOffscreen();
  host.replaceChildren(canvas);
  // the bundler knows a worker by this very form
  const worker = new Worker(new URL("./surfaceWorker.ts", import.meta.url), {
    type: "module",
    name: "surface",
  });
  const send = (message: ToSurface, moved: Transferable[] = []): void =>
    worker.postMessage(message, moved);
  let waiting: ((blob: Blob) => void)[] = [];
  worker.addEventListener("message", ({ data }: MessageEvent<FromSurface>) => {
    if (data.kind === "failed") return onFailure();
    const [first, ...rest] = waiting;
    waiting = rest;
    first?.(data.blob);
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    onFailure();
  });
  send({ kind: "start", canvas: offscreen }, [offscreen]);
  listen(canvas, (azimuth, elevation) => send({ kind: "turn", azimuth, elevation }));
  const observer = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = host;
    if (width === 0 || height === 0) return;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    send({ kind: "resize", width, height, pixelRatio: Math.min(2, devicePixelRatio) });
  });
  observer.observe(host);
  const sight = new IntersectionObserver(([{ isIntersecting: isInSight }]) =>
    send({ kind: "see", isInSight }),
  );
  sight.observe(host);
  return {
    draw: (scene) => send({ kind: "draw", scene, colours: coloursNow() }),
    picture: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        send({ kind: "picture" });
      }),
    free() {
      observer.disconnect();
      sight.disconnect();
      worker.terminate();
      canvas.remove();
    },
  };
}

const coloursNow = (): SceneColours => ({
  ink: resolved("var(--soft)"),
  line: resolved("var(--line)"),
  quote: resolved("var(--ink)"),
  missed: resolved("var(--missed)"),
});

function listen(
  canvas: HTMLCanvasElement,
  turn: (azimuth: number, elevation: number) => void,
): void {
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    turn(-0.008 * event.movementX, event.pointerType === "touch" ? 0 : 0.006 * event.movementY);
  });
  canvas.addEventListener("keydown", (event) => {
    const step = keys[event.key];
    if (step === undefined) return;
    event.preventDefault();
    turn(...step);
  });
}
