/** The canvas, camera and hands of a surface in three dimensions. */
import * as three from "three";
import { resolved } from "./picture.ts";
import {
  frameGroup,
  type SceneColours,
  surfaceGroup,
  type SurfaceScene,
  type World,
  worldOf,
} from "./surfaceScene.ts";

export interface SurfaceView {
  draw(scene: SurfaceScene): void;
  picture(): Promise<Blob>;
  free(): void;
}

interface Shown {
  readonly key: string;
  readonly world: World;
  readonly frame: three.Group;
  readonly surface: three.Group;
}

/** Does the old range hold the new one without dwarfing it? */
function isRoomy(old: readonly [number, number], next: readonly [number, number]): boolean {
  const width = old[1] - old[0];
  return (
    next[0] >= old[0] - 0.01 * width &&
    next[1] <= old[1] + 0.01 * width &&
    next[1] - next[0] > 0.6 * width
  );
}

const distance = 4.1;
const keys: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.12, 0],
  ArrowRight: [0.12, 0],
  ArrowUp: [0, 0.08],
  ArrowDown: [0, -0.08],
};

/** A view in an element, which gives it its size.
 *
 * Throws  when the browser has no WebGL
 */
export function showSurface(host: HTMLElement, title: string): SurfaceView {
  const renderer = new three.WebGLRenderer({ antialias: true, alpha: true });
  const canvas = renderer.domElement;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${title}, in three dimensions; arrow keys turn it`);
  host.replaceChildren(canvas);
  const camera = new three.PerspectiveCamera(32, 1, 0.1, 20);
  const direction = { azimuth: 0.62, elevation: 0.4 };
  const content = new three.Scene();
  let shown: Shown | null = null;
  const render = (): void => {
    const { azimuth, elevation } = direction;
    const back = distance * Math.max(1, 1.3 / camera.aspect);
    const flat = back * Math.cos(elevation);
    camera.position.set(
      flat * Math.sin(azimuth),
      back * Math.sin(elevation),
      flat * Math.cos(azimuth),
    );
    camera.lookAt(0, -0.12, 0);
    renderer.render(content, camera);
  };
  let pending = 0;
  const turn = (azimuth: number, elevation: number): void => {
    direction.azimuth += azimuth;
    direction.elevation = Math.min(1.45, Math.max(0.02, direction.elevation + elevation));
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(render);
  };
  listen(canvas, turn);
  const observer = new ResizeObserver(() => {
    const { clientWidth, clientHeight } = host;
    if (clientWidth === 0 || clientHeight === 0) return;
    renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    renderer.setSize(clientWidth, clientHeight);
    camera.aspect = clientWidth / clientHeight;
    camera.updateProjectionMatrix();
    render();
  });
  observer.observe(host);
  let isInSight = true;
  // a picture that is scrolled out of sight costs nothing while its surface moves
  const sight = new IntersectionObserver(([entry]) => {
    isInSight = entry.isIntersecting;
    if (isInSight) pending = requestAnimationFrame(render);
  });
  sight.observe(host);
  return {
    draw(scene) {
      const colours = coloursNow();
      const wanted = worldOf(scene);
      // a surface that moves a little keeps its frame: labels are pictures, and new ones cost time
      const key = JSON.stringify([colours, wanted.k, wanted.years]);
      const keeps = shown !== null && shown.key === key && isRoomy(shown.world.vol, wanted.vol);
      const world = keeps && shown !== null ? shown.world : wanted;
      const frame = keeps && shown !== null ? shown.frame : frameGroup(world, colours);
      for (const old of shown === null ? [] : [shown.surface, ...(keeps ? [] : [shown.frame])]) {
        content.remove(old);
        dispose(old);
      }
      const surface = surfaceGroup(scene, world, colours);
      content.add(surface, frame);
      shown = { key, world, frame, surface };
      cancelAnimationFrame(pending);
      if (isInSight) pending = requestAnimationFrame(render);
    },
    picture: () => {
      render(); // the drawing buffer is kept only until the page is composed
      return new Promise((resolve, reject) => {
        canvas.toBlob((blob) => (blob === null ? reject(new Error("no picture")) : resolve(blob)));
      });
    },
    free() {
      observer.disconnect();
      sight.disconnect();
      cancelAnimationFrame(pending);
      dispose(content);
      renderer.dispose();
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

function dispose(scene: three.Object3D): void {
  scene.traverse((object) => {
    const part = object as Partial<three.Mesh> & Partial<three.Sprite>;
    part.geometry?.dispose();
    const material = part.material as three.SpriteMaterial | undefined;
    material?.map?.dispose();
    material?.dispose();
  });
}

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
