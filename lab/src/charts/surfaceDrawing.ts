/** Draws a surface in three dimensions on a canvas that belongs to a worker: see surfaceWorker.ts. */
import * as three from "three";
import {
  frameGroup,
  type SceneColours,
  surfaceGroup,
  type SurfaceScene,
  type World,
  worldOf,
} from "./surfaceScene.ts";

export interface SurfaceDrawing {
  draw(scene: SurfaceScene, colours: SceneColours): void;
  /** Turns the view, in radians. */
  turn(azimuth: number, elevation: number): void;
  /** In CSS pixels. */
  resize(width: number, height: number, pixelRatio: number): void;
  /** A picture that is scrolled out of sight costs nothing while its surface moves. */
  see(isInSight: boolean): void;
  picture(): Promise<Blob>;
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

/** A drawing on a canvas.
 *
 * Throws  when the browser has no WebGL
 */
export function surfaceDrawing(canvas: OffscreenCanvas): SurfaceDrawing {
  const renderer = new three.WebGLRenderer({ canvas, antialias: true, alpha: true });
  const camera = new three.PerspectiveCamera(32, 1, 0.1, 20);
  const direction = { azimuth: 0.62, elevation: 0.4 };
  const content = new three.Scene();
  let shown: Shown | null = null;
  let isInSight = true;
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
  const renderSoon = (): void => {
    cancelAnimationFrame(pending);
    if (isInSight) pending = requestAnimationFrame(render);
  };
  return {
    draw(scene, colours) {
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
      renderSoon();
    },
    turn(azimuth, elevation) {
      direction.azimuth += azimuth;
      direction.elevation = Math.min(1.45, Math.max(0.02, direction.elevation + elevation));
      renderSoon();
    },
    resize(width, height, pixelRatio) {
      renderer.setPixelRatio(pixelRatio);
      renderer.setSize(width, height, false);
      camera.aspect = width / height;
      camera.updateProjectionMatrix();
      renderSoon();
    },
    see(now) {
      isInSight = now;
      renderSoon();
    },
    picture() {
      render(); // the drawing buffer is kept only until the frame is composed
      return canvas.convertToBlob();
    },
  };
}

function dispose(scene: three.Object3D): void {
  scene.traverse((object) => {
    const part = object as Partial<three.Mesh> & Partial<three.Sprite>;
    part.geometry?.dispose();
    const material = part.material as three.SpriteMaterial | undefined;
    material?.map?.dispose();
    material?.dispose();
  });
}
